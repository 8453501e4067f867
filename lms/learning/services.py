"""What a trainee can do in her lessons, and when her class is completed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert

from lms.catalogue.queries import LessonText
from lms.classes import rules as class_rules
from lms.classes import services as classes
from lms.classes.models import ClassRun, Enrolment
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import SYSTEM, Actor
from lms.learning import rules
from lms.learning.models import LessonProgress, LessonWork
from lms.learning.queries import courses as queries
from lms.learning.queries import versions
from lms.learning.queries.courses import Course
from lms.people.queries import actor_name
from lms.records.emit import Activity, emit

WORK_BYTES = 4_000
"""Most that is kept of one task."""
SECONDS_A_REPORT = 300
"""Longest time of reading that one report may add."""


class Reported(NamedTuple):
    """What became of a report of reading.

    :ivar percent: the furthest point known, in percent
    :ivar told: whether it was kept and told; otherwise it waits in the browser
    """

    percent: int
    told: bool


@act
def report_progress(
    _actor: Actor,
    registration: UUID,
    lesson_id: UUID,
    *,
    percent: int,
    anchor: str | None,
    seconds: int,
    at: datetime,
    steps: Collection[str] = (),
    leaving: bool = False,
) -> Reported:
    """Note where a trainee is in a lesson, and say so in a statement; what is not worth one changes nothing.

    The furthest point only grows, whatever order reports of several devices arrive in; the place is the latest told.

    A lesson is studied when all its steps are (:func:`lms.learning.rules.steps`): before, it is read to 99% at most.

    :param seconds: time read since the last report that was told
    :param steps: sections read to their end, since whenever
    :param leaving: whether the reader is about to leave the page, so that nothing can wait any longer
    :raises DomainError: ``bad-progress``, and those of the class
    """
    text, person_id = _lesson(registration, lesson_id)
    if not 0 <= percent <= 100 or not seconds >= 0:
        raise DomainError("bad-progress", _l("This progress cannot be."), 400)
    if anchor is not None and anchor not in {heading["id"] for heading in text.headings}:
        raise DomainError("bad-progress", _l("This lesson has no such heading."), 400)
    known = _known(registration, lesson_id)
    read, missing = _read(text, known, steps)
    now = rules.Place(min(percent, 99) if missing else 100, anchor)
    before = rules.Place(known.percent, known.anchor) if known else None
    fresh = set(read) - set(known.steps if known else ())
    if not fresh and not rules.worth_telling(before, now, seconds, leaving=leaving):
        return Reported(known.percent, told=False)
    _advance(registration, text, person_id, known, now, min(seconds, SECONDS_A_REPORT), read, at)
    return Reported(max(now.percent, known.percent if known else 0), told=True)


@act
def complete_lesson(
    _actor: Actor, registration: UUID, lesson_id: UUID, *, steps: Collection[str], at: datetime
) -> list[str]:
    """Mark a lesson as studied if all of it was read, and return what is still to be read; again changes nothing.

    :param steps: sections read to their end, besides those that were reported; kept in either case
    """
    text, person_id = _lesson(registration, lesson_id)
    known = _known(registration, lesson_id)
    if known is not None and known.completed_at is not None:
        return []
    read, missing = _read(text, known, steps)
    percent = (known.percent if known else 0) if missing else 100
    _advance(registration, text, person_id, known, rules.Place(percent, None), 0, read, at)
    titles = {part["id"]: part["text"] for part in (*text.headings, *text.tasks)}
    return [titles.get(step, str(_l("the end"))) for step in missing]


@act
def keep_work(
    _actor: Actor, registration: UUID, lesson_id: UUID, key: str, work: Mapping[str, Any], *, at: datetime
) -> None:
    """Keep what a trainee did with a task on a lesson's page, and say so when she has done it or does it better.

    :param work: ``state`` (what the page's script needs to show it again), ``done``, ``score`` from 0 to 1 or None
    :raises DomainError: ``bad-work``, and those of the class
    """
    text, person_id = _lesson(registration, lesson_id)
    task = next((task for task in text.tasks if task["id"] == key), None)
    state: Any = work.get("state")
    done, score = work.get("done") is True, work.get("score")
    sound = isinstance(state, dict) and _kept_as_it_is(orjson.dumps(state))
    scored = score is None or (isinstance(score, int | float) and not isinstance(score, bool) and 0 <= score <= 1)
    if task is None or not sound or not scored:
        raise DomainError("bad-work", _l("This lesson has no such task."), 400)
    lock("lesson", registration, lesson_id)
    of = {"registration": registration, "lesson_id": lesson_id, "key": key}
    known = db.session.get(LessonWork, (registration, lesson_id, key))
    fresh = done and (known is None or not known.done or (score is not None and score > (known.score or 0)))
    if known is None:
        known = LessonWork(**of, done=False)
        db.session.add(known)
    known.state, known.done, known.at = state, known.done or done, at
    known.score = max((one for one in (score, known.score) if one is not None), default=None)
    if fresh:
        emit(
            learner=actor_name(person_id),
            verb="completed",
            activity=Activity("exercise", f"{text.code}:{key}", {"vi": task["text"]}),
            registration=registration,
            at=at,
            result={"completion": True} | ({"score": {"scaled": score}} if score is not None else {}),
            parent=Activity("lesson", text.code, text.title),
        )


def _kept_as_it_is(state: bytes) -> bool:
    """Tell whether a column can hold this JSON (docs/decisions/0020), and it is short."""
    return len(state) <= WORK_BYTES and b"\\u0000" not in state


@act
def review(registrations: Sequence[UUID], *, at: datetime, corrected: Collection[str] = ()) -> int:
    """Decide which trainees of a class have completed it, and say so; returns how many results changed.

    Called whenever something that a completion rests on has changed: :func:`lms.learning.rules.concluded` decides. One
    set of SQL statements, however many they are.

    :param corrected: keys of the criteria whose records were corrected to their disadvantage
    """
    _hold(Enrolment.id.in_(registrations))
    return _conclude(queries.courses(registrations), corrected, at)


@act
def review_class(class_id: UUID, *, at: datetime) -> int:
    """Decide which trainees of a class have completed it, since what it asks for has changed; as :func:`review`."""
    _hold(Enrolment.class_id == class_id, Enrolment.status == "enrolled")
    return _conclude(queries.studying(class_id), (), at)


@act
def fix_results(class_id: UUID, *, at: datetime) -> int:
    """Give a result to everybody who has none when those of a finished class are due; returns how many have one now.

    :func:`lms.learning.rules.result` decides. Before the date nothing happens (:func:`lms.classes.rules.results_due`).
    """
    run = db.session.scalar(select(ClassRun).where(ClassRun.id == class_id).with_for_update(read=True))
    if run is None:
        raise NotFound
    if run.status != "finished" or run.finished_at is None or at < class_rules.results_due(run.finished_at):
        return 0
    _hold(Enrolment.class_id == class_id, Enrolment.status == "enrolled")
    results: dict[str, list[UUID]] = {}
    for course in queries.studying(class_id):
        results.setdefault(rules.result(queries.standing(course)), []).append(course.registration)
    return _set(results, at)


def _hold(*condition: ColumnElement[bool]) -> None:
    """Let nobody else conclude these enrolments until the transaction ends: who comes later sees what this one did.

    Not against those who write rows that refer to an enrolment: each of two of them would wait for the other.
    """
    held = select(Enrolment.id).where(*condition).order_by(Enrolment.id)
    db.session.execute(held.with_for_update(key_share=True)).all()


def _conclude(courses: Iterable[Course], corrected: Collection[str], at: datetime) -> int:
    changed: dict[str, list[UUID]] = {}
    for course in courses:
        if course.held:
            to = rules.revised(course.status, queries.standing(course), corrected)
            if to != course.status:
                changed.setdefault(to, []).append(course.registration)
    return _set(changed, at)


def _set(changed: Mapping[str, Sequence[UUID]], at: datetime) -> int:
    for status, registrations in sorted(changed.items()):
        classes.conclude_all(SYSTEM, registrations, status, at=at)
    return sum(len(registrations) for registrations in changed.values())


def _lesson(registration: UUID, lesson_id: UUID) -> tuple[LessonText, UUID]:
    """Return the lesson and whose registration it is; she may work in it until the transaction ends."""
    text = versions.lesson(lesson_id)
    row = db.session.execute(
        select(Enrolment.person_id, ClassRun.version_id)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .where(Enrolment.id == registration)
    ).one_or_none()
    if text is None or row is None or row.version_id != text.version_id:
        raise NotFound
    classes.require_work("study", registration)
    return text, row.person_id


def _known(registration: UUID, lesson_id: UUID) -> Any:
    """Return what is known of a registration in a lesson, which nobody else changes until the transaction ends."""
    lock("lesson", registration, lesson_id)
    return db.session.execute(
        select(
            LessonProgress.percent,
            LessonProgress.anchor,
            LessonProgress.seconds,
            LessonProgress.steps,
            LessonProgress.completed_at,
        ).where(LessonProgress.registration == registration, LessonProgress.lesson_id == lesson_id)
    ).one_or_none()


def _read(text: LessonText, known: Any, steps: Collection[str]) -> tuple[list[str], list[str]]:
    """Return what of a lesson is read now, and what is not; a lesson that was studied stays so."""
    asked = rules.steps(text.headings, text.tasks)
    if not set(steps) <= set(asked):
        raise DomainError("bad-progress", _l("This lesson has no such section."), 400)
    if known is not None and known.completed_at is not None:
        return list(known.steps), []
    read = {*steps, *(known.steps if known else ())}
    return [step for step in asked if step in read], [step for step in asked if step not in read]


def _advance(
    registration: UUID,
    text: LessonText,
    person_id: UUID,
    known: Any,
    now: rules.Place,
    seconds: int,
    read: Sequence[str],
    at: datetime,
) -> None:
    """Move the row forward and say so: the row holds what lms.learning.projections makes of the statements."""
    done = now.percent == 100 and (known is None or known.completed_at is None)
    new = insert(LessonProgress).values(
        registration=registration,
        lesson_id=text.id,
        percent=now.percent,
        anchor=now.anchor,
        seconds=seconds,
        steps=list(read),
        started_at=at,
        seen_at=at,
        completed_at=at if done else None,
    )
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["registration", "lesson_id"],
            set_={
                "percent": func.greatest(LessonProgress.percent, new.excluded.percent),
                "anchor": func.coalesce(new.excluded.anchor, LessonProgress.anchor),
                "seconds": LessonProgress.seconds + seconds,
                "steps": new.excluded.steps,
                "seen_at": at,
                "completed_at": func.coalesce(LessonProgress.completed_at, new.excluded.completed_at),
            },
        )
    )
    learner = actor_name(person_id)
    furthest = max(now.percent, known.percent if known else 0)
    if known is None:
        _tell(learner, "initialized", text, registration, at, 0 if done else now.percent, now.anchor, seconds)
    elif not done:
        verb = "progressed" if now.percent > known.percent else "experienced"
        _tell(learner, verb, text, registration, at, furthest, now.anchor, seconds)
    if done:
        total = seconds + (known.seconds if known else 0)
        _tell(learner, "completed", text, registration, at, 100, now.anchor, total)
        review([registration], at=at)


def _tell(
    learner: UUID,
    verb: str,
    text: LessonText,
    registration: UUID,
    at: datetime,
    percent: int,
    anchor: str | None,
    seconds: int,
) -> None:
    """Say where a trainee is; ``seconds`` is the time read since the last statement, at the end that of all."""
    place = {"position": anchor} if anchor is not None else {}
    result: dict[str, Any] = {"duration": timedelta(seconds=seconds), "extensions": {"progress": percent} | place}
    emit(
        learner=learner,
        verb=verb,
        activity=Activity("lesson", text.code, text.title),
        registration=registration,
        at=at,
        result=result | ({"completion": True} if verb == "completed" else {}),
        parent=Activity("module", text.module_code, text.module_title),
    )
