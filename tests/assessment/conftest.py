from types import SimpleNamespace
from uuid import UUID

import pytest
from sqlalchemy import select

from lms.assessment import services
from lms.assessment.models import Assignment, Question, Quiz
from lms.catalogue.models import Module
from lms.core.database import db, utcnow
from lms.people.models import Person
from tests import factories as make


@pytest.fixture
def world(session):
    """A trainee in a class, the first module's quiz, and an attempt she has opened."""
    run = make.class_run()
    account = make.trainee()
    person = db.session.get(Person, account.person_id)
    enrolment = make.enrolment(run, person)
    quiz = session.scalars(
        select(Quiz).join(Module).where(Module.version_id == run.version_id).order_by(Module.position)
    ).first()
    questions = session.scalars(select(Question).where(Question.quiz_id == quiz.id).order_by(Question.position)).all()
    assignment = session.scalars(select(Assignment).where(Assignment.version_id == run.version_id)).one()
    attempt = services.start_attempt(quiz.id, enrolment.id, person.id, at=utcnow())
    session.commit()
    return SimpleNamespace(
        run=run, account=account, person=person, enrolment=enrolment, quiz=quiz, questions=questions,
        assignment=assignment, attempt=attempt, url=f"/attempts/{attempt.id}",
    )  # fmt: skip


@pytest.fixture
def statements(session):
    """``statements(verb)`` returns the statements of this verb told so far."""
    import json

    from lms.records.models import Mention, Statement
    from lms.records.shapes import mention
    from lms.records.vocabulary import VERBS

    def told(verb):
        session.commit()
        rows = session.scalars(
            select(Statement)
            .join(Mention, Mention.seq == Statement.seq)
            .where(Mention.mention == UUID(mention("verb", VERBS[verb].iri)))
            .order_by(Statement.seq)
        )
        return [json.loads(row.raw) for row in rows]

    return told


@pytest.fixture
def form_of():
    """``form_of(question, response)`` returns the fields a browser sends for this response."""

    def fields(question, response):
        name = f"q-{question.id}"
        match question.kind:
            case "true_false":
                return {name: "true" if response else "false"}
            case "ordering":
                return {f"{name}-{key}": str(place) for place, key in enumerate(response, 1) if key}
            case "matching":
                return {f"{name}-{key}": value for key, value in response.items()}
            case _:
                return {name: response}

    return fields
