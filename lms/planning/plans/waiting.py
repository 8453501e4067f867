"""What waits in the yearly plan: units' answers, plans to balance, plans to approve."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import String, cast, func

from lms.core.guard import Actor
from lms.core.waiting import Kind, Row, Waiting, gathered, part, rows
from lms.people.access import units_within
from lms.people.models import Unit
from lms.people.sessions import local_day
from lms.planning.plans.models import Plan, PlanNeed


def _need(row: Row) -> str:
    return url_for("plans.need", need_id=UUID(row.ref))


def _move(act: str, row: Row) -> str:
    return url_for("plans.move", plan_id=UUID(row.ref), act=act)


_PLANS = partial(url_for, "plans.index")
KINDS = {
    "unit_needs": Kind(_l("What your unit needs next year"), _need, partial(url_for, "plans.own_needs")),
    "plans_balance": Kind(_l("Plans whose units have had their time"), partial(_move, "balance"), _PLANS),
    "plans_approve": Kind(_l("Yearly plans to approve"), partial(_move, "approve"), _PLANS),
}


def waiting(actor: Actor, at: datetime) -> Sequence[Waiting]:
    """Name what waits for a unit, for Home Affairs, and for the People's Committee."""
    parts = []
    if paths := actor.paths("plans.need"):
        parts.append(
            part(
                "unit_needs", subject=func.concat(Unit.name, " · ", Plan.year), ref=cast(PlanNeed.id, String),
                since=Plan.created_at, due_on=Plan.needs_by,
            )
            .join_from(PlanNeed, Plan, Plan.id == PlanNeed.plan_id)
            .join(Unit, Unit.id == PlanNeed.unit_id)
            .where(Plan.status == "gathering", PlanNeed.status != "sent", units_within(paths))
        )  # fmt: skip
    named = {"subject": cast(Plan.year, String), "ref": cast(Plan.id, String), "since": Plan.created_at}
    if actor.holds_whole("plans.manage"):
        over = (Plan.status == "gathering", Plan.needs_by < local_day(at))
        parts.append(part("plans_balance", **named).select_from(Plan).where(*over))
    if actor.holds_whole("plans.approve"):
        parts.append(part("plans_approve", **named).select_from(Plan).where(Plan.status == "submitted"))
    return gathered(rows(*parts), KINDS) if parts else []
