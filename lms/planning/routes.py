"""The addresses of nominations."""

from lms.core.guard import HELD, Route, predicate_scope
from lms.planning import access
from lms.planning.views import naming

UNIT = predicate_scope("unit that is asked for people, or came after it", access.may_name)
OF_UNIT = predicate_scope("nomination of an own unit", access.may_take_back)
GET_POST = ("GET", "POST")
OFFER = "/nominations/<uuid:class_id>/<bigint:unit_id>"

ROUTES = [
    Route("/nominations", naming.index, access.NAME, HELD),
    Route(OFFER, naming.choose, access.NAME, UNIT, GET_POST),
    Route(f"{OFFER}/list", naming.read_list, access.NAME, UNIT, GET_POST, upload=True),
    Route("/nominations/of/<uuid:nomination_id>", naming.nomination, access.NAME, OF_UNIT, GET_POST),
]
