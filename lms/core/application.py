"""A Flask application with the settings and the database that every one of ours has."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.core import converters, exact, schema
from lms.core.config import Settings
from lms.core.connections import limit_statements
from lms.core.database import db


class _Session(SecureCookieSessionInterface):
    """Flask's session in a signed cookie; what signs it is made once, not twice a request."""

    def __init__(self) -> None:
        self._signer: tuple[Any, Any] | None = None

    def get_signing_serializer(self, app: Flask) -> Any:
        """Return what signs and reads the cookie, anew after a change of the secret."""
        key = (app.secret_key, app.config["SECRET_KEY_FALLBACKS"])
        if self._signer is None or self._signer[0] != key:
            self._signer = (key, super().get_signing_serializer(app))
        return self._signer[1]


def new(import_name: str, settings: Settings, *, front: Callable[[Any, Flask], Any] | None = None) -> Flask:
    """Return an application without addresses. Touches no database and asks nobody.

    :param front: makes WSGI middleware that stands right before Flask and sees what trusted proxies said
    """
    app = Flask(import_name, static_folder=None)
    app.session_interface = _Session()
    converters.init_app(app)
    app.debug = settings.debug
    app.config |= {
        "SETTINGS": settings,
        "DEMO": settings.demo,
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url or "postgresql+psycopg:///lms",
        "SQLALCHEMY_ENGINE_OPTIONS": {
            "pool_size": settings.web_threads + 1,
            "max_overflow": 4,
            "pool_recycle": 1800,
            "json_serializer": exact.dumps,
            "json_deserializer": exact.loads,
            "hide_parameters": True,  # an error in the log must not tell what somebody wrote
        },
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
    }
    if front is not None:
        app.wsgi_app = front(app.wsgi_app, app)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    limit_statements(settings.job_statement_timeout)  # a web server allows less: it says so when it starts
    db.init_app(app)
    Migrate(app, db, directory=str(schema.FOLDER), compare_type=True)
    return app
