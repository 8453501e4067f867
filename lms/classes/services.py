"""What can be done with classes: set them up, enrol, take attendance, finish."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert

from lms.catalogue import services as catalogue
from lms.catalogue.models import ProgrammeVersion
from lms.classes import queries, rules, signals
from lms.classes.models import ATTENDANCE, Attendance, ClassRun, Enrolment, Session
from lms.core import audit
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.people.models import Person
from lms.people.queries import account_actor_name
from lms.records.emit import Activity, emit


@act
def create_class(
    actor: Actor,
    *,
    code: str,
    name: str,
    version_id: UUID,
    institution_id: int,
    starts_on: date,
    ends_on: date,
    capacity: int,
    at: datetime,
) -> ClassRun:
    """Set up a class of a programme version.

    :raises DomainError: ``class-code-taken``, ``class-dates``, ``no-version``
    """
    lock("class-code", code)
    if db.session.scalar(select(ClassRun.id).where(ClassRun.code == code)) is not None:
        raise DomainError("class-code-taken", _l("There is a class with this code already."))
    if ends_on < starts_on:
        raise DomainError("class-dates", _l("The last day comes before the first."), 400)
    if db.session.get(ProgrammeVersion, version_id) is None:
        raise DomainError("no-version", _l("This programme version does not exist."), 400)
    run = ClassRun(
        id=uuid4(),
        code=code,
        name=name,
        version_id=version_id,
        institution_id=institution_id,
        starts_on=starts_on,
        ends_on=ends_on,
        status="running",
        capacity=capacity,
    )
    db.session.add(run)
    db.session.flush()
    after = {"code": code, "name": name, "from": starts_on, "to": ends_on, "capacity": capacity}
    audit.record(actor, "class.create", "class", run.id, at=at, after=after)
    return run


@act
def enrol(actor: Actor, class_id: UUID, person_ids: Sequence[UUID], *, at: datetime) -> list[UUID]:
    """Enrol people, all or none; returns their registrations. Who is enrolled already is left as she is.

    :raises DomainError: ``class-closed``, ``class-full``, ``two-classes`` (Phần IV.4)
    """
    run = _class(class_id, for_update=True)
    if run.status not in ("planned", "running"):
        raise DomainError("class-closed", _l("The class is over; nobody can be enrolled any more."))
    for person_id in sorted(set(person_ids)):
        lock("enrolment-of", person_id)
    members = set(db.session.scalars(select(Enrolment.person_id).where(Enrolment.class_id == class_id)))
    fresh = [person_id for person_id in dict.fromkeys(person_ids) if person_id not in members]
    taken = db.session.scalar(
        select(func.count()).where(Enrolment.class_id == class_id, Enrolment.status != "withdrawn")
    )
    if len(fresh) > rules.places_left(run.capacity, taken or 0):
        raise DomainError(
            "class-full",
            _l("The class has %(places)d places left.", places=rules.places_left(run.capacity, taken or 0)),
        )
    _refuse_two_classes(run, fresh)
    homes = db.session.execute(select(Person.id, Person.unit_id).where(Person.id.in_(fresh)))
    units = {row.id: row.unit_id for row in homes}
    if len(units) != len(fresh):
        raise NotFound
    rows: list[dict[str, Any]] = [
        {
            "id": uuid4(),
            "class_id": class_id,
            "person_id": person_id,
            "unit_id": units[person_id],
            "status": "enrolled",
            "enrolled_at": at,
        }
        for person_id in fresh
    ]
    if rows:
        db.session.execute(insert(Enrolment), rows)
        audit.record(actor, "class.enrol", "class", class_id, at=at, after={"persons": fresh})
    names = queries.actor_names(fresh)
    for row in rows:
        _emit(names, row["person_id"], "enrolled", _activity(run), row["id"], at)
        signals.enrolled.send(actor, registration=row["id"], at=at)
    return [row["id"] for row in rows]


@act
def enrol_by_codes(actor: Actor, class_id: UUID, text: str, *, at: datetime) -> int:
    """Enrol the people of a pasted list of staff codes, all or none; returns how many.

    :raises DomainError: ``unknown-codes`` names every code that is nobody's
    """
    codes = rules.read_codes(text)
    if not codes:
        raise DomainError("no-codes", _l("Please enter at least one staff code."), 400)
    people = db.session.execute(
        select(func.upper(Person.staff_code), Person.id).where(
            func.upper(Person.staff_code).in_(codes), Person.left_on.is_(None)
        )
    )
    found: dict[str, UUID] = {row[0]: row.id for row in people}
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise DomainError(
            "unknown-codes",
            _l(
                "These codes belong to nobody in service: %(codes)s. Nobody was enrolled.",
                codes=", ".join(unknown[:20]),
            ),
            400,
        )
    return len(enrol(actor, class_id, [found[code] for code in codes], at=at))


@act
def withdraw(actor: Actor, class_id: UUID, enrolment_id: UUID, reason: str, *, at: datetime) -> None:
    """Take a trainee out of a class; what she has done stays on record."""
    enrolment = db.session.scalar(
        select(Enrolment).where(Enrolment.id == enrolment_id, Enrolment.class_id == class_id).with_for_update()
    )
    if enrolment is None:
        raise NotFound
    if enrolment.status != "enrolled":
        raise DomainError("not-enrolled", _l("Only a trainee who is still studying can be withdrawn."))
    enrolment.status = "withdrawn"
    before, after = {"status": "enrolled"}, {"status": "withdrawn", "reason": reason}
    audit.record(actor, "class.withdraw", "enrolment", enrolment_id, at=at, before=before, after=after)
    names = queries.actor_names([enrolment.person_id])
    _emit(names, enrolment.person_id, "withdrew", _activity(_class(class_id)), enrolment_id, at)


@act
def record_attendance(
    actor: Actor, session_id: UUID, marks: Mapping[UUID, tuple[str, str | None]], *, at: datetime
) -> int:
    """Record or correct who was at a session; returns how many marks changed.

    :param marks: enrolment -> (status, note)
    :raises DomainError: ``too-early``, ``bad-mark``
    """
    session = db.session.scalar(select(Session).where(Session.id == session_id).with_for_update())
    if session is None:
        raise NotFound
    if not rules.attendance_open(session.starts_at, at):
        raise DomainError("too-early", _l("Attendance can be taken from half an hour before the session starts."))
    enrolled = db.session.execute(
        select(Enrolment.id, Enrolment.person_id).where(
            Enrolment.class_id == session.class_id, Enrolment.status != "withdrawn"
        )
    )
    members: dict[UUID, UUID] = {row.id: row.person_id for row in enrolled}
    if not set(marks) <= set(members) or any(status not in ATTENDANCE for status, _ in marks.values()):
        raise DomainError("bad-mark", _l("The list holds a trainee or a mark that does not belong to it."), 400)
    known: dict[UUID, tuple[str, str | None]] = {
        row.enrolment_id: (row.status, row.note)
        for row in db.session.scalars(select(Attendance).where(Attendance.session_id == session_id))
    }
    changed = {one: mark for one, mark in marks.items() if known.get(one) != mark}
    session.attendance_taken_at = session.attendance_taken_at or at
    if not changed:
        return 0
    rows = [
        {
            "session_id": session_id,
            "enrolment_id": one,
            "status": status,
            "note": note,
            "recorded_by": actor.account_id,
            "recorded_at": at,
        }
        for one, (status, note) in changed.items()
    ]
    statement = upsert(Attendance)
    columns = ("status", "note", "recorded_by", "recorded_at")
    replace = {name: getattr(statement.excluded, name) for name in columns}
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["session_id", "enrolment_id"], set_=replace), rows
    )
    before = {str(one): known[one] for one in changed if one in known}
    after = {str(one): mark for one, mark in changed.items()}
    audit.record(actor, "attendance.record", "session", session_id, at=at, before=before or None, after=after)
    _emit_attendance(actor, session, changed, known, members, at)
    taken_back = [
        one
        for one, (status, _note) in changed.items()
        if one in known and known[one][0] in rules.ATTENDED and status not in rules.ATTENDED
    ]
    signals.attendance_recorded.send(actor, registrations=list(changed), taken_back=taken_back, at=at)
    return len(changed)


@act
def finish_class(actor: Actor, class_id: UUID, *, at: datetime) -> None:
    """End a class: nobody is enrolled any more, and its evaluation opens (Phần IV.5)."""
    run = _class(class_id, for_update=True)
    if run.status == "finished":
        return
    before, run.status = run.status, "finished"
    audit.record(
        actor, "class.finish", "class", class_id, at=at, before={"status": before}, after={"status": "finished"}
    )
    signals.class_finished.send(actor, class_id=class_id, at=at)


@act
def conclude(actor: Actor, enrolment_id: UUID, status: str, *, at: datetime) -> bool:
    """Set a trainee's result; returns whether it changed (:func:`conclude_all`)."""
    return bool(conclude_all(actor, [enrolment_id], status, at=at))


@act
def conclude_all(actor: Actor, enrolment_ids: Sequence[UUID], status: str, *, at: datetime) -> list[UUID]:
    """Set the results of trainees of one class (``completed`` or back to ``enrolled``); returns whose changed.

    Counts the programme's completions, tells the record store, and leaves a trace for each.
    """
    held = select(Enrolment).where(Enrolment.id.in_(enrolment_ids)).order_by(Enrolment.id)
    held = held.with_for_update(key_share=True).execution_options(populate_existing=True)
    changing = [one for one in db.session.scalars(held) if one.status not in ("withdrawn", status)]
    if not changing:
        return []
    run = _class(changing[0].class_id)
    version = db.session.get_one(ProgrammeVersion, run.version_id)
    completing = status == "completed"
    catalogue.count_completion(version.programme_id, len(changing) if completing else -len(changing))
    names = queries.actor_names(enrolment.person_id for enrolment in changing)
    said: dict[str, Any] = {"result": {"completion": False}, "extensions": {"status": status}}
    if completing:
        said = {"result": {"completion": True, "success": True}}
    for enrolment in changing:
        trace: dict[str, Any] = {"before": {"status": enrolment.status}, "after": {"status": status}}
        enrolment.status, enrolment.completed_at = status, at if completing else None
        audit.record(actor, "enrolment.conclude", "enrolment", enrolment.id, at=at, **trace)
        verb = "completed" if completing else "amended"
        _emit(names, enrolment.person_id, verb, _activity(run), enrolment.id, at, **said)
    return [enrolment.id for enrolment in changing]


def _class(class_id: UUID, *, for_update: bool = False) -> ClassRun:
    statement = select(ClassRun).where(ClassRun.id == class_id)
    run = db.session.scalar(statement.with_for_update() if for_update else statement)
    if run is None:
        raise NotFound
    return run


def _refuse_two_classes(run: ClassRun, person_ids: Iterable[UUID]) -> None:
    wanted = rules.Period(run.starts_on, run.ends_on)
    for person, name, periods in queries.periods_of(person_ids, but=run.id):
        barring = rules.clash(wanted, periods)
        if barring is not None:
            raise DomainError(
                "two-classes",
                _l(
                    "%(person)s (%(code)s) is in class %(other)s from %(start)s to %(end)s; nobody attends two classes "
                    "at the same time (Decision 1698/QĐ-UBND, Part IV.4).",
                    person=name,
                    code=person,
                    other=barring.name,
                    start=barring.starts_on.strftime("%d/%m/%Y"),
                    end=barring.ends_on.strftime("%d/%m/%Y"),
                ),
            )


def _emit_attendance(
    actor: Actor,
    session: Session,
    changed: Mapping[UUID, tuple[str, str | None]],
    known: Mapping[UUID, tuple[str, str | None]],
    members: Mapping[UUID, UUID],
    at: datetime,
) -> None:
    """Say each mark; the note is left out, since it may tell of somebody's health."""
    parent, recorder = _activity(_class(session.class_id)), account_actor_name(actor.account_id)
    names = queries.actor_names(members[one] for one in changed)
    activity = Activity("session", str(session.id), {"vi": session.title})
    for one, (status, _note) in changed.items():
        there = status in rules.ATTENDED
        verb = "attended" if there else "missed"
        if one in known and (known[one][0] in rules.ATTENDED) == there:
            verb = "amended"
        said: dict[str, Any] = {"instructor": recorder, "extensions": {"status": status}}
        _emit(names, members[one], verb, activity, one, at, parent=parent, **said)


def _activity(run: ClassRun) -> Activity:
    return Activity("class", str(run.id), {"vi": run.name})


def _emit(
    names: Mapping[UUID, UUID],
    person_id: UUID,
    verb: str,
    activity: Activity,
    registration: UUID,
    at: datetime,
    **said: Any,
) -> None:
    if person_id in names:
        emit(
            learner=names[person_id],
            verb=verb,
            activity=activity,
            registration=registration,
            at=at,
            **said,
        )
