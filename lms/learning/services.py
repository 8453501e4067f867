"""What a trainee can do in her lessons, and when her class is completed."""

from datetime import datetime, timedelta
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from lms.catalogue.queries import LessonText
from lms.classes import services as classes
from lms.classes.models import ClassRun, Enrolment
from lms.core.database import act, db, lock
from lms.core.errors import DomainError, NotFound
from lms.core.guard import SYSTEM, Actor
from lms.learning import queries, rules, signals
from lms.learning.models import LessonProgress
from lms.people.queries import actor_name
from lms.records.emit import Activity, emit

SECONDS_A_REPORT = 300
"""Longest time of reading that one report may add."""

_TOLD = (25, 50, 75)


@act
def report_progress(
    actor: Actor, registration: UUID, lesson_id: UUID, *, percent: int, anchor: str | None, seconds: int, at: datetime
) -> int:
    """Note where a trainee is in a lesson; returns the furthest point in percent.

    The furthest point only grows, whatever order reports of several devices arrive in; the place is the latest told.

    :raises DomainError: ``bad-progress``, ``read-only``
    """
    text = _lesson(registration, lesson_id)
    if not 0 <= percent <= 100 or not seconds >= 0:
        raise DomainError("bad-progress", _l("This progress cannot be."), 400)
    if anchor is not None and anchor not in {heading["id"] for heading in text.headings}:
        raise DomainError("bad-progress", _l("This lesson has no such heading."), 400)
    before, known, done = _advance(registration, lesson_id, percent, anchor, min(seconds, SECONDS_A_REPORT), at)
    if not known:
        _tell(actor, "initialized", text, registration, at)
    for step in _TOLD:
        if before < step <= percent < 100:
            _tell(actor, "progressed", text, registration, at, percent=step)
    if percent == 100 and not done:
        _complete(actor, registration, text, at)
    return max(before, percent)


@act
def complete_lesson(actor: Actor, registration: UUID, lesson_id: UUID, *, at: datetime) -> None:
    """Mark a lesson as studied; doing it again changes nothing."""
    text = _lesson(registration, lesson_id)
    _before, known, done = _advance(registration, lesson_id, 100, None, 0, at)
    if not known:
        _tell(actor, "initialized", text, registration, at)
    if not done:
        _complete(actor, registration, text, at)


@act
def review_completion(registration: UUID, *, at: datetime) -> bool:
    """Decide whether a registration has completed its class, and say so; returns whether it has.

    Called whenever something it rests on has changed. What is corrected later (an attendance, a mark) is followed: the
    result is taken back with a trace.
    """
    lock("completion", registration)
    db.session.flush()
    course = queries.course(registration)
    if course is None or course.status == "withdrawn":
        return False
    done = rules.completed(queries.standing(course))
    if done and classes.conclude(SYSTEM, registration, "completed", at=at):
        signals.completed.send(registration, registration=registration, at=at)
    elif not done and course.status == "completed":
        classes.conclude(SYSTEM, registration, "enrolled", at=at)
    return done


def _lesson(registration: UUID, lesson_id: UUID) -> LessonText:
    text = queries.lesson(lesson_id)
    row = db.session.execute(
        select(Enrolment.status, ClassRun.version_id)
        .join(ClassRun, ClassRun.id == Enrolment.class_id)
        .where(Enrolment.id == registration)
    ).one_or_none()
    if text is None or row is None or row.version_id != text.version_id:
        raise NotFound
    if row.status == "withdrawn":
        raise DomainError("read-only", _l("You have left this class; its lessons can be read but not worked in."))
    return text


def _advance(
    registration: UUID, lesson_id: UUID, percent: int, anchor: str | None, seconds: int, at: datetime
) -> tuple[int, bool, bool]:
    """Move the row forward; returns (percent before, known before, completed before)."""
    lock("lesson", registration, lesson_id)
    known = db.session.execute(
        select(LessonProgress.percent, LessonProgress.completed_at).where(
            LessonProgress.registration == registration, LessonProgress.lesson_id == lesson_id
        )
    ).one_or_none()
    new = insert(LessonProgress).values(
        registration=registration,
        lesson_id=lesson_id,
        percent=percent,
        anchor=anchor,
        seconds=seconds,
        started_at=at,
        seen_at=at,
        completed_at=at if percent == 100 else None,
    )
    done_at = func.coalesce(LessonProgress.completed_at, new.excluded.completed_at)
    db.session.execute(
        new.on_conflict_do_update(
            index_elements=["registration", "lesson_id"],
            set_={
                "percent": func.greatest(LessonProgress.percent, new.excluded.percent),
                "anchor": func.coalesce(new.excluded.anchor, LessonProgress.anchor),
                "seconds": LessonProgress.seconds + seconds,
                "seen_at": at,
                "completed_at": done_at,
            },
        )
    )
    if known is None:
        return 0, False, False
    return known.percent, True, known.completed_at is not None


def _complete(actor: Actor, registration: UUID, text: LessonText, at: datetime) -> None:
    seconds = db.session.scalar(
        select(LessonProgress.seconds).where(
            LessonProgress.registration == registration, LessonProgress.lesson_id == text.id
        )
    )
    _tell(actor, "completed", text, registration, at, duration=timedelta(seconds=seconds or 0))
    review_completion(registration, at=at)


def _tell(
    actor: Actor,
    verb: str,
    text: LessonText,
    registration: UUID,
    at: datetime,
    *,
    percent: int | None = None,
    duration: timedelta | None = None,
) -> None:
    if actor.person_id is None:
        return
    result: dict[str, object] = {}
    if percent is not None:
        result = {"extensions": {"progress": percent}}
    if duration is not None:
        result = {"completion": True, "duration": duration}
    emit(
        learner=actor_name(actor.person_id),
        verb=verb,
        activity=Activity("lesson", text.code, text.title),
        registration=registration,
        at=at,
        result=result or None,
        parent=Activity("module", text.module_code, text.module_title),
    )
