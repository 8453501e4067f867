"""Signing in and out, through HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import select

from lms.core.database import utcnow
from lms.people import passwords
from lms.people.models import Account, SignInSession
from tests import factories as make
from tests.people.conftest import PASSWORD

URL = "/account/sign-in"


def _open_sessions(session, account):
    rows = session.scalars(
        select(SignInSession).where(SignInSession.account_id == account.id).execution_options(populate_existing=True)
    )
    return [row for row in rows if row.ended_at is None]


def test_the_right_password_opens_a_session_and_leads_to_the_first_page(client, submit, owner, session):
    answer = submit(client, URL, {"username": "HN00071 ", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/account").status_code == 200
    assert len(_open_sessions(session, owner)) == 1


def test_a_wrong_password_keeps_the_username_and_never_sends_the_password_back(client, submit, owner):
    answer = submit(client, URL, {"username": "hn00071", "password": "không phải mật khẩu"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="hn00071"' in page
    assert "không phải mật khẩu" not in page
    assert "Tên đăng nhập và mật khẩu không khớp" in page


def test_empty_fields_are_named_at_the_field(client, submit, session):
    page = submit(client, URL, {"username": "", "password": ""}).get_data(as_text=True)
    assert 'id="username-error"' in page
    assert 'id="password-error"' in page


@pytest.mark.parametrize("values", [{"active": False}, {"password_hash": None}])
def test_a_locked_account_and_one_without_password_cannot_sign_in(client, submit, session, owner, values):
    for name, value in values.items():
        setattr(owner, name, value)
    session.commit()
    assert submit(client, URL, {"username": owner.username, "password": PASSWORD}).status_code == 422


def test_a_password_typed_in_decomposed_letters_is_the_same(client, submit, owner):
    import unicodedata

    typed = unicodedata.normalize("NFD", PASSWORD)
    assert submit(client, URL, {"username": owner.username, "password": typed}).status_code == 302


def test_a_hash_of_other_parameters_is_renewed_at_sign_in(client, submit, session, owner):
    owner.password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    session.commit()
    submit(client, URL, {"username": owner.username, "password": PASSWORD})
    fresh = session.scalar(select(Account.password_hash).where(Account.id == owner.id))
    assert fresh.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits(fresh, PASSWORD)


def test_next_leads_back_to_where_one_was(client, submit, owner):
    asked = client.get("/account/sessions")
    assert asked.location == "/account/sign-in?next=/account/sessions"
    answer = submit(client, asked.location, {"username": owner.username, "password": PASSWORD})
    assert answer.location == "/account/sessions"


def test_who_is_signed_in_is_not_asked_again(sign_in, owner):
    assert sign_in(owner).get(URL).status_code == 302


def test_signing_in_again_in_the_same_browser_ends_the_old_session(client, submit, owner, session):
    submit(client, URL, {"username": owner.username, "password": PASSWORD})
    token = _csrf(client.get("/account"))
    client.post(URL, data={"csrf_token": token, "username": owner.username, "password": PASSWORD})
    assert len(_open_sessions(session, owner)) == 1


def test_a_sign_in_needs_few_statements(client, owner, queries):
    token = _csrf(client.get(URL))
    queries.clear()
    answer = client.post(URL, data={"csrf_token": token, "username": owner.username, "password": PASSWORD})
    assert answer.status_code == 302
    assert len(queries) <= 5, queries


def test_signing_out_ends_the_session(sign_in, submit, owner, session):
    client = sign_in(owner)
    answer = submit(client, "/account/sign-out", page="/account")
    assert answer.location == URL
    assert "Anh/Chị đã đăng xuất" in client.get(URL).get_data(as_text=True)
    assert _open_sessions(session, owner) == []
    assert client.get("/account").status_code == 302


def test_the_eleventh_attempt_from_a_browser_that_is_not_known_has_to_wait(client, owner):
    token = _csrf(client.get(URL))
    with time_machine.travel(datetime.now(UTC), tick=False):
        for _ in range(10):
            assert _try(client, token, owner.username, "sai mật khẩu rồi").status_code == 422
        answer = _try(client, token, owner.username, PASSWORD)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) == 90
    page = answer.get_data(as_text=True)
    assert "vui lòng đợi 90 giây" in page
    assert "mã dùng một lần" in page


def test_a_success_forgets_the_failures_before_it(client, app, owner):
    for _ in range(3):
        own = app.test_client()
        token = _csrf(own.get(URL))
        for _ in range(5):
            assert _try(own, token, owner.username, "sai mật khẩu rồi").status_code == 422
        assert _try(own, token, owner.username, PASSWORD).status_code == 302


def test_an_address_has_to_wait_after_two_hundred_failures_whatever_the_names(app, session, monkeypatch):
    monkeypatch.setattr(passwords, "fits", lambda stored, password: False)
    client = app.test_client()
    with time_machine.travel(datetime.now(UTC), tick=False):
        token = _csrf(client.get(URL))
        for number in range(200):
            assert _try(client, token, f"nobody{number}", "x").status_code == 422
        assert _try(client, token, "somebody", "x").status_code == 429


def test_a_session_ends_after_twelve_hours(app, session, owner):
    from lms.people.sessions import load_actor, open_session

    now = utcnow()
    _, token = open_session(owner.id, at=now, user_agent="", address=None)
    assert load_actor(token, at=now + timedelta(hours=11, minutes=59)) is not None
    assert load_actor(token, at=now + timedelta(hours=12)) is None


def test_the_form_is_light(client, session):
    assert len(client.get(URL).data) < 8000


def test_an_operator_without_a_staff_record_signs_in(client, submit, session):
    operator = make.account(username="quantri", password_hash=passwords.make_hash(PASSWORD))
    session.commit()
    assert submit(client, URL, {"username": "QuanTri", "password": PASSWORD}).status_code == 302
    assert operator.display_name in client.get("/account").get_data(as_text=True)


def _csrf(page):
    import re

    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True)).group(1)


def _try(client, token, username, password):
    return client.post(URL, data={"csrf_token": token, "username": username, "password": password})
