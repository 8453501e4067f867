"""The tree of units: read on a chosen day, units made and closed with their successors."""

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from lms.core import arguments
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import current_actor
from lms.people import queries, services
from lms.people.forms import KIND_LABELS, CloseUnitForm, UnitForm, given
from lms.people.rules import UNIT
from lms.people.sessions import local_day

READ, MANAGE = "people.read", "people.manage"
_FIELDS = {"unit-code": "code", "unit-code-taken": "code", "parent-not-valid": "parent", "unit": "name"}
_CLOSING_FIELDS = {"successor": "successors", "successor-not-valid": "successors"}


def units() -> Any:
    """The units right below one, on a day; or those that a search finds."""
    actor, day = current_actor(), _day()
    query = arguments.search()
    if query:
        page, above, path = queries.find_units(query, actor, READ, on=day), None, []
    else:
        above = _above(arguments.number("below"))
        path = queries.ancestors(above.path) if above else []
        page = queries.units_below(above.id if above else None, actor, READ, on=day)
    return render_template(
        "people/units.html",
        page=page,
        above=above,
        steps=[(url_for("people.units", below=row.id, day=day), row.name) for row in path if actor.may(READ, row.path)],
        query=query,
        day=day,
        kinds=KIND_LABELS,
        manages=actor.may(MANAGE),
    )


def unit(unit_id: int) -> Any:
    """One unit, with what went before and what came after."""
    return _unit_page(unit_id, CloseUnitForm(formdata=None))


def new_unit() -> Any:
    """Make a unit."""
    actor = current_actor()
    form = UnitForm(parent=request.args.get("parent")) if request.method == "GET" else UnitForm()
    if request.method == "GET" or not form.validate():
        return render_template("people/new_unit.html", form=form), 200 if request.method == "GET" else 422
    parent = queries.unit_by_code(given(form.parent.data), actor.paths(MANAGE))
    try:
        if parent is None:
            raise DomainError("parent-not-valid", _("There is no unit with this code among those you administer."), 422)
        made = services.create_unit(
            actor,
            code=given(form.code.data),
            name=given(form.name.data),
            kind=form.kind.data,
            parent_id=parent.id,
            valid_from=given(form.valid_from.data),
            at=utcnow(),
        )
    except DomainError as refused:
        field = form[_FIELDS.get(refused.code, "code")]
        field.errors = [*field.errors, refused.message]
        return render_template("people/new_unit.html", form=form), 422
    flash(_("The unit has been made."), "success")
    return redirect(url_for("people.unit", unit_id=made.id))


def close_unit(unit_id: int) -> Any:
    """Close a unit, with its successors when it has any."""
    actor, form = current_actor(), CloseUnitForm()
    if not form.validate():
        return _unit_page(unit_id, form), 422
    codes = [code for code in (form.successors.data or "").replace(";", ",").split(",") if code.strip()]
    units = {code: queries.unit_by_code(code, actor.paths(MANAGE)) for code in codes}
    try:
        successors = [unit.id for unit in units.values() if unit is not None]
        if len(successors) < len(units):
            names = ", ".join(code.strip() for code, unit in units.items() if unit is None)
            message = _("There is no unit with this code among those you administer: %(codes)s", codes=names)
            raise DomainError("successor", message, 422)
        if successors:
            services.succeed(
                actor, unit_id, successors, on=given(form.on.data), document=form.document.data or None, at=utcnow()
            )
        else:
            services.close_unit(actor, unit_id, on=given(form.on.data), at=utcnow())
    except DomainError as refused:
        if refused.code in UNIT.words:
            raise  # the page has no form any more
        field = form[_CLOSING_FIELDS.get(refused.code, "on")]
        field.errors = [*field.errors, refused.message]
        return _unit_page(unit_id, form), refused.status
    flash(_("The unit has been closed. Its history stays with it."), "success")
    return redirect(url_for("people.unit", unit_id=unit_id))


def _unit_page(unit_id: int, form: CloseUnitForm) -> str:
    row = queries.unit(unit_id)
    if row is None:
        abort(404)
    before, after = queries.successions(unit_id)
    return render_template(
        "people/unit.html",
        unit=row,
        kind=KIND_LABELS.get(row.kind, row.kind),
        steps=[
            (url_for("people.units", below=above.id), above.name)
            for above in queries.ancestors(row.path)
            if current_actor().may(READ, above.path)
        ],
        before=before,
        after=after,
        people=queries.headcount(row.path),
        form=form,
        may_manage=current_actor().may(MANAGE, row.path),
    )


def _above(unit_id: int | None) -> queries.UnitRow | None:
    if unit_id is None:
        return None
    row = queries.unit(unit_id)
    if row is None or not current_actor().may(READ, row.path):
        abort(404)
    return row


def _day() -> date:
    return arguments.day("day") or local_day(utcnow())
