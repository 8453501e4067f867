"""The addresses of nominations, and of the decisions by which people are sent."""

from lms.core.guard import HELD, OWN, SIGNED_IN, Route, predicate_scope, unit_scope
from lms.planning import access
from lms.planning.views import deciding, naming, own, signing

UNIT = predicate_scope("unit that is asked for people, or came after it", access.may_name)
OF_UNIT = predicate_scope("nomination of an own unit", access.may_take_back)
OF_CLASS = unit_scope("institution of the class", access.class_path)
BELONGS = predicate_scope("nomination of a class that one decides on", access.belongs)
HERS = predicate_scope("own nomination", access.is_hers)
PAPER = predicate_scope("paper of an own class or unit, or sent to oneself", access.may_read_paper)
GET_POST = ("GET", "POST")
OFFER = "/nominations/<uuid:class_id>/<bigint:unit_id>"
CLASS = "/classes/<uuid:class_id>"
ONE = f"{CLASS}/nominations/<uuid:nomination_id>"
DECIDE = access.DECIDE

ROUTES = [
    Route("/nominations", naming.index, access.NAME, HELD),
    Route(OFFER, naming.choose, access.NAME, UNIT, GET_POST),
    Route(f"{OFFER}/list", naming.read_list, access.NAME, UNIT, GET_POST, upload=True),
    Route("/nominations/of/<uuid:nomination_id>", naming.nomination, access.NAME, OF_UNIT, GET_POST),
    Route("/nominations/classes", deciding.index, DECIDE, HELD, endpoint="fillings"),
    Route(f"{CLASS}/quotas", deciding.quotas, DECIDE, OF_CLASS, GET_POST),
    Route(f"{CLASS}/nominations", deciding.listing, DECIDE, OF_CLASS, GET_POST),
    Route(ONE, deciding.one, DECIDE, BELONGS),
    Route(f"{ONE}/<any(approve, wait, refuse, take_back, withdraw):act>", deciding.move, DECIDE, BELONGS, GET_POST),
    Route(f"{ONE}/substitute", signing.substitute, DECIDE, BELONGS, GET_POST),
    Route(f"{ONE}/take-out", signing.take_out, DECIDE, BELONGS, GET_POST),
    Route(f"{CLASS}/decisions/sign", signing.sign_sending, DECIDE, OF_CLASS, GET_POST),
    Route(f"{CLASS}/decisions/revoke", signing.sign_revoking, DECIDE, OF_CLASS, GET_POST),
    Route(f"{CLASS}/summons", signing.summon, DECIDE, OF_CLASS, GET_POST),
    Route(f"{CLASS}/decisions/draft.<any(docx, pdf):form>", signing.draft, DECIDE, OF_CLASS),
    Route(f"{CLASS}/people.<any(docx, pdf):form>", signing.class_list, DECIDE, OF_CLASS),
    Route("/papers/<uuid:paper_id>.<any(docx, pdf):form>", signing.paper, SIGNED_IN, PAPER),
    Route("/signers", signing.signers, DECIDE, HELD, GET_POST),
    Route("/signers/<uuid:signer_id>/end", signing.end_signer, DECIDE, HELD, ("POST",)),
    Route("/my/nominations", own.mine, "learning.study", OWN),
    Route("/my/nominations/<uuid:nomination_id>/confirm", own.promise, "learning.study", HERS, ("POST",)),
    Route("/my/nominations/<uuid:nomination_id>/cannot", own.cannot, "learning.study", HERS, GET_POST),
]
