"""A trainee's courses: one statement for all she did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping, text

from lms.assessment.queries import counting
from lms.classes import rules as class_rules
from lms.classes.rules import ATTENDED
from lms.core.database import db
from lms.core.i18n import ZONE, local
from lms.learning import rules
from lms.learning.queries.versions import EssayShape, QuizShape, shape

_COURSES = f"""
SELECT e.id AS registration, e.person_id, e.status, e.completed_at, c.id AS class_id, c.code AS class_code,
  c.name AS class_name, c.version_id, c.starts_on, c.ends_on, c.status AS class_status, c.finished_at,
  p.code AS programme_code, p.name AS programme, u.name AS institution,
  (SELECT json_agg(json_build_array(lp.lesson_id, lp.percent, lp.anchor, lp.completed_at, lp.seen_at))
   FROM lesson_progress lp WHERE lp.registration = e.id) AS lessons,
  (SELECT json_agg(json_build_array(s.id, s.kind, s.title, s.starts_at, s.ends_at, s.place, t.full_name,
     s.attendance_taken_at IS NOT NULL, a.status) ORDER BY s.starts_at)
   FROM sessions s LEFT JOIN persons t ON t.id = s.lecturer_id
   LEFT JOIN attendance a ON a.session_id = s.id AND a.enrolment_id = e.id WHERE s.class_id = c.id) AS meetings,
  (SELECT json_agg(json_build_array(t.quiz_id, t.id, t.submitted_at IS NULL, t.score, t.max_score, t.passed))
   FROM attempts t WHERE t.registration = e.id) AS attempts,
  (SELECT json_agg(json_build_array(b.assignment_id, b.id, b.filename, b.submitted_at, b.score, b.passed, b.comment,
     b.marks, b.marked_at, b.sha256, b.size) ORDER BY b.number)
   FROM submissions b WHERE b.registration = e.id AND {counting("b")}) AS essays,
  (SELECT json_agg(json_build_array(m.id, m.module_id, g.title, g.kind,
     m.required AND c.ends_on >= placed.day AND (m.in_running OR c.starts_on > placed.day), done.at, far.percent,
     m.added_at) ORDER BY m.position)
   FROM module_materials m JOIN modules o ON o.id = m.module_id JOIN packages g ON g.id = m.package_id
   LEFT JOIN class_materials k ON k.class_id = c.id AND k.material_id = m.id
   CROSS JOIN LATERAL (SELECT (m.added_at AT TIME ZONE '{ZONE.key}')::date AS day) placed
   CROSS JOIN LATERAL (
     SELECT min(r.satisfied_at) AS at FROM content_registrations r JOIN package_versions w ON w.id = r.version_id
     WHERE r.context_id = e.id AND w.package_id = m.package_id) done
   LEFT JOIN LATERAL (
     SELECT (sum(CASE WHEN s.satisfied_at IS NOT NULL THEN 100 ELSE coalesce(s.progress, 0) END) / count(*))::int
       AS percent
     FROM content_registrations r JOIN content_units n ON n.version_id = r.version_id AND n.href IS NOT NULL
     LEFT JOIN content_unit_states s ON s.registration_id = r.id AND s.unit_id = n.id
     WHERE r.context_id = e.id AND r.version_id = coalesce(k.version_id, m.version_id)
     GROUP BY r.id LIMIT 1) far ON true
   WHERE o.version_id = c.version_id AND m.institution_id = c.institution_id
     AND (c.finished_at IS NULL OR m.added_at <= c.finished_at)) AS materials
FROM enrolments e JOIN class_runs c ON c.id = e.class_id
JOIN programme_versions v ON v.id = c.version_id JOIN programmes p ON p.id = v.programme_id
JOIN units u ON u.id = c.institution_id
"""  # noqa: S608 - constants
_OF_PERSON = text(_COURSES + "WHERE e.person_id = :id ORDER BY c.starts_on DESC, c.code LIMIT 30")
_OF_REGISTRATIONS = text(_COURSES + "WHERE e.id = ANY(:ids)")
_OF_CLASS = text(_COURSES + "WHERE e.class_id = :id AND e.status = 'enrolled'")


def works(status: str, class_status: str) -> bool:
    """Tell whether a trainee with this result still works in a class of this state."""
    return not (class_rules.ENROLMENT.refusal("study", status) or class_rules.CLASS.refusal("study", class_status))


class Progress(NamedTuple):
    """How far a lesson is."""

    percent: int
    anchor: str | None
    done_at: datetime | None
    seen_at: datetime

    @property
    def done(self) -> bool:
        """Whether it was studied."""
        return self.done_at is not None


class Meeting(NamedTuple):
    """A session as a trainee sees it; ``mark`` is her attendance."""

    id: UUID
    kind: str
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    lecturer: str | None
    taken: bool
    mark: str | None

    @property
    def attended(self) -> bool:
        """Whether she was there."""
        return self.mark in ATTENDED


class QuizState(NamedTuple):
    """A trainee's tries at a quiz."""

    used: int
    open_attempt: UUID | None
    last_attempt: UUID | None
    best: int | None
    max_score: int | None
    passed: bool


class EssayState(NamedTuple):
    """The file that counts (:func:`lms.assessment.queries.counting`)."""

    submission_id: UUID
    filename: str
    submitted_at: datetime
    score: float | None
    passed: bool | None
    comment: str | None
    marks: list[dict[str, Any]] | None
    """By the rubric, in the order of its criteria."""
    marked_at: datetime | None
    sha256: str
    size: int


class Material(NamedTuple):
    """A package of a module as a trainee meets it.

    :ivar required: whether her module is done only when this is; never where the module was done before it was placed
    :ivar done_at: when she had first done it
    :ivar percent: how far she is; None when she has not opened it
    :ivar added_at: when it was placed
    """

    id: UUID
    module_id: UUID
    title: str
    kind: str
    required: bool
    done_at: datetime | None
    percent: int | None
    added_at: datetime

    @property
    def done(self) -> bool:
        """Whether she has done it."""
        return self.done_at is not None


@dataclass(frozen=True, slots=True)
class Course:
    """One enrolment with everything done in it."""

    registration: UUID
    person_id: UUID
    status: str
    completed_at: datetime | None
    class_id: UUID
    class_code: str
    class_name: str
    version_id: UUID
    starts_on: date
    ends_on: date
    class_status: str
    finished_at: datetime | None
    programme_code: str
    programme: dict[str, str]
    institution: str
    lessons: dict[UUID, Progress]
    meetings: tuple[Meeting, ...]
    quizzes: dict[UUID, QuizState]
    essays: dict[UUID, EssayState]
    materials: dict[UUID, tuple[Material, ...]]
    """By module."""

    @property
    def results_due(self) -> datetime | None:
        """When the results of the finished class are fixed."""
        return class_rules.results_due(self.finished_at) if self.finished_at else None

    @property
    def open(self) -> bool:
        """Whether she can still work in it."""
        return works(self.status, self.class_status)

    @property
    def held(self) -> bool:
        """Whether its result can still change: she has not left, and it is not off."""
        return self.status != "withdrawn" and class_rules.CLASS.refusal("conclude", self.class_status) is None


def courses_of(person_id: UUID) -> list[Course]:
    """Return a person's enrolments, newest first; one statement."""
    return [_course(row) for row in db.session.execute(_OF_PERSON, {"id": person_id}).mappings()]


def course(registration: UUID) -> Course | None:
    """Return one enrolment; one statement."""
    enrolments = courses([registration])
    return enrolments[0] if enrolments else None


def courses(registrations: Sequence[UUID]) -> list[Course]:
    """Return enrolments by their ids; one statement."""
    return [_course(row) for row in db.session.execute(_OF_REGISTRATIONS, {"ids": list(registrations)}).mappings()]


def studying(class_id: UUID) -> list[Course]:
    """Return the enrolments of a class that are still without a result; one statement."""
    return [_course(row) for row in db.session.execute(_OF_CLASS, {"id": class_id}).mappings()]


class Place(NamedTuple):
    """Where a trainee is in one lesson, with what the lesson page needs of her class."""

    class_name: str
    version_id: UUID
    status: str
    class_status: str
    percent: int | None
    anchor: str | None
    steps: list[str] | None
    done: bool | None
    drawn: str | None
    """How the lesson is drawn now."""
    work: dict[str, Any] | None
    """What she did with the tasks on its page, by their keys."""


_PLACE = text(
    """
    SELECT c.name AS class_name, c.version_id, e.status, c.status AS class_status, lp.percent, lp.anchor, lp.steps,
           lp.completed_at IS NOT NULL AS done, (SELECT l.drawn FROM lessons l WHERE l.id = :lesson) AS drawn,
           (SELECT jsonb_object_agg(w.key, w.state) FROM lesson_work w
            WHERE w.registration = e.id AND w.lesson_id = :lesson) AS work
    FROM enrolments e JOIN class_runs c ON c.id = e.class_id
    LEFT JOIN lesson_progress lp ON lp.registration = e.id AND lp.lesson_id = :lesson
    WHERE e.id = :registration
    """
)


def place(registration: UUID, lesson_id: UUID) -> Place | None:
    """Return where a registration is in a lesson."""
    known = {"registration": registration, "lesson": lesson_id}
    row = db.session.execute(_PLACE, known).mappings().one_or_none()
    return None if row is None else Place(**row)


def standing(course: Course) -> rules.Standing:
    """Return what the rules of completion need to know."""
    form = shape(course.version_id)
    modules = [
        rules.Part(
            local(module.title),
            _studied(course, module.lessons, course.materials.get(module.id, ())).done,
        )
        for module in form.modules
    ]
    quizzes = [
        _quiz_part(quiz, course.quizzes.get(quiz.id))
        for module in form.modules
        if (quiz := form.quizzes.get(module.id))
    ]
    essays = [_essay_part(essay, course.essays.get(essay.id)) for essay in form.essays]
    return rules.Standing(
        modules=modules,
        quizzes=quizzes,
        attended=sum(meeting.attended for meeting in course.meetings),
        held=sum(meeting.taken for meeting in course.meetings),
        sessions=len(course.meetings),
        attendance_min_percent=form.attendance_min_percent,
        essays=essays,
    )


def _quiz_part(quiz: QuizShape, state: QuizState | None) -> rules.Part:
    passed = state is not None and state.passed
    lost = state is not None and not passed and state.used >= quiz.attempts and state.open_attempt is None
    return rules.Part(local(quiz.title), passed, lost)


def _essay_part(essay: EssayShape, state: EssayState | None) -> rules.Part:
    passed = state.passed if state is not None else None
    waits = state is not None and state.marked_at is None
    return rules.Part(local(essay.title), passed is True, passed is False, waits)


def checklist(registration: UUID) -> list[rules.Criterion]:
    """Return the conditions of completion of a registration."""
    enrolment = course(registration)
    return [] if enrolment is None else rules.criteria(standing(enrolment))


_NOTHING = Progress(0, None, None, datetime.min)  # noqa: DTZ901 - never shown


def _course(row: RowMapping) -> Course:
    """Return a row of _COURSES; what it aggregated comes as lists of values in the order of the statement."""
    values: dict[str, Any] = dict(row)
    values["lessons"] = _lessons(row["lessons"] or ())
    values["meetings"] = _meetings(row["meetings"] or ())
    values["quizzes"] = _quizzes(values.pop("attempts") or ())
    values["essays"] = _essays(row["essays"] or ())
    values["materials"] = _materials(row["materials"] or ())
    made = Course(**values)
    return replace(made, materials=_asked(made)) if made.materials else made


def _asked(course: Course) -> dict[UUID, tuple[Material, ...]]:
    """Return the materials, required only where that reopens nothing."""
    modules = {module.id: module for module in shape(course.version_id).modules}
    kept = {}
    for module_id, materials in course.materials.items():
        module = modules.get(module_id)
        asked = _studied(course, module.lessons, materials).asked if module else frozenset()
        kept[module_id] = tuple(material._replace(required=material.id in asked) for material in materials)
    return kept


def _studied(course: Course, lessons: Iterable[Any], materials: Iterable[Material]) -> rules.Studied:
    parts = [
        rules.Placed(material.id, material.added_at, material.done_at) for material in materials if material.required
    ]
    return rules.studied([course.lessons.get(line.id, _NOTHING).done_at for line in lessons], parts)


def _lessons(rows: Iterable[Any]) -> dict[UUID, Progress]:
    return {
        UUID(lesson_id): Progress(percent=percent, anchor=anchor, done_at=_moment(done_at), seen_at=_time(seen_at))
        for lesson_id, percent, anchor, done_at, seen_at in rows
    }


def _meetings(rows: Iterable[Any]) -> tuple[Meeting, ...]:
    return tuple(
        Meeting(
            id=UUID(session_id),
            kind=kind,
            title=title,
            starts_at=_time(starts_at),
            ends_at=_time(ends_at),
            place=location,
            lecturer=lecturer,
            taken=taken,
            mark=mark,
        )
        for session_id, kind, title, starts_at, ends_at, location, lecturer, taken, mark in rows
    )


def _essays(rows: Iterable[Any]) -> dict[UUID, EssayState]:
    return {UUID(assignment_id): _essay(*facts) for assignment_id, *facts in rows}


def _essay(submission_id: str, filename: str, submitted_at: str, *marked: Any) -> EssayState:
    score, passed, comment, marks, marked_at, sha256, size = marked
    return EssayState(
        submission_id=UUID(submission_id),
        filename=filename,
        submitted_at=_time(submitted_at),
        score=score,
        passed=passed,
        comment=comment,
        marks=marks,
        marked_at=_time(marked_at) if marked_at else None,
        sha256=sha256,
        size=size,
    )


def _materials(rows: Iterable[Any]) -> dict[UUID, tuple[Material, ...]]:
    by_module: dict[UUID, tuple[Material, ...]] = {}
    for material_id, module, title, kind, required, done_at, percent, added_at in rows:
        module_id = UUID(module)
        material = Material(
            id=UUID(material_id),
            module_id=module_id,
            title=title,
            kind=kind,
            required=required,
            done_at=_moment(done_at),
            percent=percent,
            added_at=_time(added_at),
        )
        by_module[module_id] = (*by_module.get(module_id, ()), material)
    return by_module


def _quizzes(attempts: Iterable[Any]) -> dict[UUID, QuizState]:
    states: dict[UUID, QuizState] = {}
    for quiz, attempt, is_open, score, max_score, passed in attempts:
        key, known = UUID(quiz), states.get(UUID(quiz), QuizState(0, None, None, None, None, False))
        better = score is not None and (known.best is None or score > known.best)
        states[key] = QuizState(
            known.used + 1,
            UUID(attempt) if is_open else known.open_attempt,
            known.last_attempt if is_open else UUID(attempt),
            score if better else known.best,
            max_score if better else known.max_score,
            known.passed or bool(passed),
        )
    return states


def _moment(value: str | None) -> datetime | None:
    return None if value is None else _time(value)


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)
