"""Typed rows for the form, the dashboard and the quality report."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from lms.catalogue.models import Topic
from lms.classes.models import ClassRun, Enrolment, Teaching
from lms.core.database import db
from lms.people.models import Person, Unit
from lms.surveys import rules
from lms.surveys.models import Instrument, Participation, Response, ResponseComment, ResponseScore, Survey


class TaughtTopic(NamedTuple):
    """A topic and who taught it."""

    teaching_id: UUID
    topic: dict[str, str]
    lecturer: str


@dataclass(frozen=True, slots=True)
class SurveyForm:
    """An evaluation form as one trainee sees it."""

    survey_id: UUID
    class_id: UUID
    class_name: str
    state: str
    closes_at: datetime
    public_key: bytes
    document: dict[str, Any]
    enrolment_id: UUID
    answered: bool
    taught: tuple[TaughtTopic, ...]

    @property
    def questions(self) -> list[rules.Question]:
        """The questions asked of her."""
        return rules.questions(self.document, [one.teaching_id for one in self.taught])


def form_of(survey_id: UUID, person_id: UUID | None) -> SurveyForm | None:
    """Return the form of this person in this survey, or None when she has no part in it."""
    row = db.session.execute(
        select(
            Survey.id,
            Survey.class_id,
            ClassRun.name,
            Survey.state,
            Survey.closes_at,
            Survey.public_key,
            Instrument.document,
            Participation.enrolment_id,
            Participation.answered,
        )
        .join(ClassRun, ClassRun.id == Survey.class_id)
        .join(Instrument, Instrument.id == Survey.instrument_id)
        .join(Participation, Participation.survey_id == Survey.id)
        .join(Enrolment, Enrolment.id == Participation.enrolment_id)
        .where(Survey.id == survey_id, Enrolment.person_id == person_id)
    ).one_or_none()
    if row is None:
        return None
    values: list[Any] = [*row, taught_in(row.class_id)]
    return SurveyForm(*values)


def taught_in(class_id: UUID) -> tuple[TaughtTopic, ...]:
    """Return the topics of a class with their lecturers, in the programme's order."""
    rows = db.session.execute(
        select(Teaching.id, Topic.title, Person.full_name)
        .join(Topic, Topic.id == Teaching.topic_id)
        .join(Person, Person.id == Teaching.lecturer_id)
        .where(Teaching.class_id == class_id)
        .order_by(Topic.position, Person.full_name)
    )
    return tuple(TaughtTopic(*row) for row in rows)


class DueSurvey(NamedTuple):
    """An evaluation that waits for this person's form."""

    survey_id: UUID
    registration: UUID
    class_name: str
    closes_at: datetime


def due(registrations: Sequence[UUID], at: datetime) -> list[DueSurvey]:
    """Return the open evaluations that these registrations have not answered."""
    rows = db.session.execute(
        select(Survey.id, Participation.enrolment_id, ClassRun.name, Survey.closes_at)
        .join(Participation, Participation.survey_id == Survey.id)
        .join(ClassRun, ClassRun.id == Survey.class_id)
        .where(
            Participation.enrolment_id.in_(registrations),
            Participation.answered.is_(False),
            Survey.state == "open",
            Survey.closes_at > at,
        )
        .order_by(Survey.closes_at)
    )
    return [DueSurvey(*row) for row in rows]


class SurveyState(NamedTuple):
    """How an evaluation stands."""

    survey_id: UUID
    state: str
    opens_at: datetime
    closes_at: datetime
    document: dict[str, Any]
    invited: int
    answered: int


def state_of_class(class_id: UUID) -> SurveyState | None:
    """Return the evaluation of a class, with how many were invited and how many answered."""
    row = db.session.execute(
        select(
            Survey.id,
            Survey.state,
            Survey.opens_at,
            Survey.closes_at,
            Instrument.document,
            select(func.count()).where(Participation.survey_id == Survey.id).scalar_subquery(),
            select(func.count()).where(Participation.survey_id == Survey.id, Participation.answered).scalar_subquery(),
        )
        .join(Instrument, Instrument.id == Survey.instrument_id)
        .where(Survey.class_id == class_id)
    ).one_or_none()
    return None if row is None else SurveyState(*row)


def institution_path(survey_id: UUID) -> str | None:
    """Return the path of the institution that runs the survey's class."""
    return db.session.scalar(
        select(Unit.path)
        .join(ClassRun, ClassRun.institution_id == Unit.id)
        .join(Survey, Survey.class_id == ClassRun.id)
        .where(Survey.id == survey_id)
    )


Distribution = dict[tuple[str, str], list[int]]
"""(item, teaching or empty) -> how many gave 1, 2, …"""


def valid_responses(survey_id: UUID) -> int:
    """Count the opened, valid forms."""
    return db.session.scalar(select(func.count()).where(Response.survey_id == survey_id)) or 0


def distributions(survey_id: UUID, points: int) -> Distribution:
    """Return the distribution of every question, counted by the database."""
    counted: Distribution = defaultdict(lambda: [0] * points)
    rows = db.session.execute(
        select(ResponseScore.item, ResponseScore.teaching, ResponseScore.value, func.count())
        .where(ResponseScore.survey_id == survey_id)
        .group_by(ResponseScore.item, ResponseScore.teaching, ResponseScore.value)
    )
    for item, teaching, value, count in rows:
        counted[item, teaching][value - 1] = count
    return dict(counted)


class Comment(NamedTuple):
    """A comment, without author or time."""

    item: str
    teaching: str
    text: str


def comments(survey_id: UUID) -> list[Comment]:
    """Return the comments in random (but steady) order."""
    rows = db.session.execute(
        select(ResponseComment.item, ResponseComment.teaching, ResponseComment.text)
        .where(ResponseComment.survey_id == survey_id)
        .order_by(ResponseComment.id)
    )
    return [Comment(*row) for row in rows]
