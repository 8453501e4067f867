"""Somebody studies in a class and is marked, through the product's own acts; shared by the tests on personal data."""

import io
from datetime import timedelta
from types import SimpleNamespace

from sqlalchemy import select

from lms.assessment import services as assessment
from lms.assessment import uploads
from lms.assessment.models import Assignment, Question, Quiz
from lms.catalogue.content.blocks import tasks
from lms.catalogue.models import Lesson, Module
from lms.classes import services as classes
from lms.core.audit import AuditEntry
from lms.core.database import db
from lms.core.guard import SYSTEM, Actor
from lms.learning import services as learning
from lms.learning.rules import steps
from tests import factories as make
from tests.conftest import NOW
from tests.data import media

URL = "/my/data"
ADMIN = "/admin/erasure"
NAME, CODE, EMAIL = "Trịnh Thị Quỳnh Giao", "HN88881", "quynhgiao@hanoi.example"


def actor_of(account):
    return Actor(account_id=account.id, person_id=account.person_id, name=account.display_name)


ESSAY = media.pdf(["mine"])


def study(run, account, marker, *, essay=ESSAY, filename="Bài thu hoạch.pdf", comment="Bài tốt", note="ốm"):
    """Enrol somebody and let her read, answer, hand in, be marked and attend, through the product's own acts."""
    (registration,) = classes.enrol(SYSTEM, run.id, [account.person_id], at=NOW)
    who = actor_of(account)
    lesson = db.session.scalars(
        select(Lesson)
        .join(Module)
        .where(Module.version_id == run.version_id)
        .order_by(Module.position, Lesson.position)
    ).first()
    learning.complete_lesson(
        who, registration, lesson.id, steps=steps(lesson.headings, tasks(lesson.blocks or {})), at=NOW
    )
    quiz = db.session.scalars(select(Quiz).where(Quiz.module_id == lesson.module_id)).one()
    attempt = assessment.start_attempt(quiz.id, registration, account.person_id, at=NOW)
    question = db.session.scalars(
        select(Question).where(Question.quiz_id == quiz.id, Question.kind == "single")
    ).first()
    assessment.save_answer(attempt.id, question.id, question.body["right"], 1, at=NOW)
    assessment.submit_attempt(who, attempt.id, at=NOW + timedelta(minutes=9))
    assignment = db.session.scalars(select(Assignment).where(Assignment.version_id == run.version_id)).one()
    file = uploads.Essay(io.BytesIO(essay), filename)
    paper = assessment.hand_in(who, assignment.id, registration, account.person_id, file, at=NOW)
    assessment.mark(actor_of(marker), paper.id, 8.25, comment, at=NOW)
    meeting = make.class_session(run, starts_at=NOW - timedelta(days=2), ends_at=NOW - timedelta(days=2, hours=-3))
    classes.record_attendance(actor_of(marker), meeting.id, {registration: ("late", note)}, at=NOW)
    return SimpleNamespace(registration=registration, attempt=attempt, paper=paper, meeting=meeting, lesson=lesson)


def actions(session):
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
