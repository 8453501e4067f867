"""Khuê: the learning management system of a city's training scheme."""

from flask import Flask
from flask_compress import Compress

from lms import (
    assessment,
    catalogue,
    classes,
    console,
    core,
    documents,
    learning,
    library,
    people,
    planning,
    quality,
    records,
    reports,
    surveys,
)
from lms.core import application, guard
from lms.core.config import Settings
from lms.core.database import Base

DOMAINS = (
    *(people, records, documents, catalogue, library, assessment, classes),
    *(planning, learning, surveys, quality, reports, console),
)
"""From the ground floor up."""


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. Touches no database and asks nobody.

    :raises SettingsError: a setting is missing or makes no sense.
    :raises RuntimeError: a route declares no permission or scope.
    """
    settings = settings or Settings.from_environment()
    app = application.new(__name__, settings)
    app.config |= {
        "WTF_CSRF_TIME_LIMIT": None,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 2,
        "COMPRESS_LEVEL": 3,
        "COMPRESS_MIN_SIZE": 900,
    }
    Compress(app)
    core.init_app(app)
    for domain in DOMAINS:
        domain.init_app(app)
    records.mount(
        app, settings, learner_of=people.actor_name_in(app), of_session=library.of_session, watch=library.watch
    )
    library.mount(app, settings)
    guard.check(app)
    return app


__all__ = ["Base", "create_app"]
