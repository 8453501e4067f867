"""What is done with targets and plans: a population frozen, needs given, quotas shared out, plans decided on."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select

from lms.catalogue.models import Programme
from lms.core import audit, transitions
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.text import one_line
from lms.core.transitions import NOTHING, Because
from lms.people.models import Unit
from lms.people.sessions import local_day
from lms.planning.models import Quota
from lms.planning.plans import queries
from lms.planning.plans.hooks import proposed_places
from lms.planning.plans.life import PLAN
from lms.planning.plans.models import Plan, PlanLine, PlanNeed, PlanNeedLine, PlanQuota, Population, PopulationMember
from lms.planning.plans.rules import Counter, shared_out
from lms.planning.services import set_quotas

MOST = 100_000
LONGEST = 2000
_ROWS = 5_000


class Decision(NamedTuple):
    """The decision that approves a plan."""

    number: str
    dated: date
    signer: str


@act
def take_population(actor: Actor, day: date, *, at: datetime) -> Population:
    """Count the population of all targets from the roster as of a day, and freeze it person by person."""
    if abs(day.year - local_day(at).year) > 1:
        raise DomainError("day-far", _l("Please choose a day of last year, this year or next year."), 422)
    known = queries.all_units()
    counter = Counter(queries.targets(), known, day)
    done, stated, people = queries.completed(day), queries.stated(), 0
    row = Population(id=uuid4(), as_of=day, taken_at=at, account_id=actor.account_id, people=0)
    db.session.add(row)
    db.session.flush()
    everybody = list(queries.roster(day))
    people = len(everybody)
    values = [
        {
            "population_id": row.id,
            "programme_id": one.target.programme_id,
            "person_id": one.row.person_id,
            "unit_id": one.row.unit_id,
            "verdict": "asked" if one.questions else "counts",
            "questions": list(one.questions),
            "trained": (one.row.person_id, one.target.programme_id) in done,
        }
        for one in counter.members(everybody, stated)
    ]
    for start in range(0, len(values), _ROWS):
        db.session.execute(insert(PopulationMember), values[start : start + _ROWS])
    row.people = people
    after = {"as_of": day, "people": people, "members": len(values)}
    audit.record(actor, "population.take", "population", row.id, at=at, after=after)
    return row


@act
def make_plan(actor: Actor, year: int, population_id: UUID, *, at: datetime) -> Plan:
    """Begin the plan of a year upon a frozen population.

    :raises DomainError: ``plan-exists``, ``plan-year``, ``no-population``
    """
    if not local_day(at).year <= year <= local_day(at).year + 5:
        raise DomainError("plan-year", _l("Please choose this year or one of the next five."), 422)
    if db.session.get(Population, population_id) is None:
        raise DomainError("no-population", _l("Please count the population first."), 422)
    lock("plans", str(year))
    same = select(Plan.id).where(Plan.year == year, Plan.base_id.is_(None), Plan.status.not_in(("amended", "dropped")))
    if db.session.scalar(same.limit(1)) is not None:
        raise DomainError("plan-exists", _l("There is a plan of this year already."))
    plan = Plan(id=uuid4(), year=year, population_id=population_id, created_at=at)
    transitions.begin(PLAN, "make", plan, actor=actor, at=at)
    return plan


@act
def amend(actor: Actor, plan_id: UUID, *, at: datetime) -> Plan:
    """Begin an amendment beside an approved plan, with its lines and quotas.

    :raises DomainError: the reason of its state; ``amended-already``
    """
    base = _held(plan_id)
    PLAN.require("begin_amendment", base.status)
    open_one = select(Plan.id).where(
        Plan.base_id == base.id, Plan.status.in_(("draft", "gathering", "balanced", "submitted"))
    )
    if db.session.scalar(open_one.limit(1)) is not None:
        raise DomainError("amended-already", _l("An amendment of this plan is being drawn up already."))
    plan = Plan(id=uuid4(), year=base.year, base_id=base.id, population_id=base.population_id, created_at=at)
    transitions.begin(PLAN, "amend", plan, actor=actor, at=at)
    for line in db.session.scalars(select(PlanLine).where(PlanLine.plan_id == base.id)).all():
        copy = {name: getattr(line, name) for name in ("programme_id", "institution_id", "classes", "places", "month")}
        db.session.add(PlanLine(id=uuid4(), plan_id=plan.id, **copy))
    for quota in db.session.scalars(select(PlanQuota).where(PlanQuota.plan_id == base.id)).all():
        same = {"programme_id": quota.programme_id, "unit_id": quota.unit_id, "reason": quota.reason}
        db.session.add(PlanQuota(plan_id=plan.id, proposed=quota.proposed, places=quota.places, **same))
    return plan


@act
def add_line(
    actor: Actor, plan_id: UUID, code: str, classes: int, places: int, month: int, institution_id: int | None,
    *, at: datetime,
) -> None:  # fmt: skip
    """Add classes of a programme to a plan."""
    plan = _held(plan_id)
    PLAN.require("edit_lines", plan.status)
    programme_id = db.session.scalar(select(Programme.id).where(Programme.code == code))
    institution = None if institution_id is None else db.session.get(Unit, institution_id)
    if programme_id is None or (institution_id is not None and institution is None):
        raise NotFound
    values = {"programme_id": programme_id, "classes": classes, "places": places, "month": month}
    db.session.add(PlanLine(id=uuid4(), plan_id=plan.id, institution_id=institution_id, **values))
    audit.record(actor, "plan.add_line", "plan", plan.id, at=at, after={"programme": code} | values)


@act
def remove_line(actor: Actor, plan_id: UUID, line_id: UUID, *, at: datetime) -> None:
    """Take classes out of a plan."""
    plan = _held(plan_id)
    PLAN.require("edit_lines", plan.status)
    line = db.session.get(PlanLine, line_id)
    if line is None or line.plan_id != plan.id:
        raise NotFound
    audit.record(actor, "plan.remove_line", "plan", plan.id, at=at, before={"classes": line.classes})
    db.session.delete(line)


@act
def move(
    actor: Actor,
    plan_id: UUID,
    name: str,
    because: Because = NOTHING,
    *,
    at: datetime,
    needs_by: date | None = None,
    decision: Decision | None = None,
) -> Plan:
    """Bring a plan on its way, or back.

    :raises DomainError: the reason of its state or of a guard; ``needs-by``, ``document-number``, ``document-date``
    """
    plan = _held(plan_id)
    PLAN.require(name, plan.status)
    if name == "gather":
        if needs_by is None or needs_by < local_day(at):
            raise DomainError("needs-by", _l("The last day must be today or later."), 422)
        plan.needs_by = needs_by
    if name == "approve":
        _decided_by(plan, decision, at)
        former = db.session.get(Plan, plan.base_id, with_for_update=True) if plan.base_id else None
        if former is not None:
            transitions.carry_out(PLAN, "supersede", former, actor=actor, at=at)
    transitions.carry_out(PLAN, name, plan, because, actor=actor, at=at, facts=queries.facts_of(plan))
    if name == "gather":
        _ask(plan, at)
    elif name == "recall":
        _forget(plan)
    elif name == "balance":
        _share(plan)
    return plan


def _decided_by(plan: Plan, decision: Decision | None, at: datetime) -> None:
    number = one_line(decision.number) if decision else ""
    if decision is None or not number:
        raise DomainError("document-number", _l("Please give the number of the document."), 422)
    if decision.dated > local_day(at):
        raise DomainError("document-date", _l("The document cannot be dated in the future."), 422)
    plan.document_number, plan.document_date, plan.signer = number, decision.dated, one_line(decision.signer)


def _ask(plan: Plan, at: datetime) -> None:
    """Make a form for each unit, with whom the roster counts as still to be trained, and what it proposed before."""
    if plan.population_id is None:
        raise DomainError("no-population", _l("Please count the population first."), 422)
    asked = queries.asked_units(local_day(at))
    below = {int(path.strip("/").split("/")[-1]): unit_id for unit_id, path in asked}
    known: dict[int, dict[UUID, int]] = {unit_id: {} for unit_id, _path in asked}
    for (path, programme_id), left in queries.left_by_unit(plan.population_id).items():
        unit_id = next((below[int(part)] for part in path.strip("/").split("/") if int(part) in below), None)
        if unit_id is not None:
            known[unit_id][programme_id] = known[unit_id].get(programme_id, 0) + left
    before = {key: number for told in proposed_places.ask(plan.year) for key, number in told.items()}
    for (unit_id, programme_id), number in before.items():
        if unit_id in known and number:
            known[unit_id].setdefault(programme_id, 0)
    forms: list[dict[str, Any]] = [
        {"id": uuid4(), "plan_id": plan.id, "unit_id": unit_id, "status": "asked"} for unit_id in known
    ]
    lines: list[dict[str, Any]] = [
        {"need_id": form["id"], "programme_id": programme_id, "known": number,
         "wanted": before.get((form["unit_id"], programme_id), number)}
        for form in forms
        for programme_id, number in known[form["unit_id"]].items()
    ]  # fmt: skip
    if forms:
        db.session.execute(insert(PlanNeed), forms)
    if lines:
        db.session.execute(insert(PlanNeedLine), lines)


def _forget(plan: Plan) -> None:
    of_plan = select(PlanNeed.id).where(PlanNeed.plan_id == plan.id)
    db.session.execute(delete(PlanNeedLine).where(PlanNeedLine.need_id.in_(of_plan)))
    db.session.execute(delete(PlanNeed).where(PlanNeed.plan_id == plan.id))


def _share(plan: Plan) -> None:
    """Share the places of each programme out by the largest remainder of need."""
    db.session.execute(delete(PlanQuota).where(PlanQuota.plan_id == plan.id))
    need = queries.wanted(plan.id)
    rows = [
        {"plan_id": plan.id, "programme_id": programme_id, "unit_id": unit_id, "proposed": places, "places": places}
        for programme_id, seats in queries.seats(plan.id).items()
        for unit_id, places in shared_out(seats, need.get(programme_id, {})).items()
    ]
    if rows:
        db.session.execute(insert(PlanQuota), rows)


@act
def answer_need(
    actor: Actor, need_id: UUID, counts: Mapping[UUID, tuple[int, str]], wishes: str, *, at: datetime
) -> None:
    """Say what a unit needs.

    :param counts: programme -> people wanted, and why where they are more than are known
    :raises DomainError: the reason of the plan's state; ``too-many`` without a reason; ``count``
    """
    need, plan = _need(need_id)
    PLAN.require("answer", plan.status)
    lines = db.session.scalars(
        select(PlanNeedLine).where(PlanNeedLine.need_id == need.id).with_for_update()
    ).all()  # fmt: skip
    if {line.programme_id for line in lines} != set(counts):
        raise NotFound
    for line in lines:
        number, why = counts[line.programme_id]
        if not 0 <= number <= MOST:
            raise DomainError("count", _l("Please give a number of people."), 422)
        line.wanted, line.reason = number, one_line(why)[:LONGEST]
        if number > line.known and not line.reason:
            words = _l("More people are wanted than the roster counts as still to be trained: please say why.")
            raise DomainError("too-many", words, 422)
    need.status, need.sent_at, need.wishes, need.returned_because = "sent", at, wishes.strip()[:LONGEST], ""
    after = {"wanted": sum(line.wanted for line in lines)}
    audit.record(actor, "plan_need.send", "plan_need", need.id, at=at, after=after)


@act
def return_need(actor: Actor, need_id: UUID, reason: str, *, at: datetime) -> None:
    """Return a unit's answer with a reason."""
    need, plan = _need(need_id)
    PLAN.require("answer", plan.status)
    said = one_line(reason)[:LONGEST]
    if not said or need.status != "sent":
        raise DomainError("no-reason", _l("Please give the reason."), 422)
    need.status, need.returned_because = "returned", said
    audit.record(actor, "plan_need.return", "plan_need", need.id, at=at, after={"reason": said})


@act
def remind(actor: Actor, plan_id: UUID, *, at: datetime) -> int:
    """Remind the units that have not answered; their work list says so. Returns how many."""
    plan = _held(plan_id)
    PLAN.require("answer", plan.status)
    plan.reminded_at = at
    answered, asked = queries.heard(plan.id)
    audit.record(actor, "plan.remind", "plan", plan.id, at=at, after={"units": asked - answered})
    return asked - answered


@act
def set_quota(actor: Actor, plan_id: UUID, code: str, unit_id: int, places: int, reason: str, *, at: datetime) -> None:
    """Change the quota of a unit by hand, with a reason.

    :raises DomainError: the reason of the plan's state; ``no-reason``; ``quota-decided`` fewer than are decided
    """
    plan = _held(plan_id)
    PLAN.require("set_quota", plan.status)
    programme_id = db.session.scalar(select(Programme.id).where(Programme.code == code))
    if programme_id is None or db.session.get(Unit, unit_id) is None or not 0 <= places <= MOST:
        raise NotFound
    said = one_line(reason)[:LONGEST]
    if not said:
        raise DomainError("no-reason", _l("Please give the reason."), 422)
    taken = queries.decided(plan.year).get((programme_id, unit_id), 0)
    if places < taken:
        raise DomainError(
            "quota-decided", _l("The unit has %(number)s decided seats; it cannot have fewer.", number=taken), 422
        )
    key = {"plan_id": plan.id, "programme_id": programme_id, "unit_id": unit_id}
    row = db.session.get(PlanQuota, (plan.id, programme_id, unit_id), with_for_update=True)
    if row is None:
        row = PlanQuota(**key, proposed=0)
        db.session.add(row)
    before = row.places if row.places is not None else 0
    row.places, row.reason = places, said
    after = {"places": places, "reason": said, "programme": code, "unit": unit_id}
    audit.record(actor, "plan.set_quota", "plan", plan.id, at=at, before={"places": before}, after=after)


@act
def hand_out(actor: Actor, plan_id: UUID, class_id: UUID, *, at: datetime) -> dict[int, int]:
    """Give the places of a class to the units by what is left of their quotas in the plan.

    :raises DomainError: the reason of the plan's state; ``nothing-left``; what :func:`set_quotas` refuses
    """
    plan = _held(plan_id)
    PLAN.require("hand_out", plan.status)
    run = queries.plan_of_class(class_id)
    if run is None or run["year"] != plan.year:
        raise NotFound
    given = _given(plan.year, run["programme_id"], class_id)
    left = {
        row.unit_id: row.places - given.get(row.unit_id, 0)
        for row in db.session.scalars(
            select(PlanQuota).where(PlanQuota.plan_id == plan.id, PlanQuota.programme_id == run["programme_id"])
        )
    }
    places = shared_out(run["capacity"], {unit_id: number for unit_id, number in left.items() if number > 0})
    places = {unit_id: number for unit_id, number in places.items() if number}
    if not places:
        raise DomainError("nothing-left", _l("The plan has no places of this programme left."))
    set_quotas(actor, class_id, places, at=at)
    return places


def _given(year: int, programme_id: UUID, but: UUID) -> dict[int, int]:
    """What other classes of the year have taken from the quotas of a programme, by unit."""
    others = [run.id for run in queries.classes_of(year) if run.programme_id == programme_id and run.id != but]
    found: dict[int, int] = {}
    for row in db.session.scalars(select(Quota).where(Quota.class_id.in_(others))):
        found[row.unit_id] = found.get(row.unit_id, 0) + row.places
    return found


def _held(plan_id: UUID) -> Plan:
    plan = db.session.get(Plan, plan_id, with_for_update=True, populate_existing=True)
    if plan is None:
        raise NotFound
    return plan


def _need(need_id: UUID) -> tuple[PlanNeed, Plan]:
    plan_id = db.session.scalar(select(PlanNeed.plan_id).where(PlanNeed.id == need_id))
    if plan_id is None:
        raise NotFound
    plan = _held(plan_id)
    need = db.session.get(PlanNeed, need_id, with_for_update=True, populate_existing=True)
    if need is None:
        raise NotFound
    return need, plan
