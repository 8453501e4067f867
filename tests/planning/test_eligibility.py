"""Who may be sent where: the rules by themselves, over the register of audiences (mục IV.4, mục III, mục I.2)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.catalogue import services as catalogue
from lms.core.clauses import register as clauses
from lms.core.config import ROOT
from lms.people.models import CATEGORIES, UNIT_KINDS
from lms.planning.audiences import audience_of, fields_of, posts_of, register
from lms.planning.queries import limits_of
from lms.planning.rules.eligibility import WORDS, Limits, Official, age_on, findings, years_after
from lms.planning.rules.retirement import retires_on

DAY = date(2026, 12, 7)
PROGRAMMES = {folder.file.code: folder.file for folder in catalogue.read(ROOT)}
PLANNER = Official(
    category="civil_servant",
    position="Chuyên viên quản lý quy hoạch",
    unit="Sở Quy hoạch - Kiến trúc",
    unit_kind="department",
    birth_date=date(1990, 5, 2),
    sex="female",
    service_ends_on=None,
)


def _employee(position, unit):
    return {"category": "public_employee", "position": position, "unit": unit, "unit_kind": "service_unit"}


def _vice_chair(unit):
    return {"category": "commune_level", "position": "Phó Chủ tịch", "unit": unit, "unit_kind": "commune"}


def _limits(code):
    numbers = PROGRAMMES[code].eligibility
    return Limits(numbers.min_service_years_left, numbers.max_age, numbers.first_time_only, numbers.clause or "IV.4")


def _codes(code, **changed):
    found = findings(PLANNER._replace(**changed), audience_of(code), _limits(code), day=DAY)
    return [finding.code for finding in found]


def test_who_is_meant_meets_nothing():
    assert _codes("A2.1") == []


@pytest.mark.parametrize(
    ("code", "changed", "expected"),
    [
        # the five that an officer of Home Affairs could enrol
        ("A2.1", {"birth_date": date(1965, 12, 20), "sex": "male"}, ["service"]),
        ("A2.1", {"category": "commune_level", "position": "Chủ tịch UBND xã", "unit_kind": "commune"}, ["category"]),
        ("A2.1", {"category": "public_employee", "position": "Hiệu trưởng", "unit_kind": "service_unit"}, ["category"]),
        ("A2.1", {"unit": "Hội Liên hiệp Phụ nữ Thành phố"}, ["outside-scheme"]),
        ("A2.1", {"completed": True}, ["completed"]),
        # posts
        ("A2.1", {"position": "Phó Trưởng phòng Quản lý quy hoạch"}, ["post-left-out"]),
        ("A1.1", {"position": "Phó trưởng phòng Tài chính"}, []),
        ("A1.1", {"position": "Chuyên viên tài chính"}, ["post-asked"]),
        ("A1.1", {"position": "Chuyên viên tài chính", "stated": {"planned_post": True}}, []),
        ("A1.1", {"position": "Chuyên viên tài chính", "stated": {"planned_post": False}}, ["post"]),
        ("A1.5", {"position": "Giám đốc Sở"}, ["managed-asked", "post-asked", "field-asked"]),
        ("C1", _employee("Giáo viên", "Trường Tiểu học Kim Đồng"), ["post"]),
        ("C1", _employee("Phó Hiệu trưởng", "Trường Mầm non 10-10"), []),
        ("C2", _employee("Phó Giám đốc", "Bệnh viện Thanh Nhàn"), []),
        ("C2", _employee("Phó Giám đốc", "Trung tâm Văn hóa"), ["unit"]),
        # fields
        ("A2.3", {}, ["field"]),
        ("A2.3", {"position": "Chuyên viên"}, ["field-asked"]),
        ("A2.3", {"position": "Chuyên viên", "stated": {"field": True}}, []),
        ("A2.3", {"position": "Văn thư viên"}, []),
        # units
        ("A2.1", {"unit": "UBND phường Cầu Giấy", "unit_kind": "commune"}, ["unit-asked"]),
        ("B1", _vice_chair("UBND phường Cầu Giấy"), []),
        ("B1", _vice_chair("UBND xã Sóc Sơn"), ["unit-asked"]),
        ("B2", _vice_chair("UBND phường Cầu Giấy"), ["unit"]),
        # ages: case 16, the day that counts is the first of the class
        ("D1", {"birth_date": date(1990, 12, 7)}, ["age"]),
        ("D1", {"birth_date": date(1990, 12, 8)}, []),
        ("D1", {"birth_date": None}, ["age-unknown"]),
        ("D2", {"birth_date": date(1980, 1, 1)}, ["age-asked"]),
        # service left, from the roster, else by the age of retirement
        ("A2.1", {"service_ends_on": date(2029, 12, 7)}, []),
        ("A2.1", {"service_ends_on": date(2029, 12, 6)}, ["service"]),
        ("A2.1", {"birth_date": None}, ["service-unknown"]),
    ],
)  # fmt: skip
def test_what_stands_against_somebody(code, changed, expected):
    assert _codes(code, **changed) == expected


OFFICIALS = some.builds(
    Official,
    category=some.sampled_from(CATEGORIES),
    position=some.sampled_from(
        ["Chuyên viên", "Trưởng phòng Tổ chức", "Chủ tịch", "Hiệu trưởng", "Giám đốc Sở", "Công chức địa chính", ""]
    ),
    unit=some.sampled_from(
        ["Sở Xây dựng", "UBND xã Đông Anh", "Đảng ủy Khối", "Trường THPT Chu Văn An", "Bệnh viện Tim"]
    ),
    unit_kind=some.sampled_from(UNIT_KINDS),
    birth_date=some.none() | some.dates(date(1955, 1, 1), date(2004, 1, 1)),
    sex=some.sampled_from(["female", "male", None]),
    service_ends_on=some.none() | some.dates(date(2026, 1, 1), date(2050, 1, 1)),
    completed=some.booleans(),
)


@given(OFFICIALS, some.sampled_from(sorted(PROGRAMMES)))
def test_each_question_answered_leaves_none_or_bars(official, code):
    audience, limits = audience_of(code), _limits(code)
    found = findings(official, audience, limits, day=DAY)
    assert [finding.bars for finding in found] == sorted((finding.bars for finding in found), reverse=True)
    asked = {finding.asks for finding in found if not finding.bars}
    bars = [finding.code for finding in found if finding.bars]
    answers = {question: question != "managed" for question in asked}  # that she is not managed lets her be sent
    granted = findings(official._replace(stated=answers), audience, limits, day=DAY)
    assert [finding.code for finding in granted] == bars
    refused = findings(
        official._replace(stated=dict.fromkeys(asked, False) | {"managed": True}), audience, limits, day=DAY
    )
    assert all(finding.bars for finding in refused) and (refused or not asked)
    assert {finding.code for finding in found + granted + refused} <= set(WORDS)


@given(OFFICIALS, some.sampled_from(sorted(PROGRAMMES)))
def test_who_has_completed_is_never_sent_again(official, code):
    found = findings(official._replace(completed=True), audience_of(code), _limits(code), day=DAY)
    assert any(finding.bars and finding.code == "completed" for finding in found)


@given(some.dates(date(1955, 1, 1), date(2005, 1, 1)), some.dates(date(1955, 1, 1), date(2005, 1, 1)))
def test_who_is_older_retires_no_later(one, other):
    first, second = sorted((one, other))
    for sex in ("female", "male"):
        assert retires_on(first, sex) <= retires_on(second, sex)


@pytest.mark.parametrize(
    ("born", "sex", "until"),
    [  # Phụ lục I, Nghị định 135/2020/NĐ-CP
        (date(1961, 1, 31), "male", date(2021, 4, 30)),
        (date(1961, 9, 30), "male", date(2021, 12, 31)),
        (date(1961, 10, 1), "male", date(2022, 4, 30)),
        (date(1966, 4, 1), "male", date(2028, 4, 30)),
        (date(1966, 1, 1), "female", date(2021, 5, 31)),
        (date(1975, 5, 1), "female", date(2035, 5, 31)),
    ],
)
def test_the_age_of_retirement_is_that_of_the_decree(born, sex, until):
    assert retires_on(born, sex) == until


@given(some.dates(date(1950, 1, 1), date(2005, 12, 31)))
def test_an_age_changes_on_the_birthday(born):
    birthday = years_after(born, 30)
    assert age_on(born, birthday) in (29, 30) and age_on(born, birthday.replace(month=12, day=31)) == 30


def test_the_register_speaks_of_every_programme_in_words_that_exist():
    known = register()
    assert set(known.programmes) == set(PROGRAMMES)
    assert known.managed <= set(known.posts)
    for code, audience in known.programmes.items():
        assert audience.clause in clauses(), code
        assert audience.categories <= set(CATEGORIES) and audience.units | audience.asked <= set(UNIT_KINDS), code
        assert audience.posts | audience.but <= set(known.posts) and audience.fields <= set(known.fields), code
        assert not audience.units & audience.asked, code


def test_words_of_a_field_are_whole_words():
    assert fields_of("Chuyên viên đất đai") == {"land"}
    assert fields_of("Chuyên viên y tế dự phòng") == {"health"}
    assert fields_of("Lý tế nhị") == frozenset()
    assert posts_of("Phó Trưởng phòng Tổ chức") == {"division_head"} and posts_of("Cựu trưởng phòng") == frozenset()


def test_numbers_of_a_programme_are_read_of_its_document():
    assert limits_of({}) == Limits()
    document = {"eligibility": {"max_age": 40, "first_time_only": True, "clause": "III.D.2"}}
    assert limits_of(document) == Limits(None, 40, first_time=True, clause="III.D.2")
