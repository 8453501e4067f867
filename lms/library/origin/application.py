"""The content origin as an application of its own: served on its own port, or mounted where no other origin is set."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request
from flask.sessions import NullSession, SessionInterface
from werkzeug.exceptions import HTTPException
from whitenoise import WhiteNoise

from lms.core import admission, application, guard, logs
from lms.core.assets import PLAYERS
from lms.core.config import Settings
from lms.core.errors import DomainError
from lms.library.origin import headers
from lms.library.origin.express import Express
from lms.library.origin.routes import ROUTES

MOUNTED = "/content"


def create_content_app(settings: Settings | None = None) -> Flask:
    """Build the content origin without the rest of the product.

    Served by ``flask content``, and mounted below ``/content/`` where no other origin is set.

    :raises SettingsError: a setting is missing or makes no sense.
    """
    settings = settings or Settings.from_environment()
    app = application.new("lms.library.origin", settings, front=Express)
    app.session_interface = _NoSession()
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024
    logs.init_app(app)
    admission.init_app(app)
    guard.register(app, "content", "lms.library.origin", ROUTES)
    headers.init_app(app)
    app.register_error_handler(HTTPException, _plain)
    app.register_error_handler(DomainError, _refused)
    PLAYERS.mkdir(parents=True, exist_ok=True)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=str(PLAYERS), prefix="_khue/", add_headers_function=headers.of_asset, max_age=3600
    )
    guard.check(app)
    return app


class Mounted:
    """WSGI middleware: what begins with ``/content/`` goes to the content origin, all else to the product."""

    def __init__(self, product: Callable[..., Iterable[bytes]], content: Callable[..., Iterable[bytes]]) -> None:
        self.product = product
        self.content = content

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith(f"{MOUNTED}/"):
            return self.product(environ, start_response)
        inner = environ | {"SCRIPT_NAME": MOUNTED, "PATH_INFO": path.removeprefix(MOUNTED), "HTTP_COOKIE": ""}
        return self.content(inner, start_response)


class _NoSession(SessionInterface):
    """No cookie is read and none is set."""

    def open_session(self, _app: Any, _request: Any) -> NullSession:
        """Return a session that holds nothing."""
        return NullSession()

    def is_null_session(self, _obj: object) -> bool:
        """Tell that there is nothing to save."""
        return True


def _plain(error: HTTPException) -> Any:
    return f"{error.code} {error.name}\n", error.code, {"Content-Type": "text/plain; charset=utf-8"}


def _refused(error: DomainError) -> Any:
    if request.method == "POST":
        return {"error": error.code, "message": str(error.message)}, error.status
    return f"{error.message}\n", error.status, {"Content-Type": "text/plain; charset=utf-8"}
