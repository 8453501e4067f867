"""Report pages and their exports."""

from typing import Any
from uuid import UUID

from flask import abort, render_template, request
from flask_babel import gettext as _

from lms.core import arguments, downloads
from lms.core.admission import costly
from lms.core.database import utcnow
from lms.core.guard import current_actor
from lms.core.pages import Page
from lms.people import queries as people
from lms.reports.completion import exports, queries
from lms.reports.unit_reports import duties

_GROUPS = ("programme", "unit", "class")


def completion() -> Any:
    """Completion by programme, unit or class, of the units held."""
    filters = _filters("reports.completion")
    by = request.args.get("by", "programme")
    if by not in _GROUPS:
        abort(400)
    after = arguments.search("after")
    if by == "programme":
        page = Page(queries.by_programme(filters), None)
    elif by == "unit":
        page = Page.cut(queries.by_unit(filters, after), queries.PAGE, lambda row: row.code)
    else:
        page = Page.cut(queries.by_class(filters, after), queries.PAGE, lambda row: row.code)
    total = queries.together(page.rows if by == "programme" else queries.by_programme(filters))
    return render_template(
        "reports/completion.html",
        by=by,
        page=page,
        total=total,
        years=queries.years(filters.paths),
        filters=filters,
        duties=duties.due(current_actor(), utcnow()),
    )


@costly()
def completion_workbook() -> Any:
    """The same figures and every trainee, as XLSX."""
    content = exports.completion(_filters("reports.completion"), at=utcnow())
    return downloads.workbook(content, _("completion") + ".xlsx")


def trainees() -> Any:
    """The trainees behind a figure."""
    filters = _filters("reports.completion")
    class_id = arguments.identifier("class")
    cursor = arguments.identifier("after")
    rows = queries.trainees(filters, class_id, queries.sort_key(cursor) if cursor else None)
    page = Page.cut(rows, queries.PAGE, lambda row: row.registration)
    return render_template("reports/trainees.html", page=page, filters=filters)


def record(person_id: UUID) -> Any:
    """A person's training record."""
    card = people.person_card(person_id)
    return render_template("reports/record.html", person=card, lines=queries.record_of(person_id), today=utcnow())


@costly()
def record_workbook(person_id: UUID) -> Any:
    """A person's training record as XLSX."""
    card = people.person_card(person_id)
    if card is None:
        abort(404)
    content = exports.record(card, queries.record_of(person_id), at=utcnow())
    return downloads.workbook(content, f"{card.staff_code}.xlsx")


def _filters(permission: str) -> queries.Filters:
    unit = arguments.number("unit")
    return queries.Filters(
        paths=current_actor().paths(permission),
        year=arguments.year(),
        programme=arguments.search("programme") or None,
        unit_path=people.unit_path(unit) if unit else None,
        query=arguments.search() or None,
    )
