"""What a unit does: it names people for a class, all of a list or none, and takes them back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert, select

from lms.classes.models import ClassRun
from lms.classes.services.held import class_for
from lms.core import audit, transitions
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.core.ownership import is_own
from lms.core.text import one_line
from lms.core.transitions import NOTHING, Because
from lms.people.access import in_service
from lms.people.models import Person, Unit
from lms.people.sessions import local_day
from lms.planning.access import NAME, acting_path
from lms.planning.judging import Judged, judge
from lms.planning.life import LIVE, NOMINATION, NominationFacts
from lms.planning.models import Nomination, Quota, StatedFact
from lms.planning.queries import asked_by
from lms.planning.queries.nominations import quota_left


class Pick(NamedTuple):
    """Somebody whom a unit names.

    :ivar answers: question -> answer, where the roster is silent
    """

    person_id: UUID
    answers: Mapping[str, bool] = {}


class NotAll(DomainError):
    """Some of a list may not be sent, so nobody was named; :ivar refused: who, and why."""

    def __init__(self, refused: Mapping[UUID, Sequence[str]], names: str) -> None:
        super().__init__(
            "not-all",
            _l("Nobody was nominated. Please look at: %(names)s. The rest of your list is kept.", names=names),
            422,
        )
        self.refused = refused


@act
def set_quotas(actor: Actor, class_id: UUID, places: Mapping[int, int], *, at: datetime) -> None:
    """Set how many each unit may name for a class; a unit without places names nobody.

    :param places: unit -> places
    :raises DomainError: ``quota-below`` fewer than the unit has named already
    """
    class_for("edit", class_id, exclusive=True)
    before = dict(db.session.execute(select(Quota.unit_id, Quota.places).where(Quota.class_id == class_id)).all())
    wanted = {unit_id: number for unit_id, number in places.items() if number > 0}
    for unit_id in before | wanted:
        used = before.get(unit_id, 0) - quota_left(class_id, unit_id)
        if wanted.get(unit_id, 0) < used:
            name = db.session.scalars(select(Unit.name).where(Unit.id == unit_id)).one()
            words = _l("%(unit)s has named %(number)d people already.", unit=name, number=used)
            raise DomainError("quota-below", words, 422)
    if wanted == before:
        return
    db.session.execute(delete(Quota).where(Quota.class_id == class_id))
    if wanted:
        rows = [{"class_id": class_id, "unit_id": unit_id, "places": number} for unit_id, number in wanted.items()]
        db.session.execute(insert(Quota), rows)
    told = {"before": {"quotas": _plain(before)}, "after": {"quotas": _plain(wanted)}}
    audit.record(actor, "class.quotas", "class", class_id, at=at, **told)


def _plain(places: Mapping[int, int]) -> dict[str, int]:
    return {str(unit_id): number for unit_id, number in sorted(places.items())}


@act
def nominate(
    actor: Actor,
    class_id: UUID,
    unit_id: int,
    picks: Sequence[Pick],
    *,
    assured: bool,
    at: datetime,
    ground: str = "",
    source: str = "page",
) -> list[UUID]:
    """Name people of a unit for a class, all or none, in the unit's own order; returns the nominations.

    :param assured: that the unit lets them finish (mục IV.4, fourth dash)
    :param ground: by what the answers are known, where the roster is silent
    :raises NotAll: some may not be sent
    :raises DomainError: ``class-…`` a state of the class, ``deadline``, ``not-assured``, ``nobody``, ``over-quota``
    """
    run = class_for("nominate", class_id, exclusive=True)
    if run.nominations_until is not None and local_day(at) > run.nominations_until:
        words = _l("Nominations were taken until %(day)s.", day=f"{run.nominations_until:%d/%m/%Y}")
        raise DomainError("deadline", words)
    unit = db.session.get(Unit, unit_id)
    if unit is None:
        raise NotFound
    if not picks:
        raise DomainError("nobody", _l("Please choose at least one person."), 422)
    if not assured:
        raise DomainError("not-assured", _l("Please assure that the unit lets them finish the course."), 422)
    left = quota_left(class_id, unit_id)
    if len(picks) > left:
        raise DomainError("over-quota", _l("The unit may name %(number)d more for this class.", number=left), 422)
    hold_people(unit, [pick.person_id for pick in picks], at)
    keep_answers(actor, run, picks, ground, at)
    require_all(class_id, picks)
    made = []
    for number, pick in enumerate(picks, start=1):
        row = Nomination(id=uuid4(), class_id=class_id, person_id=pick.person_id, unit_id=unit_id, priority=number)
        row.submitted_at = at
        facts = NominationFacts(places=1, against=None, before=None, takes_place=True)
        given: dict[str, Any] = {"actor": actor, "at": at, "path": unit.path, "facts": facts}
        transitions.begin(NOMINATION, "nominate", row, Because(source=source), **given)
        made.append(row.id)
    return made


def hold_people(unit: Unit, person_ids: Sequence[UUID], at: datetime) -> None:
    """Hold the people, in one order, and require that each serves in the unit or below it."""
    held = (
        select(Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id.in_(person_ids), Unit.path.startswith(unit.path), in_service(local_day(at)))
        .order_by(Person.id)
        .with_for_update(of=Person, key_share=True)
    )
    if len(db.session.scalars(held).all()) != len(set(person_ids)) or len(set(person_ids)) != len(person_ids):
        raise NotFound


def keep_answers(actor: Actor, run: ClassRun, picks: Sequence[Pick], ground: str, at: datetime) -> None:
    """Keep what was answered about people before they are judged."""
    for pick in picks:
        if pick.answers:
            state(actor, pick.person_id, pick.answers, ground, programme_id=asked_by(run.id).programme_id, at=at)


@act
def state(
    actor: Actor, person_id: UUID, answers: Mapping[str, bool], ground: str, *, programme_id: UUID, at: datetime
) -> None:
    """Keep what is stated about somebody where the roster is silent.

    :param ground: by which document or whose word
    :raises DomainError: ``no-ground``
    """
    said = one_line(ground)
    if not said:
        raise DomainError("no-ground", _l("Please say by what this is known: a document, or who confirmed it."), 422)
    for question, answer in sorted(answers.items()):
        about = None if question in ("managed", "excellent") else programme_id
        fact = StatedFact(id=uuid4(), person_id=person_id, programme_id=about, question=question, answer=answer)
        fact.ground, fact.account_id, fact.at = said, actor.account_id, at
        db.session.add(fact)
        after = {"question": question, "answer": answer, "ground": said, "programme": about}
        audit.record(actor, "person.state", "person", person_id, at=at, after=after)
    db.session.flush()


def require_all(class_id: UUID, picks: Sequence[Pick]) -> None:
    """Refuse a list of which somebody may not be sent, telling who and why.

    :raises NotAll: with everybody concerned
    """
    refused = {one.person_id: reasons for one in _judged(class_id, picks) if (reasons := against(one))}
    again = select(Nomination.person_id).where(
        Nomination.class_id == class_id,
        Nomination.person_id.in_([pick.person_id for pick in picks]),
        Nomination.status.in_(LIVE),
    )
    for person_id in db.session.scalars(again):
        refused[person_id] = [str(_l("is named for this class already"))]
    if refused:
        named = select(Person.id, Person.full_name, Person.staff_code).where(Person.id.in_(refused))
        rows = db.session.execute(named.order_by(Person.sort_key, Person.id)).all()
        words = "; ".join(f"{row.full_name} ({row.staff_code}): {', '.join(refused[row.id])}" for row in rows)
        raise NotAll(refused, words)


def _judged(class_id: UUID, picks: Sequence[Pick]) -> list[Judged]:
    return judge(class_id, [pick.person_id for pick in picks])


def against(one: Judged) -> list[str]:
    """Return what stands against somebody, unanswered questions too."""
    return [*one.bars, *(question.words for question in one.asked)]


@act
def take_back(actor: Actor, nomination_id: UUID, because: Because = NOTHING, *, at: datetime) -> None:
    """Take a nomination back, before it is decided on.

    :raises DomainError: the reason of its state; ``reason-code``, ``no-reason``
    """
    row = db.session.get(Nomination, nomination_id, with_for_update=True)
    if row is None:
        raise NotFound
    path = acting_path(actor, NAME, row.unit_id)
    if row.status not in ("submitted", "waitlisted"):
        raise DomainError(
            "decided-already", _l("Home Affairs has decided on this already; please ask Home Affairs to take her out.")
        )
    transitions.carry_out(NOMINATION, "withdraw", row, because, actor=actor, at=at, path=path)


@act
def say_cannot(actor: Actor, nomination_id: UUID, reason: str, *, at: datetime) -> None:
    """Say of oneself that one cannot come: the unit and Home Affairs read it and decide; nothing changes by itself.

    :raises DomainError: ``nomination-ended``, ``no-reason``
    """
    row = db.session.get(Nomination, nomination_id, with_for_update=True)
    if row is None or not is_own(row.person_id, actor.person_id):
        raise NotFound
    NOMINATION.require("say_cannot", row.status)
    said = one_line(reason)
    if not said:
        raise DomainError("no-reason", _l("Please give the reason."), 422)
    audit.record(actor, "nomination.say_cannot", "nomination", row.id, at=at, after={"reason": said})
    row.cannot_because, row.confirmed_at = said, None


@act
def promise(actor: Actor, nomination_id: UUID, *, at: datetime) -> None:
    """Confirm of oneself that one will come.

    :raises DomainError: the reason of its state
    """
    row = db.session.get(Nomination, nomination_id, with_for_update=True)
    if row is None or not is_own(row.person_id, actor.person_id):
        raise NotFound
    NOMINATION.require("promise", row.status)
    row.confirmed_at, row.cannot_because = at, None
    audit.record(actor, "nomination.promise", "nomination", row.id, at=at)
