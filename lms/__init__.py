"""Khuê: the learning management system of a city's training scheme."""

from datetime import timedelta

from flask import Flask
from flask_compress import Compress
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from lms import assessment, catalogue, classes, console, core, learning, people, records, reports, surveys
from lms.core import guard
from lms.core.config import Settings
from lms.core.database import Base, db

DOMAINS = (people, records, catalogue, assessment, classes, learning, surveys, reports, console)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application. Touches no database and asks nobody.

    :raises SettingsError: a setting is missing or makes no sense.
    :raises RuntimeError: a route declares no permission or scope.
    """
    settings = settings or Settings.from_environment()
    app = Flask(__name__, static_folder=None)
    app.debug = settings.debug
    app.config |= {
        "SETTINGS": settings,
        "DEMO": settings.demo,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url or "postgresql+psycopg:///lms",
        "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": settings.web_threads + 1, "max_overflow": 4, "pool_recycle": 1800},
        "FILES_URL": settings.files_url,
        "MAX_CONTENT_LENGTH": 2 * 1024 * 1024,
        "MAX_UPLOAD": settings.max_upload_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "khue" if settings.demo else "__Host-khue",
        "SESSION_COOKIE_SECURE": not settings.demo,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 2,
        "COMPRESS_LEVEL": 3,
        "COMPRESS_MIN_SIZE": 900,
    }
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    db.init_app(app)
    Migrate(app, db, directory="migrations", compare_type=True)
    Compress(app)
    core.init_app(app)
    for domain in DOMAINS:
        domain.init_app(app)
    guard.check(app)
    return app


__all__ = ["Base", "create_app"]
