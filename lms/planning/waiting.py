"""What waits in planning: for units to name people, for Home Affairs to decide and sign, for trainees to answer."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, exists, func, or_

from lms.classes.access import held
from lms.classes.life import CLASS
from lms.classes.models import ClassRun
from lms.core.guard import Actor
from lms.core.ownership import owned_by
from lms.core.transitions import Transition
from lms.core.waiting import Kind, Row, Waiting, gathered, part, rows
from lms.people.access import role_in_force
from lms.people.models import Account, RoleHolding, Unit
from lms.people.sessions import local_day
from lms.planning.access import DECIDE, NAME, names_for
from lms.planning.life import LIVE, SEATED
from lms.planning.models import Nomination, Quota


def _offer(row: Row) -> str:
    return url_for("planning.choose", class_id=row.ref, unit_id=row.other)


def _class(row: Row) -> str:
    return url_for("planning.listing", class_id=row.ref)


def _quotas(row: Row) -> str:
    return url_for("planning.quotas", class_id=row.ref)


_MINE, _FILLINGS = partial(url_for, "planning.index"), partial(url_for, "planning.fillings")
KINDS = {
    "to_name": Kind(_l("Classes that ask your unit for people"), _offer, _MINE),
    "cannot_come": Kind(_l("People who say that they cannot come"), _offer, _MINE),
    "to_decide": Kind(_l("Nominations to decide on"), _class, _FILLINGS),
    "to_sign": Kind(_l("People approved who wait for a decision to be signed"), _class, _FILLINGS),
    "unmanaged": Kind(_l("Units with a quota where nobody can name people"), _quotas, _FILLINGS),
    "to_answer": Kind(
        _l("Say whether you will come"), lambda row: url_for("planning.mine"), partial(url_for, "planning.mine")
    ),
}


def waiting(actor: Actor, at: datetime) -> Sequence[Waiting]:
    """Name what waits for who names people, who decides on them, and who was named."""
    parts = [_to_name(actor, at), _cannot_come(actor)] if actor.may(NAME) else []
    parts += [_submitted(actor), _approved(actor), _unmanaged(actor, at)] if actor.may(DECIDE) else []
    parts += [_to_answer(actor)] if actor.person_id else []
    return gathered(rows(*parts), KINDS)


def _to_name(actor: Actor, at: datetime) -> Select[Any]:
    used = (
        func.count()
        .select()
        .where(Nomination.class_id == Quota.class_id, Nomination.unit_id == Quota.unit_id)
        .where(Nomination.status.in_(LIVE))
        .correlate(Quota)
        .scalar_subquery()
    )
    until = ClassRun.nominations_until
    return (
        part("to_name", subject=ClassRun.name, ref=ClassRun.id, other=Unit.id, since=_opened(), due_on=until)
        .select_from(Quota)
        .join(Unit, Unit.id == Quota.unit_id)
        .join(ClassRun, ClassRun.id == Quota.class_id)
        .where(names_for(actor), ClassRun.status.in_(CLASS.allowed["nominate"]), used < Quota.places)
        .where(or_(until.is_(None), until >= local_day(at)))
    )


def _opened() -> Any:
    """When the class was opened for nomination."""
    opened = func.max(Transition.at).select().where(Transition.kind == "class", Transition.act == "open")
    opened = opened.where(Transition.object_id == func.cast(ClassRun.id, Transition.object_id.type))
    return func.coalesce(opened.correlate(ClassRun).scalar_subquery(), ClassRun.starts_on)


def _cannot_come(actor: Actor) -> Select[Any]:
    return (
        part(
            "cannot_come", subject=ClassRun.name, ref=ClassRun.id, other=Unit.id, count=func.count(),
            since=func.min(Nomination.submitted_at),
        )
        .select_from(Nomination)
        .join(Unit, Unit.id == Nomination.unit_id)
        .join(ClassRun, ClassRun.id == Nomination.class_id)
        .join(Quota, (Quota.class_id == ClassRun.id) & (Quota.unit_id == Unit.id))
        .where(names_for(actor), Nomination.status.in_(LIVE), Nomination.cannot_because.is_not(None))
        .where(ClassRun.status.in_(CLASS.allowed["decide_nomination"]))
        .group_by(ClassRun.id, Unit.id)
    )  # fmt: skip


def _of_classes(actor: Actor, kind: str, status: str, act: str) -> Select[Any]:
    return (
        part(
            kind, subject=ClassRun.name, ref=ClassRun.id, count=func.count(),
            since=func.min(Nomination.submitted_at), due_on=ClassRun.starts_on,
        )
        .select_from(Nomination)
        .join(ClassRun, ClassRun.id == Nomination.class_id)
        .where(Nomination.status == status, ClassRun.status.in_(CLASS.allowed[act]), held(actor, DECIDE))
        .group_by(ClassRun.id)
    )  # fmt: skip


def _submitted(actor: Actor) -> Select[Any]:
    return _of_classes(actor, "to_decide", "submitted", "decide_nomination")


def _approved(actor: Actor) -> Select[Any]:
    return _of_classes(actor, "to_sign", "approved", "decide_nomination")


def _unmanaged(actor: Actor, at: datetime) -> Select[Any]:
    """Units whose quota nobody can use: the request would be lost otherwise."""
    over = Unit.__table__.alias("over")
    manager = (
        exists()
        .where(RoleHolding.role == "unit_manager", role_in_force(local_day(at)))
        .where(Account.id == RoleHolding.account_id, Account.active)
        .where(over.c.id == RoleHolding.unit_id, Unit.path.startswith(over.c.path))
    )
    return (
        part(
            "unmanaged", subject=ClassRun.name, ref=ClassRun.id, count=func.count(),
            since=func.min(_opened()), due_on=ClassRun.nominations_until,
        )
        .select_from(Quota)
        .join(Unit, Unit.id == Quota.unit_id)
        .join(ClassRun, ClassRun.id == Quota.class_id)
        .where(ClassRun.status.in_(CLASS.allowed["nominate"]), held(actor, DECIDE), ~manager)
        .group_by(ClassRun.id)
    )  # fmt: skip


def _to_answer(actor: Actor) -> Select[Any]:
    return (
        part(
            "to_answer",
            subject=ClassRun.name,
            ref=Nomination.id,
            since=Nomination.submitted_at,
            due_on=ClassRun.starts_on,
        )
        .select_from(Nomination)
        .join(ClassRun, ClassRun.id == Nomination.class_id)
        .where(owned_by(Nomination.person_id, actor.person_id), Nomination.status.in_(SEATED))
        .where(Nomination.confirmed_at.is_(None), Nomination.cannot_because.is_(None))
        .where(ClassRun.status.in_(CLASS.allowed["decide_nomination"]))
    )
