"""What an administrator may do with whom and which unit, through the pages; the edges of each rule."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.people import access, rules, services
from lms.people.models import Account, SignInSession, Unit
from lms.people.sessions import actor_of, load_actor, open_session
from tests import factories as make

# -- whose account may be managed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["above", "beside", "own", "below"])
def test_an_account_with_a_role_outside_ones_units_is_not_managed(sign_in, submit, session, where):
    city = make.city()
    department, beside = make.unit(city), make.unit(city)
    over = {"above": city, "beside": beside, "own": department, "below": make.unit(department)}[where]
    admin, colleague = make.holder("administrator", department), make.trainee(department)
    make.role(colleague, "lecturer", over)
    session.commit()
    answer = submit(sign_in(admin), f"/admin/people/{colleague.id}/lock", page="/account")
    assert answer.status_code == (302 if where in ("own", "below") else 403)
    session.refresh(colleague)
    assert colleague.active is (where in ("above", "beside"))


def test_a_wider_role_of_somebody_else_guards_nobody(sign_in, submit, session):
    department = make.unit(make.city())
    admin, clerk = make.holder("administrator", department), make.trainee(department)
    make.role(make.trainee(department), "auditor", make.city())
    session.commit()
    assert submit(sign_in(admin), f"/admin/people/{clerk.id}/lock", page="/account").status_code == 302


def test_the_page_of_a_unit_is_for_who_holds_it(sign_in, session):
    mine, beside = make.unit(make.city()), make.unit(make.city())
    client = sign_in(make.holder("administrator", mine))
    assert client.get(f"/admin/units/{mine.id}").status_code == 200
    assert client.get(f"/admin/units/{beside.id}").status_code == 403


def test_accounts_without_a_staff_record_are_for_who_holds_the_whole_city(sign_in, session):
    operator = make.operator("auditor")
    whole, part = make.holder("administrator"), make.holder("administrator", make.unit(make.city()))
    session.commit()
    assert sign_in(whole).get(f"/admin/people/{operator.id}").status_code == 200
    assert sign_in(part).get(f"/admin/people/{operator.id}").status_code == 403


def test_an_account_that_is_none_is_not_found(sign_in, session):
    admin = make.holder("administrator")
    session.commit()
    nobody = make.uuid4()
    assert sign_in(admin).get(f"/admin/people/{nobody}").status_code == 404
    actor = actor_of(admin.id, at=utcnow())
    assert access.may_manage_account(actor, nobody) is None
    assert access.may_see_account(actor, nobody) is None


@pytest.mark.parametrize(
    ("begins", "ends", "exists"), [(0, None, True), (1, None, False), (-9, 0, False), (-9, 1, True)]
)
def test_a_unit_exists_from_its_first_day_until_the_day_before_its_end(session, begins, ends, exists):
    days = {"valid_from": make.today() + timedelta(days=begins)}
    if ends is not None:
        days["valid_to"] = make.today() + timedelta(days=ends)
    unit = make.unit(make.city(), **days)
    found = session.scalars(select(Unit.id).where(access.valid_on(make.today()), Unit.id == unit.id)).all()
    assert bool(found) is exists


def test_units_held_are_those_and_all_below_and_none_for_nobody(session):
    top = make.unit(make.city())
    below, beside = make.unit(top), make.unit(make.city())
    ask = lambda *paths: set(session.scalars(select(Unit.id).where(access.units_within(paths))))  # noqa: E731
    assert ask(top.path) == {top.id, below.id}
    assert ask(below.path, beside.path) == {below.id, beside.id}
    assert ask() == set()


# -- passwords and codes ----------------------------------------------------------------------------------------------


def _fault(password, username="someone"):
    return rules.password_fault(password, username) is not None


@pytest.mark.parametrize(
    ("password", "username", "refused"),
    [
        ("abcdefghijk", "someone", True),  # eleven characters
        ("xq mưa phố 7", "someone", False),  # twelve
        ("mưa " * 32, "someone", True),  # four different characters and a blank
        ("xqmf " + "mưa rơi phố" * 11 + "ab", "someone", False),
        ("mưa rơi phố Huế " * 8, "someone", False),  # 128 characters
        ("mưa rơi phố Huế " * 8 + "x", "someone", True),
        ("mua roi BINHAN pho", "binhan", True),
        ("mua roi an pho hue", "an", False),  # two letters stand in many a sentence
        ("mua roi anh pho hue", "anh", True),
        ("Mật khẩu 12345", "someone", True),
        ("aaaabbbbccccdddd", "someone", True),  # four different characters
        ("aaaabbbbccccddddeeee", "someone", False),
    ],
)
def test_a_password_is_long_and_not_one_of_the_usual_ones(password, username, refused):
    assert _fault(password, username) is refused


@given(st.integers(0, 2**80 - 1))
def test_a_code_is_read_as_it_was_made_whatever_is_typed_alike(number):
    with patch.object(rules.secrets, "randbits", return_value=number) as drawn:
        code = rules.new_code()
    drawn.assert_called_once_with(80)
    assert sum(rules._ALPHABET.index(c) << 5 * (15 - place) for place, c in enumerate(code.replace("-", ""))) == number
    assert len(code) == 19
    assert all(len(group) == 4 for group in code.split("-"))
    assert set(code) <= set(rules._ALPHABET + "-")
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert rules.code_hash(typed) == rules.code_hash(code)


def test_codes_differ_in_every_place():
    codes = [rules.new_code().replace("-", "") for _ in range(300)]
    assert len(set(codes)) == 300
    assert all(len({code[place] for code in codes}) > 20 for place in range(16))


def test_a_username_is_one_word_in_lower_case():
    assert rules.username_of("  Hoa.NT ") == "hoa.nt"


# -- accounts and sessions --------------------------------------------------------------------------------------------


def test_a_password_set_by_an_administrator_is_good_and_ends_the_sessions_of_its_owner_only(session):
    account, other = make.trainee(), make.trainee()
    now = utcnow()
    for who in (account, other):
        open_session(who.id, at=now, user_agent="x", address=None)
    session.commit()
    with pytest.raises(DomainError, match="password"):
        services.set_password(SYSTEM, account.id, account.username, at=now)
    services.set_password(SYSTEM, account.id, "mưa rơi trên phố Huế", at=now)
    session.expire_all()
    ended = dict(session.execute(select(SignInSession.account_id, SignInSession.ended_at)).all())
    assert ended == {account.id: now, other.id: None}
    assert session.get(Account, account.id).must_change_password


def test_a_locked_account_is_nobody_by_cookie_and_in_a_job(session):
    account = make.holder("administrator")
    now = utcnow()
    _, token = open_session(account.id, at=now, user_agent="x", address=None)
    assert load_actor(token, at=now).account_id == account.id
    assert actor_of(account.id, at=now).account_id == account.id
    account.active = False
    session.flush()
    assert load_actor(token, at=now) is None
    assert actor_of(account.id, at=now) is None


def test_a_session_is_none_at_its_last_moment(session):
    account, now = make.trainee(), utcnow()
    _, token = open_session(account.id, at=now, user_agent="x", address=None)
    assert load_actor(token, at=now + timedelta(hours=11, minutes=59)) is not None
    assert load_actor(token, at=now + timedelta(hours=12)) is None


@pytest.mark.parametrize("role", ["trainee", "king", ""])
def test_a_role_that_is_none_to_give_is_refused(session, role):
    account = make.trainee()
    session.commit()
    with pytest.raises(DomainError, match=r"^role$"):
        services.give_role(SYSTEM, account.id, role, make.city().id, at=utcnow())


# -- units ------------------------------------------------------------------------------------------------------------


def test_a_unit_is_succeeded_by_others_that_exist_on_that_day(session):
    day, now = make.today(), utcnow()
    old, heir = make.unit(make.city()), make.unit(make.city())
    late = make.unit(make.city(), valid_from=day + timedelta(days=1))
    gone = make.ended_unit(valid_to=day)
    session.commit()
    for successors, code in (((), "successor"), ((heir.id, old.id), "successor"), ((heir.id, late.id), "successor-not-"
        "valid"), ((gone.id,), "successor-not-valid")):  # fmt: skip
        with pytest.raises(DomainError, match=rf"^{code}$"):
            services.succeed(SYSTEM, old.id, successors, on=day, document=None, at=now)
        session.expire_all()
        assert session.get(Unit, old.id).valid_to is None
    services.succeed(SYSTEM, old.id, [heir.id], on=day, document="12/QĐ", at=now)
    assert session.get(Unit, old.id).valid_to == day


def test_a_unit_is_closed_after_its_first_day_and_after_those_below_it(session):
    day, now = make.today(), utcnow()
    unit = make.unit(make.city(), valid_from=day)
    session.commit()
    with pytest.raises(DomainError, match="period"):
        services.close_unit(SYSTEM, unit.id, on=day, at=now)
    tomorrow = day + timedelta(days=1)
    below = make.unit(unit, valid_from=day)
    session.commit()
    with pytest.raises(DomainError, match="units-below"):
        services.close_unit(SYSTEM, unit.id, on=tomorrow, at=now)
    services.close_unit(SYSTEM, below.id, on=tomorrow, at=now)
    services.close_unit(SYSTEM, unit.id, on=tomorrow, at=now)
    with pytest.raises(DomainError, match="unit-closed"):
        services.close_unit(SYSTEM, unit.id, on=tomorrow + timedelta(days=1), at=now)


def test_one_ends_ones_own_session_and_nobody_elses(session):
    mine, hers, now = make.trainee(), make.trainee(), utcnow()
    session_id, token = open_session(hers.id, at=now, user_agent="x", address=None)
    services.end_session(actor_of(mine.id, at=now), session_id, at=now)
    assert load_actor(token, at=now) is not None
    services.end_session(actor_of(hers.id, at=now), session_id, at=now)
    assert load_actor(token, at=now) is None
