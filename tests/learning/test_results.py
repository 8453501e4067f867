"""Nobody stays "studying" in a class that ended long ago: results are fixed at a stated date, by a stated rule."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.classes import queries
from lms.classes import rules as classes_rules
from lms.classes import services as classes
from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.core.i18n import day
from lms.learning import rules, services
from lms.learning.rules import Part, Standing
from tests import factories as make
from tests.data import media
from tests.learning.worlds import World

DUE = classes_rules.RESULTS_AFTER


@pytest.fixture
def world(session):
    return World(session)


def finish(world, ago=DUE):
    classes.finish_class(SYSTEM, world.run.id, reason="Thử", at=utcnow() - ago)
    world.session.commit()


def test_before_the_date_nothing_is_fixed_and_the_trainee_reads_when_it_will_be(world, sign_in):
    finish(world, DUE - timedelta(minutes=1))
    assert services.fix_results(world.run.id, at=utcnow()) == 0
    assert world.status() == "enrolled"
    client = sign_in(world.account)
    for url in ("/learn", world.course):
        html = client.get(url).get_data(as_text=True)
        assert "Bài nộp muộn vẫn được tính" in html
        assert day(world.run.finished_at + DUE) in html


def test_who_left_work_undone_has_not_completed_and_pages_say_so(world, sign_in):
    finish(world)
    assert list(queries.without_results(utcnow())) == [world.run.id]
    services.fix_results(world.run.id, at=utcnow())
    assert list(queries.without_results(utcnow())) == []
    assert world.status() == "incomplete"
    client = sign_in(world.account)
    for url in ("/learn", world.course, f"/records/{world.person.id}"):
        assert "Chưa hoàn thành" in client.get(url).get_data(as_text=True), url


@pytest.mark.parametrize("how", ["essay", "attendance"])
def test_what_was_judged_and_did_not_reach_is_failed(world, how):
    world.study()
    world.pass_quizzes()
    if how == "essay":
        world.mark_essay(3)
    else:
        world.pass_essay()
        for ago in (2, 3):
            start = utcnow() - timedelta(days=ago)
            meeting = make.class_session(world.run, starts_at=start, ends_at=start + timedelta(hours=3))
            classes.record_attendance(SYSTEM, meeting.id, {world.registration: ("absent", None)}, at=utcnow())
        world.enrolment.status = "enrolled"
    finish(world)
    services.fix_results(world.run.id, at=utcnow())
    assert world.status() == "failed"


def test_an_essay_that_waited_for_its_mark_still_decides(world):
    import io

    from sqlalchemy import select

    from lms.assessment import services as assessment
    from lms.assessment import uploads
    from lms.assessment.models import Assignment

    world.study()
    world.pass_quizzes()
    assignment = world.session.scalars(select(Assignment).where(Assignment.version_id == world.run.version_id)).one()
    essay, who = uploads.Essay(io.BytesIO(media.pdf()), "a.pdf"), (world.registration, world.person.id)
    handed_in = assessment.hand_in(world.actor, assignment.id, *who, essay, at=utcnow())
    finish(world)
    services.fix_results(world.run.id, at=utcnow())
    assert world.status() == "incomplete"
    assessment.mark(SYSTEM, handed_in.id, 3, "", at=utcnow())
    assert world.status() == "failed"
    assessment.mark(SYSTEM, handed_in.id, 8, "", at=utcnow())
    assert world.status() == "completed"


@pytest.mark.parametrize(
    ("result", "state"), [("completed", "finished"), ("withdrawn", "finished"), ("enrolled", "running")]
)
def test_who_has_a_result_keeps_it_and_a_class_that_runs_has_none(world, result, state):
    finish(world)
    world.enrolment.status, world.run.status = result, state
    world.session.commit()
    assert services.fix_results(world.run.id, at=utcnow()) == 0
    assert world.status() == result


def test_the_report_counts_both_results_apart(world, session, sign_in):
    make.enrolment(world.run, status="failed")
    make.enrolment(world.run, status="incomplete")
    session.commit()
    from lms.reports.completion import queries as reports

    (row,) = [one for one in reports.by_class(reports.Filters(("/",))) if one.code == world.run.code]
    assert (row.enrolled, row.incomplete, row.failed, row.ongoing) == (3, 1, 1, 1)


_PART = st.builds(Part, st.just("x"), st.booleans(), st.booleans())
_STANDING = st.builds(
    lambda modules, quizzes, essays, held, attended, more, percent: Standing(
        modules, quizzes, min(attended, held), held, held + more, percent, essays
    ),
    *[st.lists(_PART, max_size=3)] * 3,
    *[st.integers(0, 8)] * 3,
    st.integers(1, 100),
)


@given(_STANDING)
def test_a_result_is_completed_exactly_when_every_condition_is_met(standing):
    result = rules.result(standing)
    assert (result == "completed") == rules.completed(standing)
    if result == "failed":
        assert any(condition.lost for condition in rules.criteria(standing))
    assert result in classes_rules.ENROLMENT.states


@given(_STANDING, st.sampled_from(["enrolled", "completed", "incomplete", "failed"]))
def test_a_result_is_revised_to_what_it_would_be(standing, status):
    after = rules.revised(status, standing)
    if status == "completed":
        assert after == "completed"
    elif status == "enrolled":
        assert after == ("completed" if rules.completed(standing) else "enrolled")
    else:
        assert after == rules.result(standing)
