"""The programmes as files, held against the numbers of Decision 1698/QĐ-UBND."""

from unicodedata import is_normalized

import pytest

from lms.catalogue import services
from lms.catalogue.terms import AUDIENCES, FIELDS, FORMS, GROUPS, STRANDS
from lms.core.config import ROOT


@pytest.fixture(scope="module")
def programmes():
    return {one.file.code: one for one in services.read(ROOT)}


def test_the_decision_has_nineteen_programmes_and_two_postgraduate_schemes(programmes):
    assert list(programmes) == [
        "A1.1", "A1.2", "A1.3", "A1.4", "A1.5", "A1.6", "A1.7", "A2.1", "A2.2", "A2.3", "A2.4", "A2.5",
        "B1", "B2", "B3", "C1", "C2", "C3", "C4", "D1", "D2",
    ]  # fmt: skip
    assert {one.file.code for one in programmes.values() if one.file.kind == "postgraduate"} == {"D1", "D2"}


@pytest.mark.parametrize(("group", "total"), [("A1", 580), ("A2", 1_150), ("B", 2_179), ("C", 3_090), ("D", 270)])
def test_the_quotas_of_a_group_add_up_as_in_phan_iii(programmes, group, total):
    assert sum(one.file.quota for one in programmes.values() if one.file.group == group) == total


def test_the_nineteen_programmes_train_6999_people(programmes):
    assert sum(one.file.quota for one in programmes.values() if one.file.kind == "in_service") == 6_999


@pytest.mark.parametrize(
    ("code", "quota"),
    [("A1.1", 100), ("A1.2", 60), ("A1.3", 100), ("A1.4", 20), ("A1.5", 100), ("A1.6", 100), ("A1.7", 100),
     ("A2.1", 450), ("A2.2", 100), ("A2.3", 100), ("A2.4", 100), ("A2.5", 400), ("B1", 900), ("B2", 700), ("B3", 579),
     ("C1", 3_000), ("C2", 50), ("C3", 20), ("C4", 20), ("D1", 30), ("D2", 240)],
)  # fmt: skip
def test_each_programme_has_its_quota(programmes, code, quota):
    assert programmes[code].file.quota == quota


def test_targets_are_those_of_phan_ii_2(programmes):
    targets = {code: one.file.target.percent for code, one in programmes.items()}
    assert {targets[f"A1.{n}"] for n in (1, 2, 4, 5, 6, 7)} == {20}
    assert targets["A1.3"] == 100
    assert {targets[code] for code in ("A2.1", "A2.2", "A2.3", "A2.4", "A2.5", "B1", "B2", "B3")} == {100}
    assert targets["C1"] == 70
    assert {targets[code] for code in ("C2", "C3", "C4")} == {100}
    assert targets["D1"] is None and targets["D2"] is None


def test_only_a2_asks_for_three_years_of_service_left(programmes):
    for code, one in programmes.items():
        assert one.file.eligibility.min_service_years_left == (3 if one.file.group == "A2" else None), code


def test_postgraduates_are_at_most_35_abroad_and_40_at_home_the_first_time(programmes):
    abroad, home = programmes["D1"].file, programmes["D2"].file
    assert (abroad.eligibility.max_age, home.eligibility.max_age) == (35, 40)
    assert home.eligibility.first_time_only
    assert abroad.quota_breakdown == {"doctorate": 5, "master": 25}
    assert home.quota_breakdown == {"doctorate": 40, "master": 200}


def test_experts_have_three_strands_with_experience_abroad(programmes):
    for code, one in programmes.items():
        if one.file.group == "A1":
            kinds = [strand.kind for strand in one.file.strands]
            assert kinds == ["deepening", "updating", "experience_abroad"], code
            assert "field_study_abroad" in one.file.forms, code


def test_a21_has_the_five_strands_of_urban_development(programmes):
    assert [strand.kind for strand in programmes["A2.1"].file.strands] == [
        "finance_planning", "transport", "architecture_planning", "natural_resources_environment", "construction",
    ]  # fmt: skip


def test_every_file_is_in_nfc():
    for path in [*ROOT.glob("courses/**/*.yaml"), *ROOT.glob("content/**/*.md"), *ROOT.glob("content/**/*.yaml")]:
        assert is_normalized("NFC", path.read_text("utf-8")), path


def test_every_word_of_the_files_has_a_label(programmes):
    for one in programmes.values():
        assert one.file.group in GROUPS
        assert one.file.field in FIELDS
        assert set(one.file.audience.kinds) <= set(AUDIENCES)
        assert set(one.file.forms) <= set(FORMS)
        assert {strand.kind for strand in one.file.strands} <= set(STRANDS)
