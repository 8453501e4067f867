"""The attendance sheet, and the lists of a class as they are printed."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext

from lms.classes import forms, queries, rules, services
from lms.core import arguments
from lms.core.database import utcnow
from lms.core.edits import ChangedMeanwhile
from lms.core.errors import DomainError
from lms.core.fields import in_unicode, old_words, pressed
from lms.core.forms import INVALID, Fault
from lms.core.guard import current_actor
from lms.core.lists import PAGE
from lms.core.pages import Page, here
from lms.core.text import one_line


def attendance(class_id: UUID, session_id: UUID) -> Any:
    """Take or correct attendance: the marks of the page that is sent, and of no others."""
    now = utcnow()
    error, status, others, old = None, 200, {}, _old_notes(request.form)
    if old:
        error, status = _("Some notes are in an old encoding. Nothing has been saved yet."), INVALID
    elif request.method == "POST":
        try:
            changed = services.record_attendance(
                current_actor(), session_id, _marks(request.form), seen=_seen(), at=now
            )
            flash(ngettext("Saved; %(num)s mark changed.", "Saved; %(num)s marks changed.", changed))
            return redirect(_next_address())
        except ChangedMeanwhile as refused:
            error, status, others = refused.message, refused.status, refused.fields
        except DomainError as refused:
            error, status = refused.message, refused.status
    session = queries.session_row(class_id, session_id)
    if session is None:
        abort(404)
    query, unmarked = arguments.search(), request.args.get("show") == "unmarked"
    page = _sent(class_id, session_id) if error else None
    page = page or queries.sheet_page(class_id, session_id, query, unmarked=unmarked)
    typed = {key: value for key, value in request.form.items() if key.startswith(("status-", "note-"))}
    marked, everybody = queries.marked_of(class_id, session_id)
    shown = render_template(
        "classes/attendance.html",
        session=session,
        page=page,
        query=query,
        unmarked=unmarked,
        marked=marked,
        everybody=everybody,
        open=rules.attendance_open(session.starts_at, now),
        statuses={status: str(words) for status, words in forms.STATUSES.items()},
        error=error,
        typed=typed,
        others=others,
        old=old,
        faults=_sheet_faults(page.rows, others, old),
        seen=_sheet(page.rows),
    )
    return shown, status


def printed_sheet(class_id: UUID, session_id: UUID) -> Any:
    """The whole sheet of a session on paper, with a place to sign."""
    session = queries.session_row(class_id, session_id)
    if session is None:
        abort(404)
    rows = queries.attendance_sheet(class_id, session_id)
    head = queries.class_head(class_id)
    return render_template("classes/printed_sheet.html", session=session, head=head, rows=rows, statuses=forms.STATUSES)


def printed_list(class_id: UUID) -> Any:
    """The whole list of a class on paper."""
    head = queries.class_head(class_id)
    if head is None:
        abort(404)
    rows = [row for row in queries.members(class_id) if row.status != "withdrawn"]
    sessions = len(queries.sessions_of(class_id))
    return render_template("classes/printed_list.html", head=head, rows=rows, sessions=sessions)


def _next_address() -> str:
    """Where to go on after saving: the same page, or the one after it where that was asked for."""
    if pressed("next") is None:
        return here()
    return here(page=(arguments.number("page", largest=arguments.COUNT_MAX) or 1) + 1)


def _sent(class_id: UUID, session_id: UUID) -> Page[queries.Mark] | None:
    """Return the lines that a refused form holds, whatever the filter would show by now; None where it holds none."""
    only = set()
    for name in request.form:
        prefix, _sep, key = name.partition("-")
        if prefix in ("status", "note"):
            only.add(_enrolment(key))
    rows = queries.attendance_sheet(class_id, session_id, only) if 0 < len(only) <= PAGE else []
    return Page(rows, None, size=PAGE, total=len(rows), name="page") if rows else None


def _enrolment(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError:
        abort(400)


def _marks(submitted: Mapping[str, str]) -> dict[UUID, tuple[str, str | None]]:
    """Read marks from the fields of a sheet: ``status-<enrolment>`` and ``note-<enrolment>``."""
    marks: dict[UUID, tuple[str, str | None]] = {}
    for name, value in submitted.items():
        prefix, _sep, key = name.partition("-")
        if prefix != "status" or not value:
            continue
        note = one_line(in_unicode(submitted.get(f"note-{key}", "")))[:300]
        marks[_enrolment(key)] = (value, note or None)
    return marks


def _old_notes(submitted: Mapping[str, str]) -> dict[str, str]:
    """Return what to say of notes in an old encoding, by enrolment."""
    notes = {name.removeprefix("note-"): in_unicode(text) for name, text in submitted.items() if name[:5] == "note-"}
    return {key: words for key, text in notes.items() if (words := old_words(text)) is not None}


def _sheet_faults(lines: Sequence[queries.Mark], others: Mapping[str, Any], old: Mapping[str, str]) -> list[Fault]:
    meanwhile = dict.fromkeys(others, _("recorded otherwise meanwhile"))
    said = meanwhile | dict(old)
    return [
        Fault(f"{'note' if key in old else 'a'}-{key}", line.full_name, said[key])
        for line in lines
        if (key := str(line.enrolment_id)) in said
    ]


def _seen() -> dict[UUID, tuple[str, str | None]] | None:
    """Return the marks of the sheet as it was read, as the page says (:func:`_sheet`)."""
    try:
        told = msgspec.json.decode(request.form.get("seen") or "null", type=dict[str, str] | None)
    except msgspec.DecodeError:
        abort(400)
    return None if told is None else _marks(told)


def _sheet(lines: Sequence[queries.Mark]) -> str:
    """Return the fields of a sheet as the page carries them beside what is typed."""
    fields = {f"status-{line.enrolment_id}": line.status for line in lines if line.status}
    fields |= {f"note-{line.enrolment_id}": line.note for line in lines if line.note}
    return msgspec.json.encode(fields).decode()
