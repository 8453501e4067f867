"""Forms on paper: who handed one in, how many are still to be typed in."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from lms.classes.models import ClassRun
from lms.core.database import db
from lms.core.lists import numbered
from lms.core.pages import Page
from lms.core.search import matches
from lms.people.models import Person
from lms.surveys.document import Form
from lms.surveys.models import Participation, Survey
from lms.surveys.queries import rights


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
        return rights.document_of(self.instrument_id)

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


def invited(survey_id: UUID, query: str = "") -> Page[Invited]:
    """Return everybody with a right to a form, whether used or not: who is missing is nobody's business."""
    found = (
        select(Person.id, Person.staff_code, Person.full_name)
        .join(Participation, Participation.person_id == Person.id)
        .join(Survey, Survey.id == Participation.survey_id)
        .where(Participation.survey_id == survey_id, rights.unbarred(), matches(query, Person.search_text))
        .order_by(Person.sort_key, Person.id)
    )
    return numbered(found, Invited)
