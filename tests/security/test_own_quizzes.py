"""Staff who are trainees of a programme do not see the right answers of the quizzes that they are to take."""

import pytest
from sqlalchemy import select

from lms.assessment.models import Quiz
from lms.catalogue.models import Module
from tests import factories as make


@pytest.fixture
def world(session):
    institution = make.institution()
    run = make.class_run(institution)
    lecturer = make.holder("lecturer", institution)
    make.role(lecturer, "institution_staff", institution)
    quiz = session.scalars(select(Quiz).join(Module).where(Module.version_id == run.version_id)).first()
    return run, lecturer, quiz


def _enrol(session, run, account, **values):
    row = make.enrolment(run, session.get(make.Person, account.person_id), **values)
    session.commit()
    return row


def _pages(client, submit, code, number, quiz):
    base = f"/programmes/{code}/versions/{number}"
    export = submit(client, f"{base}/export", {"form": "scorm12", "quizzes": "1"}, buffered=True)
    plain = submit(client, f"{base}/export", {"form": "scorm12"}, buffered=True)
    return client.get(f"{base}/quiz/{quiz.code}").status_code, export.status_code, plain.status_code


@pytest.fixture
def place(session, world):
    from lms.catalogue.models import Programme, ProgrammeVersion

    version = session.get(ProgrammeVersion, world[0].version_id)
    return session.get(Programme, version.programme_id).code, version.number


def test_a_trainee_on_the_staff_sees_no_right_answers_until_it_is_over_for_her(session, sign_in, submit, world, place):
    run, lecturer, quiz = world
    session.commit()
    client = sign_in(lecturer)
    assert _pages(client, submit, *place, quiz) == (200, 200, 200)
    enrolment = _enrol(session, run, lecturer)
    assert _pages(client, submit, *place, quiz) == (403, 403, 200)
    for status in ("completed", "withdrawn", "failed"):
        enrolment.status = status
        session.commit()
        assert _pages(client, submit, *place, quiz) == (200, 200, 200)


def test_other_staff_and_those_of_a_cancelled_class_see_them(session, sign_in, submit, world, place):
    run, lecturer, quiz = world
    _enrol(session, run, make.trainee())
    assert _pages(sign_in(lecturer), submit, *place, quiz)[0] == 200
    _enrol(session, run, lecturer)
    run.status = "cancelled"
    session.commit()
    assert _pages(sign_in(lecturer), submit, *place, quiz)[0] == 200
