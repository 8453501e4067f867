"""The log of launches, for staff who look why something does not count."""

from typing import Any
from uuid import UUID

from flask import abort, render_template
from flask_babel import lazy_gettext as _l

from lms.library.queries import launch_logs, pages

WHAT = {
    "launched": _l("started"),
    "asked": _l("asked"),
    "sent": _l("sent"),
    "refused": _l("turned down"),
    "blocked": _l("not loaded"),
    "ended": _l("session over"),
}


def launches(package_id: UUID) -> Any:
    """The newest launches of a package."""
    package = pages.package(package_id)
    if package is None:
        abort(404)
    return render_template("library/launches.html", package=package, rows=launch_logs.launches(package_id))


def launch(package_id: UUID, session_id: UUID) -> Any:
    """One launch, line by line."""
    package, row = pages.package(package_id), launch_logs.launch(package_id, session_id)
    if package is None or row is None:
        abort(404)
    lines = launch_logs.events(session_id)
    return render_template("library/launch.html", package=package, row=row, lines=lines, what=WHAT)
