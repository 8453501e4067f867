"""The pages of the statement browser, its exports, and a trainee's own statements."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, abort, render_template, request
from flask_babel import gettext as _

from lms.console.statements import exports, services
from lms.console.statements.forms import ExportForm, FilterForm, PeriodForm
from lms.console.statements.lines import LIST_MAX, Line, line, parse
from lms.console.statements.queries import Known
from lms.console.statements.selection import Selection, reader_of, select
from lms.console.statements.sentences import Reader
from lms.core import arguments, downloads
from lms.core.admission import costly
from lms.core.database import autocommit, utcnow
from lms.core.forms import INVALID
from lms.core.guard import Actor, current_actor
from lms.core.i18n import day, in_words, select_language
from lms.core.pages import Page
from lms.core.workbooks import MEDIA_TYPE
from lms.people.queries import account_actor_name
from lms.records import queries as records
from lms.records.parameters import StatementQuery
from lms.records.queries import Shown

PAGE_SIZE = 50
REFERRING = 50


def browse() -> Any:
    """List statements as sentences, the newest first."""
    form = FilterForm(request.args, language=select_language())
    after = arguments.number("after")
    if not form.validate():
        return _list(form, Selection(None)), INVALID
    selection = select(form, current_actor(), size=PAGE_SIZE, after=after)
    return _list(form, selection), INVALID if form.person.errors else 200


def one(statement_id: UUID) -> Any:
    """One statement: its sentence, its text, what it refers to and what refers to it."""
    rows = records.around(statement_id, size=REFERRING)
    if not any(row.id == statement_id for row in rows):
        abort(404)
    lines, _known = _lines(rows, current_actor(), limit=None)
    (asked,) = [line for line in lines if line.row.id == statement_id]
    others = [line for line in lines if line is not asked]
    return render_template(
        "console/statements/one.html",
        line=asked,
        target=next((line for line in others if line.row.id == asked.refers_to), None),
        referring=[line for line in others if line.refers_to == statement_id],
    )


@costly()
def export() -> Any:
    """Save a selection as a file; an export leaves a trace, so it is no reading request."""
    actor, at = current_actor(), utcnow()
    form = ExportForm(request.form, language=select_language())
    if not form.validate():
        return _list(form, Selection(None)), INVALID
    selection = select(form, actor, size=exports.WORKBOOK_ROWS)
    query = selection.query
    if query is None:
        return _list(form, selection), INVALID
    if form.format.data == "xlsx" and records.count(query) > exports.WORKBOOK_ROWS:
        return _list(form, selection, too_many=exports.WORKBOOK_ROWS), INVALID
    given = form.given() | ({"person": str(selection.person)} if selection.person else {})
    services.note_export(actor, form.format.data, given, at=at)
    autocommit()

    def knowing(statements: Sequence[Mapping[str, Any]]) -> tuple[Reader, Mapping[UUID, Known]]:
        return reader_of(actor, statements)

    rows = exports.rows(query, knowing)
    if form.format.data == "csv":
        return _csv(rows, at)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer
    exports.as_workbook(rows, file, title=_("Learning records, as of %(when)s", when=in_words(at)))
    file.seek(0)
    return downloads.saved(file, _filename(at, "xlsx"), MEDIA_TYPE)


def mine() -> Any:
    """What the record store holds about what one did oneself."""
    you = account_actor_name(current_actor().account_id)
    form = PeriodForm(request.args, language=select_language())
    page: Page[Line] = Page([], None)
    after = arguments.number("after")
    if not form.validate() or you is None:
        return render_template("console/statements/mine.html", form=form, page=page), INVALID
    rows = records.browse(StatementQuery(**form.question(), limit=PAGE_SIZE, after=after), by=you)
    reader = Reader(select_language(), you=you)
    page = _cut([line(row, parse(row), reader) for row in rows])
    return render_template("console/statements/mine.html", form=form, page=page)


def mine_csv() -> Any:
    """The same as CSV."""
    you = account_actor_name(current_actor().account_id)
    form = PeriodForm(request.args, language=select_language())
    if not form.validate() or you is None:
        abort(INVALID)
    myself = Known(you, current_actor().name, None, None)
    reader = Reader(select_language(), names={you: myself.name}, you=you)
    rows = exports.rows(StatementQuery(**form.question()), lambda _statements: (reader, {you: myself}), by=you)
    return _csv(rows, utcnow())


def _list(form: FilterForm, selection: Selection, *, too_many: int | None = None) -> str:
    page: Page[Line] = Page([], None)
    person = None
    if selection.query is not None:
        rows = records.browse(replace(selection.query, limit=PAGE_SIZE))
        lines, known = _lines(rows, current_actor(), selection.person)
        page = _cut(lines)
        person = known.get(selection.person) if selection.person else None
    return render_template(
        "console/statements/list.html",
        manages=current_actor().may("records.manage"),
        form=form,
        page=page,
        person=person,
        choices=selection.choices,
        too_many=too_many,
        given=form.given(),
    )


def _lines(
    rows: Sequence[Shown], actor: Actor, *also: UUID | None, limit: int | None = LIST_MAX
) -> tuple[list[Line], dict[UUID, Known]]:
    statements = [parse(row) for row in rows]
    reader, known = reader_of(actor, statements, *also)
    return [line(row, one, reader, limit=limit) for row, one in zip(rows, statements, strict=True)], known


def _cut(lines: list[Line]) -> Page[Line]:
    return Page.cut(lines, PAGE_SIZE, lambda line: line.row.seq)


def _csv(rows: Any, at: datetime) -> Response:
    return downloads.streamed(exports.as_csv(rows), _filename(at, "csv"), "text/csv")


def _filename(at: datetime, ending: str) -> str:
    return "-".join([_("learning-records"), *day(at).split("/")]) + f".{ending}"
