"""Holes that sign-in pages have elsewhere: fixation, open redirects, enumeration, forged forms, guessing."""

import re

import pytest
from sqlalchemy import select

from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.people import passwords, services
from lms.people.models import RoleHolding, SignInSession
from tests import factories as make

URL = "/account/sign-in"
PASSWORD = "gió heo may về phố cũ"
_HASH = passwords.make_hash(PASSWORD)


@pytest.fixture
def owner(session):
    account = make.account(make.person(staff_code="HN00071"), password_hash=_HASH)
    session.commit()
    return account


def _csrf(client, url=URL):
    page = client.get(url).get_data(as_text=True)
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)


def _sign_in(client, username="hn00071", password=PASSWORD, url=URL):
    return client.post(url, data={"csrf_token": _csrf(client, url), "username": username, "password": password})


def test_a_session_planted_before_sign_in_does_not_live_on(app, client, owner, session):
    stranger = make.trainee()
    session.commit()
    from lms.people.sessions import open_session

    _, planted = open_session(stranger.id, at=utcnow(), user_agent="", address=None)
    session.commit()
    with client.session_transaction() as cookie:
        cookie["planted"] = "x"
    token = _csrf(client)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = planted
    client.post(URL, data={"csrf_token": token, "username": "hn00071", "password": PASSWORD})
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie["_user_id"] != planted
    old = session.scalar(select(SignInSession.ended_at).where(SignInSession.account_id == stranger.id))
    assert old is not None


def test_the_secret_in_the_cookie_is_not_in_the_database(client, owner, session):
    _sign_in(client)
    with client.session_transaction() as cookie:
        secret = cookie["_user_id"]
    row = session.scalar(select(SignInSession).where(SignInSession.account_id == owner.id))
    assert secret.encode() not in row.token_hash


def test_a_cookie_kept_from_before_signing_out_opens_nothing(app, client, owner):
    _sign_in(client)
    with client.session_transaction() as cookie:
        kept = dict(cookie)
    client.post("/account/sign-out", data={"csrf_token": _csrf(client, "/account")})
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie.update(kept)
    assert thief.get("/account").status_code == 302


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
     "/%0d%0aSet-Cookie:x", "evil.example", "///evil.example", "http:evil.example"],
)  # fmt: skip
def test_next_never_leaves_the_site(client, owner, target):
    from urllib.parse import quote, urlsplit

    answer = _sign_in(client, url=f"{URL}?next={quote(target)}")
    assert answer.status_code == 302
    parts = urlsplit(answer.location)
    assert not parts.netloc
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\"))


def test_an_unknown_a_locked_and_a_known_name_get_the_same_answer(app, owner, session):
    make.account(username="locked", active=False, password_hash=_HASH)
    make.account(username="fresh", password_hash=None)
    session.commit()
    pages = set()
    for name in ("hn00071", "nobody", "locked", "fresh"):
        answer = _sign_in(app.test_client(), name, "không đúng đâu nhé")
        page = re.sub(r'value="[^"]*"|nonce="[^"]*"', "", answer.get_data(as_text=True))
        pages.add((answer.status_code, page))
    assert len(pages) == 1


def test_an_unknown_name_costs_one_hash_like_a_known_one(app, owner, monkeypatch):
    seen = []
    verify = passwords._hasher.verify
    monkeypatch.setattr(
        passwords,
        "_hasher",
        type("Spy", (), {"verify": lambda _s, h, p: seen.append(h.split("$")[:4]) or verify(h, p)})(),
    )
    for name in ("hn00071", "nobody"):
        _sign_in(app.test_client(), name, "không đúng đâu nhé")
    assert seen[0] == seen[1] == ["", "argon2id", "v=19", "m=19456,t=2,p=1"]


@pytest.mark.parametrize(
    "url",
    ["/account/sign-in", "/account/activate", "/account/sign-out", "/account/password", "/account/sessions/end-all"],
)
def test_a_form_without_its_token_is_refused(client, sign_in, owner, url):
    for browser in (client, sign_in(owner)):
        assert browser.post(url, data={"username": "hn00071", "password": PASSWORD}).status_code == 400
    assert sign_in(owner).get("/account").status_code == 200


def test_the_token_of_another_browser_is_refused(app, client, owner):
    token = _csrf(app.test_client())
    _csrf(client)
    answer = client.post(URL, data={"csrf_token": token, "username": "hn00071", "password": PASSWORD})
    assert answer.status_code == 400


def test_a_name_that_does_not_exist_is_throttled_just_the_same(client, session):
    token = _csrf(client)
    codes = [
        client.post(URL, data={"csrf_token": token, "username": "nobody", "password": "x"}).status_code
        for _ in range(12)
    ]
    assert codes == [422] * 10 + [429] * 2


def test_enormous_and_odd_values_are_refused_before_any_hash(client, owner, monkeypatch):
    monkeypatch.setattr(passwords, "fits", lambda *_: pytest.fail("hashed"))
    assert _sign_in(client, "hn00071", "x" * 100_000).status_code == 422
    assert _sign_in(client, "x" * 100_000, "x").status_code == 422


@pytest.mark.parametrize("name", ["\x00", "' OR 1=1 --", "hn00071\x00", "\udce2", "%", "ＨＮ０００７１"])
def test_odd_names_are_nobody(client, owner, name):
    token = _csrf(client)
    data = {"csrf_token": token, "username": name.encode("utf-8", "surrogatepass"), "password": "sai"}
    assert client.post(URL, data=data).status_code in (400, 422)


def test_an_administrator_of_a_unit_cannot_take_over_who_holds_the_whole_city(sign_in, submit, session):
    city = make.city()
    department = make.unit(city)
    local = make.holder("administrator", department)
    colleague = make.trainee(department)
    make.add(RoleHolding(account_id=colleague.id, role="administrator", unit_id=city.id))
    session.commit()
    client, url = sign_in(local), f"/admin/people/{colleague.id}"
    for act in ("code", "lock", "unlock", "roles", "roles/end"):
        assert submit(client, f"{url}/{act}", page=url).status_code == 403


def test_codes_of_a_unit_leave_out_who_holds_a_role(session):
    city = make.city()
    department = make.unit(city)
    colleague = make.trainee(department)
    make.add(RoleHolding(account_id=colleague.id, role="administrator", unit_id=city.id))
    plain = make.trainee(department)
    session.commit()
    issued = services.issue_codes_of_unit(SYSTEM, department.id, at=utcnow())
    assert [code.username for code in issued] == [plain.username]


def test_sign_in_pages_are_not_kept_by_caches_and_not_framed(client, session):
    answer = client.get(URL)
    assert "no-cache" in answer.headers["Cache-Control"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
