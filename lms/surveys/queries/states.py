"""How evaluations stand, and what was counted at closing."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from lms.classes.models import ClassRun
from lms.core.database import db
from lms.people.models import Unit
from lms.surveys import rules
from lms.surveys.document import Form
from lms.surveys.models import Comment, CommentReading, Participation, Survey, Tally
from lms.surveys.queries import rights


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
        return rights.document_of(self.instrument_id)


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


def name_of(survey_id: UUID) -> str | None:
    """Return the name of the survey's class, or of its institution."""
    return db.session.scalar(
        select(func.coalesce(ClassRun.name, Unit.name))
        .select_from(Survey)
        .join(Unit, Unit.id == Survey.institution_id)
        .outerjoin(ClassRun, ClassRun.id == Survey.class_id)
        .where(Survey.id == survey_id)
    )
