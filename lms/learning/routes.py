"""The addresses of a trainee's learning."""

from lms.core.guard import OWN, Route, predicate_scope
from lms.learning import access, views
from lms.learning.exchange.routes import ROUTES as EXCHANGE
from lms.learning.materials.routes import ROUTES as MATERIALS

MINE = predicate_scope("own registration", access.own)
STUDY = "learning.study"
COURSE = "/learn/<uuid:registration>"

ROUTES = [
    Route("/learn", views.dashboard, STUDY, OWN),
    Route(COURSE, views.course, STUDY, MINE),
    Route(f"{COURSE}/lessons/<uuid:lesson_id>", views.lesson, STUDY, MINE),
    Route(f"{COURSE}/lessons/<uuid:lesson_id>/progress", views.progress, STUDY, MINE, ("POST",)),
    Route(f"{COURSE}/lessons/<uuid:lesson_id>/work", views.work, STUDY, MINE, ("POST",)),
    Route(f"{COURSE}/lessons/<uuid:lesson_id>/complete", views.complete, STUDY, MINE, ("POST",)),
    Route(f"{COURSE}/quizzes/<uuid:quiz_id>/start", views.start_quiz, STUDY, MINE, ("POST",)),
    Route(f"{COURSE}/essay", views.essay, STUDY, MINE, ("GET", "POST"), upload=True),
    Route(f"{COURSE}/essay/<uuid:submission_id>", views.essay_file, STUDY, MINE),
    *MATERIALS,
    *EXCHANGE,
]
