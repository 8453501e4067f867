"""The pages of unit managers: quotas and deadlines, three groups, lists kept when refused, codes, spreadsheets."""

import io
from datetime import timedelta

import pytest
from lxml import html
from sqlalchemy import func, select

from lms.core.workbooks import Workbook
from lms.planning.models import Nomination, Quota, StatedFact
from tests import factories as make
from tests.planning.conftest import open_class, quota

OLD = {"birth_date": make.date(1966, 1, 1), "sex": "male"}


@pytest.fixture
def page(town):
    return f"/nominations/{town.run.id}/{town.one.id}"


@pytest.fixture
def manager(town, session, sign_in):
    """The first unit's manager in her browser."""
    session.commit()
    return sign_in(town.managers[0])


def _people(session, town, count, **values):
    made = [make.person(town.one, **values) for _ in range(count)]
    session.commit()
    return made


def _send(submit, client, page, people, **more):
    values = {"submit": "nominate", "pick": [str(one.id) for one in people], "assured": "y"}
    return submit(client, page, values | more)


def _named(session):
    return session.scalar(select(func.count()).select_from(Nomination))


def test_classes_that_ask_for_people_are_listed_with_quota_and_deadline(town, session, manager):
    quota(open_class(name="Lớp hết hạn", nominations_until=make.today() - timedelta(days=1)), town.one, 3)
    open_class(name="Lớp của người khác")
    session.commit()
    text = manager.get("/nominations").get_data(as_text=True)
    assert town.run.name in text and "0 trên 10" in text and f"{town.run.nominations_until:%d/%m/%Y}" in text
    assert text.index("Lớp hết hạn") > text.index(town.run.name) and "Lớp của người khác" not in text


def test_staff_stand_in_three_groups_each_with_reason_and_clause(town, session, manager, page):
    (fine,) = _people(session, town, 1, full_name="Nguyễn Văn Được", birth_date=make.date(1995, 1, 1))
    (old,) = _people(session, town, 1, full_name="Trần Sắp Hưu", **OLD)
    asked = make.person(make.unit(town.one, name="Văn phòng"), position="Chuyên viên", full_name="Lê Chưa Rõ")
    session.commit()
    tree = html.fromstring(manager.get(page).get_data(as_text=True))
    assert tree.xpath(f"//fieldset[contains(., 'Được cử')]//input[@name='pick' and @value='{fine.id}']")
    barred = tree.xpath("//details[contains(., 'Không được cử')]")[0].text_content()
    assert old.full_name in barred and "mục" in barred and f"{old.id}" not in str(tree.xpath("//input/@value"))
    assert tree.xpath(f"//select[@name='answer-{asked.id}-field']")


def test_who_has_priority_is_proposed_first_and_nobody_is_barred_by_it(town, session, manager, page):
    plain, young, both = (
        make.person(town.one, full_name=name, birth_date=make.date(year, 1, 1), sex=sex)
        for name, year, sex in (("A", 1980, "male"), ("B", 1996, "male"), ("C", 1995, "female"))
    )
    session.commit()
    tree = html.fromstring(manager.get(page).get_data(as_text=True))
    ours = {str(one.id) for one in (plain, young, both)}
    order = [key for key in tree.xpath("//input[@name='pick']/@value") if key in ours]
    assert order == [str(both.id), str(young.id), str(plain.id)]


def test_12_of_a_refused_list_nothing_is_saved_and_nothing_must_be_typed_again(town, session, manager, page, submit):
    quota_row = session.get(Quota, (town.run.id, town.one.id))
    quota_row.places = 30
    fine = _people(session, town, 28)
    bad = _people(session, town, 2, **OLD)
    answer = _send(submit, manager, page, [*fine, *bad], ground="Công văn 7")
    assert answer.status_code == 422 and _named(session) == 0
    tree = html.fromstring(answer.get_data(as_text=True))
    picked = set(tree.xpath("//input[@name='pick' and @checked]/@value"))
    assert picked == {str(one.id) for one in fine + bad}
    assert all(
        "mục" in tree.xpath(f"//li[.//input[@value='{one.id}']]//p[@class='field-error']")[0].text_content()
        for one in bad
    )
    assert tree.xpath("//input[@name='ground']/@value") == ["Công văn 7"]
    assert _send(submit, manager, page, fine).status_code == 302 and _named(session) == 28


def test_people_are_named_in_the_order_that_the_unit_gives(town, session, manager, page, submit):
    one, two, three = _people(session, town, 3)
    _send(submit, manager, page, [one, two, three], **{f"order-{three.id}": "1", f"order-{one.id}": "2"})
    rows = session.execute(select(Nomination.person_id).order_by(Nomination.priority)).scalars().all()
    assert rows == [three.id, one.id, two.id]


@pytest.mark.parametrize(("given", "said"), [({"assured": ""}, "assured"), ({"pick": []}, "")])
def test_conditions_of_a_list_are_told_at_their_place(given, said, town, session, manager, page, submit):
    (one,) = _people(session, town, 1)
    values = {"submit": "nominate", "pick": [str(one.id)], "assured": "y"} | given
    values = {key: value for key, value in values.items() if value}
    answer = submit(manager, page, values)
    assert answer.status_code == 422 and _named(session) == 0
    assert not said or f'id="{said}-error"' in answer.get_data(as_text=True)


def test_what_is_answered_is_kept_with_its_ground(town, session, manager, page, submit):
    person = make.person(make.unit(town.one, name="Văn phòng"), position="Chuyên viên")
    session.commit()
    answers = {f"answer-{person.id}-field": "yes", f"answer-{person.id}-excellent": "yes"}
    refused = _send(submit, manager, page, [person], **answers)
    assert refused.status_code == 422 and 'id="ground-error"' in refused.get_data(as_text=True)
    assert _send(submit, manager, page, [person], ground="Công văn 5", **answers).status_code == 302
    facts = session.execute(select(StatedFact.question, StatedFact.answer, StatedFact.ground)).all()
    assert sorted(map(tuple, facts)) == [("excellent", True, "Công văn 5"), ("field", True, "Công văn 5")]


def test_a_search_keeps_who_is_picked(town, session, manager, page, submit):
    one, other = _people(session, town, 2)
    other.full_name, other.search_text = "Đặng Thị Khác", "dang thi khac"
    session.commit()
    answer = submit(manager, page, {"submit": "search", "q": "dang thi", "pick": [str(one.id)]})
    tree = html.fromstring(answer.get_data(as_text=True))
    assert answer.status_code == 200 and tree.xpath("//input[@name='pick' and @checked]/@value") == [str(one.id)]
    assert set(tree.xpath("//input[@name='pick']/@value")) == {str(one.id), str(other.id)}


def test_a_list_of_codes_shows_names_before_it_is_sent(town, session, manager, page, submit):
    (one,) = _people(session, town, 1)
    stranger = make.person(town.two)
    session.commit()
    answer = submit(manager, f"{page}/list", {"codes": f"{one.staff_code.lower()}\n{stranger.staff_code}\nXX1"})
    text = answer.get_data(as_text=True)
    tree = html.fromstring(text)
    assert answer.status_code == 200 and _named(session) == 0
    assert tree.xpath("//input[@name='pick']/@value") == [str(one.id)] and one.full_name in text
    assert len(tree.xpath("//tbody//span[@class='field-error']")) == 2
    shown = submit(manager, page, {"submit": "show", "pick": [str(one.id)]})
    assert html.fromstring(shown.get_data(as_text=True)).xpath("//input[@checked]/@value") == [str(one.id)]


def _sheet(*rows):
    book = Workbook()
    book.sheet("Danh sách", "Danh sách đề cử", [("STT", 5), ("Họ và tên", 30), ("Ngày sinh", 12)], rows)
    return io.BytesIO(book.content())


def test_13_each_line_of_a_spreadsheet_says_whom_it_means_and_a_second_upload_adds_none(
    town, session, manager, page, submit
):
    (one,) = _people(session, town, 1, full_name="Vũ Thị Một", birth_date=make.date(1990, 3, 4))
    twins = _people(session, town, 2, full_name="Vũ Thị Hai")
    rows = [(1, "Vũ Thị Một", make.date(1990, 3, 4)), (2, "Vũ Thị Hai", None), (3, "Vũ Thị Ba", None)]

    def upload():
        answer = submit(manager, f"{page}/list", {"file": (_sheet(*rows), "ds.xlsx")})
        return html.fromstring(answer.get_data(as_text=True))

    tree = upload()
    assert tree.xpath("//input[@checked]/@value") == [str(one.id)]
    assert set(tree.xpath("//input[@name='pick']/@value")) == {str(who.id) for who in (one, *twins)}
    assert len(tree.xpath("//tbody//span[@class='field-error']")) == 1
    _send(submit, manager, page, [one], source="spreadsheet")
    assert session.scalar(select(Nomination.person_id)) == one.id
    assert str(one.id) not in upload().xpath("//input[@name='pick']/@value")


def test_a_unit_takes_back_with_a_reason_and_reads_what_became_of_it(town, session, manager, name, submit):
    (named,) = name(make.person(town.one))
    address = f"/nominations/of/{named}"
    assert submit(manager, address, {"code": "duties", "reason": ""}).status_code == 422
    assert submit(manager, address, {"code": "duties", "reason": "trực chống lũ"}).status_code == 302
    text = manager.get(address).get_data(as_text=True)
    assert "trực chống lũ" in text and "<form" in text and 'name="reason"' not in text


def test_18_the_unit_of_the_day_stays_and_rights_go_to_its_heir(town, session, sign_in, name, submit):
    (named,) = name(make.person(town.one))
    heir = make.unit(make.city(), name="Sở Xây dựng mới")
    make.add(make.UnitSuccession(predecessor_id=town.one.id, successor_id=heir.id, on=make.today()))
    town.one.valid_to = make.today()
    manager = make.holder("unit_manager", heir)
    session.commit()
    client = sign_in(manager)
    text = client.get(f"/nominations/of/{named}").get_data(as_text=True)
    assert "Sở Xây dựng" in text and "Sở Xây dựng mới" in text
    assert submit(client, f"/nominations/of/{named}", {"code": "moved", "reason": "sáp nhập"}).status_code == 302


def test_others_see_nothing(town, session, sign_in, page, name):
    (named,) = name(make.person(town.one))
    client = sign_in(town.managers[1])
    for address in (page, f"{page}/list", f"/nominations/of/{named}"):
        assert client.get(address).status_code == 403
    assert client.get(f"/nominations/{town.run.id}/{town.run.institution_id}").status_code in (403, 404)


def test_the_page_asks_few_statements_however_many_the_staff(town, session, manager, page, queries):
    counts = []
    for count in (3, 60):
        _people(session, town, count)
        queries.clear()
        manager.get(page)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


def test_deadlines_count_in_the_day_of_ha_noi(town, session, manager, page, submit):
    _people(session, town, 1)
    town.run.nominations_until = make.today() - timedelta(days=1)
    session.commit()
    assert 'name="pick"' not in manager.get(page).get_data(as_text=True)
