"""Activation, one's own page, password and sessions, through HTTP."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.core.audit import AuditEntry
from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.people import services
from lms.people.models import Account, ActivationCode, SignInSession
from lms.people.sessions import open_session
from tests import factories as make
from tests.people.conftest import PASSWORD

NEW = "sông Hồng đỏ nặng phù sa"


@pytest.fixture
def newcomer(session):
    account = make.trainee(staff_code="HN00088")
    session.commit()
    return account


@pytest.fixture
def code(newcomer):
    return services.issue_activation_code(SYSTEM, newcomer.id, at=utcnow())


def _form(code, **values):
    return {"username": "HN00088", "code": code, "password": NEW, "repeated": NEW} | values


def test_a_code_sets_the_first_password_once(client, submit, code, newcomer):
    answer = submit(client, "/account/activate", _form(code))
    assert answer.location == "/account/sign-in"
    assert "Đã đặt mật khẩu" in client.get("/account/sign-in").get_data(as_text=True)
    assert submit(client, "/account/sign-in", {"username": "hn00088", "password": NEW}).status_code == 302
    again = submit(client, "/account/activate", _form(code, password=PASSWORD, repeated=PASSWORD))
    assert again.status_code == 422


def test_a_code_may_be_typed_with_blanks_small_letters_and_look_alikes(client, submit, code):
    typed = code.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert submit(client, "/account/activate", _form(f"  {typed} ")).status_code == 302


def test_a_code_is_not_kept_but_its_hash(session, code, newcomer):
    row = session.scalar(select(ActivationCode).where(ActivationCode.account_id == newcomer.id))
    assert code.replace("-", "").encode() not in row.code_hash
    assert len(row.code_hash) == 32


@pytest.mark.parametrize(
    "values", [{"code": "7KQ2-M9XD-03TW-HZ5B"}, {"code": "no"}, {"username": "HN00071"}, {"username": "\x00"}]
)
def test_a_wrong_code_or_name_gets_one_message_at_the_field(client, submit, owner, code, values):
    answer = submit(client, "/account/activate", _form(code) | values)
    assert answer.status_code == 422
    if values.get("username") != "\x00":
        assert "Tên đăng nhập và mã không khớp" in answer.get_data(as_text=True)


def test_a_code_runs_out_after_fourteen_days(client, submit, newcomer):
    old = services.issue_activation_code(SYSTEM, newcomer.id, at=utcnow() - timedelta(days=14, minutes=1))
    assert submit(client, "/account/activate", _form(old)).status_code == 422


def test_a_new_code_makes_the_earlier_one_void(client, submit, code, newcomer):
    services.issue_activation_code(SYSTEM, newcomer.id, at=utcnow())
    assert submit(client, "/account/activate", _form(code)).status_code == 422


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("ngắn quá", "ít nhất 12 ký tự"),
        ("a" * 129, "tối đa 128"),
        ("mật khẩu HN00088 của tôi", "không được chứa tên đăng nhập"),
        ("matkhau123456", "dễ bị đoán"),
        ("Mật Khẩu 123456", "dễ bị đoán"),
        ("111111111111", "dễ bị đoán"),
    ],
)
def test_a_weak_password_is_refused_at_its_field_and_the_code_stays_good(client, submit, code, password, message):
    answer = submit(client, "/account/activate", _form(code, password=password, repeated=password))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="password-error"' in page
    assert message in page
    assert submit(client, "/account/activate", _form(code)).status_code == 302


def test_two_different_passwords_are_refused(client, submit, code):
    page = submit(client, "/account/activate", _form(code, repeated=NEW + "!")).get_data(as_text=True)
    assert 'id="repeated-error"' in page


def test_wrong_codes_are_slowed_down_and_the_right_one_is_taken_all_the_same(client, submit, code):
    for _ in range(10):
        assert submit(client, "/account/activate", _form("7KQ2-M9XD-03TW-HZ5B")).status_code == 422
    assert submit(client, "/account/activate", _form("7KQ2-M9XD-03TW-HZ5B")).status_code == 429
    assert submit(client, "/account/activate", _form(code)).status_code == 302


def test_one_sees_ones_roles_with_their_units_in_words(sign_in, session):
    unit = make.unit(name="Sở Xây dựng")
    account = make.holder("unit_manager", unit)
    session.commit()
    page = sign_in(account).get("/account").get_data(as_text=True)
    assert "Thủ trưởng đơn vị · Sở Xây dựng" in page
    assert "Học viên" in page


def test_the_chosen_language_is_kept_with_the_account(sign_in, submit, owner, session, app):
    client = sign_in(owner)
    assert submit(client, "/account", {"locale": "en"}).status_code == 302
    assert "Your account" in client.get("/account").get_data(as_text=True)
    assert "Your account" in sign_in(owner).get("/account").get_data(as_text=True)
    assert submit(client, "/account", {"locale": "xx"}).status_code == 422


def test_a_changed_password_signs_all_other_browsers_out(sign_in, submit, owner, session):
    here, elsewhere = sign_in(owner), sign_in(owner)
    values = {"current": PASSWORD, "password": NEW, "repeated": NEW}
    assert submit(here, "/account/password", values).location == "/account"
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert "account.change_password" in session.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"current": "nhầm mật khẩu"}, "current"),
        ({"password": PASSWORD, "repeated": PASSWORD}, "password"),
        ({"password": "ngắn", "repeated": "ngắn"}, "password"),
        ({"repeated": "khác"}, "repeated"),
    ],
)
def test_a_refused_change_says_why_at_the_field(sign_in, submit, owner, values, field):
    data = {"current": PASSWORD, "password": NEW, "repeated": NEW} | values
    answer = submit(sign_in(owner), "/account/password", data)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_guessing_the_current_password_is_throttled(sign_in, submit, owner):
    client, values = sign_in(owner), {"current": "nhầm mật khẩu", "password": NEW, "repeated": NEW}
    for _ in range(10):
        assert submit(client, "/account/password", values).status_code == 422
    assert submit(client, "/account/password", values).status_code == 429


def test_a_first_password_must_be_changed_before_anything_else(sign_in, submit, owner, session):
    owner.must_change_password = True
    session.commit()
    client = sign_in(owner)
    assert client.get("/admin/people").location == "/account/password"
    page = client.get("/account/password").get_data(as_text=True)
    assert "do người khác đặt" in page
    values = {"current": PASSWORD, "password": NEW, "repeated": NEW}
    assert submit(client, "/account/password", values).location == "/"
    assert client.get("/admin/people").status_code == 403


def test_ones_sessions_are_listed_in_words_and_can_be_ended(sign_in, submit, owner, session):
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
    other, _ = open_session(owner.id, at=utcnow(), user_agent=agent, address="203.0.113.7")
    session.commit()
    client = sign_in(owner)
    page = client.get("/account/sessions").get_data(as_text=True)
    assert "Microsoft Edge trên Windows" in page
    assert "203.0.113.7" in page
    assert page.count("Trình duyệt này") == 1
    submit(client, "/account/sessions/end", {"session": str(other)}, page="/account/sessions")
    assert "Microsoft Edge" not in client.get("/account/sessions").get_data(as_text=True)


def test_nobody_ends_the_session_of_another(sign_in, submit, owner, session):
    stranger = make.trainee()
    theirs, _ = open_session(stranger.id, at=utcnow(), user_agent="", address=None)
    session.commit()
    submit(sign_in(owner), "/account/sessions/end", {"session": str(theirs)}, page="/account/sessions")
    assert session.get(SignInSession, theirs, populate_existing=True).ended_at is None


def test_ending_this_session_signs_out(sign_in, submit, owner, session):
    client = sign_in(owner)
    here = session.scalar(select(SignInSession.id).where(SignInSession.account_id == owner.id))
    answer = submit(client, "/account/sessions/end", {"session": str(here)}, page="/account/sessions")
    assert answer.location == "/account/sign-in"


def test_a_session_that_is_no_id_is_refused(sign_in, submit, owner):
    answer = submit(sign_in(owner), "/account/sessions/end", {"session": "x' OR 1=1"}, page="/account/sessions")
    assert answer.status_code == 400


def test_signing_out_everywhere_ends_every_session(sign_in, submit, owner):
    here, elsewhere = sign_in(owner), sign_in(owner)
    submit(here, "/account/sessions/end-all", page="/account/sessions")
    assert here.get("/account").status_code == 302
    assert elsewhere.get("/account").status_code == 302


@pytest.mark.parametrize("url", ["/account", "/account/sessions", "/account/password"])
def test_own_pages_need_few_statements(sign_in, owner, queries, url):
    client = sign_in(owner)
    queries.clear()
    assert client.get(url).status_code == 200
    assert len(queries) <= 3


def test_the_command_line_issues_codes(app, session, newcomer, client, submit):
    result = app.test_cli_runner().invoke(args=["people", "issue-code", "HN00088"])
    assert result.exit_code == 0, result.output
    assert submit(client, "/account/activate", _form(result.output.strip())).status_code == 302
    result = app.test_cli_runner().invoke(args=["people", "issue-code", "nobody"])
    assert result.exit_code == 1
    assert session.scalar(select(Account).where(Account.username == "nobody")) is None
