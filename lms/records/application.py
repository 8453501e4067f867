"""The record store as an application of its own: mounted at ``/xapi/`` of the product, or served alone."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Flask, Request
from flask.sessions import NullSession, SessionInterface

from lms.core import admission, application, errors, guard, logs
from lms.core import cli as core_cli
from lms.core.config import Settings
from lms.records import cli, models, protocol, tidy  # noqa: F401 - models registers the tables
from lms.records.express import Express
from lms.records.launched import Watch
from lms.records.routes import RESOURCES
from lms.records.statements import OfSession

LearnerOf = Callable[[Mapping[str, Any]], UUID | None]


def create_records_app(
    settings: Settings | None = None,
    *,
    learner_of: LearnerOf | None = None,
    of_session: OfSession | None = None,
    watch: Watch | None = None,
) -> Flask:
    """Build the record store without the rest of the product.

    Served alone (``flask --app lms.records.application:create_records_app web``) it needs a database made by
    ``… db upgrade`` and keys made by ``… records key``.

    :param learner_of: tells whose sign-in session of the product a WSGI request carries; without it only keys open
    :param of_session: judges what launched content sends; without it only the limits of its token hold
    :param watch: judges what launched content asks of documents, and is told how all its requests were answered
    :raises SettingsError: a setting is missing or makes no sense.
    """
    settings = settings or Settings.from_environment()
    app = application.new("lms.records", settings)
    app.session_interface = _NoSession()
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_UPLOAD"]
    app.extensions |= {
        "xapi_clients": {},
        "xapi_learner_of": learner_of or (lambda _environ: None),
        "xapi_sessions": of_session,
        "xapi_watch": watch,
    }
    logs.init_app(app)
    admission.init_app(app)
    errors.init_app(app)
    guard.register(app, "records", "lms.records", RESOURCES)
    protocol.init_app(app)
    app.wsgi_app = tidy.Tidied(Express(app.wsgi_app, app))  # type: ignore[method-assign]
    app.cli.add_command(cli.group)
    app.cli.add_command(core_cli.web)
    guard.check(app)
    return app


class _NoSession(SessionInterface):
    """No cookie is read and none is set."""

    def open_session(self, _app: Flask, _request: Request) -> NullSession:
        """Return a session that holds nothing."""
        return _EMPTY

    def is_null_session(self, _obj: object) -> bool:
        """Tell that there is nothing to save."""
        return True


_EMPTY = NullSession()


class Mounted:
    """WSGI middleware: what begins with ``/xapi/`` goes to the record store, all else to the product."""

    def __init__(self, product: Callable[..., Iterable[bytes]], store: Callable[..., Iterable[bytes]]) -> None:
        self.product = product
        self.store = store

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        of_store = tidy.path(environ.get("PATH_INFO", "")).startswith(f"{tidy.PREFIX}/")
        return (self.store if of_store else self.product)(environ, start_response)
