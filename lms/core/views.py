"""Health, language, and the progress of jobs."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import abort, redirect, render_template, request
from sqlalchemy import text

from lms.core import jobs
from lms.core.database import db
from lms.core.guard import Actor
from lms.core.i18n import LANGUAGES
from lms.core.ownership import is_own


def healthz() -> Any:
    """The process answers."""
    return {"status": "ok"}


def readyz() -> Any:
    """The database answers and its schema is there."""
    try:
        db.session.execute(text("SELECT version_num FROM alembic_version"))
    except Exception:  # noqa: BLE001 - whatever it is, we are not ready
        db.session.rollback()
        return {"status": "unavailable"}, 503
    return {"status": "ready"}


def language(code: str) -> Any:
    """Remember the visitor's language in a cookie and go back."""
    if code not in LANGUAGES:
        abort(404)
    response = redirect(safe_target(request.args.get("next")))
    response.set_cookie("lang", code, max_age=31536000, samesite="Lax", secure=request.is_secure, httponly=True)
    return response


def job(job_id: UUID) -> Any:
    """Show how far a job is; htmx asks again until it ends."""
    progress = jobs.find(job_id)
    if progress is None:
        abort(404)
    partial = bool(request.headers.get("HX-Request"))
    following = progress.result.get("next") if progress.state == "done" and progress.result else None
    if following is not None:
        return ("", 204, {"HX-Redirect": following}) if partial else redirect(following)
    return render_template("core/_job.html" if partial else "core/job.html", job=progress)


def owns_job(actor: Actor, job_id: UUID) -> bool | None:
    """Scope: a job is its owner's."""
    progress = jobs.find(job_id)
    return None if progress is None else is_own(progress.account_id, actor.account_id)


def safe_target(target: str | None, fallback: str = "/") -> str:
    """Return a target for a redirect that stays on this site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return fallback
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else fallback
