"""A trainee in a class, and all that completes it, done by the product's acts."""

import io

from sqlalchemy import select

from lms.assessment import services as assessment
from lms.assessment import uploads
from lms.assessment.models import Assignment, Question, Quiz
from lms.catalogue.content.blocks import tasks
from lms.catalogue.models import Lesson, Module
from lms.core.database import utcnow
from lms.core.guard import SYSTEM, Actor
from lms.learning import services
from lms.learning.rules import steps
from lms.people.models import Person
from tests import factories as make
from tests.data import media


def steps_of(lesson):
    """All that is to be read and done in a lesson."""
    return steps(lesson.headings, tasks(lesson.blocks or {}))


class World:
    """One trainee of one class of A2.1, which has no sessions yet."""

    def __init__(self, session):
        self.session = session
        self.run = make.class_run(make.institution())
        self.account = make.trainee()
        self.person = session.get(Person, self.account.person_id)
        self.enrolment = make.enrolment(self.run, self.person)
        self.registration = self.enrolment.id
        self.modules = session.scalars(
            select(Module).where(Module.version_id == self.run.version_id).order_by(Module.position)
        ).all()
        self.lessons = session.scalars(
            select(Lesson)
            .join(Module)
            .where(Module.version_id == self.run.version_id)
            .order_by(Module.position, Lesson.position)
        ).all()
        self.actor = Actor(account_id=self.account.id, person_id=self.person.id, name="x")
        self.course = f"/learn/{self.registration}"
        self.lesson = f"{self.course}/lessons/{self.lessons[0].id}"
        session.commit()

    def lessons_of(self, module):
        return [lesson for lesson in self.lessons if lesson.module_id == self.modules[module].id]

    def study(self):
        for lesson in self.lessons:
            services.complete_lesson(
                self.actor,
                self.registration,
                lesson.id,
                steps=steps(lesson.headings, tasks(lesson.blocks or {})),
                at=utcnow(),
            )

    def pass_quizzes(self):
        for quiz in self.session.scalars(select(Quiz).where(Quiz.module_id.in_([m.id for m in self.modules]))).all():
            attempt = assessment.start_attempt(quiz.id, self.registration, self.person.id, at=utcnow())
            for question in self.session.scalars(select(Question).where(Question.quiz_id == quiz.id)).all():
                right = assessment.right_answer(question)
                assessment.save_answer(attempt.id, question.id, right, 1, at=utcnow())
            assessment.submit_attempt(self.actor, attempt.id, at=utcnow())

    def pass_essay(self):
        self.mark_essay(8)

    def mark_essay(self, score):
        assignment = self.session.scalars(select(Assignment).where(Assignment.version_id == self.run.version_id)).one()
        essay = uploads.Essay(io.BytesIO(media.pdf()), "a.pdf")
        done = assessment.hand_in(self.actor, assignment.id, self.registration, self.person.id, essay, at=utcnow())
        return assessment.mark(SYSTEM, done.id, score, "", at=utcnow())

    def status(self):
        self.session.refresh(self.enrolment)
        return self.enrolment.status
