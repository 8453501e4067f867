"""Planning: who may be sent to which programme, and who is."""

from flask import Flask

from lms.classes.hooks import objections
from lms.core import guard
from lms.core.pages import N_, NavItem, add_navigation
from lms.core.personal import held as personal_data
from lms.core.transitions import moved
from lms.planning import models, personal, receivers  # noqa: F401 - models registers the tables
from lms.planning.routes import ROUTES


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    guard.register(app, "planning", __name__, ROUTES)
    add_navigation(app, NavItem(N_("Nominations"), "planning.index", "planning.nominate", order=45))
    personal_data.register(personal.held)
    objections.register(receivers.objections_to)
    moved.connect(receivers.close_list)
