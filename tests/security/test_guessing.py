"""Guessing is slow, and nobody can use that to keep an owner, an office or a program out."""

import re
import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from lms import create_app
from lms.core import throttle
from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.throttle import Pace, Throttle
from lms.people import guessing, passwords
from lms.people.passwords import Places
from tests import factories as make
from tests.conftest import _settings, make_database

URL = "/account/sign-in"
PASSWORD = "gió heo may về phố cũ"
_HASH = passwords.make_hash(PASSWORD)


@pytest.fixture
def owner(session):
    account = make.account(make.person(staff_code="HN00071"), password_hash=_HASH)
    session.commit()
    return account


@pytest.fixture
def cheap(monkeypatch):
    """Passwords are compared, not hashed, and time stands still: these tests count attempts."""
    monkeypatch.setattr(passwords, "fits", lambda stored, password: stored is not None and password == PASSWORD)
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


def attempt(client, name="hn00071", password="đoán thử xem nào", address="198.51.100.7"):
    page = client.get(URL, environ_base={"REMOTE_ADDR": address}).text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    data = {"csrf_token": token.group(1) if token else "", "username": name, "password": password}
    return client.post(URL, data=data, environ_base={"REMOTE_ADDR": address})


def known_browser(app, address="203.0.113.5", name="hn00071"):
    """A browser in which the owner has signed in and out again."""
    browser = app.test_client()
    assert attempt(browser, name, PASSWORD, address).status_code == 302
    with browser.session_transaction() as cookie:
        cookie.clear()
    return browser


# -- the attacker, and the owner at the same time ----------------------------------------------------------------------


def test_an_attacker_slows_down_herself_and_not_the_owners_browser(app, owner, cheap):
    home = known_browser(app)
    attacker = app.test_client()
    codes = [attempt(attacker).status_code for _ in range(12)]
    assert codes == [422] * 10 + [429] * 2
    assert attempt(attacker, password=PASSWORD).status_code == 429, "not even the right guess is told"
    assert attempt(home, password=PASSWORD, address="203.0.113.5").status_code == 302
    away = known_browser(app, address="192.0.2.9")
    assert attempt(away, password=PASSWORD, address="198.51.100.7").status_code == 302, "even behind her address"


def test_many_addresses_share_what_one_name_allows_and_the_owners_browser_passes(app, owner, cheap):
    home = known_browser(app)
    codes = [attempt(app.test_client(), address=f"198.51.100.{n}").status_code for n in range(guessing.NAME.burst + 3)]
    assert codes == [422] * guessing.NAME.burst + [429] * 3
    assert attempt(home, password=PASSWORD).status_code == 302


def test_an_office_behind_one_address_signs_in_while_one_name_is_guessed_there(app, session, owner, cheap):
    colleague = make.account(make.person(staff_code="HN00072"), password_hash=_HASH)
    session.commit()
    for _ in range(15):
        attempt(app.test_client())
    assert attempt(app.test_client(), colleague.username, PASSWORD).status_code == 302


def test_a_city_behind_one_address_waits_seconds_and_its_known_browsers_not_at_all(app, owner, cheap):
    home = known_browser(app)
    spraying = app.test_client()
    codes = [attempt(spraying, f"nobody{n}").status_code for n in range(guessing.ADDRESS.burst + 1)]
    assert codes[-2:] == [422, 429]
    refused = attempt(app.test_client(), password=PASSWORD)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 3
    assert attempt(home, password=PASSWORD).status_code == 302
    with time_machine.travel(utcnow() + timedelta(seconds=4), tick=False):
        assert attempt(app.test_client(), password=PASSWORD).status_code == 302


def test_what_is_refused_is_not_counted_so_waiting_helps(app, owner, cheap):
    attacker = app.test_client()
    for _ in range(40):
        attempt(attacker)
    with time_machine.travel(utcnow() + timedelta(seconds=91), tick=False):
        assert attempt(attacker, password=PASSWORD).status_code == 302


def test_a_stolen_known_browser_guesses_no_faster(app, owner, cheap):
    thief = known_browser(app)
    codes = [attempt(thief, address=f"198.51.100.{n}").status_code for n in range(12)]
    assert codes == [422] * 10 + [429] * 2


@pytest.mark.parametrize("cookie", ["", "x", "eyJhIjoxfQ.aa.bb", "é", "W10.aVz1.AAAA"])
def test_a_forged_known_browser_is_not_known(app, owner, cheap, cookie):
    attacker = app.test_client()
    attacker.set_cookie("khue-known", cookie, path="/account")
    assert [attempt(attacker).status_code for _ in range(11)] == [422] * 10 + [429]


def test_a_browser_known_for_one_account_is_not_for_another_and_forgets_the_oldest(app, session, owner, cheap):
    shared = app.test_client()
    names = [f"hn9000{n}" for n in range(guessing.ACCOUNTS)]
    for name in names:
        make.account(make.person(staff_code=name.upper()), password_hash=_HASH)
    session.commit()
    attempt(shared, password=PASSWORD)
    for name in names:
        with shared.session_transaction() as cookie:
            cookie.clear()
        assert attempt(shared, name, PASSWORD).status_code == 302
    with shared.session_transaction() as cookie:
        cookie.clear()
    for name in (names[0], names[-1], owner.username):
        for _ in range(11):
            attempt(app.test_client(), name)
    assert attempt(shared, names[0], PASSWORD).status_code == 302
    with shared.session_transaction() as cookie:
        cookie.clear()
    assert attempt(shared, owner.username, PASSWORD).status_code == 429


def test_the_cookie_says_nothing_and_is_kept_from_scripts(app, client, owner):
    cookie = next(c for c in attempt(client, password=PASSWORD).headers.getlist("Set-Cookie") if "known" in c)
    assert "HttpOnly" in cookie and "Path=/account" in cookie and "SameSite=Lax" in cookie
    assert owner.username not in cookie
    assert "known" not in str(client.get("/programmes").headers.getlist("Set-Cookie")), "only signing in sets it"


def test_each_purpose_counts_by_itself(app, client, submit, session, owner, cheap):
    for _ in range(12):
        attempt(app.test_client())
        values = {"username": owner.username, "code": "X" * 16, "password": PASSWORD, "repeated": PASSWORD}
        submit(client, "/account/activate", values)
        client.get("/api/v1/packages", headers={"Authorization": "Bearer x"})
        client.get("/xapi/statements", headers={"Authorization": "Basic eDp4", "X-Experience-API-Version": "2.0.0"})
    purposes = {key.split("|")[1] for key in session.scalars(select(Throttle.key))}
    assert purposes >= {"sign-in", "activation", "xapi"}


def test_a_code_of_the_administrator_opens_what_others_keep_trying(app, owner, session, submit, cheap):
    from lms.core.guard import SYSTEM
    from lms.people import services

    code = services.issue_activation_code(SYSTEM, owner.id, at=utcnow())
    session.commit()
    for n in range(guessing.NAME.burst + 1):
        attempt(app.test_client(), address=f"198.51.100.{n}")
    browser = app.test_client()
    values = {"username": owner.username, "code": code, "password": PASSWORD, "repeated": PASSWORD}
    assert submit(browser, "/account/activate", values).status_code == 302
    assert attempt(browser, password=PASSWORD).status_code == 302


# -- costs -------------------------------------------------------------------------------------------------------------


def test_hashes_never_take_all_threads_and_known_browsers_do_not_queue():
    places = Places(4)
    inside, refused, go = [], [], threading.Event()

    def stranger():
        try:
            with places.one(known=False):
                inside.append(1)
                go.wait(20)
        except DomainError as busy:
            refused.append(busy.status)

    threads = [threading.Thread(target=stranger) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(inside) + len(refused) < 3:
        threads[0].join(0.01)
    assert refused == [503] and len(inside) == 2
    go.set()
    for thread in threads:
        thread.join(20)
    with places.one(known=True), places.one(known=False):
        pass


def test_who_found_no_place_has_not_tried(app, client, owner, session, monkeypatch):
    monkeypatch.setitem(app.extensions, "lms_hash_places", Full())
    for _ in range(12):
        answer = attempt(client, password=PASSWORD)
        assert answer.status_code == 503
        assert "giây" in answer.text
    monkeypatch.setitem(app.extensions, "lms_hash_places", Places(4))
    assert attempt(client, password=PASSWORD).status_code == 302


class Full:
    """No place."""

    def one(self, *, known):
        raise passwords.busy()


# -- the counters ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(app):
    own = create_app(_settings(make_database(f"lms_guessing_{uuid.uuid4().hex[:10]}")))
    yield own
    with own.app_context():
        db.engine.dispose()


def test_tries_at_the_same_moment_share_the_burst_and_nobody_waits_for_another_for_ever(real):
    at, taken = utcnow(), []
    shared, own = Pace(10, timedelta(seconds=90)), Pace(1000, timedelta(seconds=1))

    def many(n):
        with real.app_context():
            for _ in range(8):
                keys = {"b": shared, f"a{n}": own, "c": own}
                taken.append(throttle.take(keys, at=at))

    threads = [threading.Thread(target=many, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(taken) == 40 and taken.count(0) == 10 and max(taken) <= 90
    with real.app_context():
        assert db.session.scalar(select(Throttle.count).where(Throttle.key == "c")) == 10, "refused ones count nowhere"


def test_a_bucket_fills_again_and_is_then_forgotten(session):
    at, pace = utcnow(), Pace(3, timedelta(seconds=10))
    assert [throttle.take({"k": pace}, at=at) for _ in range(4)] == [0, 0, 0, 10]
    assert throttle.take({"k": pace}, at=at + timedelta(seconds=9)) == 1
    assert throttle.take({"k": pace}, at=at + timedelta(seconds=10)) == 0
    throttle.give_back({"k": pace})
    assert throttle.take({"k": pace}, at=at + timedelta(seconds=10)) == 0
    assert throttle.sweep(at + timedelta(seconds=39)) == 0
    assert throttle.sweep(at + timedelta(seconds=40)) == 1
    assert session.scalar(select(func.count()).select_from(Throttle).where(Throttle.key == "k")) == 0
