"""A trainee's courses: one statement for all she did, and the unchanging shape of a version from memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text

from lms.assessment.models import Assignment, Quiz
from lms.assessment.queries import counting
from lms.catalogue import queries as catalogue
from lms.catalogue.models import ProgrammeVersion
from lms.classes import rules as class_rules
from lms.classes.rules import ATTENDED
from lms.core.database import db
from lms.core.errors import NotFound
from lms.core.i18n import local
from lms.learning import rules

_COURSES = f"""
SELECT e.id, e.person_id, e.status, e.completed_at, c.id, c.code, c.name, c.version_id, c.starts_on, c.ends_on,
  c.status, c.finished_at, p.code, p.name, u.name,
  (SELECT json_agg(json_build_array(lp.lesson_id, lp.percent, lp.anchor, lp.completed_at IS NOT NULL, lp.seen_at))
   FROM lesson_progress lp WHERE lp.registration = e.id),
  (SELECT json_agg(json_build_array(s.id, s.kind, s.title, s.starts_at, s.ends_at, s.place, t.full_name,
     s.attendance_taken_at IS NOT NULL, a.status) ORDER BY s.starts_at)
   FROM sessions s LEFT JOIN persons t ON t.id = s.lecturer_id
   LEFT JOIN attendance a ON a.session_id = s.id AND a.enrolment_id = e.id WHERE s.class_id = c.id),
  (SELECT json_agg(json_build_array(t.quiz_id, t.id, t.submitted_at IS NULL, t.score, t.max_score, t.passed))
   FROM attempts t WHERE t.registration = e.id),
  (SELECT json_agg(json_build_array(b.assignment_id, b.id, b.filename, b.submitted_at, b.score, b.passed, b.comment,
     b.marked_at, b.sha256, b.size) ORDER BY b.number)
   FROM submissions b WHERE b.registration = e.id AND {counting("b")}),
  (SELECT json_agg(json_build_array(m.id, m.module_id, g.title, g.kind, m.required, done.it, far.percent)
     ORDER BY m.position)
   FROM module_materials m JOIN modules o ON o.id = m.module_id JOIN packages g ON g.id = m.package_id
   LEFT JOIN class_materials k ON k.class_id = c.id AND k.material_id = m.id
   CROSS JOIN LATERAL (SELECT EXISTS (
     SELECT FROM content_registrations r JOIN package_versions w ON w.id = r.version_id
     WHERE r.context_id = e.id AND w.package_id = m.package_id AND r.satisfied_at IS NOT NULL) AS it) done
   LEFT JOIN LATERAL (
     SELECT (sum(CASE WHEN s.satisfied_at IS NOT NULL THEN 100 ELSE coalesce(s.progress, 0) END) / count(*))::int
       AS percent
     FROM content_registrations r JOIN content_units n ON n.version_id = r.version_id AND n.href IS NOT NULL
     LEFT JOIN content_unit_states s ON s.registration_id = r.id AND s.unit_id = n.id
     WHERE r.context_id = e.id AND r.version_id = coalesce(k.version_id, m.version_id)
     GROUP BY r.id LIMIT 1) far ON true
   WHERE o.version_id = c.version_id AND m.institution_id = c.institution_id)
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
    done: bool
    seen_at: datetime


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
    marked_at: datetime | None
    sha256: str
    size: int


class Material(NamedTuple):
    """A package of a module as a trainee meets it.

    :ivar percent: how far she is; None when she has not opened it
    """

    id: UUID
    module_id: UUID
    title: str
    kind: str
    required: bool
    done: bool
    percent: int | None


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


class QuizShape(NamedTuple):
    """A quiz of a version."""

    id: UUID
    title: dict[str, str]
    pass_percent: int
    attempts: int


class EssayShape(NamedTuple):
    """An assignment of a version."""

    id: UUID
    title: dict[str, str]
    instructions: dict[str, str]
    max_score: int
    pass_score: int


@dataclass(frozen=True, slots=True)
class Shape:
    """What a version consists of. A version never changes, so shapes are kept in memory."""

    attendance_min_percent: int
    modules: tuple[catalogue.ModuleOutline, ...]
    topics: tuple[catalogue.TopicLine, ...]
    quizzes: dict[UUID, QuizShape]
    """By module."""
    essays: tuple[EssayShape, ...]


@lru_cache(maxsize=128)
def shape(version_id: UUID) -> Shape:
    """Return the shape of a version (four statements once a process).

    :raises NotFound: there is none; that is not kept in memory.
    """
    percent = db.session.scalar(
        select(ProgrammeVersion.attendance_min_percent).where(ProgrammeVersion.id == version_id)
    )
    if percent is None:
        raise NotFound
    outline = catalogue.outline(version_id)
    quizzes = db.session.execute(
        select(Quiz.module_id, Quiz.id, Quiz.title, Quiz.pass_percent, Quiz.attempts_allowed).where(
            Quiz.module_id.in_([module.id for module in outline.modules])
        )
    )
    essays = db.session.execute(
        select(
            Assignment.id, Assignment.title, Assignment.instructions, Assignment.max_score, Assignment.pass_score
        ).where(Assignment.version_id == version_id)
    )
    return Shape(
        percent,
        tuple(outline.modules),
        tuple(outline.topics),
        {row[0]: QuizShape(*row[1:]) for row in quizzes},
        tuple(EssayShape(*row) for row in essays),
    )


def lesson(lesson_id: UUID) -> catalogue.LessonText | None:
    """Return a lesson's text; a loaded lesson never changes, so it is kept in memory (that there is none is not)."""
    try:
        return _lesson(lesson_id)
    except NotFound:
        return None


@lru_cache(maxsize=512)
def _lesson(lesson_id: UUID) -> catalogue.LessonText:
    found = catalogue.lesson(lesson_id)
    if found is None:
        raise NotFound
    return found


def courses_of(person_id: UUID) -> list[Course]:
    """Return a person's enrolments, newest first; one statement."""
    return [_course(row) for row in db.session.execute(_OF_PERSON, {"id": person_id})]


def course(registration: UUID) -> Course | None:
    """Return one enrolment; one statement."""
    found = courses([registration])
    return found[0] if found else None


def courses(registrations: Sequence[UUID]) -> list[Course]:
    """Return enrolments by their ids; one statement."""
    return [_course(row) for row in db.session.execute(_OF_REGISTRATIONS, {"ids": list(registrations)})]


def studying(class_id: UUID) -> list[Course]:
    """Return the enrolments of a class that are still without a result; one statement."""
    return [_course(row) for row in db.session.execute(_OF_CLASS, {"id": class_id})]


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


_PLACE = text(
    """
    SELECT c.name, c.version_id, e.status, c.status, lp.percent, lp.anchor, lp.steps, lp.completed_at IS NOT NULL
    FROM enrolments e JOIN class_runs c ON c.id = e.class_id
    LEFT JOIN lesson_progress lp ON lp.registration = e.id AND lp.lesson_id = :lesson
    WHERE e.id = :registration
    """
)


def place(registration: UUID, lesson_id: UUID) -> Place | None:
    """Return where a registration is in a lesson."""
    row = db.session.execute(_PLACE, {"registration": registration, "lesson": lesson_id}).one_or_none()
    return None if row is None else Place(*row)


def standing(course: Course) -> rules.Standing:
    """Return what the rules of completion need to know."""
    form = shape(course.version_id)
    modules = [
        rules.Part(
            local(module.title),
            all(course.lessons.get(line.id, _NOTHING).done for line in module.lessons)
            and all(one.done for one in course.materials.get(module.id, ()) if one.required),
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
    return rules.Part(local(essay.title), passed is True, passed is False)


def checklist(registration: UUID) -> list[rules.Criterion]:
    """Return the conditions of completion of a registration."""
    found = course(registration)
    return [] if found is None else rules.criteria(standing(found))


_NOTHING = Progress(0, None, False, datetime.min)  # noqa: DTZ901 - never shown


def _course(row: Any) -> Course:
    *head, lessons, meetings, attempts, essays, materials = row
    values: list[Any] = [
        *head,
        {UUID(key): Progress(p, a, done, _time(seen)) for key, p, a, done, seen in lessons or ()},
        tuple(
            Meeting(UUID(key), kind, title, _time(start), _time(end), where, who, taken, mark)
            for key, kind, title, start, end, where, who, taken, mark in meetings or ()
        ),
        _quizzes(attempts or ()),
        {UUID(one[0]): _essay(one) for one in essays or ()},
        _materials(materials or ()),
    ]
    return Course(*values)


def _essay(row: Any) -> EssayState:
    _assignment, key, name, handed, score, passed, comment, marked, sha256, size = row
    marked_at = _time(marked) if marked else None
    return EssayState(UUID(key), name, _time(handed), score, passed, comment, marked_at, sha256, size)


def _materials(rows: Any) -> dict[UUID, tuple[Material, ...]]:
    found: dict[UUID, tuple[Material, ...]] = {}
    for key, module, *rest in rows:
        module_id = UUID(module)
        found[module_id] = (*found.get(module_id, ()), Material(UUID(key), module_id, *rest))
    return found


def _quizzes(attempts: Any) -> dict[UUID, QuizState]:
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


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)
