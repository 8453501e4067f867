"""When reading is told, and when a class is completed: stated criteria, each with what is done and what is missing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

SECONDS_UNTOLD = 120
"""Reading of this many seconds is told also when the reader has not moved on."""


class Place(NamedTuple):
    """Where somebody is in a lesson: furthest point in percent, and heading."""

    percent: int
    anchor: str | None


def worth_telling(before: Place | None, now: Place, seconds: int, *, leaving: bool) -> bool:
    """Tell whether a report of reading becomes a statement, or waits in the browser for the next.

    Told are the first report, a new quarter of the lesson, another heading, a place behind the furthest point (another
    device), two minutes of reading, and whatever is left when the reader leaves the page.

    :param before: what is known; None when the lesson has not been opened
    :param seconds: time read since the last report that was told
    """
    if before is None:
        return True
    moved = now.anchor is not None and now.anchor != before.anchor
    if leaving:
        return moved or now.percent > before.percent or seconds > 0
    new_quarter = now.percent // 25 > before.percent // 25
    return moved or new_quarter or now.percent < before.percent or seconds >= SECONDS_UNTOLD


END = "end"
"""The only step of a lesson that has no sections."""


def steps(headings: Iterable[Mapping[str, str]], tasks: Iterable[Mapping[str, str]] = ()) -> list[str]:
    """Return what a lesson asks for: each of its sections to the end, and each task on its page attempted.

    A lesson is studied when all of them are; how long that took is recorded but decides nothing, since a clock tells
    neither reading nor understanding. What was understood is asked by the quiz of the module.
    """
    return ([heading["id"] for heading in headings] or [END]) + [task["id"] for task in tasks]


class Placed(NamedTuple):
    """A required material of a module: when it was put there, and when the trainee had done it."""

    id: UUID
    added_at: datetime
    done_at: datetime | None


class Studied(NamedTuple):
    """Whether a module is done, and which of its materials it asks for."""

    done: bool
    asked: frozenset[UUID]


def studied(lessons: Sequence[datetime | None], materials: Iterable[Placed]) -> Studied:
    """Tell whether a module is done: its lessons, and the required materials that were there before it was.

    A material that is placed afterwards is asked of those only who had not done the module yet: what was done stays
    done.

    :param lessons: when each lesson was studied
    """
    done = all(at is not None for at in lessons)
    last = max((at for at in lessons if at is not None), default=None)
    asked: set[UUID] = set()
    for material in sorted(materials, key=lambda one: one.added_at):
        if done and last is not None and last < material.added_at:
            continue
        asked.add(material.id)
        done = done and material.done_at is not None
        if material.done_at is not None:
            last = material.done_at if last is None else max(last, material.done_at)
    return Studied(done, frozenset(asked))


@dataclass(frozen=True, slots=True)
class Part:
    """A module, a quiz or an essay: its title, whether it is done, and whether it was judged and did not reach it.

    :ivar lost: no attempt at the quiz is left, or the essay was marked below what passes
    :ivar waits: the essay was handed in and is not marked yet
    """

    title: str
    done: bool
    lost: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a trainee stands in a class.

    :ivar held: sessions whose attendance was taken
    :ivar sessions: all planned sessions
    :ivar attendance_min_percent: least share of all planned sessions to attend, in percent
    :ivar essays: one entry an assignment
    """

    modules: Sequence[Part]
    quizzes: Sequence[Part]
    attended: int
    held: int
    sessions: int
    attendance_min_percent: int
    essays: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition of completion.

    :ivar key: modules, quizzes, attendance or essay
    :ivar have: how much is done, of ``need``; never more
    :ivar extra: how much is done beyond it
    :ivar missing: titles of what is missing
    :ivar waiting: titles of what was handed in and waits for its mark; nothing more is asked of her there
    :ivar lost: what was judged did not reach what is asked
    :ivar spare: attendance only: how many sessions may still be missed; negative when it can no longer be reached
    """

    key: str
    done: bool
    have: int
    need: int
    missing: tuple[str, ...] = ()
    spare: int = 0
    lost: bool = False
    extra: int = 0
    waiting: tuple[str, ...] = ()


def criteria(standing: Standing) -> list[Criterion]:
    """Return all conditions that apply, in the order in which a trainee meets them."""
    conditions = [_parts("modules", standing.modules), _parts("quizzes", standing.quizzes)]
    if standing.sessions:
        conditions.append(_attendance(standing))
    conditions.append(_parts("essay", standing.essays))
    return [criterion for criterion in conditions if criterion.need]


def completed(standing: Standing) -> bool:
    """Tell whether every condition is met; a class without any condition is never completed by itself."""
    conditions = criteria(standing)
    return bool(conditions) and all(condition.done for condition in conditions)


def concluded(standing: Standing, *, before: bool, corrected: Collection[str] = ()) -> bool:
    """Tell whether a trainee has completed her class now.

    A completion stays as it was concluded: what a class asks for afterwards (a session added, a material placed) does
    not reopen it, be the class over or not, since her certificate, the yearly report and the follow-up of the city
    rest on it. It is taken back only when the record that it rested on is corrected (an attendance, a mark) and the
    condition which that record serves is then not met.

    :param before: whether she had completed it until now
    :param corrected: keys of the criteria whose records were corrected to her disadvantage
    """
    if not before:
        return completed(standing)
    return all(condition.done for condition in criteria(standing) if condition.key in corrected)


def result(standing: Standing) -> str:
    """Return the result of a trainee when the results of her class are fixed.

    ``completed``: every condition is met. ``failed`` (không đạt): something was judged and did not reach what the
    programme asks: too many sessions missed, no attempt at a quiz left, an essay marked below what passes.
    ``incomplete`` (chưa hoàn thành): nothing was judged so, but something was not done. The conditions are those of the
    programme's version (:func:`criteria`); Decision 1698/QĐ-UBND names no results of its own but asks that trainees
    complete their studies (mục IV.3) and that results serve the yearly appraisal (mục IV.2).
    """
    conditions = criteria(standing)
    if completed(standing):
        return "completed"
    return "failed" if any(condition.lost for condition in conditions) else "incomplete"


def revised(status: str, standing: Standing, corrected: Collection[str] = ()) -> str:
    """Return the result of a trainee after something that it rests on has changed.

    Before results are fixed it is ``completed`` or ``enrolled``; afterwards a late mark still changes it.
    """
    if concluded(standing, before=status == "completed", corrected=corrected):
        return "completed"
    return result(standing) if status in ("incomplete", "failed") else "enrolled"


def sessions_needed(sessions: int, percent: int) -> int:
    """Return the least number of sessions that is at least ``percent`` of all (80% of 4 is 4, not 3)."""
    return -(-sessions * percent // 100)


def _attendance(standing: Standing) -> Criterion:
    need = sessions_needed(standing.sessions, standing.attendance_min_percent)
    missed = standing.held - standing.attended
    spare = standing.sessions - need - missed
    return Criterion(
        "attendance",
        standing.attended >= need,
        min(standing.attended, need),
        need,
        spare=spare,
        lost=spare < 0,
        extra=max(standing.attended - need, 0),
    )


def _parts(key: str, parts: Sequence[Part]) -> Criterion:
    undone = [part for part in parts if not part.done]
    return Criterion(
        key,
        not undone,
        len(parts) - len(undone),
        len(parts),
        missing=tuple(part.title for part in undone if not part.waits),
        lost=any(part.lost for part in parts),
        waiting=tuple(part.title for part in undone if part.waits),
    )
