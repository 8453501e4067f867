"""The days of a class: moved as a whole, once everybody who would be in two places is seen to; and classes begin."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from lms.classes import access, signals
from lms.classes.life import CLASS
from lms.classes.models import Attendance, ClassRun, Enrolment, Session
from lms.classes.queries import life as known
from lms.classes.services.commitments import follow
from lms.classes.services.enrolment import withdraw
from lms.classes.services.held import class_for
from lms.classes.services.lifecycle import decide
from lms.core import transitions
from lms.core.database import act, db
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM, Actor
from lms.core.transitions import NOTHING, Because
from lms.people.models import Person
from lms.people.sessions import local_day


class Unresolved(DomainError):
    """Somebody would be in two places; :ivar found: everybody, :ivar left: who is not seen to yet."""

    def __init__(self, found: known.Collisions, left: known.Collisions) -> None:
        names = ", ".join([one.name for one in left.trainees] + [one.lecturer for one in left.sessions])
        super().__init__(
            "collisions",
            _l("On these days somebody would be in two places at once: %(names)s. Nothing was moved.", names=names),
        )
        self.found, self.left = found, left


@act
def reschedule_class(
    actor: Actor,
    class_id: UUID,
    starts_on: date,
    ends_on: date,
    because: Because = NOTHING,
    *,
    leaving: Collection[UUID] = (),
    freed: Collection[UUID] = (),
    at: datetime,
) -> None:
    """Move a class that has not begun to other days, its sessions with it; a postponed one is taken up again.

    :param leaving: trainees (enrolments) who stay in their other class and leave this one
    :param freed: sessions that lose their lecturer, who teaches elsewhere at the new time
    :raises Unresolved: others would be in two places at once (mục IV.4, third dash)
    :raises DomainError: ``class-dates``, ``first-day-passed``, ``attendance-taken``; a state's reason
    """
    run = db.session.get(ClassRun, class_id)
    move = "resume" if run is not None and run.status == "postponed" else "reschedule"
    run = class_for(move, class_id, exclusive=True)
    _require_days(run, starts_on, ends_on, at)
    _hold_people(class_id)
    found = known.collisions(run, starts_on, ends_on)
    left = known.Collisions(
        [one for one in found.trainees if one.enrolment_id not in leaving],
        [one for one in found.sessions if one.session_id not in freed],
    )
    if left.trainees or left.sessions:
        raise Unresolved(found, left)
    for one in found.trainees:
        withdraw(actor, class_id, one.enrolment_id, _LEFT, at=at)
    _shift(actor, run, starts_on, ends_on, because, move, at, found)


_LEFT = "Lớp đổi ngày học, trùng với lớp khác của học viên"


def _require_days(run: ClassRun, starts_on: date, ends_on: date, at: datetime) -> None:
    if ends_on < starts_on:
        raise DomainError("class-dates", _l("The last day comes before the first."), 422)
    if starts_on < local_day(at):
        raise DomainError("first-day-passed", _l("The new first day cannot lie in the past."), 422)
    taken = select(Attendance.session_id).join(Session, Session.id == Attendance.session_id)
    if db.session.scalar(taken.where(Session.class_id == run.id).limit(1)) is not None:
        raise DomainError("attendance-taken", _l("Attendance was taken already, so the class cannot move as a whole."))
    last = db.session.scalar(
        select(Session.ends_at).where(Session.class_id == run.id).order_by(Session.ends_at.desc()).limit(1)
    )
    moved = None if last is None else local_day(last) + (starts_on - run.starts_on)
    if moved is not None and moved > ends_on and local_day(last or at) <= run.ends_on:
        words = _l("The last session would be on %(day)s, after the last day.", day=moved.strftime("%d/%m/%Y"))
        raise DomainError("session-outside", words, 422)


def _hold_people(class_id: UUID) -> None:
    """Keep anybody else from enrolling these people meanwhile, in the one order in which people are held."""
    members = select(Enrolment.person_id).where(Enrolment.class_id == class_id, Enrolment.status == "enrolled")
    db.session.execute(
        select(Person.id).where(Person.id.in_(members)).order_by(Person.id).with_for_update(key_share=True)
    )


def _shift(
    actor: Actor,
    run: ClassRun,
    starts_on: date,
    ends_on: date,
    because: Because,
    move: str,
    at: datetime,
    found: known.Collisions,
) -> None:
    by, freed = starts_on - run.starts_on, {one.session_id for one in found.sessions}
    before = {"from": run.starts_on, "to": run.ends_on}
    for session in db.session.scalars(select(Session).where(Session.class_id == run.id)):
        session.starts_at, session.ends_at = session.starts_at + by, session.ends_at + by
        session.lecturer_id = None if session.id in freed else session.lecturer_id
    run.starts_on, run.ends_on = starts_on, ends_on
    if run.nominations_until is not None:
        run.nominations_until = min(run.nominations_until + by, starts_on)
    db.session.flush()
    path, facts = access.institution_path(run.id), known.class_facts(run.id, local_day(at))
    trace: dict[str, Any] = {"days_before": before, "days": {"from": starts_on, "to": ends_on}}
    trace |= {"left": [one.enrolment_id for one in found.trainees], "freed": sorted(map(str, freed))}
    transitions.carry_out(CLASS, move, run, because, actor=actor, at=at, path=path, facts=facts, trace=trace)
    follow(run.id)
    signals.class_rescheduled.send(actor, class_id=run.id, before=before, at=at)
    signals.requirements_changed.send(actor, class_id=run.id, at=at)


def begin_due(*, at: datetime) -> int:
    """Begin the confirmed classes whose first day has come, each by itself; returns how many."""
    begun = 0
    for class_id in known.due_to_begin(local_day(at)):
        try:
            decide(SYSTEM, class_id, "begin", Because(source="job"), at=at)
            begun += 1
        except DomainError:  # somebody decided otherwise meanwhile
            continue
    return begun
