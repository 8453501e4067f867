"""Drafts: what is typed into a form stays in its writer's browser until the server says that it has been taken.

``static/drafts.js`` keeps the touched fields of every form that is posted, under a number that it sends along. A
redirect is this product's answer to what was done; it carries the number back in a cookie, and the browser forgets
the draft. Everything else leaves the draft where it is: a refusal, a line that broke, a session that had ended. The
next time its writer opens the page, on this device, the form holds again what she typed.
"""

import re
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, flash, g, redirect, request
from flask_babel import gettext as _

FIELD = "draft"
COOKIE = "khue-taken"
SENDS, PLACE = "Khue-Sends", "Khue-Location"
"""A script that sends a form (``static/sending.js``) says so, and is told where to go on: it cannot see a redirect."""
SECRET = frozenset({"password", "current", "repeated"})
"""Fields that are never sent back."""
_NUMBER = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)


def init_app(app: Flask) -> None:
    """Acknowledge what was taken."""

    @app.after_request
    def acknowledge(response: Response) -> Response:
        form = request.__dict__.get("form")  # only where a view has read it
        number = form.get(FIELD, "") if form is not None else ""
        if 300 <= response.status_code < 400 and not g.get("unsent") and _NUMBER.fullmatch(number):
            response.set_cookie(COOKIE, number, max_age=600, secure=app.config["SESSION_COOKIE_SECURE"], samesite="Lax")
        if SENDS in request.headers and response.location and 300 <= response.status_code < 400:
            response.status_code, response.data = 204, b""
            response.headers[PLACE] = response.headers.pop("Location")
        return response


def page_of_form() -> str | None:
    """Return the page from which a browser has just sent a form, for whoever must be sent back to it.

    None where no page of ours was: programs, and forms of other sites, are answered as they are.
    """
    headers = request.headers
    if headers.get("Sec-Fetch-Mode") != "navigate" or headers.get("Sec-Fetch-Site") != "same-origin":
        return None
    came_from = urlsplit(headers.get("Referer", ""))
    if came_from.netloc != request.host:
        return None
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def to_send_again() -> list[tuple[str, str]] | None:
    """Return the fields of a form that was not taken, from a page of ours, for a page that offers to send them again.

    None for what cannot be repeated: files, passwords, and requests of programs and other sites.
    """
    if request.method != "POST" or request.mimetype != "application/x-www-form-urlencoded" or page_of_form() is None:
        return None
    fields = list(request.form.items(multi=True))
    return None if any(name in SECRET for name, _value in fields) else fields


def send_back(address: str) -> Response:
    """Send a browser back to the page of a form that was not taken; its draft is kept, and the page says so."""
    g.unsent = True
    words = _(
        "Your form was not sent, because your sign-in had ended or had changed. What you typed is still there; "
        "please check it and send it again."
    )
    flash(words, "warning")
    return cast(Response, redirect(address, 303))
