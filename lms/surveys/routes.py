"""The addresses of evaluations."""

from lms.core.guard import CITY, HELD, SIGNED_IN, Route, predicate_scope, unit_scope
from lms.surveys import access
from lms.surveys.builder import views as builder
from lms.surveys.queries import states
from lms.surveys.views import comments, evaluations, follow_ups

OWN_FORM = predicate_scope("own evaluation form", access.may_answer)
NAMED = predicate_scope("own named form, or of a unit held", access.may_follow_up)
NAMED_READER = predicate_scope("named as a reader on the form", access.may_read_follow_up)
READER = predicate_scope("institution of the evaluation, not run nor taught by the reader", access.may_read_comments)
RUN_BY = unit_scope("institution of the evaluation", states.institution_path)
GET_POST = ("GET", "POST")
POST = ("POST",)
FORM = "/instruments/<uuid:instrument_id>"

ROUTES = [
    Route("/evaluations/<uuid:survey_id>", evaluations.form, "surveys.answer", OWN_FORM, GET_POST),
    Route("/evaluations/<uuid:survey_id>/thanks", evaluations.thanks, "surveys.answer", OWN_FORM),
    Route("/evaluations/<uuid:survey_id>/close", evaluations.close, "surveys.close", RUN_BY, GET_POST),
    Route("/evaluations/<uuid:survey_id>/remind", evaluations.remind, "classes.manage", RUN_BY, POST),
    Route("/evaluations/<uuid:survey_id>/release", evaluations.release, "classes.manage", RUN_BY, POST),
    Route("/evaluations/<uuid:survey_id>/paper", evaluations.on_paper, "classes.manage", RUN_BY, GET_POST),
    Route("/evaluations/comments", comments.index, "surveys.moderate", HELD, endpoint="reading"),
    Route("/evaluations/<uuid:survey_id>/comments", comments.comments_page, "surveys.moderate", READER, GET_POST),
    Route("/follow-ups", follow_ups.index, "surveys.follow_up", HELD, endpoint="follow_ups"),
    Route("/follow-ups/<uuid:follow_up_id>", follow_ups.form, "surveys.answer", NAMED, GET_POST, endpoint="follow_up"),
    Route("/follow-ups/<uuid:follow_up_id>/read", follow_ups.read, SIGNED_IN, NAMED_READER, endpoint="read_follow_up"),
    Route("/instruments", builder.index, "surveys.design", CITY, endpoint="instruments"),
    Route("/instruments/uses", builder.uses, "surveys.design", CITY, GET_POST, endpoint="instrument_uses"),
    Route("/instruments/uses/<uuid:use_id>/remove", builder.use_general, "surveys.design", CITY, POST),
    Route("/instruments/<code>/draft", builder.begin, "surveys.design", CITY, POST),
    Route(FORM, builder.instrument, "surveys.design", CITY),
    Route(f"{FORM}/preview", builder.preview, "surveys.design", CITY),
    Route(f"{FORM}/settings", builder.settings, "surveys.design", CITY, GET_POST),
    Route(f"{FORM}/scales", builder.scale, "surveys.design", CITY, GET_POST),
    Route(f"{FORM}/copy", builder.copy, "surveys.design", CITY, GET_POST),
    Route(f"{FORM}/sections/<key>", builder.section, "surveys.design", CITY, GET_POST),
    Route(f"{FORM}/sections/<section_key>/questions/<code>", builder.item, "surveys.design", CITY, GET_POST),
    Route(f"{FORM}/arrange", builder.arrange, "surveys.design", CITY, POST),
    Route(f"{FORM}/publish", builder.publish, "surveys.design", CITY, POST),
    Route(f"{FORM}/discard", builder.discard, "surveys.design", CITY, POST),
]
