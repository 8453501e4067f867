"""Who is in a class."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import func, insert, select, update

from lms.classes import hooks, queries, rules, signals
from lms.classes.models import ClassRun, Enrolment
from lms.classes.services.commitments import follow, promised, two_classes
from lms.classes.services.held import class_for
from lms.classes.services.statements import class_activity, tell
from lms.core import audit
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.people.access import in_service
from lms.people.models import Person
from lms.people.sessions import local_day


class Enrolled(NamedTuple):
    """What came of a pasted list."""

    enrolled: int
    already: int
    """How many of the list were in the class before."""


@act
def enrol(
    actor: Actor, class_id: UUID, person_ids: Sequence[UUID], *, at: datetime, assurance: str | None = None
) -> list[UUID]:
    """Enrol people, all or none; returns their registrations.

    Who is enrolled already is left as she is; who was withdrawn is enrolled again, under the same registration.

    :param assurance: what was checked where the roster does not tell whether somebody may be sent, and by whom
    :raises DomainError: ``class-closed``, ``class-cancelled``, ``class-full``, ``left-service``, ``not-eligible``,
        ``two-classes`` (mục IV.4)
    """
    run = class_for("enrol", class_id, exclusive=True)
    units = _hold(person_ids, at)
    members = {
        row.person_id: row
        for row in db.session.execute(
            select(Enrolment.person_id, Enrolment.id, Enrolment.status).where(Enrolment.class_id == class_id)
        )
    }
    fresh = [person_id for person_id in dict.fromkeys(person_ids) if person_id not in members]
    again = [
        person_id
        for person_id in dict.fromkeys(person_ids)
        if person_id in members and members[person_id].status == "withdrawn"
    ]
    taken = sum(row.status != "withdrawn" for row in members.values())
    places = rules.places_left(run.capacity, taken + promised(class_id, besides=person_ids))
    if len(fresh) + len(again) > places:
        left = ngettext("The class has %(num)s place left.", "The class has %(num)s places left.", places)
        raise DomainError("class-full", left if places > 0 else _l("The class is full."))
    _refuse_ineligible(run, [*fresh, *again])
    _refuse_two_classes(run, [*fresh, *again])
    registrations = {person_id: uuid4() for person_id in fresh}
    same: dict[str, Any] = {"status": "enrolled", "enrolled_at": at}
    rows = [
        same | {"id": registration, "class_id": class_id, "person_id": person_id, "unit_id": units[person_id]}
        for person_id, registration in registrations.items()
    ]
    if rows:
        db.session.execute(insert(Enrolment), rows)
    for person_id in again:
        registrations[person_id] = members[person_id].id
        values = same | {"unit_id": units[person_id], "completed_at": None}
        db.session.execute(update(Enrolment).where(Enrolment.id == members[person_id].id).values(values))
    follow(class_id)
    if registrations:
        after: dict[str, Any] = {"persons": fresh} | ({"again": again} if again else {})
        after |= {"assurance": assurance} if assurance else {}
        audit.record(actor, "class.enrol", "class", class_id, at=at, after=after)
    names = queries.actor_names(registrations)
    for person_id, registration in registrations.items():
        tell(names, person_id, "enrolled", class_activity(run), registration, at)
        signals.enrolled.send(actor, registration=registration, at=at)
    return list(registrations.values())


@act
def enrol_by_codes(actor: Actor, class_id: UUID, text: str, *, at: datetime, assurance: str | None = None) -> Enrolled:
    """Enrol the people of a pasted list of staff codes, all or none.

    :param assurance: as of :func:`enrol`; needed when the roster leaves something open
    :raises DomainError: ``unknown-codes`` names every code that is nobody's; ``assurance-needed`` whom it is needed for
    """
    codes = rules.read_codes(text)
    if not codes:
        raise DomainError("no-codes", _l("Please enter at least one staff code."), 422)
    people = db.session.execute(
        select(func.upper(Person.staff_code), Person.id).where(
            func.upper(Person.staff_code).in_(codes), in_service(local_day(at))
        )
    )
    ids: dict[str, UUID] = {row[0]: row.id for row in people}
    unknown = [code for code in codes if code not in ids]
    if unknown:
        raise DomainError(
            "unknown-codes",
            _l(
                "These codes belong to nobody in service: %(codes)s. Nobody was enrolled.",
                codes=", ".join(unknown[:20]),
            ),
            422,
        )
    wanted = [ids[code] for code in codes]
    if not assurance:
        _ask_for_assurance(class_id, wanted)
    enrolled = len(enrol(actor, class_id, wanted, at=at, assurance=assurance))
    return Enrolled(enrolled, len(codes) - enrolled)


@act
def withdraw(actor: Actor, class_id: UUID, enrolment_id: UUID, reason: str, *, at: datetime) -> None:
    """Take a trainee out of a class; what she has done stays on record.

    :raises DomainError: ``class-closed``, ``class-cancelled``, ``not-enrolled``, ``left-class``, ``results-fixed``
    """
    run = class_for("withdraw", class_id)
    enrolment = db.session.scalar(
        select(Enrolment).where(Enrolment.id == enrolment_id, Enrolment.class_id == class_id).with_for_update()
    )
    if enrolment is None:
        raise NotFound
    rules.ENROLMENT.require("withdraw", enrolment.status)
    enrolment.status = "withdrawn"
    follow(class_id)
    before, after = {"status": "enrolled"}, {"status": "withdrawn", "reason": reason}
    audit.record(actor, "class.withdraw", "enrolment", enrolment_id, at=at, before=before, after=after)
    names = queries.actor_names([enrolment.person_id])
    tell(names, enrolment.person_id, "withdrew", class_activity(run), enrolment_id, at)
    signals.withdrawn.send(actor, registration=enrolment_id, at=at)


def _hold(person_ids: Sequence[UUID], at: datetime) -> dict[UUID, int]:
    """Keep anybody else from enrolling these people meanwhile, in one order; returns the unit of each."""
    held = select(Person.id, Person.unit_id, Person.full_name, in_service(local_day(at)).label("serves"))
    held = held.where(Person.id.in_(person_ids)).order_by(Person.id).with_for_update(key_share=True)
    rows = db.session.execute(held).all()
    if len(rows) != len(set(person_ids)):
        raise NotFound
    gone = [row.full_name for row in rows if not row.serves]
    if gone:
        raise DomainError("left-service", _l("No longer in service: %(names)s.", names=", ".join(gone[:20])))
    return {row.id: row.unit_id for row in rows}


def _refuse_two_classes(run: ClassRun, person_ids: Sequence[UUID]) -> None:
    wanted = rules.Period(run.starts_on, run.ends_on)
    for code, name, periods in queries.periods_of(person_ids, but=run.id):
        barring = rules.clash(wanted, periods)
        if barring is not None:
            raise two_classes(name, code, barring.name, barring.starts_on, barring.ends_on)


def _refuse_ineligible(run: ClassRun, person_ids: Sequence[UUID]) -> None:
    barred = [objection for objection in _objections(run.id, person_ids) if objection.bars]
    if barred:
        raise DomainError(
            "not-eligible",
            _l("Nobody was enrolled. These people may not be sent to this class: %(names)s.", names=_listed(barred)),
            422,
        )


def _ask_for_assurance(class_id: UUID, person_ids: Sequence[UUID]) -> None:
    members = select(Enrolment.person_id).where(Enrolment.class_id == class_id, Enrolment.status != "withdrawn")
    known = set(db.session.scalars(members))
    found = _objections(class_id, [person_id for person_id in person_ids if person_id not in known])
    open_questions = [objection for objection in found if not objection.bars]
    if open_questions and not any(objection.bars for objection in found):
        raise DomainError(
            "assurance-needed",
            _l(
                "The roster does not tell whether these people may be sent: %(names)s. Please check, and say below "
                "what was checked.",
                names=_listed(open_questions),
            ),
            422,
        )


def _objections(class_id: UUID, person_ids: Sequence[UUID]) -> list[rules.Objection]:
    return [one for answer in hooks.objections.ask(class_id, person_ids) for one in answer] if person_ids else []


def _listed(objections: Sequence[rules.Objection]) -> str:
    """Whom it is about and why; one entry a person."""
    reasons: dict[str, list[str]] = {}
    for one in objections:
        reasons.setdefault(f"{one.full_name} ({one.staff_code})", []).append(one.reason)
    return "; ".join(f"{person}: {', '.join(why)}" for person, why in list(reasons.items())[:20])
