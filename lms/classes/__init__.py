"""Classes: enrolment, sessions, attendance and results."""

from flask import Flask

from lms.assessment.hooks import refusal, takes
from lms.classes import models, personal, queries, rules, services, tasks, waiting  # noqa: F401 - models registers the tables
from lms.classes.routes import ROUTES
from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation
from lms.core.personal import held as personal_data
from lms.core.waiting import waiting as what_waits
from lms.library.hooks import trainee_of


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    personal_data.register(personal.held)
    what_waits.register(waiting.waiting)
    guard.register(app, "classes", __name__, ROUTES)
    refusal.register(services.refusal_of)
    trainee_of.register(queries.is_trainee_of)
    takes.register(queries.takes_quizzes)
    app.add_template_global(lambda status: rules.RESULTS[status], "result_word")
    add_navigation(
        app,
        NavItem(N_("Classes"), "classes.index", "classes.read", order=40),
        NavItem(
            N_("Teaching timetable"),
            "classes.timetable",
            "classes.teach",
            order=41,
            needs_person=True,
            group=N_("Teaching"),
        ),
    )
