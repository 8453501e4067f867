"""A quiz from the first question to the result, through HTTP, and what happens when the connection does not hold."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.assessment import rules, services
from lms.assessment.models import Answer, Attempt
from lms.assessment.signals import attempt_submitted
from lms.core.database import utcnow
from lms.core.errors import DomainError
from tests import factories as make


@pytest.fixture
def client(world, sign_in):
    return sign_in(world.account)


@pytest.fixture
def token(client, world):
    html = client.get(world.url).get_data(as_text=True)
    return re.search(r'name="csrf_token" value="([^"]+)"', html).group(1)


@pytest.fixture
def save(client, world, token):
    """``save(question, response, revision)`` sends an answer as the page's script does."""

    def put(question, response, revision=1, **options):
        headers = {"X-CSRFToken": token, "Accept": "application/json"}
        url = f"{world.url}/answers/{question.id}"
        return client.put(url, json={"response": response, "revision": revision}, headers=headers, **options)

    return put


def _of(world, kind):
    return next(question for question in world.questions if question.kind == kind)


def _wrong(question):
    right = question.body["right"]
    match question.kind:
        case "single":
            return next(one["key"] for one in question.body["options"] if one["key"] != right)
        case "multiple":
            return [next(one["key"] for one in question.body["options"] if one["key"] not in right)]
        case "true_false":
            return not right
        case "numeric":
            return "-1"
        case "ordering":
            return right[::-1]
        case _:
            return dict(list(right.items())[:1])


def _fill(world, form_of, wrong=0, blank=0):
    data = {}
    for number, question in enumerate(world.questions):
        if number < blank:
            continue
        response = _wrong(question) if number < blank + wrong else question.body["right"]
        data |= form_of(question, response)
    return data


# -- the form, without scripts ----------------------------------------------------------------------------------------


def test_the_page_has_all_questions_and_no_key(client, world):
    html = client.get(world.url).get_data(as_text=True)
    assert html.count("data-question=") == len(world.questions) == 15
    assert "Đáp án đúng" not in html
    for question in world.questions:
        assert question.body["explanation"][:60] not in html
        for option in question.body.get("options", []):
            assert option["explanation"][:60] not in html


def test_a_whole_quiz_without_scripts(client, world, submit, form_of):
    data = _fill(world, form_of, wrong=2)
    answer = submit(client, world.url, data | {"action": "submit"}, follow_redirects=True)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<strong>13</strong> / 15" in html and ">Đạt<" in html
    assert html.count("Giải thích") == 15
    assert "Đáp án đúng" in html and "Chưa đúng" in html


def test_every_option_is_explained_afterwards(client, world, submit, form_of):
    submit(client, world.url, _fill(world, form_of) | {"action": "submit"})
    from markupsafe import escape

    html = client.get(world.url).get_data(as_text=True)
    for question in world.questions:
        for option in question.body.get("options", []):
            assert str(escape(option["explanation"])) in html


def test_failing_offers_another_try_while_attempts_remain(client, world, submit, form_of):
    answer = submit(client, world.url, _fill(world, form_of, wrong=15) | {"action": "submit"}, follow_redirects=True)
    html = answer.get_data(as_text=True)
    assert "Chưa đạt" in html
    assert f"Làm lại (còn {world.quiz.attempts_allowed - 1} lần)" in html


def test_blank_questions_are_counted_before_handing_in(client, world, submit, session, form_of):
    data = _fill(world, form_of, blank=3)
    html = submit(client, world.url, data | {"action": "submit"}).get_data(as_text=True)
    assert "Còn 3 câu chưa trả lời" in html
    session.refresh(world.attempt)
    assert world.attempt.submitted_at is None
    assert len(session.scalars(select(Answer).where(Answer.attempt_id == world.attempt.id)).all()) == 12
    submit(client, world.url, data | {"action": "submit", "confirmed": "1"})
    session.refresh(world.attempt)
    assert (world.attempt.score, world.attempt.passed) == (12, True)


def test_saving_keeps_answers_without_handing_in(client, world, submit, form_of):
    question = _of(world, "single")
    answer = submit(client, world.url, form_of(question, "c") | {"action": "save"}, follow_redirects=True)
    html = answer.get_data(as_text=True)
    assert "Đã lưu câu trả lời" in html
    assert re.search(rf'name="q-{question.id}" value="c" checked', html)


def test_a_number_that_is_none_is_told_at_its_question_and_nothing_is_saved(client, world, submit, session, form_of):
    numeric, single = _of(world, "numeric"), _of(world, "single")
    data = form_of(single, "a") | {f"q-{numeric.id}": "nhiều lắm", "action": "save"}
    answer = submit(client, world.url, data)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Đề nghị nhập một số" in html and 'value="nhiều lắm"' in html
    assert re.search(rf'name="q-{single.id}" value="a" checked', html)
    assert session.scalars(select(Answer).where(Answer.attempt_id == world.attempt.id)).all() == []


def test_two_items_in_one_place_are_told_and_kept(client, world, submit):
    question = _of(world, "ordering")
    data = {f"q-{question.id}-{key}": "1" for key in ("a", "b")}
    answer = submit(client, world.url, data | {"action": "save"})
    assert answer.status_code == 422
    assert "trùng thứ tự" in answer.get_data(as_text=True)


@pytest.mark.parametrize("extra", [{"score": "10"}, {"q-00000000-0000-0000-0000-000000000000": "a"}])
def test_a_field_that_is_not_part_of_the_quiz_is_refused(client, world, submit, session, form_of, extra):
    answer = submit(client, world.url, _fill(world, form_of) | extra | {"action": "submit"})
    assert answer.status_code == 400
    assert session.scalars(select(Answer).where(Answer.attempt_id == world.attempt.id)).all() == []


def test_a_forged_key_in_the_form_is_refused(client, world, submit):
    question = _of(world, "single")
    assert submit(client, world.url, {f"q-{question.id}": "zz", "action": "save"}).status_code == 400


# -- saving as she goes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["single", "multiple", "true_false", "numeric", "ordering", "matching"])
def test_an_answer_is_saved_and_seen_on_another_device(kind, world, save, sign_in, session):
    question = next((question for question in world.questions if question.kind == kind), None)
    if question is None:
        pytest.skip(f"the first quiz has no {kind} question")
    answer = save(question, question.body["right"])
    assert answer.status_code == 200 and answer.json["stored"]
    assert re.fullmatch(r"\d\d:\d\d", answer.json["saved_at"])
    other = sign_in(world.account).get(world.url).get_data(as_text=True)
    part = other.split(f'data-question="{question.id}"')[1].split("</fieldset>")[0]
    assert 'data-revision="1"' in other
    assert "checked" in part or "selected" in part or f'value="{question.body["right"]}"' in part


def test_a_stale_revision_is_ignored_and_answered_with_what_is_stored(world, save):
    question = _of(world, "single")
    assert save(question, "a", 5).json["stored"]
    late = save(question, "b", 3)
    assert late.status_code == 200
    assert (late.json["stored"], late.json["response"], late.json["revision"]) == (False, "a", 5)
    assert save(question, "c", 6).json["stored"]


def test_the_same_save_sent_twice_does_no_harm(world, save, session):
    question = _of(world, "single")
    save(question, "a", 1)
    again = save(question, "a", 1)
    assert (again.json["stored"], again.json["response"]) == (False, "a")


def test_an_answer_can_be_taken_back(world, save):
    question = _of(world, "single")
    save(question, "a", 1)
    assert save(question, None, 2).json["stored"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[", b"[]",
     b'{"response": "a"}', b'{"response": "a", "revision": "1"}', b'{"response": "a", "revision": true}',
     b'{"response": "a", "revision": 0}', b'{"response": "a", "revision": 99999999999}',
     b'{"response": "a", "revision": 1, "score": 10}', b'{"response": "zz", "revision": 1}',
     b'{"response": {"a": ["a"]}, "revision": 1}', b"[" * 9_000, b'{"response": "\xff", "revision": 1}'],
)  # fmt: skip
def test_malformed_saves_are_refused_and_change_nothing(client, world, token, session, body):
    url = f"{world.url}/answers/{_of(world, 'single').id}"
    headers = {"X-CSRFToken": token, "Content-Type": "application/json", "Accept": "application/json"}
    answer = client.put(url, data=body, headers=headers)
    assert answer.status_code == 400
    assert session.scalars(select(Answer).where(Answer.attempt_id == world.attempt.id)).all() == []


def test_a_huge_answer_is_refused(world, save):
    assert save(_of(world, "numeric"), "1" * 20_000).status_code == 413


def test_a_save_without_the_token_is_refused(client, world):
    url = f"{world.url}/answers/{_of(world, 'single').id}"
    answer = client.put(url, json={"response": "a", "revision": 1}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (400, "csrf")


def test_a_signed_out_save_is_told_by_401(app, world):
    client = app.test_client()
    html = client.get("/account/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html).group(1)
    url = f"{world.url}/answers/{_of(world, 'single').id}"
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    assert client.put(url, json={"response": "a", "revision": 1}, headers=headers).status_code == 401


def test_a_question_of_another_quiz_is_not_found(world, save, session):
    from uuid import uuid4

    class Other:
        id = uuid4()

    assert save(Other, "a").status_code == 404


def test_after_handing_in_nothing_changes(client, world, save, submit, form_of, session):
    submit(client, world.url, _fill(world, form_of) | {"action": "submit"})
    answer = save(_of(world, "single"), "a", 99)
    assert (answer.status_code, answer.json["code"]) == (409, "already-submitted")
    assert submit(client, world.url, {"action": "submit"}, page="/account").status_code == 409
    session.refresh(world.attempt)
    assert world.attempt.score == 15


def test_another_trainees_attempt_is_closed(world, sign_in, submit):
    stranger = sign_in(make.trainee())
    assert stranger.get(world.url).status_code == 403
    assert submit(stranger, world.url, {"action": "submit"}, page="/account").status_code == 403


def test_options_stand_in_the_same_order_on_each_device(world, client, sign_in):
    def order(browser):
        return re.findall(r'name="q-[^"]+" value="([a-z])"', browser.get(world.url).get_data(as_text=True))

    assert order(client) == order(sign_in(world.account))


def test_the_pages_take_few_statements(world, client, queries, submit, form_of):
    client.get(world.url)
    queries.clear()
    client.get(world.url)
    assert len(queries) <= 5
    submit(client, world.url, _fill(world, form_of) | {"action": "submit"})
    queries.clear()
    client.get(world.url)
    assert len(queries) <= 6


# -- attempts, scores and statements ----------------------------------------------------------------------------------


def _hand_in(world, right=15):
    for question in world.questions[:right]:
        services.save_answer(world.attempt.id, question.id, services.right_answer(question), 1, at=utcnow())
    from lms.core.guard import SYSTEM

    return services.submit_attempt(SYSTEM, world.attempt.id, at=utcnow() + timedelta(minutes=9))


def test_starting_again_gives_the_open_attempt(world):
    again = services.start_attempt(world.quiz.id, world.enrolment.id, world.person.id, at=utcnow())
    assert again.id == world.attempt.id


def test_attempts_run_out(world):
    for number in range(world.quiz.attempts_allowed):
        world.attempt = services.start_attempt(world.quiz.id, world.enrolment.id, world.person.id, at=utcnow())
        assert world.attempt.number == number + 1
        _hand_in(world, right=0)
    with pytest.raises(DomainError, match="no-attempt-left"):
        services.start_attempt(world.quiz.id, world.enrolment.id, world.person.id, at=utcnow())


@pytest.mark.parametrize(("right", "passed"), [(11, True), (10, False)])
def test_handing_in_tells_the_floors_above(world, right, passed):
    heard = []

    def listen(sender, **news):
        heard.append((sender, news))

    with attempt_submitted.connected_to(listen):
        _hand_in(world, right)
    assert heard[0][0] == world.attempt.id
    assert heard[0][1]["passed"] is passed and heard[0][1]["registration"] == world.enrolment.id


def test_an_attempt_is_told_in_statements(world, statements):
    _hand_in(world, right=9)
    assert len(statements("initialized")) == 1
    answered = statements("answered")
    assert len(answered) == 9
    assert all(one["result"]["success"] is True and one["result"]["response"] for one in answered)
    (failed,) = statements("failed")
    assert failed["result"]["score"] == {"scaled": 0.6, "raw": 9, "min": 0, "max": 15}
    assert failed["context"]["registration"] == str(world.enrolment.id)
    assert statements("passed") == []


def test_two_open_attempts_cannot_be(world, session):
    from sqlalchemy.exc import IntegrityError

    session.add(
        Attempt(
            quiz_id=world.quiz.id, registration=world.enrolment.id, person_id=world.person.id, number=2, seed=1,
            started_at=utcnow(), max_score=15,
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_right_answers_of_every_question_are_right(world):
    for question in world.questions:
        assert rules.is_right(question.kind, question.body, services.right_answer(question))


@pytest.mark.parametrize(
    ("before", "after", "stored"), [(None, None, 0), (None, "a", 1), ("a", None, 2), ("a", "a", 1)]
)
def test_a_form_stores_an_answer_only_when_it_is_another(world, session, before, after, stored):
    """What is blank and stays blank is not stored; what is cleared is, and the same again changes nothing."""
    question = next(one for one in world.questions if one.kind == "single")
    sign = rules.NOTHING_READ
    for number, response in enumerate((before, after)):
        services.save_answers(world.attempt.id, {question.id: response}, signs={question.id: sign}, at=utcnow())
        sign = rules.as_read(response, number + (before is not None))
    kept = session.scalars(select(Answer).where(Answer.attempt_id == world.attempt.id)).all()
    assert [one.revision for one in kept] == ([stored] if stored else [])
