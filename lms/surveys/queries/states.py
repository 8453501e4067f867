"""How evaluations stand, and what was counted at closing."""

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from lms.classes.models import ClassRun
from lms.core.database import db
from lms.people.models import Account, Unit
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
    class_id: UUID | None
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
    progress: rules.Progress
    """How far it is, in steps; while it is open nothing else is told of how many have answered."""
    answered: int | None
    """How many forms were sent; None while it is open."""
    unread: int
    """Comments that wait for the trusted reader."""

    @property
    def missing(self) -> int:
        """How many did not answer; 0 while it is open."""
        return 0 if self.answered is None else self.invited - self.answered

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
    row = db.session.execute(
        select(
            Survey.id,
            Survey.class_id,
            Survey.audience,
            Survey.state,
            Survey.opens_at,
            Survey.closes_at,
            Survey.reminded_at,
            Survey.released_at,
            Survey.valid,
            Survey.invalid,
            Survey.instrument_id,
            Survey.invited,
            Survey.answered,
            select(func.count())
            .select_from(Comment)
            .outerjoin(CommentReading, CommentReading.comment_id == Comment.id)
            .where(Comment.survey_id == Survey.id, CommentReading.comment_id.is_(None))
            .scalar_subquery(),
        ).where(condition)
    ).one_or_none()
    if row is None:
        return None
    *head, invited, answered, unread = row
    if invited is None:
        part = taken_part(row.id)
        counted: list[Any] = [part.entitled, rules.progress(part.invited, part.answered), None]
    else:
        counted = [invited, rules.progress(invited, answered), answered]
    values: list[Any] = [*head, *counted, unread]
    return SurveyState(*values)


class TakenPart(NamedTuple):
    """How many were invited, and how many of them sent a form.

    :ivar invited: those who may send a form, or have
    :ivar entitled: those whom nothing bars, so that it does not tell whether somebody barred has sent one
    """

    invited: int
    answered: int
    entitled: int


def taken_part(survey_id: UUID) -> TakenPart:
    """Count who was invited and who answered; of an open evaluation this is told to nobody."""
    may = rights.unbarred()
    return TakenPart(
        *db.session.execute(
            select(
                func.count().filter(or_(Participation.answered, may)),
                func.count().filter(Participation.answered),
                func.count().filter(may),
            )
            .join(Survey, Survey.id == Participation.survey_id)
            .where(Participation.survey_id == survey_id)
        ).one()
    )


def surplus_paper(survey_id: UUID) -> int:
    """Count the people of whom a form on paper was noted although they had sent one."""
    counted = select(func.count()).where(Participation.survey_id == survey_id, Participation.also_sent)
    return db.session.scalar(counted) or 0


def who_answered(survey_id: UUID) -> list[tuple[UUID, UUID]]:
    """Return the opaque names and enrolments of the trainees who sent a form, in the order of those names."""
    rows = db.session.execute(
        select(Account.actor_name, Participation.enrolment_id)
        .join(Account, Account.person_id == Participation.person_id)
        .where(Participation.survey_id == survey_id, Participation.answered, Participation.enrolment_id.is_not(None))
        .order_by(Account.actor_name)
    )
    return [(name, enrolment) for name, enrolment in rows if enrolment is not None]


def institution_path(survey_id: UUID, **_other: object) -> str | None:
    """Return the path of the institution that holds the survey."""
    return db.session.scalar(
        select(Unit.path).join(Survey, Survey.institution_id == Unit.id).where(Survey.id == survey_id)
    )


def tallies(survey_id: UUID) -> rules.Tallies:
    """Return what was counted at closing."""
    columns = (Tally.item, Tally.teaching, Tally.section, Tally.kind, Tally.counts, Tally.n, Tally.na)
    rows = db.session.execute(select(*columns).where(Tally.survey_id == survey_id))
    return {(row.item, row.teaching): rules.Tally(row.section, row.kind, row.counts, row.n, row.na) for row in rows}


def name_of(survey_id: UUID) -> str | None:
    """Return the name of the survey's class, or of its institution."""
    return db.session.scalar(
        select(func.coalesce(ClassRun.name, Unit.name))
        .select_from(Survey)
        .join(Unit, Unit.id == Survey.institution_id)
        .outerjoin(ClassRun, ClassRun.id == Survey.class_id)
        .where(Survey.id == survey_id)
    )


def is_there(survey_id: UUID) -> bool:
    """Tell whether there is such an evaluation, in whichever state."""
    return db.session.scalar(select(Survey.id).where(Survey.id == survey_id)) is not None
