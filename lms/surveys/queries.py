"""Typed rows for forms, the dashboard and reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select

from lms.catalogue.models import ProgrammeVersion, Topic
from lms.classes.models import Attendance, ClassRun, Session, Teaching
from lms.core.database import db, within
from lms.core.pages import Page
from lms.people.models import Person, Unit
from lms.surveys import answers, document, rules
from lms.surveys.document import Form
from lms.surveys.models import Comment, CommentReading, Instrument, Participation, Survey, Tally


class TaughtTopic(NamedTuple):
    """A topic and who taught it."""

    teaching_id: UUID
    topic: dict[str, str]
    lecturer: str
    lecturer_id: UUID


@dataclass(frozen=True, slots=True)
class SurveyForm:
    """An evaluation form as one person sees it."""

    survey_id: UUID
    audience: str
    class_id: UUID | None
    class_name: str
    """Of the class; of the institution in an evaluation by lecturers."""
    state: str
    closes_at: datetime
    public_key: bytes
    enrolment_id: UUID | None
    answered: bool
    on_paper: bool
    document: Form
    taught: tuple[TaughtTopic, ...]

    @property
    def questions(self) -> list[answers.Question]:
        """The questions asked of her."""
        return answers.questions(self.document, [one.teaching_id for one in self.taught])


class Right(NamedTuple):
    """What sending a form asks about the person who sends it.

    :ivar actor_name: her opaque name in statements
    :ivar teachings: the topics she was taught, in the programme's order
    """

    state: str
    closes_at: datetime
    public_key: bytes
    instrument_id: UUID
    class_id: UUID | None
    class_name: str | None
    enrolment_id: UUID | None
    answered: bool
    actor_name: UUID
    teachings: list[UUID]


_RIGHT = """
    SELECT s.state, s.closes_at, s.public_key, s.instrument_id, s.class_id, c.name, p.enrolment_id, p.answered,
           a.actor_name,
           ARRAY(
               SELECT t.id FROM teachings t
               JOIN topics o ON o.id = t.topic_id JOIN persons l ON l.id = t.lecturer_id
               CROSS JOIN LATERAL (
                   SELECT count(*) AS noted, count(w.enrolment_id) AS attended
                   FROM sessions n LEFT JOIN attendance w
                     ON w.session_id = n.id AND w.enrolment_id = p.enrolment_id AND w.status IN ('present', 'late')
                   WHERE n.class_id = t.class_id AND n.topic_id = t.topic_id AND n.lecturer_id = t.lecturer_id
                     AND n.attendance_taken_at IS NOT NULL
               ) held
               WHERE t.class_id = s.class_id AND (held.noted = 0 OR held.attended > 0)
               ORDER BY o.position, l.full_name
           ),
           pg_advisory_xact_lock_shared(hashtextextended('ballots:' || s.id, 0))
    FROM participations p
    JOIN surveys s ON s.id = p.survey_id
    JOIN accounts a ON a.person_id = p.person_id
    LEFT JOIN class_runs c ON c.id = s.class_id
    WHERE p.survey_id = %(survey)s AND p.person_id = %(person)s
"""


def right_of(survey_id: UUID, person_id: UUID | None) -> Right | None:
    """Return a person's right to a form, and keep the survey from being counted until the transaction ends.

    None when she has no part in it.
    """
    rows = within(_RIGHT, {"survey": survey_id, "person": person_id})
    return Right(*rows[0][:-1]) if rows else None


@lru_cache(maxsize=256)
def document_of(instrument_id: UUID) -> Form:
    """Return the form of a published instrument, which never changes."""
    return document.read(db.session.get_one(Instrument, instrument_id).document)


def programme_of(class_id: UUID | None) -> UUID | None:
    """Return the programme of a class."""
    return db.session.scalar(
        select(ProgrammeVersion.programme_id)
        .join(ClassRun, ClassRun.version_id == ProgrammeVersion.id)
        .where(ClassRun.id == class_id)
    )


def form_of(survey_id: UUID, person_id: UUID | None) -> SurveyForm | None:
    """Return the form of this person in this survey, or None when she has no part in it."""
    row = db.session.execute(
        select(
            Survey.id,
            Survey.audience,
            Survey.class_id,
            func.coalesce(ClassRun.name, Unit.name),
            Survey.state,
            Survey.closes_at,
            Survey.public_key,
            Participation.enrolment_id,
            Participation.answered,
            Participation.on_paper,
            Survey.instrument_id,
        )
        .join(Unit, Unit.id == Survey.institution_id)
        .join(Participation, Participation.survey_id == Survey.id)
        .outerjoin(ClassRun, ClassRun.id == Survey.class_id)
        .where(Survey.id == survey_id, Participation.person_id == person_id)
    ).one_or_none()
    if row is None:
        return None
    *head, instrument_id = row
    taught = taught_in(row.class_id, of=row.enrolment_id) if row.class_id else ()
    values: list[Any] = [*head, document_of(instrument_id), taught]
    return SurveyForm(*values)


def taught_in(class_id: UUID, of: UUID | None = None) -> tuple[TaughtTopic, ...]:
    """Return the topics of a class with their lecturers, in the programme's order.

    :param of: an enrolment: without the teachings whose sessions she was all absent from
    """
    statement = (
        select(Teaching.id, Topic.title, Person.full_name, Person.id)
        .join(Topic, Topic.id == Teaching.topic_id)
        .join(Person, Person.id == Teaching.lecturer_id)
        .where(Teaching.class_id == class_id)
        .order_by(Topic.position, Person.full_name)
    )
    if of is not None:
        statement = statement.where(_taught_to(of))
    return tuple(TaughtTopic(*row) for row in db.session.execute(statement))


def _taught_to(enrolment_id: UUID) -> ColumnElement[bool]:
    """Tell whether a teaching reached a trainee: no session of it was noted, or she was at one."""
    held = (
        Session.class_id == Teaching.class_id,
        Session.topic_id == Teaching.topic_id,
        Session.lecturer_id == Teaching.lecturer_id,
        Session.attendance_taken_at.is_not(None),
    )
    noted = select(Session.id).where(*held)
    present = noted.join(Attendance, Attendance.session_id == Session.id).where(
        Attendance.enrolment_id == enrolment_id, Attendance.status.in_(("present", "late"))
    )
    return or_(~exists(noted), exists(present))


class DueSurvey(NamedTuple):
    """An evaluation that waits for this person's form."""

    survey_id: UUID
    name: str
    closes_at: datetime
    reminded: bool


def due(registrations: Sequence[UUID], at: datetime) -> list[DueSurvey]:
    """Return the open evaluations that these registrations have not answered."""
    return _due(at, Participation.enrolment_id.in_(registrations))


def due_to(person_id: UUID, at: datetime) -> list[DueSurvey]:
    """Return the open evaluations that wait for a lecturer's form."""
    return _due(at, Participation.person_id == person_id, Survey.audience == "lecturer")


def _due(at: datetime, *conditions: ColumnElement[bool]) -> list[DueSurvey]:
    rows = db.session.execute(
        select(
            Survey.id,
            func.coalesce(ClassRun.name, Unit.name),
            Survey.closes_at,
            Survey.reminded_at.is_not(None),
        )
        .join(Participation, Participation.survey_id == Survey.id)
        .join(Unit, Unit.id == Survey.institution_id)
        .outerjoin(ClassRun, ClassRun.id == Survey.class_id)
        .where(Participation.answered.is_(False), Survey.state == "open", Survey.closes_at > at, *conditions)
        .order_by(Survey.closes_at)
    )
    return [DueSurvey(*row) for row in rows]


def overdue(at: datetime) -> list[UUID]:
    """Return the evaluations that are still open although their period has ended."""
    return list(db.session.scalars(select(Survey.id).where(Survey.state == "open", Survey.closes_at <= at)))


class SurveyState(NamedTuple):
    """How an evaluation stands."""

    survey_id: UUID
    audience: str
    state: str
    opens_at: datetime
    closes_at: datetime
    reminded_at: datetime | None
    released_at: datetime | None
    valid: int | None
    invalid: int | None
    instrument_id: UUID
    invited: int
    answered: int
    unread: int
    """Comments that wait for the trusted reader."""

    @property
    def missing(self) -> int:
        """How many have not answered; nobody is named."""
        return self.invited - self.answered

    @property
    def document(self) -> Form:
        """Its form."""
        return document_of(self.instrument_id)


def state_of_class(class_id: UUID) -> SurveyState | None:
    """Return the evaluation of a class by its trainees, with how many were invited and how many answered."""
    return _state(Survey.class_id == class_id)


def state_of(survey_id: UUID) -> SurveyState | None:
    """Return an evaluation."""
    return _state(Survey.id == survey_id)


def _state(condition: ColumnElement[bool]) -> SurveyState | None:
    mine = Participation.survey_id == Survey.id
    row = db.session.execute(
        select(
            Survey.id,
            Survey.audience,
            Survey.state,
            Survey.opens_at,
            Survey.closes_at,
            Survey.reminded_at,
            Survey.released_at,
            Survey.valid,
            Survey.invalid,
            Survey.instrument_id,
            func.coalesce(Survey.invited, select(func.count()).where(mine).scalar_subquery()),
            func.coalesce(Survey.answered, select(func.count()).where(mine, Participation.answered).scalar_subquery()),
            select(func.count())
            .select_from(Comment)
            .outerjoin(CommentReading, CommentReading.comment_id == Comment.id)
            .where(Comment.survey_id == Survey.id, CommentReading.comment_id.is_(None))
            .scalar_subquery(),
        ).where(condition)
    ).one_or_none()
    values: list[Any] = [] if row is None else list(row)
    return SurveyState(*values) if values else None


class TakenPart(NamedTuple):
    """How many were invited, and how many of them sent a form."""

    invited: int
    answered: int


def taken_part(survey_id: UUID) -> TakenPart:
    """Count who was invited and who answered."""
    counts = select(func.count(), func.count().filter(Participation.answered))
    return TakenPart(*db.session.execute(counts.where(Participation.survey_id == survey_id)).one())


def missing(survey_id: UUID) -> int:
    """Count those who have not answered."""
    counted = select(func.count()).where(Participation.survey_id == survey_id, Participation.answered.is_(False))
    return db.session.scalar(counted) or 0


def institution_path(survey_id: UUID, **_other: object) -> str | None:
    """Return the path of the institution that holds the survey."""
    return db.session.scalar(
        select(Unit.path).join(Survey, Survey.institution_id == Unit.id).where(Survey.id == survey_id)
    )


Tallies = dict[rules.Cell, rules.Tally]


def tallies(survey_id: UUID) -> Tallies:
    """Return what was counted at closing."""
    columns = (Tally.item, Tally.teaching, Tally.section, Tally.kind, Tally.counts, Tally.n, Tally.na)
    rows = db.session.execute(select(*columns).where(Tally.survey_id == survey_id))
    return {(one.item, one.teaching): rules.Tally(one.section, one.kind, one.counts, one.n, one.na) for one in rows}


class ReadComment(NamedTuple):
    """A comment as others may read it, without author or time.

    :ivar text: None when it is withheld as a whole
    """

    item: str
    teaching: UUID
    text: str | None
    removed: bool


def comments(survey_id: UUID) -> list[ReadComment]:
    """Return the comments that the trusted reader has read, in random (but steady) order."""
    rows = db.session.execute(
        select(Comment.item, Comment.teaching, CommentReading.shown, CommentReading.removed)
        .join(CommentReading, CommentReading.comment_id == Comment.id)
        .where(Comment.survey_id == survey_id)
        .order_by(Comment.id)
    )
    return [ReadComment(*row) for row in rows]


COMMENTS_SHOWN = 100


class RawComment(NamedTuple):
    """A comment before the trusted reader, and what she decided."""

    comment_id: UUID
    item: str
    teaching: UUID
    text: str
    read: bool
    shown: str | None
    reason: str | None


def raw_comments(survey_id: UUID, after: UUID = rules.NONE) -> Page[RawComment]:
    """Return comments of an evaluation as they were written, for the trusted reader alone.

    :param after: the last comment of the page before
    """
    rows = db.session.execute(
        select(
            Comment.id,
            Comment.item,
            Comment.teaching,
            Comment.text,
            CommentReading.comment_id.is_not(None),
            CommentReading.shown,
            CommentReading.reason,
        )
        .outerjoin(CommentReading, CommentReading.comment_id == Comment.id)
        .where(Comment.survey_id == survey_id, Comment.id > after)
        .order_by(Comment.id)
        .limit(COMMENTS_SHOWN + 1)
    )
    return Page.cut([RawComment(*row) for row in rows], COMMENTS_SHOWN, lambda one: one.comment_id)


class PaperSurvey(NamedTuple):
    """An open evaluation for which forms on paper are typed in."""

    survey_id: UUID
    class_id: UUID
    class_name: str
    closes_at: datetime
    handed_in: int
    typed: int
    instrument_id: UUID

    @property
    def document(self) -> Form:
        """Its form."""
        return document_of(self.instrument_id)

    @property
    def left(self) -> int:
        """How many are still to be typed in."""
        return self.handed_in - self.typed


def paper_survey(survey_id: UUID) -> PaperSurvey | None:
    """Return an open evaluation of a class, with the forms on paper so far."""
    handed_in = select(func.count()).where(Participation.survey_id == Survey.id, Participation.on_paper)
    row = db.session.execute(
        select(
            Survey.id,
            Survey.class_id,
            ClassRun.name,
            Survey.closes_at,
            handed_in.scalar_subquery(),
            Survey.paper_typed,
            Survey.instrument_id,
        )
        .join(ClassRun, ClassRun.id == Survey.class_id)
        .where(Survey.id == survey_id, Survey.state == "open")
    ).one_or_none()
    return None if row is None else PaperSurvey(*row)


class Invited(NamedTuple):
    """Somebody whose form on paper can be noted."""

    person_id: UUID
    staff_code: str
    full_name: str


def invited(survey_id: UUID) -> list[Invited]:
    """Return everybody with a right to a form, whether used or not: who is missing is nobody's business."""
    rows = db.session.execute(
        select(Person.id, Person.staff_code, Person.full_name)
        .join(Participation, Participation.person_id == Person.id)
        .where(Participation.survey_id == survey_id)
        .order_by(Person.search_text, Person.id)
    )
    return [Invited(*row) for row in rows]


def name_of(survey_id: UUID) -> str | None:
    """Return the name of the survey's class, or of its institution."""
    return db.session.scalar(
        select(func.coalesce(ClassRun.name, Unit.name))
        .select_from(Survey)
        .join(Unit, Unit.id == Survey.institution_id)
        .outerjoin(ClassRun, ClassRun.id == Survey.class_id)
        .where(Survey.id == survey_id)
    )


class ToRead(NamedTuple):
    """An evaluation in the trusted reader's list."""

    survey_id: UUID
    name: str
    audience: str
    closed_at: datetime | None
    comments: int
    unread: int


def to_read(paths: Sequence[str]) -> list[ToRead]:
    """Return the closed evaluations with comments at the institutions held, the newest first (at most 200)."""
    held = or_(*(Unit.path.startswith(path, autoescape=True) for path in paths)) if paths else Unit.id.is_(None)
    rows = db.session.execute(
        select(
            Survey.id,
            func.coalesce(ClassRun.name, Unit.name),
            Survey.audience,
            Survey.closed_at,
            func.count(Comment.id),
            func.count(Comment.id) - func.count(CommentReading.comment_id),
        )
        .select_from(Survey)
        .join(Unit, Unit.id == Survey.institution_id)
        .join(Comment, Comment.survey_id == Survey.id)
        .outerjoin(CommentReading, CommentReading.comment_id == Comment.id)
        .outerjoin(ClassRun, ClassRun.id == Survey.class_id)
        .where(held)
        .group_by(Survey.id, ClassRun.name, Unit.name)
        .order_by(Survey.closed_at.desc())
        .limit(200)
    )
    return [ToRead(*row) for row in rows]
