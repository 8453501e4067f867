"""The xAPI record store. Knows nothing of the other domains."""

from flask import Flask

from lms.core import guard
from lms.core.config import Settings
from lms.core.personal import held as personal_data
from lms.records import cli, models, personal  # noqa: F401 - models registers the tables
from lms.records.application import LearnerOf, Mounted, create_records_app
from lms.records.launched import Watch
from lms.records.routes import PAGES
from lms.records.statements import OfSession


def init_app(app: Flask) -> None:
    """Add the domain's pages and commands to the application."""
    personal_data.register(personal.held)
    guard.register(app, "records", __name__, PAGES)
    app.cli.add_command(cli.group)


def mount(
    app: Flask,
    settings: Settings,
    *,
    learner_of: LearnerOf,
    of_session: OfSession | None = None,
    watch: Watch | None = None,
) -> None:
    """Put the record store at ``/xapi/`` of the product."""
    store = app.extensions["xapi"] = create_records_app(
        settings, learner_of=learner_of, of_session=of_session, watch=watch
    )
    app.wsgi_app = Mounted(app.wsgi_app, store)  # type: ignore[method-assign]
