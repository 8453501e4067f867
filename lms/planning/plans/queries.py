"""What plans and targets read: the roster to count, populations by unit and person, plans with needs and quotas."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes.models import ClassRun, Enrolment
from lms.core.database import db
from lms.people.access import in_service, units_within
from lms.people.models import Person, Unit, UnitSuccession
from lms.planning.audiences import audience_of
from lms.planning.models import Nomination, Quota, StatedFact
from lms.planning.plans.life import PlanFacts
from lms.planning.plans.models import Plan, PlanLine, PlanNeed, PlanNeedLine, PlanQuota, Population, PopulationMember
from lms.planning.plans.rules import Row, Target
from lms.planning.queries.people import limits_of

PAGE = 100


def targets() -> list[Target]:
    """Return the targets of the Decision, in its order."""
    rows = db.session.execute(select(Programme.id, Programme.code, Programme.document).order_by(Programme.position))
    return [
        Target(row.id, row.code, audience_of(row.code), limits_of(row.document), row.document["target"].get("percent"))
        for row in rows
    ]


def roster(day: date) -> Iterator[Row]:
    """Yield everybody in service on a day, guests left out; one statement."""
    p = Person
    chosen = select(p.id, p.category, p.position, p.unit_id, p.birth_date, p.sex, p.service_ends_on)
    rows = db.session.execute(chosen.where(in_service(day), p.category != "guest"))
    return (Row._make(row) for row in rows)


def all_units() -> dict[int, tuple[str, str]]:
    """Return name and kind of every unit."""
    rows = db.session.execute(select(Unit.id, Unit.name, Unit.kind))
    return {row.id: (row.name, row.kind) for row in rows}


def stated() -> dict[UUID, dict[UUID | None, dict[str, bool]]]:
    """Return all that was answered about people; the latest on a question counts."""
    found: dict[UUID, dict[UUID | None, dict[str, bool]]] = {}
    for row in db.session.execute(
        select(StatedFact.person_id, StatedFact.programme_id, StatedFact.question, StatedFact.answer).order_by(
            StatedFact.at, StatedFact.id
        )
    ):
        found.setdefault(row.person_id, {}).setdefault(row.programme_id, {})[row.question] = row.answer
    return found


def completed(day: date) -> set[tuple[UUID, UUID]]:
    """Return who has completed which programme by a day: (person, programme)."""
    rows = db.session.execute(
        select(Enrolment.person_id, ProgrammeVersion.programme_id)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .where(Enrolment.status == "completed", ClassRun.ends_on <= day)
    )
    return {(row.person_id, row.programme_id) for row in rows}


class Counts(NamedTuple):
    """How many of a population count, are trained, and of whom the roster cannot tell."""

    counts: int = 0
    trained: int = 0
    asked: int = 0

    @property
    def left(self) -> int:
        """Still to be trained."""
        return self.counts - self.trained

    def __add__(self, other: "Counts") -> "Counts":  # type: ignore[override] # numbers, not a longer tuple
        return Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


_M = PopulationMember
_COUNTED = (
    func.count().filter(_M.verdict == "counts"),
    func.count().filter(and_(_M.verdict == "counts", _M.trained)),
    func.count().filter(and_(_M.verdict == "asked", ~_M.trained)),
)


def latest_population() -> Population | None:
    """Return the population that was taken last."""
    return db.session.scalar(select(Population).order_by(Population.taken_at.desc()).limit(1))


def populations() -> list[Population]:
    """Return all populations, the latest first."""
    return list(db.session.scalars(select(Population).order_by(Population.taken_at.desc()).limit(PAGE)))


def by_target(population_id: UUID, within: ColumnElement[bool]) -> dict[UUID, Counts]:
    """Return the counts of each target, of units one may see."""
    rows = db.session.execute(
        select(_M.programme_id, *_COUNTED)
        .join(Unit, Unit.id == _M.unit_id)
        .where(_M.population_id == population_id, within)
        .group_by(_M.programme_id)
    )
    return {row[0]: Counts(*row[1:]) for row in rows}


def by_unit(
    population_id: UUID, programme_id: UUID, within: ColumnElement[bool], *, day: date, new: bool
) -> list[tuple[str, Counts]]:
    """Return the counts of a target by unit.

    :param new: in the structure of the day: units that have ended are counted with who took over from them
    """
    rows = db.session.execute(
        select(Unit.id, Unit.name, *_COUNTED)
        .select_from(_M)
        .join(Unit, Unit.id == _M.unit_id)
        .where(_M.population_id == population_id, _M.programme_id == programme_id, within)
        .group_by(Unit.id)
        .order_by(Unit.sort_key, Unit.id)
    ).all()
    heirs = successors(day) if new else {}
    found: dict[str, Counts] = {}
    for row in rows:
        name = heirs.get(row.id, row.name)
        found[name] = found.get(name, Counts()) + Counts(*row[2:])
    return list(found.items())


def successors(day: date) -> dict[int, str]:
    """Return for each unit that has ended by a day the name of who stands for it then."""
    ended = {row.id: row for row in db.session.execute(select(Unit.id, Unit.name, Unit.valid_to)) if row.valid_to}
    names = {row.id: row.name for row in db.session.execute(select(Unit.id, Unit.name))}
    follows: dict[int, int] = {}
    for row in db.session.execute(select(UnitSuccession).order_by(UnitSuccession.on, UnitSuccession.successor_id)):
        follows.setdefault(row[0].predecessor_id, row[0].successor_id)
    found = {}
    for unit_id in ended:
        now, seen = unit_id, {unit_id}
        while now in ended and ended[now].valid_to <= day and follows.get(now) not in (None, *seen):
            now = follows[now]
            seen.add(now)
        if now != unit_id:
            found[unit_id] = names[now]
    return found


def members(
    population_id: UUID, programme_id: UUID, within: ColumnElement[bool], *, which: str, after: int
) -> list[Any]:
    """Return a page of a target's people by name: code, name, position, unit, verdict, questions, trained."""
    kinds = {
        "trained": _M.trained,
        "left": and_(_M.verdict == "counts", ~_M.trained),
        "asked": and_(_M.verdict == "asked", ~_M.trained),
    }
    rows = db.session.execute(
        select(
            Person.staff_code, Person.full_name, Person.position, Unit.name.label("unit"),
            _M.verdict, _M.questions, _M.trained,
        )
        .select_from(_M)
        .join(Person, Person.id == _M.person_id)
        .join(Unit, Unit.id == _M.unit_id)
        .where(_M.population_id == population_id, _M.programme_id == programme_id, within)
        .where(kinds.get(which, _M.verdict.is_not(None)))
        .order_by(Person.sort_key, Person.id)
        .offset(after)
        .limit(PAGE + 1)
    )  # fmt: skip
    return list(rows)


# -- plans ------------------------------------------------------------------------------------------------------------


def plans() -> list[Plan]:
    """Return all plans, the latest year first."""
    return list(db.session.scalars(select(Plan).order_by(Plan.year.desc(), Plan.created_at.desc())))


def in_force(year: int) -> Plan | None:
    """Return the approved plan of a year."""
    return db.session.scalar(select(Plan).where(Plan.year == year, Plan.status == "approved"))


def lines(plan_id: UUID) -> list[Any]:
    """Return the lines of a plan with programme and institution, by month."""
    chosen = (
        select(
            PlanLine.id, PlanLine.classes, PlanLine.places, PlanLine.month, Programme.code, Programme.name,
            Unit.name.label("institution"),
        )
        .join(Programme, Programme.id == PlanLine.programme_id)
        .outerjoin(Unit, Unit.id == PlanLine.institution_id)
        .where(PlanLine.plan_id == plan_id)
        .order_by(Programme.position, PlanLine.month, PlanLine.id)
    )  # fmt: skip
    return list(db.session.execute(chosen))


def institutions() -> list[tuple[int, str]]:
    """Return the training institutions that have not ended."""
    chosen = select(Unit.id, Unit.name).where(Unit.kind == "institution", Unit.valid_to.is_(None))
    return [(row.id, row.name) for row in db.session.execute(chosen.order_by(Unit.sort_key, Unit.id))]


def seats(plan_id: UUID) -> dict[UUID, int]:
    """Return the places of all classes of each programme."""
    total = func.sum(PlanLine.classes * PlanLine.places)
    rows = db.session.execute(
        select(PlanLine.programme_id, total).where(PlanLine.plan_id == plan_id).group_by(PlanLine.programme_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def asked_units(day: date) -> list[tuple[int, str]]:
    """Return the units that are asked: those right below a root, as of a day; id and path."""
    rows = db.session.execute(
        select(Unit.id, Unit.path)
        .join(parent := select(Unit.id, Unit.parent_id).subquery(), parent.c.id == Unit.parent_id)
        .where(parent.c.parent_id.is_(None), Unit.valid_from <= day, or_(Unit.valid_to.is_(None), Unit.valid_to > day))
        .order_by(Unit.id)
    )
    return [(row.id, row.path) for row in rows]


def left_by_unit(population_id: UUID) -> dict[tuple[str, UUID], int]:
    """Return who is still to be trained: (path of the unit, programme) -> how many."""
    rows = db.session.execute(
        select(Unit.path, _M.programme_id, func.count())
        .join(Unit, Unit.id == _M.unit_id)
        .where(_M.population_id == population_id, _M.verdict == "counts", ~_M.trained)
        .group_by(Unit.path, _M.programme_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


class NeedRow(NamedTuple):
    """A unit's answer in a list."""

    id: UUID
    unit: str
    status: str
    known: int
    wanted: int


def needs(plan_id: UUID, which: str = "") -> list[NeedRow]:
    """Return what the units of a plan have answered, those still missing first; a page."""
    rows = db.session.execute(
        select(
            PlanNeed.id,
            Unit.name,
            PlanNeed.status,
            func.coalesce(func.sum(PlanNeedLine.known), 0),
            func.coalesce(func.sum(PlanNeedLine.wanted), 0),
        )
        .join(Unit, Unit.id == PlanNeed.unit_id)
        .outerjoin(PlanNeedLine, PlanNeedLine.need_id == PlanNeed.id)
        .where(PlanNeed.plan_id == plan_id, PlanNeed.status == which if which else PlanNeed.status.is_not(None))
        .group_by(PlanNeed.id, Unit.name, Unit.sort_key)
        .order_by(PlanNeed.status == "sent", Unit.sort_key, PlanNeed.id)
        .limit(PAGE)
    )
    return [NeedRow(*row) for row in rows]


def heard(plan_id: UUID) -> tuple[int, int]:
    """Return how many units have answered, and how many were asked."""
    row = db.session.execute(
        select(func.count().filter(PlanNeed.status == "sent"), func.count()).where(PlanNeed.plan_id == plan_id)
    ).one()
    return row[0], row[1]


def need_of(need_id: UUID) -> Any | None:
    """Return a unit's form with its plan: id, unit, path, status, wishes, plan state, year, deadline."""
    return db.session.execute(
        select(
            PlanNeed.id, PlanNeed.plan_id, PlanNeed.unit_id, Unit.name.label("unit"), Unit.path, PlanNeed.status,
            PlanNeed.wishes, PlanNeed.returned_because, Plan.status.label("plan_status"), Plan.year, Plan.needs_by,
        )
        .join(Unit, Unit.id == PlanNeed.unit_id)
        .join(Plan, Plan.id == PlanNeed.plan_id)
        .where(PlanNeed.id == need_id)
    ).first()  # fmt: skip


def need_lines(need_id: UUID) -> list[Any]:
    """Return the programmes of a unit's form."""
    return list(
        db.session.execute(
            select(
                PlanNeedLine.programme_id, Programme.code, Programme.name, PlanNeedLine.known, PlanNeedLine.wanted,
                PlanNeedLine.reason,
            )
            .join(Programme, Programme.id == PlanNeedLine.programme_id)
            .where(PlanNeedLine.need_id == need_id)
            .order_by(Programme.position)
        )
    )  # fmt: skip


def wanted(plan_id: UUID) -> dict[UUID, dict[int, int]]:
    """Return the need of each programme by unit: as answered; what is known where a unit has not answered."""
    found: dict[UUID, dict[int, int]] = defaultdict(dict)
    for row in db.session.execute(
        select(PlanNeedLine.programme_id, PlanNeed.unit_id, PlanNeed.status, PlanNeedLine.known, PlanNeedLine.wanted)
        .join(PlanNeed, PlanNeed.id == PlanNeedLine.need_id)
        .where(PlanNeed.plan_id == plan_id)
    ):
        need = row.wanted if row.status == "sent" else row.known
        if need:
            found[row.programme_id][row.unit_id] = need
    return found


def quotas(plan_id: UUID, code: str) -> list[Any]:
    """Return the quotas of a programme by unit, with the seats that are decided already."""
    return list(
        db.session.execute(
            select(PlanQuota.unit_id, Unit.name, PlanQuota.proposed, PlanQuota.places, PlanQuota.reason)
            .join(Unit, Unit.id == PlanQuota.unit_id)
            .join(Programme, Programme.id == PlanQuota.programme_id)
            .where(PlanQuota.plan_id == plan_id, Programme.code == code)
            .order_by(Unit.sort_key, Unit.id)
        )
    )


def totals(plan_id: UUID) -> list[Any]:
    """Return for each programme of a plan: places of classes, need, quotas."""
    need = (
        select(PlanNeedLine.programme_id, func.sum(PlanNeedLine.wanted).label("wanted"))
        .join(PlanNeed, PlanNeed.id == PlanNeedLine.need_id)
        .where(PlanNeed.plan_id == plan_id)
        .group_by(PlanNeedLine.programme_id)
        .subquery()
    )
    given = (
        select(PlanQuota.programme_id, func.sum(PlanQuota.places).label("places"))
        .where(PlanQuota.plan_id == plan_id)
        .group_by(PlanQuota.programme_id)
        .subquery()
    )
    seated = (
        select(PlanLine.programme_id, func.sum(PlanLine.classes * PlanLine.places).label("seats"))
        .where(PlanLine.plan_id == plan_id)
        .group_by(PlanLine.programme_id)
        .subquery()
    )
    rows = db.session.execute(
        select(
            Programme.code, Programme.name,
            func.coalesce(seated.c.seats, 0).label("seats"),
            func.coalesce(need.c.wanted, 0).label("wanted"),
            func.coalesce(given.c.places, 0).label("quotas"),
        )
        .outerjoin(seated, seated.c.programme_id == Programme.id)
        .outerjoin(need, need.c.programme_id == Programme.id)
        .outerjoin(given, given.c.programme_id == Programme.id)
        .where(or_(seated.c.seats > 0, need.c.wanted > 0, given.c.places > 0))
        .order_by(Programme.position)
    )  # fmt: skip
    return list(rows)


def decided(year: int) -> dict[tuple[UUID, int], int]:
    """Return the seats that nominations of a year take: (programme, unit) -> how many."""
    rows = db.session.execute(
        select(ProgrammeVersion.programme_id, Nomination.unit_id, func.count())
        .join(ClassRun, ClassRun.id == Nomination.class_id)
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .where(Nomination.status.in_(("approved", "sent")), func.extract("year", ClassRun.starts_on) == year)
        .group_by(ProgrammeVersion.programme_id, Nomination.unit_id)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def classes_of(year: int) -> list[Any]:
    """Return the classes of a year that take people in or will: id, code, name, status, places, programme, quotas."""
    handed = select(func.coalesce(func.sum(Quota.places), 0)).where(Quota.class_id == ClassRun.id).scalar_subquery()
    rows = db.session.execute(
        select(
            ClassRun.id, ClassRun.code, ClassRun.name, ClassRun.status, ClassRun.capacity,
            ProgrammeVersion.programme_id, handed.label("handed"),
        )
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .where(func.extract("year", ClassRun.starts_on) == year)
        .where(ClassRun.status.in_(("planned", "open", "confirmed")))
        .order_by(ClassRun.starts_on, ClassRun.sort_key)
    )  # fmt: skip
    return list(rows)


def facts_of(plan: Plan) -> PlanFacts:
    """Return what the moves of a plan ask."""
    uneven = tuple(f"{row.code} ({row.quotas}/{row.seats})" for row in totals(plan.id) if row.quotas > row.seats)
    count = db.session.scalar(select(func.count()).where(PlanLine.plan_id == plan.id)) or 0
    undone = select(func.count()).where(
        func.extract("year", ClassRun.starts_on) == plan.year, ClassRun.status.not_in(("finished", "cancelled"))
    )
    return PlanFacts(count, heard(plan.id)[0], uneven, _below(plan), db.session.scalar(undone) or 0)


def _below(plan: Plan) -> str | None:
    """A unit that would have fewer places than seats are decided, named with both numbers."""
    taken = decided(plan.year) if plan.base_id is not None else {}
    if not taken:
        return None
    given = {
        (row.programme_id, row.unit_id): row.places
        for row in db.session.execute(
            select(PlanQuota.programme_id, PlanQuota.unit_id, PlanQuota.places).where(PlanQuota.plan_id == plan.id)
        )
    }
    short = next((key for key, number in sorted(taken.items(), key=str) if given.get(key, 0) < number), None)
    if short is None:
        return None
    unit = db.session.scalar(select(Unit.name).where(Unit.id == short[1]))
    return f"{unit} ({given.get(short, 0)}/{taken[short]})"


def own_needs(paths: Sequence[str]) -> list[Any]:
    """Return the forms of units held in plans that gather."""
    return list(
        db.session.execute(
            select(PlanNeed.id, Unit.name.label("unit"), PlanNeed.status, Plan.year, Plan.needs_by)
            .join(Unit, Unit.id == PlanNeed.unit_id)
            .join(Plan, Plan.id == PlanNeed.plan_id)
            .where(Plan.status == "gathering", units_within(paths))
            .order_by(Plan.year, Unit.sort_key)
        )
    )


def carried_over(plan: Plan) -> dict[str, int]:
    """Return places of a plan's quotas that nobody has taken: code -> how many."""
    taken = decided(plan.year)
    rows = db.session.execute(
        select(Programme.code, PlanQuota.programme_id, PlanQuota.unit_id, PlanQuota.places)
        .join(Programme, Programme.id == PlanQuota.programme_id)
        .where(PlanQuota.plan_id == plan.id)
        .order_by(Programme.position)
    )
    left: dict[str, int] = defaultdict(int)
    for row in rows:
        left[row.code] += max(row.places - taken.get((row.programme_id, row.unit_id), 0), 0)
    return {code: number for code, number in left.items() if number}


def plan_of_class(class_id: UUID) -> Mapping[str, Any] | None:
    """Return year, programme and places of a class."""
    row = db.session.execute(
        select(
            func.extract("year", ClassRun.starts_on).label("year"),
            ProgrammeVersion.programme_id.label("programme_id"),
            ClassRun.capacity.label("capacity"),
        )
        .join(ProgrammeVersion, ProgrammeVersion.id == ClassRun.version_id)
        .where(ClassRun.id == class_id)
    ).first()
    return None if row is None else dict(row._mapping)
