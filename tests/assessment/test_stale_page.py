"""A form changes only what was touched in its page: two windows on one attempt, without scripts (with: tests/e2e)."""

import re

import pytest
from sqlalchemy import select

from lms.assessment import services
from lms.assessment.models import Answer
from lms.assessment.rules import as_read
from lms.core.database import utcnow


@pytest.fixture
def client(world, sign_in):
    return sign_in(world.account)


@pytest.fixture
def window(client, world):
    """``window()`` opens the page and returns what its form sends untouched: token, signs and answers."""

    def opened(html=None):
        html = html or client.get(world.url).get_data(as_text=True)
        hidden = r'<input type="hidden" name="(csrf_token|confirmed|read-[^"]+)" value="([^"]*)"'
        fields = dict(re.findall(hidden, html))
        fields |= dict(re.findall(r'name="(q-[^"]+)" value="([^"]+)" checked', html))
        return fields

    return opened


def stored(session, world):
    session.expire_all()
    rows = session.scalars(select(Answer).where(Answer.attempt_id == world.attempt.id))
    return {answer.question_id: answer.response for answer in rows}


def answer_all(world, revision=1):
    for question in world.questions:
        services.save_answer(world.attempt.id, question.id, question.body["right"], revision, at=utcnow())


def singles(world):
    return [question for question in world.questions if question.kind == "single"]


def test_handing_in_from_a_page_opened_before_keeps_what_another_window_saved(client, world, window, session):
    fields = window()
    answer_all(world)
    answer = client.post(world.url, data=fields | {"action": "submit"})
    assert answer.status_code == 302
    session.refresh(world.attempt)
    assert (world.attempt.score, len(stored(session, world))) == (15, 15)


def test_what_was_touched_is_written_beside_what_another_window_saved(client, world, window, session):
    first, second = singles(world)[:2]
    fields = window()
    services.save_answer(world.attempt.id, first.id, "a", 1, at=utcnow())
    assert client.post(world.url, data=fields | {f"q-{second.id}": "b", "action": "save"}).status_code == 302
    assert stored(session, world) == {first.id: "a", second.id: "b"}


def test_both_changed_the_same_answer_so_she_is_asked_and_nothing_is_handed_in(client, world, window, session):
    question = singles(world)[0]
    fields = window()
    services.save_answer(world.attempt.id, question.id, "a", 1, at=utcnow())
    answer = client.post(world.url, data=fields | {f"q-{question.id}": "b", "action": "submit", "confirmed": "1"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "ở cửa sổ hoặc thiết bị khác" in html
    text = next(one["text"] for one in question.body["options"] if one["key"] == "a")
    assert f"Đã lưu ở nơi khác: {text[:20]}" in html
    assert re.search(rf'name="q-{question.id}" value="b" checked', html)
    session.refresh(world.attempt)
    assert world.attempt.submitted_at is None
    assert stored(session, world) == {question.id: "a"}
    again = client.post(world.url, data=window(html) | {"action": "save"})
    assert again.status_code == 302
    assert stored(session, world) == {question.id: "b"}


def test_the_same_answer_in_both_windows_is_no_quarrel(client, world, window, session):
    question = singles(world)[0]
    fields = window()
    services.save_answer(world.attempt.id, question.id, "b", 1, at=utcnow())
    assert client.post(world.url, data=fields | {f"q-{question.id}": "b", "action": "save"}).status_code == 302
    assert stored(session, world) == {question.id: "b"}


def test_an_answer_is_taken_back_by_a_form_whose_page_showed_it(client, world, window, session):
    question = next(one for one in world.questions if one.kind == "numeric")
    services.save_answer(world.attempt.id, question.id, "5", 1, at=utcnow())
    assert client.post(world.url, data=window() | {f"q-{question.id}": "", "action": "save"}).status_code == 302
    assert stored(session, world) == {question.id: None}


def test_a_refused_form_keeps_what_was_typed_and_not_what_was_not_touched(client, world, window, session):
    numeric, first = next(one for one in world.questions if one.kind == "numeric"), singles(world)[0]
    fields = window()
    services.save_answer(world.attempt.id, first.id, "a", 1, at=utcnow())
    answer = client.post(world.url, data=fields | {f"q-{numeric.id}": "nhiều", "action": "submit"})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="nhiều"' in html
    assert re.search(rf'name="q-{first.id}" value="a" checked', html)
    assert stored(session, world) == {first.id: "a"}


@pytest.mark.parametrize("sign", ["", "x", "-1.abc", "99999999999999999999.a", "1" * 400, "²"])
def test_a_sign_that_is_none_is_that_of_a_page_without_an_answer(client, world, window, session, sign):
    question = singles(world)[0]
    data = window() | {f"read-{question.id}": sign, f"q-{question.id}": "b", "action": "save"}
    assert client.post(world.url, data=data).status_code == 302
    assert stored(session, world) == {question.id: "b"}


def test_a_saved_answer_is_answered_with_its_sign(client, world, window):
    question = singles(world)[0]
    headers = {"X-CSRFToken": window()["csrf_token"], "Accept": "application/json"}
    url = f"{world.url}/answers/{question.id}"
    saved = client.put(url, json={"response": "a", "revision": 4}, headers=headers).json
    assert saved["read"] == as_read("a", 4)
