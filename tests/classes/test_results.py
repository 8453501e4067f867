"""What comes of a class: results and essays."""

import pytest

from lms.assessment.models import Submission
from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes import queries, services
from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.people.models import Person
from tests import factories as make
from tests.classes.conftest import mark_form
from tests.data import media


def completions(world, session):
    session.expire_all()
    version = session.get(ProgrammeVersion, world["run"].version_id)
    return session.get(Programme, version.programme_id).trained


def test_a_result_is_counted_traced_and_told_and_taken_back(world, session, trace, told):
    enrolment, at = world["enrolments"][0], utcnow()
    before = completions(world, session)
    assert services.conclude(SYSTEM, enrolment.id, "completed", at=at) is True
    assert completions(world, session) == before + 1
    assert (enrolment.status, enrolment.completed_at) == ("completed", at)
    (said,) = told("completed")
    assert said["context"]["registration"] == str(enrolment.id)
    assert said["result"] == {"completion": True, "success": True}
    assert services.conclude(SYSTEM, enrolment.id, "enrolled", at=at) is True
    assert completions(world, session) == before
    assert (enrolment.status, enrolment.completed_at) == ("enrolled", None)
    assert told("amended")[0]["result"] == {"completion": False}
    first, second = trace("enrolment.conclude")
    assert (first.before, first.after) == ({"status": "enrolled"}, {"status": "completed"})
    assert (second.before, second.after) == ({"status": "completed"}, {"status": "enrolled"})


@pytest.mark.parametrize(
    ("status", "to", "changes"),
    [("enrolled", "enrolled", False), ("completed", "completed", False), ("withdrawn", "completed", False),
     ("withdrawn", "enrolled", False), ("failed", "completed", True), ("enrolled", "completed", True)],
)  # fmt: skip
def test_a_result_changes_exactly_when_it_is_another_and_nobody_left(world, session, trace, status, to, changes):
    world["enrolments"][0].status = status
    session.commit()
    before = completions(world, session)
    assert services.conclude(SYSTEM, world["enrolments"][0].id, to, at=utcnow()) is changes
    session.expire_all()
    assert world["enrolments"][0].status == (to if changes else status)
    assert completions(world, session) == before + changes
    assert len(trace("enrolment.conclude")) == changes


def test_the_result_of_nobody_changes_nothing(world):
    assert services.conclude(SYSTEM, make.uuid4(), "completed", at=utcnow()) is False
    assert services.conclude_all(SYSTEM, [], "completed", at=utcnow()) == []


def test_results_of_several_are_counted_once_each(world, session):
    before = completions(world, session)
    world["enrolments"][2].status = "withdrawn"
    session.commit()
    ids = [enrolment.id for enrolment in world["enrolments"]]
    assert set(services.conclude_all(SYSTEM, ids, "completed", at=utcnow())) == set(ids[:2])
    assert completions(world, session) == before + 2


def test_an_essay_is_marked_by_the_lecturer_and_shown(world, session, sign_in, submit, essay):
    submission = essay(world["enrolments"][0])
    session.commit()
    client = sign_in(world["lecturer"])
    url = f"{world['url']}/essays/{submission.id}"
    assert submit(client, url, mark_form("8.25", "Tốt")).status_code == 302
    session.expire_all()
    row = session.get(Submission, submission.id)
    assert (row.score, row.comment, row.marked_by) == (8.25, "Tốt", world["lecturer"].id)
    assert "8,25" in client.get(world["url"]).get_data(as_text=True)


@pytest.mark.parametrize("score", ["", "-1", "11", "8.1", "x"])
def test_a_senseless_score_is_refused_and_comes_back(world, session, sign_in, submit, essay, score):
    submission = essay(world["enrolments"][0])
    session.commit()
    answer = submit(
        sign_in(world["lecturer"]), f"{world['url']}/essays/{submission.id}", {"score": score, "comment": "Đã đọc"}
    )
    assert answer.status_code == 422
    assert "Đã đọc" in answer.get_data(as_text=True)
    session.expire_all()
    assert session.get(Submission, submission.id).marked_at is None


def test_essays_that_wait_for_a_mark_come_first_and_the_missing_last(world, session, essay):
    waiting, marked, missing = world["enrolments"]
    essay(marked, score=7, passed=True, marked_at=utcnow())
    essay(waiting)
    session.commit()
    order = [row.enrolment_id for row in queries.essays(world["run"].id)]
    assert order == [waiting.id, marked.id, missing.id]


def test_only_the_newest_essay_is_marked(world, session, sign_in, essay):
    old, new = essay(world["enrolments"][0]), essay(world["enrolments"][0], number=2)
    session.commit()
    shown = {row.submission_id for row in queries.essays(world["run"].id)} - {None}
    assert shown == {new.id}
    assert old.id not in shown


def test_a_file_removed_by_law_leaves_no_address(world, session, sign_in, essay):
    submission = essay(world["enrolments"][0], sha256="")
    session.commit()
    assert sign_in(world["staff"]).get(f"{world['url']}/essays/{submission.id}/file").status_code == 404


def test_the_file_is_named_after_the_trainee(world, session, sign_in, essay):
    submission = essay(world["enrolments"][0])
    session.commit()
    answer = sign_in(world["staff"]).get(f"{world['url']}/essays/{submission.id}/file")
    assert answer.data == media.pdf()
    code = session.get(Person, world["enrolments"][0].person_id).staff_code
    assert code in answer.headers["Content-Disposition"]
