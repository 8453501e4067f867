"""Every act upon an account, its person, a role and a unit in every state, through its door."""

from datetime import timedelta

import pytest

from lms.people import rules
from lms.people.models import Account, ActivationCode, Person, RoleHolding, Unit, UnitSuccession
from tests import factories as make
from tests.walking import check, everything, pairs

TABLES = (Account, ActivationCode, Person, RoleHolding, Unit, UnitSuccession)


@pytest.fixture
def post(session, sign_in, submit):
    client = sign_in(make.holder("administrator"))

    def send(url, form=None):
        return submit(client, url, form or {}, page="/account")

    return send


@pytest.mark.parametrize(("act", "state"), pairs(rules.ACCOUNT, but=("set_password",)))  # by the command line alone
def test_an_account(session, post, act, state):
    unit = make.unit(make.city())
    account = make.trainee(unit)
    account.active = state == "open"
    session.commit()
    path, form = {
        "lock": ("lock", {}),
        "unlock": ("unlock", {}),
        "issue_code": ("code", {}),
        "give_role": ("roles", {"role": "unit_manager", "unit": unit.code}),
    }[act]
    before = everything(session, *TABLES)
    answer = post(f"/admin/people/{account.id}/{path}", form)
    check(rules.ACCOUNT, act, state, answer, before, everything(session, *TABLES))


@pytest.mark.parametrize("state", sorted(rules.PERSON.states))
def test_a_person_who_has_left_gets_no_role(session, post, state):
    unit = make.unit(make.city())
    account = make.trainee(unit)
    session.get(Person, account.person_id).left_on = make.today() if state == "left" else None
    session.commit()
    before = everything(session, *TABLES)
    answer = post(f"/admin/people/{account.id}/roles", {"role": "unit_manager", "unit": unit.code})
    check(rules.PERSON, "give_role", state, answer, before, everything(session, *TABLES))


@pytest.mark.parametrize(("act", "state"), pairs(rules.ROLE))
def test_a_role(session, post, act, state):
    unit, today = make.unit(make.city()), make.today()
    account = make.trainee(unit)
    days = {
        "ahead": {"valid_from": today + timedelta(days=3)},
        "held": {"valid_from": today - timedelta(days=3)},
        "ended": {"valid_from": today - timedelta(days=9), "valid_to": today - timedelta(days=3)},
    }[state]
    holding = make.role(account, "unit_manager", unit, **days)
    session.commit()
    before = everything(session, *TABLES)
    answer = post(f"/admin/people/{account.id}/roles/end", {"holding": str(holding.id)})
    check(rules.ROLE, act, state, answer, before, everything(session, *TABLES))


@pytest.mark.parametrize("day", [-1, 0, 1])
def test_a_role_ends_with_the_first_day_on_which_it_is_not_held(day):
    today = make.today()
    state = rules.role_state(None, today + timedelta(days=day), today)
    assert state == ("held" if day > 0 else "ended")
    assert rules.role_state(today + timedelta(days=day), None, today) == ("ahead" if day > 0 else "held")


@pytest.mark.parametrize(("act", "state"), pairs(rules.UNIT))
def test_a_unit(session, post, act, state):
    unit = make.unit(make.city())
    unit.valid_to = make.today() + timedelta(days=30) if state == "closed" else None
    session.commit()
    before = everything(session, *TABLES)
    on = (make.today() + timedelta(days=10)).isoformat()
    answer = post(f"/admin/units/{unit.id}/close", {"on": on})
    check(rules.UNIT, act, state, answer, before, everything(session, *TABLES))
