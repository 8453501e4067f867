"""The addresses of evaluations."""

from lms.core.guard import Route, predicate_scope, unit_scope
from lms.surveys import access, queries, views

OWN_FORM = predicate_scope("own evaluation form", access.may_answer)
RUN_BY = unit_scope("institution of the class", queries.institution_path)

ROUTES = [
    Route("/evaluations/<uuid:survey_id>", views.form, "surveys.answer", OWN_FORM, ("GET", "POST")),
    Route("/evaluations/<uuid:survey_id>/thanks", views.thanks, "surveys.answer", OWN_FORM),
    Route("/evaluations/<uuid:survey_id>/close", views.close, "classes.manage", RUN_BY, ("POST",)),
]
