"""Units: made, closed, and gone over into others."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.text import fold, one_line
from lms.people.models import UNIT_KINDS, Unit, UnitSuccession
from lms.people.rules import UNIT, UNIT_CODE


@act
def create_unit(
    actor: Actor,
    *,
    code: str,
    name: str,
    kind: str,
    parent_id: int | None = None,
    valid_from: date,
    at: datetime,
) -> Unit:
    """Make a unit below another (or a root), valid from a day on.

    :raises DomainError: the code is malformed or taken, the kind unknown, or the parent is not valid on that day
    """
    short, title = one_line(code).upper(), one_line(name)
    if not UNIT_CODE.fullmatch(short):
        text = _l("A unit code has 1 to 40 Latin letters without marks, digits, dots, dashes or slashes.")
        raise DomainError("unit-code", text, 422)
    if not title or kind not in UNIT_KINDS:
        raise DomainError("unit", _l("Name and kind are needed."), 422)
    lock("units")
    if db.session.scalar(select(Unit.id).where(Unit.code == short)) is not None:
        raise DomainError("unit-code-taken", _l("This unit code is in use already."))
    parent = None if parent_id is None else _unit(parent_id)
    if parent is not None and not _valid_on(parent, valid_from):
        raise DomainError("parent-not-valid", _l("The unit above does not exist on that day."))
    unit = Unit(
        code=short,
        name=title,
        search_text=fold(f"{short} {title}"),
        kind=kind,
        parent_id=parent_id,
        path="",
        valid_from=valid_from,
    )
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    db.session.flush()
    after = {"code": short, "name": title, "kind": kind, "parent_id": parent_id, "valid_from": valid_from}
    audit.record(actor, "unit.create", "unit", unit.id, at=at, after=after)
    return unit


@act
def close_unit(actor: Actor, unit_id: int, *, on: date, at: datetime) -> None:
    """End a unit: ``on`` is the first day on which it no longer exists. Its history stays with it.

    :raises DomainError: it is closed already, the day is not after its first, or units below it are still valid
    """
    lock("units")
    unit = _unit(unit_id)
    UNIT.require("close", "open" if unit.valid_to is None else "closed")
    if on <= unit.valid_from:
        raise DomainError("period", _l("The day must be after the unit's first day."), 422)
    below = select(Unit.code).where(
        Unit.path.startswith(unit.path), Unit.id != unit.id, (Unit.valid_to.is_(None)) | (Unit.valid_to > on)
    )
    open_below = db.session.scalars(below.order_by(Unit.sort_key, Unit.id).limit(5)).all()
    if open_below:
        codes = ", ".join(open_below)
        raise DomainError("units-below", _l("Units below it still exist on that day: %(codes)s", codes=codes))
    unit.valid_to = on
    audit.record(actor, "unit.close", "unit", unit_id, at=at, before={"valid_to": None}, after={"valid_to": on})


@act
def succeed(
    actor: Actor,
    predecessor_id: int,
    successor_ids: Sequence[int],
    *,
    on: date,
    document: str | None,
    at: datetime,
) -> None:
    """Close a unit and name the units into which it went over, by a document.

    :raises DomainError: no successor is named, one is the unit itself, or one does not exist on that day
    """
    if not successor_ids or predecessor_id in successor_ids:
        raise DomainError("successor", _l("Name at least one other unit as successor."), 422)
    for successor_id in successor_ids:
        if not _valid_on(_unit(successor_id), on):
            raise DomainError("successor-not-valid", _l("The successor does not exist on that day."))
    close_unit(actor, predecessor_id, on=on, at=at)
    for successor_id in dict.fromkeys(successor_ids):
        db.session.add(
            UnitSuccession(predecessor_id=predecessor_id, successor_id=successor_id, on=on, document=document)
        )
    after = {"successors": list(successor_ids), "on": on, "document": document}
    audit.record(actor, "unit.succeed", "unit", predecessor_id, at=at, after=after)


def _unit(unit_id: int) -> Unit:
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound
    return unit


def _valid_on(unit: Unit, day: date) -> bool:
    return unit.valid_from <= day and (unit.valid_to is None or unit.valid_to > day)
