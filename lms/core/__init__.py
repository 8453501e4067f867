"""The ground floor: configuration, database, guard, language, files, jobs, audit trail and page furniture."""

from flask import Flask

from lms.core import (
    admission,
    assets,
    clauses,
    cli,
    drafts,
    errors,
    forms,
    forwarded,
    guard,
    i18n,
    jobs,
    logs,
    pages,
    security,
)
from lms.core import tasks as _tasks  # noqa: F401 - registers them
from lms.core.routes import ROUTES


def init_app(app: Flask) -> None:
    """Set up everything that the domains stand on."""
    logs.init_app(app)
    admission.init_app(app)
    guard.init_app(app)
    i18n.init_app(app)
    clauses.init_app(app)
    errors.init_app(app)
    security.init_app(app, demo=app.config["DEMO"])
    pages.init_app(app)
    forms.init_app(app)
    drafts.init_app(app)
    jobs.init_app(app)
    forwarded.init_app(app)
    assets.init_app(app)
    cli.init_app(app)
    guard.register(app, "core", __name__, ROUTES)
