"""The life of a class: planned, opened, confirmed, begun, finished, opened again, cancelled."""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from lms.catalogue.life import VERSION
from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes import access, hooks, queries, signals
from lms.classes.life import CLASS
from lms.classes.models import ClassRun, Enrolment
from lms.classes.queries import life as known
from lms.classes.services.commitments import follow
from lms.classes.services.copying import copy_timetable
from lms.classes.services.held import class_for
from lms.classes.services.results import conclude_all
from lms.core import audit, transitions
from lms.core.database import act, db, lock
from lms.core.edits import Edit, settle
from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.core.text import one_line
from lms.core.transitions import NOTHING, Because
from lms.documents import register
from lms.people.models import Unit
from lms.people.sessions import local_day


@act
def create_class(
    actor: Actor,
    *,
    name: str,
    version_id: UUID,
    institution_id: int,
    starts_on: date,
    ends_on: date,
    capacity: int,
    at: datetime,
    code: str = "",
    minimum: int = 0,
    copied_from: UUID | None = None,
) -> ClassRun:
    """Plan a class of a programme version, approved or not; it must be opened before anybody comes in.

    :param code: none: the next of the programme's register, such as ``A2.1-2026-01``
    :param copied_from: an earlier class, whose lecturers and timetable are taken over
    :raises DomainError: ``class-code-taken``, ``class-dates``, ``class-places``, ``no-version``, ``retired``,
        ``no-institution``
    """
    if ends_on < starts_on:
        raise DomainError("class-dates", _l("The last day comes before the first."), 422)
    _require_places(minimum, capacity)
    version = db.session.get(ProgrammeVersion, version_id)
    if version is None:
        raise DomainError("no-version", _l("This programme version does not exist."), 422)
    VERSION.require("teach", version.status)
    if not queries.may_run_classes(institution_id, local_day(at)):
        raise DomainError("no-institution", _l("This institution does not exist, or exists no longer."), 422)
    path = db.session.scalars(select(Unit.path).where(Unit.id == institution_id)).one()
    run = ClassRun(
        id=uuid4(),
        name=name,
        version_id=version_id,
        institution_id=institution_id,
        starts_on=starts_on,
        ends_on=ends_on,
        capacity=capacity,
        minimum=minimum,
        copied_from=copied_from,
    )
    run.code = _code(run, code, version, path, actor, at)
    after = {"code": run.code, "name": name, "from": starts_on, "to": ends_on, "capacity": capacity, "minimum": minimum}
    transitions.begin(CLASS, "create", run, actor=actor, at=at, path=path, trace=after)
    copy_timetable(actor, run, at=at)
    return run


def _code(run: ClassRun, wanted: str, version: ProgrammeVersion, path: str, actor: Actor, at: datetime) -> str:
    """Return the code that was asked for, if it is free, or the next of the register of its programme and year."""
    if wanted:
        lock("class-code", wanted)
        if known.code_taken(wanted):
            raise DomainError("class-code-taken", _l("There is a class with this code already."))
        return wanted
    programme = db.session.get_one(Programme, version.programme_id)
    city, year = int(path.split("/")[1]), run.starts_on.year
    book = register.Book(city, f"class {programme.code}", year)
    carrier = register.Carrier("class", run.id)
    return register.give(
        book,
        lambda number: f"{programme.code}-{year}-{number:02}",
        carrier,
        actor=actor,
        at=at,
        taken=known.code_taken,
    )


def _require_places(minimum: int, capacity: int) -> None:
    if not 0 <= minimum <= capacity:
        raise DomainError("class-places", _l("The class cannot need more trainees than it has places."), 422)


@act
def edit_class(actor: Actor, class_id: UUID, edit: Edit, *, at: datetime) -> None:
    """Change the name, the places, the minimum of a class; its days are moved (:func:`reschedule_class`).

    :raises ChangedMeanwhile: somebody else changed the same
    :raises DomainError: ``class-closed``, ``class-cancelled``, ``class-places``, ``places-taken``
    """
    run = class_for("edit", class_id, exclusive=True)
    stored = {name: getattr(run, name) for name in ("name", "capacity", "minimum")}
    writes = settle(edit, stored)
    values = stored | writes
    _require_places(values["minimum"], values["capacity"])
    taken = db.session.scalar(
        select(func.count()).where(Enrolment.class_id == class_id, Enrolment.status != "withdrawn")
    )
    if values["capacity"] < (taken or 0):
        raise DomainError("places-taken", _l("%(number)s places are taken already.", number=taken), 422)
    if not writes:
        return
    for name, value in writes.items():
        setattr(run, name, value)
    before = {name: stored[name] for name in writes}
    audit.record(actor, "class.edit", "class", class_id, at=at, before=before, after=dict(writes))
    signals.class_edited.send(actor, class_id=class_id, fields=sorted(writes), at=at)


@act
def open_class(actor: Actor, class_id: UUID, until: date, because: Because = NOTHING, *, at: datetime) -> None:
    """Open a planned class for nomination: from now on trainees come in.

    :param until: the last day on which units name whom they send
    :raises DomainError: ``not-approved`` (mục IV.3), ``first-day-passed``, ``nominations-until``; a state's reason
    """
    run = class_for("open", class_id, exclusive=True)
    _carry_out(actor, run, "open", because, at, trace={"until": until})
    if not local_day(at) <= until <= run.starts_on:
        words = _l("Please give a day from today to the first day of the class.")
        raise DomainError("nominations-until", words, 422)
    run.nominations_until = until


@act
def decide(actor: Actor, class_id: UUID, move: str, because: Because = NOTHING, *, at: datetime) -> None:
    """Make a move that changes nothing but the state: ``take_back``, ``confirm``, ``begin``, ``postpone``, ``cancel``.

    :raises DomainError: the reason of the state or of a guard (:data:`lms.classes.life.CLASS`)
    """
    run = class_for(move, class_id, exclusive=True)
    if move == "take_back":
        run.nominations_until = None
    _carry_out(actor, run, move, because, at)
    if move in ("postpone", "cancel"):
        signals.requirements_changed.send(actor, class_id=class_id, at=at)


def _carry_out(
    actor: Actor, run: ClassRun, move: str, because: Because, at: datetime, trace: dict[str, Any] | None = None
) -> None:
    path = access.institution_path(run.id)
    facts = known.class_facts(run.id, local_day(at))
    transitions.carry_out(CLASS, move, run, because, actor=actor, at=at, path=path, facts=facts, trace=trace)
    follow(run.id)


@act
def finish_class(actor: Actor, class_id: UUID, *, at: datetime, reason: str | None = None) -> None:
    """End a class: nobody is enrolled any more, and its evaluation opens (mục IV.5).

    :param reason: why it is finished although something is missing (:func:`lms.classes.rules.gaps`)
    :raises DomainError: ``class-closed``, ``class-cancelled``, ``class-unfinished`` something is missing, and no reason
    """
    run = class_for("finish", class_id, exclusive=True)
    missing, said = queries.unfinished(class_id, at), one_line(reason or "")
    if missing and not said:
        raise DomainError("class-unfinished", _l("Something is still missing. Please complete it, or give a reason."))
    lacking = {"missing": [f"{gap.kind} {gap.id or ''}".strip() for gap in missing]} if missing else {}
    run.finished_at, run.finished_reason = at, said if missing else None
    _carry_out(actor, run, "finish", Because(said if missing else ""), at, trace=lacking)
    signals.class_finished.send(actor, class_id=class_id, at=at)


@act
def reopen_class(actor: Actor, class_id: UUID, reason: str, *, at: datetime) -> None:
    """Undo the end of a class: it runs again, and results that were fixed without completion are open again.

    What finishing triggered is taken back by those who did it (signal ``class_reopened``).

    :raises DomainError: ``class-open``, ``class-cancelled``, ``no-reason``, and what a floor above has against it
    """
    run = class_for("reopen", class_id, exclusive=True)
    if not one_line(reason):
        raise DomainError("no-reason", _l("Please say why the class is opened again."), 422)
    for refused in hooks.reopening.ask(class_id):
        if refused is not None:
            raise refused
    fixed = select(Enrolment.id).where(Enrolment.class_id == class_id, Enrolment.status.in_(("incomplete", "failed")))
    results = conclude_all(actor, db.session.scalars(fixed).all(), "enrolled", at=at)
    ended = {"finished_at": run.finished_at, "finished_reason": run.finished_reason}
    run.finished_at, run.finished_reason = None, None
    _carry_out(
        actor, run, "reopen", Because(reason), at, trace={"results_taken_back": len(results), "taken_back": ended}
    )
    signals.class_reopened.send(actor, class_id=class_id, at=at)
