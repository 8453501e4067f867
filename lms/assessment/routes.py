"""The addresses of quizzes."""

from lms.assessment import access, views
from lms.core.guard import HELD, Route, predicate_scope

OWN_ATTEMPT = predicate_scope("own attempt", access.owns_attempt)
ATTEMPT = "/attempts/<uuid:attempt_id>"

ROUTES = [
    Route(ATTEMPT, views.attempt, "learning.study", OWN_ATTEMPT, ("GET", "POST")),
    Route(f"{ATTEMPT}/answers/<uuid:question_id>", views.answer, "learning.study", OWN_ATTEMPT, ("PUT",)),
    Route("/programmes/<code>/versions/<int:number>/quiz/<quiz_code>", views.review_quiz, "catalogue.review", HELD),
]
