"""Materials: uploaded packages, their checks and versions, learners' registrations, and the content origin."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Flask

from lms.core import guard
from lms.core.config import Settings
from lms.core.pages import N_, NavItem, add_navigation
from lms.core.personal import held as personal_data
from lms.library import cli, models, personal, tasks  # noqa: F401 - models registers the tables, tasks the jobs
from lms.library.addresses import isolation
from lms.library.api import routes as api
from lms.library.origin.application import Mounted, create_content_app
from lms.library.routes import ROUTES
from lms.library.services import content_documents, content_statements, launch_log, launches
from lms.people.signals import access_ended, role_ended, signed_out
from lms.records.launched import Watch


def init_app(app: Flask) -> None:
    """Add the domain to the application."""
    personal_data.register(personal.held)
    guard.register(app, "library", __name__, [*ROUTES, *api.ROUTES])
    app.cli.add_command(cli.group)
    access_ended.connect(_end_launches)
    signed_out.connect(_end_launches_begun_in)
    role_ended.connect(_end_previews)
    add_navigation(app, NavItem(N_("Materials"), "library.index", "library.read", order=35, covers=("/admin/library",)))


def _end_launches(_sender: Any, *, account_id: UUID, at: datetime) -> None:
    launches.end_in_name_of(account_id, at=at)


def _end_launches_begun_in(_sender: Any, *, session_id: UUID, at: datetime) -> None:
    launches.end_in_sign_in(session_id, at=at)


def _end_previews(_sender: Any, *, account_id: UUID, at: datetime) -> None:
    launches.end_previews(account_id, at=at)


def mount(app: Flask, settings: Settings) -> None:
    """Make the content origin; it answers below ``/content/`` only where no other origin is configured."""
    content = app.extensions["content"] = create_content_app(settings)
    if isolation(app) == "opaque":
        app.wsgi_app = Mounted(app.wsgi_app, content)  # type: ignore[method-assign]


watch = Watch(content_documents.judge, launch_log.told)
"""Judges what launched content asks of documents, and keeps the log of launches."""
of_session = content_statements.of_session
"""What launched content reports goes through here: :data:`lms.records.statements.OfSession`."""
