"""Evaluation: forms as data, anonymous answers of trainees and lecturers, named ones after training."""

from flask import Flask

from lms.classes.hooks import reopening as reopening_a_class
from lms.classes.signals import class_finished, class_reopened
from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation, cover
from lms.core.personal import held as personal_data
from lms.core.waiting import waiting as what_waits
from lms.learning.hooks import after_course, due_in_classes
from lms.surveys import dashboard, lifecycle, models, personal, waiting  # noqa: F401 - models registers the tables
from lms.surveys.routes import ROUTES
from lms.surveys.services import reopening
from lms.surveys.signals import survey_closed, survey_opened


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    personal_data.register(personal.held)
    what_waits.register(waiting.waiting)
    guard.register(app, "surveys", __name__, ROUTES)
    add_navigation(
        app,
        NavItem(
            N_("Comments"),
            "surveys.reading",
            "surveys.moderate",
            order=62,
            covers=("/evaluations/<uuid:survey_id>/comments",),
        ),
        NavItem(N_("After training"), "surveys.follow_ups", "surveys.follow_up", order=63),
        NavItem(N_("Evaluation forms"), "surveys.instruments", "surveys.design", order=79, group=N_("Administration")),
    )
    cover(app, "learning.dashboard", "/evaluations", "/follow-ups")
    class_finished.connect(lifecycle.open_with_class)
    class_reopened.connect(lifecycle.take_back)
    reopening_a_class.register(reopening.against)
    survey_opened.connect(lifecycle.schedule)
    survey_closed.connect(lifecycle.say_who_answered)
    due_in_classes.register(dashboard.due)
    after_course.register(dashboard.after_course)
