"""Rights that ended or have not begun, people who left, units that ended: what they must not see or be offered."""

from datetime import timedelta

import pytest

from lms.core.guard import SYSTEM
from lms.people import queries, services
from lms.people.models import RoleHolding
from lms.people.permissions import PERMISSIONS, ROLES
from lms.people.sessions import actor_of
from tests import factories as make

GIVEN = [name for name in ROLES if name != "trainee"]
ACCOUNTS = {"with a staff record": make.holder, "without a staff record": make.operator}


def _actor(account):
    return actor_of(account.id, at=make.utcnow())


def _carried(role):
    return {name for name, roles in PERMISSIONS.items() if role in roles}


# -- roles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", GIVEN)
@pytest.mark.parametrize("kind", ACCOUNTS)
def test_a_role_counts_from_its_first_day_to_its_last(session, kind, role):
    unit, account = make.city(), ACCOUNTS[kind]  # what is held over the whole city only counts nowhere else
    ended = _actor(account(role, unit, **make.period(make.ENDED)))
    to_come = _actor(account(role, unit, **make.period(make.TO_COME)))
    ending = _actor(account(role, unit, **make.period(make.ENDING)))
    assert role not in ended.roles | to_come.roles
    assert role in ending.roles
    for permission in _carried(role):
        assert ending.paths(permission).count(unit.path) >= 1
        if "trainee" not in PERMISSIONS[permission]:
            assert not ended.paths(permission)
            assert not to_come.paths(permission)


@pytest.mark.parametrize("role", GIVEN)
def test_an_account_without_a_staff_record_has_what_its_role_carries_and_is_no_trainee(session, role):
    unit = make.unit(make.city())
    actor = _actor(make.operator(role, unit))
    assert actor.person_id is None
    assert actor.roles == {role}
    assert dict(actor.grants) == dict.fromkeys(_carried(role), (unit.path,))


@pytest.mark.parametrize("days", [make.ENDED, make.TO_COME], ids=["ended", "to come"])
def test_an_administrator_whose_role_does_not_hold_opens_no_page_of_people(sign_in, session, days):
    former = make.holder("administrator", **make.period(days))
    clerk = make.trainee()
    session.commit()
    client = sign_in(former)
    for page in ("/admin/people", "/admin/units", "/admin/people/import", f"/admin/people/{clerk.id}"):
        assert client.get(page).status_code == 403, page
    assert "/admin/people" not in client.get("/account").get_data(as_text=True)


def test_a_role_that_ends_today_opens_its_pages_until_the_day_is_over(sign_in, session):
    last_day = make.holder("administrator", **make.period(make.ENDING))
    session.commit()
    assert sign_in(last_day).get("/admin/people").status_code == 200


def test_who_holds_a_wider_role_is_out_of_reach_until_it_has_ended(sign_in, submit, session):
    """A role over the whole city that ends later, or begins later, guards its holder's account today."""
    department = make.unit(make.city())
    admin = sign_in(make.holder("administrator", department))
    for days, status in ((make.ENDED, 302), (make.ENDING, 403), (make.TO_COME, 403), ({}, 403)):
        colleague = make.trainee(department)
        make.role(colleague, "auditor", make.city(), **make.period(days))
        session.commit()
        url = f"/admin/people/{colleague.id}"
        assert submit(admin, f"{url}/lock", page="/account").status_code == status, days
        session.refresh(colleague)
        assert colleague.active is (status == 403)


# -- people who left --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", GIVEN)
def test_who_left_is_nobodys_trainee(session, role):
    unit = make.unit(make.city())
    actor = _actor(make.leaver(unit, role))
    assert "trainee" not in actor.roles
    assert not actor.may("learning.study")


def test_codes_of_a_unit_are_for_open_accounts_of_people_in_service(session):
    unit = make.unit(make.city())
    waiting = make.trainee(unit)
    make.leaver(unit)
    make.trainee(unit, left_on=make.today())
    make.account(make.person(unit), active=False)
    make.account(make.person(unit), password_hash="$argon2id$known")
    former = make.trainee(unit)
    make.role(former, "lecturer", unit, **make.period(make.ENDED))
    issued = services.issue_codes_of_unit(SYSTEM, unit.id, at=make.utcnow())
    assert [code.username for code in issued] == [waiting.username]


@pytest.mark.parametrize("role", GIVEN)
def test_who_left_holds_no_role_although_it_was_never_taken_away(sign_in, session, role):
    """The account stays open: for her own data, and for the request to be forgotten."""
    account = make.leaver(make.unit(make.city()), role)
    session.commit()
    assert _actor(account).roles == frozenset()
    assert _actor(account).grants == {}
    client = sign_in(account)
    assert client.get("/admin/people").status_code == 403
    assert client.get("/account").status_code == 200


def test_the_list_of_people_says_who_left_and_the_headcount_leaves_her_out(sign_in, session):
    unit = make.unit(make.city())
    admin, _stays = make.holder("administrator"), make.trainee(unit, full_name="Lý Còn Làm")
    left = make.leaver(unit, full_name="Lý Đã Nghỉ")
    session.commit()
    client = sign_in(admin)
    page = client.get(f"/admin/people?unit={unit.code}").get_data(as_text=True)
    staying, leaving = page.split("Lý Còn Làm")[1].split("Lý Đã Nghỉ")
    assert "thôi việc, nghỉ hưu" in leaving.split("</tr>")[0]
    assert "thôi việc, nghỉ hưu" not in staying
    assert queries.headcount(unit.path) == 1
    assert "Giao vai trò" not in client.get(f"/admin/people/{left.id}").get_data(as_text=True)


def test_who_left_is_given_no_role(sign_in, submit, session):
    left, unit = make.leaver(), make.unit(make.city())
    admin = make.holder("administrator")
    session.commit()
    url = f"/admin/people/{left.id}"
    answer = submit(sign_in(admin), f"{url}/roles", {"role": "lecturer", "unit": unit.code}, page="/account")
    assert answer.status_code == 409
    assert session.query(RoleHolding).filter_by(account_id=left.id).count() == 0


# -- units that ended -------------------------------------------------------------------------------------------------


def test_a_unit_that_ended_is_not_offered_and_its_page_names_its_successors(sign_in, session):
    heir = make.unit(make.city(), name="Sở Xây dựng (mới)")
    old = make.ended_unit(make.city(), heir, name="Sở Quy hoạch (cũ)")
    admin = make.holder("administrator")
    session.commit()
    client = sign_in(admin)
    shown = client.get(f"/admin/units?q={heir.code}").get_data(as_text=True)
    assert heir.name in shown
    assert old.name not in client.get(f"/admin/units?q={old.code}").get_data(as_text=True)
    assert old.name not in client.get("/admin/units").get_data(as_text=True)
    assert old.name not in client.get("/admin/units/new").get_data(as_text=True)
    page = client.get(f"/admin/units/{old.id}").get_data(as_text=True)
    assert heir.name in page
    assert old.name in client.get(f"/admin/units/{heir.id}").get_data(as_text=True)


@pytest.mark.parametrize(
    ("ends_in", "begins_in", "status"), [(0, None, 409), (10, None, 302), (10, 10, 409), (10, 9, 302)]
)
def test_a_role_over_a_unit_is_given_while_the_unit_exists(sign_in, submit, session, ends_in, begins_in, status):
    unit = make.ended_unit(valid_to=make.today() + timedelta(days=ends_in))
    admin, clerk = make.holder("administrator"), make.trainee()
    session.commit()
    url, given = f"/admin/people/{clerk.id}", {"role": "lecturer", "unit": unit.code}
    if begins_in is not None:
        given["valid_from"] = (make.today() + timedelta(days=begins_in)).isoformat()
    answer = submit(sign_in(admin), f"{url}/roles", given, page=url)
    assert answer.status_code == status
    assert session.query(RoleHolding).filter_by(account_id=clerk.id).count() == (status == 302)
