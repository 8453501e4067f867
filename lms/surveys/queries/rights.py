"""What is asked of whom: a person's form, her right to send it, what waits for her."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, literal_column, select, text

from lms.catalogue.models import ProgrammeVersion, Topic
from lms.classes.models import ClassRun, Teaching
from lms.classes.rules import ATTENDED
from lms.core.database import db, in_transaction
from lms.people.models import Person, Unit
from lms.people.permissions import PERMISSIONS
from lms.surveys import answers, document
from lms.surveys.document import Form
from lms.surveys.models import Instrument, Participation, Survey


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
    also_sent: bool
    barred: str | None
    """Why she may not send one, see :func:`barred`."""
    document: Form
    taught: tuple[TaughtTopic, ...]

    @property
    def questions(self) -> list[answers.Question]:
        """The questions asked of her."""
        return answers.questions(self.document, [topic.teaching_id for topic in self.taught])


class Right(NamedTuple):
    """What sending a form asks about the person who sends it.

    :ivar barred: why she may not send one, see :func:`barred`
    :ivar teachings: the topics she was taught, in the programme's order
    """

    state: str
    closes_at: datetime
    public_key: bytes
    instrument_id: UUID
    answered: bool
    barred: str | None
    teachings: list[UUID]


_ATTENDED = ", ".join(f"'{status}'" for status in sorted(ATTENDED))


def _taught_to(enrolment: str) -> str:
    """Tell in SQL whether a row of teachings reached a trainee: no session of it was noted, or she was at one.

    :param enrolment: an expression for her enrolment
    """
    held = """SELECT FROM sessions n
        WHERE n.class_id = teachings.class_id AND n.topic_id = teachings.topic_id
          AND n.lecturer_id = teachings.lecturer_id AND n.attendance_taken_at IS NOT NULL"""
    return f"""(NOT EXISTS ({held}) OR EXISTS ({held} AND EXISTS (
        SELECT FROM attendance w
        WHERE w.session_id = n.id AND w.enrolment_id = {enrolment} AND w.status IN ({_ATTENDED}))))"""


_RUNNING = ", ".join(f"'{role}'" for role in sorted(PERMISSIONS["classes.manage"] | PERMISSIONS["surveys.close"]))


def barred(person: str = "participations.person_id", survey: str = "surveys") -> str:
    """Tell in SQL why somebody may not judge in an evaluation: ``teaches`` or ``runs``; NULL when she may.

    Nobody judges her own teaching, nor classes that she runs, nor an evaluation that she may close.

    :param person: an expression for her; :param survey: the name of the evaluation's row
    """
    return f"""CASE
        WHEN EXISTS (SELECT FROM teachings x WHERE x.class_id = {survey}.class_id AND x.lecturer_id = {person})
          OR EXISTS (SELECT FROM sessions x WHERE x.class_id = {survey}.class_id AND x.lecturer_id = {person})
        THEN 'teaches'
        WHEN EXISTS (
            SELECT FROM accounts x JOIN role_holdings h ON h.account_id = x.id JOIN units over ON over.id = h.unit_id
            JOIN units here ON here.id = {survey}.institution_id
            CROSS JOIN (SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day) today
            WHERE x.person_id = {person} AND h.role IN ({_RUNNING}) AND starts_with(here.path, over.path)
              AND (h.valid_from IS NULL OR h.valid_from <= day) AND (h.valid_to IS NULL OR h.valid_to > day))
        THEN 'runs' END"""  # noqa: S608 - constants


def unbarred() -> ColumnElement[bool]:
    """Tell of a participation, joined with its evaluation, whether nothing bars its person."""
    bar: ColumnElement[str | None] = literal_column(barred())
    return bar.is_(None)


_RIGHT = f"""
    SELECT s.state, s.closes_at, s.public_key, s.instrument_id, p.answered,
           {barred("p.person_id", "s")},
           ARRAY(
               SELECT teachings.id FROM teachings
               JOIN topics o ON o.id = teachings.topic_id JOIN persons l ON l.id = teachings.lecturer_id
               WHERE teachings.class_id = s.class_id AND {_taught_to("p.enrolment_id")}
               ORDER BY o.position, l.sort_key, l.id
           ),
           pg_advisory_xact_lock_shared(hashtextextended('ballots:' || s.id, 0))
    FROM participations p
    JOIN surveys s ON s.id = p.survey_id
    WHERE p.survey_id = %(survey)s AND p.person_id = %(person)s
"""  # noqa: S608 - constants


def right_of(survey_id: UUID, person_id: UUID | None) -> Right | None:
    """Return a person's right to a form, and keep the survey from being counted until the transaction ends.

    None when she has no part in it.
    """
    rows = in_transaction(_RIGHT, {"survey": survey_id, "person": person_id})
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
            Participation.also_sent,
            literal_column(barred()),
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
        .order_by(Topic.position, Person.sort_key, Person.id)
    )
    if of is not None:
        statement = statement.where(text(_taught_to(":enrolment")).bindparams(enrolment=of))
    return tuple(TaughtTopic(*row) for row in db.session.execute(statement))


class DueSurvey(NamedTuple):
    """An evaluation that waits for this person's form."""

    survey_id: UUID
    name: str
    closes_at: datetime
    reminded: bool


def due(registrations: Sequence[UUID], at: datetime) -> list[DueSurvey]:
    """Return the open evaluations that these registrations have not answered."""
    rows = db.session.execute(_due_in_classes(), {"registrations": list(registrations), "at": at})
    return [DueSurvey(*row) for row in rows]


def due_to(person_id: UUID, at: datetime) -> list[DueSurvey]:
    """Return the open evaluations that wait for a lecturer's form."""
    return [DueSurvey(*row) for row in db.session.execute(_due_to_lecturers(), {"person": person_id, "at": at})]


@cache
def _due_in_classes() -> Select[*tuple[Any, ...]]:
    return _due(Participation.enrolment_id.in_(bindparam("registrations", expanding=True)))


@cache
def _due_to_lecturers() -> Select[*tuple[Any, ...]]:
    return _due(Participation.person_id == bindparam("person"), Survey.audience == "lecturer")


def _due(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Return, as SQL over ``:at``, open evaluations; made once, since every first page asks it."""
    return (
        select(
            Survey.id,
            func.coalesce(ClassRun.name, Unit.name),
            Survey.closes_at,
            Survey.reminded_at.is_not(None),
        )
        .join(Participation, Participation.survey_id == Survey.id)
        .join(Unit, Unit.id == Survey.institution_id)
        .outerjoin(ClassRun, ClassRun.id == Survey.class_id)
        .where(Participation.answered.is_(False), Survey.state == "open", Survey.closes_at > bindparam("at"))
        .where(unbarred(), *conditions)
        .order_by(Survey.closes_at)
    )
