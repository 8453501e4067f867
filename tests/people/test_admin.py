"""Persons, accounts, roles and units, administered through HTTP."""

import io
from datetime import date, timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from lms.core.audit import AuditEntry
from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.people import queries as rows
from lms.people import services
from lms.people.models import Account, Person, RoleHolding, Unit
from tests import factories as make


@pytest.fixture
def city(session):
    return make.city()


@pytest.fixture
def admin(session, city):
    account = make.holder("administrator", city, display_name="Quản Trị")
    session.get(Person, account.person_id).search_text = "quan tri"
    session.commit()
    return account


@pytest.fixture
def department(session, city):
    unit = make.unit(city, code="SXD", name="Sở Xây dựng")
    session.commit()
    return unit


@pytest.fixture
def clerk(session, department):
    account = make.trainee(department, full_name="Đỗ Thị Ngọc Điệp", staff_code="HN55555")
    session.commit()
    return account


def _text(answer):
    return answer.get_data(as_text=True)


def _actions(session):
    return session.scalars(select(AuditEntry.action)).all()


# -- the list ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["do thi diep", "Đỗ Thị", "ĐIỆP NGỌC", "hn55555", "5555"])
def test_people_are_found_with_and_without_accents_and_by_code(sign_in, admin, clerk, query):
    page = _text(sign_in(admin).get("/admin/people", query_string={"q": query}))
    assert "Đỗ Thị Ngọc Điệp" in page
    assert f"/admin/people/{admin.id}" not in page


@pytest.mark.parametrize("query", ["%", "_", "\\", "100%'; --", "\x00", "a" * 5000])
def test_odd_queries_find_nobody_and_break_nothing(sign_in, admin, clerk, query):
    answer = sign_in(admin).get("/admin/people", query_string={"q": query})
    assert answer.status_code == 200


def test_the_unit_filter_covers_the_units_below(sign_in, admin, clerk, department, session):
    team = make.unit(department, code="SXD-P1")
    make.person(team, full_name="Lý Văn Phòng")
    make.person(full_name="Người Ngoài")
    session.commit()
    page = _text(sign_in(admin).get("/admin/people?unit=sxd"))
    assert "Lý Văn Phòng" in page
    assert "Đỗ Thị Ngọc Điệp" in page
    assert "Người Ngoài" not in page
    assert "không có đơn vị mang mã" in _text(sign_in(admin).get("/admin/people?unit=NOPE"))


def test_long_lists_come_in_pages_of_fifty_without_gap_or_repeat(sign_in, admin, department, session, queries):
    for number in range(120):
        make.person(department, full_name=f"Cao Văn Số {'abcdefghij'[number % 10]}")
    session.commit()
    client, url, seen, pages = sign_in(admin), "/admin/people?q=cao", [], 0
    import re

    while url:
        queries.clear()
        page = _text(client.get(url))
        assert len(queries) <= 3
        seen += re.findall(r"<td>(CB\d+)</td>", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        url = found.group(1).replace("&amp;", "&") if found else None
        pages += 1
    assert (len(seen), len(set(seen)), pages) == (120, 120, 3)


def test_a_broken_page_key_is_refused(sign_in, admin):
    assert sign_in(admin).get("/admin/people?after=nonsense").status_code == 400


def test_who_holds_one_unit_sees_its_staff_only(sign_in, session, department, clerk):
    officer = make.holder("home_affairs_officer", department)
    other = make.trainee(full_name="Người Ngoài")
    operator = make.account()
    session.commit()
    client = sign_in(officer)
    assert "Người Ngoài" not in _text(client.get("/admin/people"))
    assert client.get(f"/admin/people/{clerk.id}").status_code == 200
    assert client.get(f"/admin/people/{other.id}").status_code == 403
    assert client.get(f"/admin/people/{operator.id}").status_code == 403
    assert operator.username not in _text(client.get("/admin/people?show=operators"))


def test_accounts_without_a_staff_record_have_a_list(sign_in, admin, session):
    make.account(display_name="Tổ thẩm định", username="thamdinh9")
    session.commit()
    assert "Tổ thẩm định" in _text(sign_in(admin).get("/admin/people?show=operators&q=tham dinh"))


# -- one account ------------------------------------------------------------------------------------------------------


def test_a_role_is_given_for_a_period_and_taken_away(sign_in, submit, admin, clerk, department, session):
    client, url = sign_in(admin), f"/admin/people/{clerk.id}"
    values = {"role": "unit_manager", "unit": "sxd", "valid_from": "2026-01-01", "valid_until": "2030-12-31"}
    assert submit(client, f"{url}/roles", values, page=url).status_code == 302
    holding = session.scalar(select(RoleHolding).where(RoleHolding.account_id == clerk.id))
    assert (holding.role, holding.unit_id, holding.valid_to) == ("unit_manager", department.id, date(2031, 1, 1))
    assert "đến hết ngày 31/12/2030" in _text(client.get(url))
    assert submit(client, f"{url}/roles/end", {"holding": holding.id}, page=url).status_code == 302
    assert "đã hết hiệu lực" in _text(client.get(url))
    assert {"role.give", "role.end"} <= set(_actions(session))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"unit": "NOPE"}, "unit"),
        ({"unit": ""}, "unit"),
        ({"role": "king"}, "role"),
        ({"role": "trainee"}, "role"),
        ({"valid_from": "31/12/26"}, "valid_from"),
        ({"valid_from": "2026-12-31", "valid_until": "2026-01-01"}, "valid_until"),
    ],
)
def test_a_wrong_role_form_gets_its_message_and_gives_nothing(
    sign_in, submit, admin, clerk, department, session, values, field
):
    url = f"/admin/people/{clerk.id}"
    answer = submit(sign_in(admin), f"{url}/roles", {"role": "auditor", "unit": "SXD"} | values, page=url)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in _text(answer)
    assert session.scalar(select(RoleHolding).where(RoleHolding.account_id == clerk.id)) is None


def test_an_administrator_of_one_unit_gives_no_role_over_another(sign_in, submit, session, city, department, clerk):
    local = make.holder("administrator", department)
    session.commit()
    url = f"/admin/people/{clerk.id}"
    answer = submit(sign_in(local), f"{url}/roles", {"role": "administrator", "unit": city.code}, page=url)
    assert answer.status_code == 422
    assert session.scalar(select(RoleHolding).where(RoleHolding.account_id == clerk.id)) is None


def test_an_administrator_cannot_take_her_own_right_away_or_lock_herself_out(sign_in, submit, admin, session):
    client, url = sign_in(admin), f"/admin/people/{admin.id}"
    holding = session.scalar(select(RoleHolding.id).where(RoleHolding.account_id == admin.id))
    assert submit(client, f"{url}/roles/end", {"holding": holding}, page=url).status_code == 409
    assert submit(client, f"{url}/lock", page=url).status_code == 409


def test_the_holding_of_another_account_is_not_ended_from_here(sign_in, submit, admin, clerk, session):
    holding = session.scalar(select(RoleHolding.id).where(RoleHolding.account_id == admin.id))
    url = f"/admin/people/{clerk.id}"
    assert submit(sign_in(admin), f"{url}/roles/end", {"holding": holding}, page=url).status_code == 404


def test_a_locked_account_is_signed_out_at_once_and_can_be_opened_again(sign_in, submit, admin, clerk):
    theirs, client, url = sign_in(clerk), sign_in(admin), f"/admin/people/{clerk.id}"
    submit(client, f"{url}/lock", page=url)
    assert theirs.get("/account").status_code == 302
    assert submit(client, f"{url}/code", page=url).status_code == 409
    submit(client, f"{url}/unlock", page=url)
    assert sign_in(clerk).get("/account").status_code == 200


def test_a_code_is_shown_once_and_audited(sign_in, submit, admin, clerk, session):
    url = f"/admin/people/{clerk.id}"
    page = _text(submit(sign_in(admin), f"{url}/code", page=url))
    import re

    assert re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", page)
    assert "account.issue_code" in _actions(session)


def test_codes_of_a_unit_come_as_a_workbook_for_those_who_need_one(sign_in, submit, admin, clerk, department, session):
    make.trainee(department, full_name="=HYPERLINK()").password_hash = None
    make.holder("unit_manager", department)
    session.commit()
    answer = submit(sign_in(admin), f"/admin/units/{department.id}/codes", page=f"/admin/units/{department.id}")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in sheet[3:]] == ["Đỗ Thị Ngọc Điệp", "=HYPERLINK()"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_reader_sees_but_changes_nothing(sign_in, session, city, clerk):
    reader = make.holder("auditor", city)
    session.commit()
    page = _text(sign_in(reader).get(f"/admin/people/{clerk.id}"))
    assert "Giao vai trò" not in page
    assert "Cấp mã" not in page


def test_names_with_markup_are_shown_as_text(sign_in, admin, department, session):
    account = make.trainee(department, full_name="<script>alert(1)</script>")
    session.commit()
    page = _text(sign_in(admin).get(f"/admin/people/{account.id}"))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


# -- units ------------------------------------------------------------------------------------------------------------


def test_the_tree_opens_level_by_level_on_a_day(sign_in, admin, department, session):
    make.unit(department, code="SXD-P1", name="Phòng Quy hoạch")
    make.unit(department, code="SXD-P0", name="Phòng cũ", valid_to=date(2025, 7, 1))
    session.commit()
    client = sign_in(admin)
    assert "Sở Xây dựng" not in _text(client.get("/admin/units"))
    assert "Sở Xây dựng" in _text(client.get(f"/admin/units?below={department.parent_id}"))
    below = f"/admin/units?below={department.id}"
    assert "Phòng cũ" not in _text(client.get(below))
    assert "Phòng cũ" in _text(client.get(below + "&day=2025-06-30"))
    assert "Phòng Quy hoạch" in _text(client.get("/admin/units?q=phong quy hoach"))


@pytest.mark.parametrize("query", ["day=31/13/2026", "below=x", "below=1e9"])
def test_a_malformed_tree_address_is_refused(sign_in, admin, query):
    assert sign_in(admin).get(f"/admin/units?{query}").status_code == 400


def test_a_unit_is_made_and_audited(sign_in, submit, admin, city, session):
    values = {"code": "sqhkt", "name": "Sở Quy hoạch - Kiến trúc", "kind": "department", "parent": city.code}
    answer = submit(sign_in(admin), "/admin/units/new", values | {"valid_from": "2025-07-01"})
    unit = session.scalar(select(Unit).where(Unit.code == "SQHKT"))
    assert answer.location == f"/admin/units/{unit.id}"
    assert unit.path == f"{city.path}{unit.id}/"
    assert "unit.create" in _actions(session)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "SXD"}, "code"),
        ({"code": "Sở XD"}, "code"),
        ({"name": ""}, "name"),
        ({"kind": "castle"}, "kind"),
        ({"parent": "NOPE"}, "parent"),
        ({"valid_from": "1999-01-01"}, "parent"),
        ({"valid_from": "x"}, "valid_from"),
    ],
)
def test_a_wrong_unit_form_keeps_what_was_typed(sign_in, submit, admin, city, department, values, field):
    data = {"code": "X1", "name": "Đơn vị X", "kind": "department", "parent": city.code, "valid_from": "2025-07-01"}
    answer = submit(sign_in(admin), "/admin/units/new", data | values)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in _text(answer)


def test_a_unit_goes_over_into_others(sign_in, submit, admin, city, department, session):
    heir = make.unit(city, code="SXD2", name="Sở Xây dựng mới")
    session.commit()
    client, url = sign_in(admin), f"/admin/units/{department.id}"
    values = {"on": "2027-01-01", "successors": "sxd2", "document": "Quyết định số 1/QĐ-UBND"}
    assert submit(client, f"{url}/close", values, page=url).status_code == 302
    assert "Sở Xây dựng mới" in _text(client.get(url))
    assert "Hình thành từ" in _text(client.get(f"/admin/units/{heir.id}"))
    assert "→ SXD2" in _text(client.get(f"/admin/units?below={city.id}"))
    assert {"unit.close", "unit.succeed"} <= set(_actions(session))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"on": ""}, "on"),
        ({"on": "2019-01-01"}, "on"),
        ({"successors": "NOPE"}, "successors"),
        ({"successors": "SXD"}, "successors"),
    ],
)
def test_a_wrong_closing_changes_nothing(sign_in, submit, admin, department, session, values, field):
    url = f"/admin/units/{department.id}"
    answer = submit(sign_in(admin), f"{url}/close", {"on": "2027-01-01", "successors": ""} | values, page=url)
    assert answer.status_code in (409, 422)
    assert f'id="{field}-error"' in _text(answer)
    assert session.get(Unit, department.id, populate_existing=True).valid_to is None


def test_a_unit_with_living_units_below_is_not_closed(sign_in, submit, admin, department, session):
    make.unit(department, code="SXD-P1")
    session.commit()
    url = f"/admin/units/{department.id}"
    answer = submit(sign_in(admin), f"{url}/close", {"on": "2027-01-01"}, page=url)
    assert "SXD-P1" in _text(answer)


@pytest.mark.parametrize("url", ["/admin/units", "/admin/units/{unit}", "/admin/people/{account}"])
def test_pages_need_few_statements(sign_in, admin, clerk, department, queries, url):
    client = sign_in(admin)
    queries.clear()
    assert client.get(url.format(unit=department.id, account=clerk.id)).status_code == 200
    assert len(queries) <= 7, queries


# -- for other domains ------------------------------------------------------------------------------------------------


def test_other_domains_get_names_paths_and_choices(session, clerk, department, city):
    assert rows.actor_name(clerk.person_id) == clerk.actor_name
    card = rows.person_card(clerk.person_id)
    assert (card.full_name, card.unit, card.unit_path) == ("Đỗ Thị Ngọc Điệp", "Sở Xây dựng", department.path)
    assert rows.unit_path(department.id) == department.path
    assert rows.unit_path(10**12) is None


def test_persons_and_accounts_are_made_by_name(session, department):
    person = services.create_person(
        SYSTEM,
        staff_code=" hn777 ",
        full_name="Phạm  Thị\u00a0Hoa",
        unit_id=department.id,
        category="civil_servant",
        position="Chuyên viên",
        at=utcnow(),
    )
    assert (person.staff_code, person.full_name, person.search_text) == ("HN777", "Phạm Thị Hoa", "pham thi hoa hn777")
    account = services.create_account(
        SYSTEM, username="HN777", display_name="Phạm Thị Hoa", person_id=person.id, at=utcnow()
    )
    assert account.username == "hn777"
    from lms.core.errors import DomainError

    with pytest.raises(DomainError):
        services.create_account(SYSTEM, username="hn777", display_name="x", person_id=None, at=utcnow())
    with pytest.raises(DomainError):
        services.create_person(
            SYSTEM, staff_code="HN777", full_name="x", unit_id=department.id, category="guest", position="", at=utcnow()
        )


def test_a_password_set_by_another_must_be_changed(session, clerk):
    services.set_password(SYSTEM, clerk.id, "một câu dễ nhớ mà dài", at=utcnow())
    account = session.get(Account, clerk.id, populate_existing=True)
    assert account.must_change_password
    assert account.activated_at is not None


def test_a_role_held_until_yesterday_gives_nothing_today(session, sign_in, clerk, city):
    today = utcnow().date()
    services.give_role(SYSTEM, clerk.id, "administrator", city.id, at=utcnow(), valid_until=today - timedelta(days=2))
    assert sign_in(clerk).get("/admin/people").status_code == 403
