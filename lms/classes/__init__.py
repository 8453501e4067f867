"""Classes: enrolment, sessions, attendance and results."""

from flask import Flask

from lms.classes import models  # noqa: F401 - registers the tables
from lms.classes.routes import ROUTES
from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "classes", __name__, ROUTES)
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
