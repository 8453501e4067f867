"""Domain errors, and the one place where errors become answers."""

import errno
import logging
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import psycopg
from flask import Flask, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException

from lms.core import drafts, guard
from lms.core.database import db

log = logging.getLogger("lms.errors")
_AWAY = (OperationalError, InterfaceError, PoolTimeoutError, psycopg.OperationalError, psycopg.InterfaceError)


class DomainError(Exception):
    """Something a person asked for that the rules refuse.

    :param code: stable machine name, such as ``class-full``
    :param message: what the person reads, already translated or lazily so
    :param status: HTTP status of the answer
    """

    def __init__(self, code: str, message: Any, status: int = 409) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status


class NotFound(DomainError):
    """The object does not exist, or not for this person."""

    def __init__(self, code: str = "not-found") -> None:
        super().__init__(code, _l("The page you asked for does not exist, or is not open to you."), 404)


def init_app(app: Flask) -> None:
    """Answer every error in the product's look, with the request id and no internals."""
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(psycopg.Error, _database_error)
    app.register_error_handler(PoolTimeoutError, _database_error)
    app.register_error_handler(OSError, _disk_error)
    if not app.debug and not app.testing:
        app.register_error_handler(Exception, _unexpected)


def _answer(status: int, message: Any = None, code: str | None = None) -> tuple[Any, int]:
    program = "babel" not in current_app.extensions  # the record store: English, the language of the specification
    wants_json = program or request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"
    text = str(message if message is not None else HTTPStatus(status).phrase if program else _message(status))
    if wants_json:
        return {"error": text, "code": code or str(status), "request_id": g.get("request_id")}, status
    page = {"status": status, "message": text, "title": _title(status)}
    if status == 503:
        page |= {"again": drafts.to_send_again(), "form": drafts.page_of_form() if request.method == "POST" else None}
    return render_template("core/error.html", **page), status


def _domain_error(error: DomainError) -> Any:
    answer = _answer(error.status, error.message, error.code)
    return (*answer, {"Retry-After": "5"}) if error.status == 503 else answer


def _csrf_error(_error: CSRFError) -> Any:
    back = drafts.page_of_form()
    if back is not None:
        return drafts.send_back(back)
    return _answer(400, _("This form has expired. Go back, reload the page and send it again."), "csrf")


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    answer = _answer(error.code)
    return *answer, [
        (k, v) for k, v in error.get_headers() if k.lower() in ("allow", "retry-after", "www-authenticate")
    ]


def _database_error(error: Exception) -> Any:
    """Answer 503 where the database is away, too busy or out of room, and 500 where we asked it something wrong."""
    with suppress(Exception):  # what is lost needs no rollback
        db.session.rollback()
    log.exception("database error", exc_info=error)
    if not isinstance(error, _AWAY):
        return _answer(500)
    guard.forget_actor()  # the page of the error must not ask the database again
    return *_answer(503), {"Retry-After": "5"}


def _disk_error(error: OSError) -> Any:
    """Answer 507 where the disk or a quota of the system is full; all else is unexpected."""
    if error.errno not in (errno.ENOSPC, errno.EDQUOT):
        if current_app.testing or current_app.debug:
            raise error
        return _unexpected(error)
    db.session.rollback()
    log.error("no room left on a disk")
    return _answer(507)


def _unexpected(error: Exception) -> tuple[Any, int]:
    db.session.rollback()
    log.exception("unexpected error", exc_info=error)
    return _answer(500)


def _title(status: int) -> str:
    titles = {
        400: _("The request could not be understood"),
        401: _("Please sign in"),
        403: _("You do not have access to this page"),
        404: _("Page not found"),
        405: _("This action is not possible here"),
        413: _("The file is too large"),
        429: _("Too many attempts"),
        503: _("The system is briefly unavailable"),
        507: _("The system has no room left"),
    }
    return str(titles.get(status, _("Something went wrong") if status >= 500 else _("The request was refused")))


def _message(status: int) -> str:
    messages = {
        400: _("Some of what was sent is missing or not valid. Please go back and check the form."),
        401: _("This page is open to signed-in users only."),
        403: _("Your role does not cover this page or this unit. If you need it, ask your unit's administrator."),
        404: _("The page you asked for does not exist, or is not open to you."),
        405: _("Please go back and use the buttons of the page."),
        413: _("What you sent is larger than the system accepts. Please choose a smaller file."),
        429: _("Please wait a few minutes, then try again."),
        503: _("Please try again in a minute. Nothing you had saved is lost."),
        507: _("What you sent could not be kept. Nothing you had saved is lost. Please tell the administrators."),
    }
    default = _("The fault is ours and has been recorded. Please try again; nothing you had saved is lost.")
    return str(messages.get(status, default if status >= 500 else _("Please go back and check what was sent.")))
