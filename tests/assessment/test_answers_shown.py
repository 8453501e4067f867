"""Right answers are shown when a quiz was passed or no attempt is left; a bank gives other questions next time."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from sqlalchemy import select

from lms.assessment import rules, services
from lms.assessment.models import Question
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM


def try_it(world, right=0):
    attempt = services.start_attempt(world.quiz.id, world.enrolment.id, world.person.id, at=utcnow())
    for question in services.questions_of(attempt)[:right]:
        services.save_answer(attempt.id, question.id, services.right_answer(question), 1, at=utcnow())
    return services.submit_attempt(SYSTEM, attempt.id, at=utcnow())


@pytest.fixture
def page(world, sign_in):
    client = sign_in(world.account)
    return lambda attempt: client.get(f"/attempts/{attempt.id}").get_data(as_text=True)


def keys_in(html, world):
    """How much of the keys a page tells."""
    options = [one["explanation"] for question in world.questions for one in question.body.get("options", [])]
    whole = [question.body["explanation"][:60] for question in world.questions]
    return sum(str(escape(text)) in html for text in options + whole) + html.count("Đáp án đúng")


def test_a_failed_attempt_tells_what_was_wrong_and_where_to_read_but_no_key(world, page):
    html = page(try_it(world, right=3))
    assert keys_in(html, world) == 0
    assert html.count('tag-ok">Đúng') == 3
    assert "Đọc lại" in html and f"/learn/{world.enrolment.id}/lessons/" in html
    assert "khi đã đạt hoặc khi không còn lượt" in html


def test_a_passed_attempt_tells_everything_also_of_those_before(world, page):
    before = try_it(world)
    passed = try_it(world, right=15)
    assert keys_in(page(passed), world) > 20
    assert keys_in(page(before), world) > 20
    assert "Làm lại" not in page(before)


def test_the_last_attempt_tells_everything_once_it_is_handed_in(world, page):
    tried = [try_it(world) for _ in range(world.quiz.attempts_allowed - 1)]
    services.start_attempt(world.quiz.id, world.enrolment.id, world.person.id, at=utcnow())
    assert keys_in(page(tried[0]), world) == 0
    assert keys_in(page(try_it(world)), world) > 20
    assert keys_in(page(tried[0]), world) > 20


def test_a_passed_quiz_is_not_begun_again(world):
    try_it(world, right=15)
    with pytest.raises(DomainError, match="quiz-passed"):
        try_it(world)


# -- a bank that holds more than is asked -----------------------------------------------------------------------------


@pytest.fixture
def bank(world, session):
    """The quiz asks four of its fifteen questions; the attempt that was open is as it was."""
    services.submit_attempt(SYSTEM, world.attempt.id, at=utcnow())
    world.quiz.draw, world.quiz.attempts_allowed = 4, 5
    session.commit()
    return world


def test_a_running_attempt_stays_as_it_was_drawn(world, session, page):
    world.quiz.draw = 4
    session.commit()
    assert page(world.attempt).count("data-question=") == 15
    assert try_it(world, right=15).max_score == 15


def test_an_attempt_asks_and_scores_what_was_drawn_for_it(bank, session, sign_in, submit):
    attempt = services.start_attempt(bank.quiz.id, bank.enrolment.id, bank.person.id, at=utcnow())
    session.commit()
    client, url = sign_in(bank.account), f"/attempts/{attempt.id}"
    html = client.get(url).get_data(as_text=True)
    assert re.findall(r'data-question="([^"]+)"', html) == [str(one) for one in attempt.asked]
    assert "Câu 4" in html and "Câu 5" not in html
    other = next(question for question in bank.questions if question.id not in attempt.asked)
    with pytest.raises(DomainError, match="not-found"):
        services.save_answer(attempt.id, other.id, services.right_answer(other), 1, at=utcnow())
    assert submit(client, url, {f"q-{other.id}": "a", "action": "save"}).status_code == 400
    for question in session.scalars(select(Question).where(Question.id.in_(attempt.asked))):
        services.save_answer(attempt.id, question.id, services.right_answer(question), 1, at=utcnow())
    submit(client, url, {"action": "submit"})
    session.refresh(attempt)
    assert (attempt.score, attempt.max_score, attempt.passed) == (4, 4, True)


def test_the_next_attempt_asks_what_was_not_asked_yet(bank):
    # the first attempt had all fifteen: now those of no attempt come first, and when all were asked, the oldest
    one, two, three, four = (set(try_it(bank).asked) for _ in range(4))
    assert len(one | two | three) == 12
    assert {question.id for question in bank.questions} - one - two - three <= four


_IDS = st.lists(st.uuids(), min_size=1, max_size=30, unique=True)


@given(_IDS, st.integers(0, 2**31 - 1), st.data())
def test_a_draw_is_as_many_as_asked_each_once_the_unasked_first(ids, seed, data):
    count = data.draw(st.integers(1, len(ids)))
    before = data.draw(st.lists(st.sampled_from(ids), max_size=60))
    found = rules.drawn(seed, ids, count, before)
    assert found == rules.drawn(seed, list(reversed(ids)), count, before)
    assert len(found) == count == len(set(found))
    fresh = set(ids) - set(before)
    assert len(set(found) & fresh) == min(count, len(fresh))


@given(st.lists(st.sampled_from([True, False, None]), max_size=6), st.integers(1, 6))
def test_answers_are_shown_exactly_when_no_attempt_follows(results, allowed):
    state = rules.quiz_state(results, allowed)
    assert state in rules.QUIZ.states
    assert rules.shows_answers(state) == (rules.QUIZ.refusal("start_quiz", state) is not None)
