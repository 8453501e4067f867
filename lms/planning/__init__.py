"""Planning: who may be sent to which programme, and who is."""

from flask import Flask

from lms.classes.hooks import objections
from lms.planning import receivers


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    del app
    objections.register(receivers.objections_to)
