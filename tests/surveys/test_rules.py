"""Forms as data, answers, counting: rules without a database."""

import statistics
from uuid import UUID, uuid4

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from lms.surveys import answers, document, rules
from lms.surveys.document import NA
from lms.surveys.services.instruments import SHIPPED

FORMS = {path.stem: document.read(yaml.safe_load(path.read_text("utf-8"))) for path in SHIPPED.glob("*.yaml")}
TRAINEE = FORMS["trainee"]
TAUGHT = [UUID(int=7), UUID(int=8)]
ASKED = answers.questions(TRAINEE, TAUGHT)


def full(value="4", asked=ASKED):
    said = {one.name: [value] for one in asked if one.item.kind == "scale"}
    for one in asked:
        if one.item.kind == "ranking":
            said |= {f"{one.name}/{option.key}": [str(n)] for n, option in enumerate(one.item.options, 1)}
    return said


@pytest.mark.parametrize("name", FORMS)
def test_shipped_forms_are_without_fault_and_in_both_languages(name):
    form = FORMS[name]
    assert document.faults(form) == []
    for _section, item in form.items():
        assert item.text["vi"] and item.text["en"] and item.text["vi"] != item.text["en"]
    assert document.read(document.plain(form)) == form


@pytest.mark.parametrize("name", ["trainee", "lecturer"])
def test_the_forms_ask_about_all_six_objects_of_circular_10_2017(name):
    assert {section.object for section in FORMS[name].sections} == set(document.OBJECTS)


def test_each_lecturer_is_asked_about_per_topic():
    about = [one for one in ASKED if one.section.repeat]
    per_topic = len(next(section for section in TRAINEE.sections if section.repeat).items)
    assert len(about) == 2 * per_topic
    assert {one.teaching for one in about} == {str(one) for one in TAUGHT}
    names = [one.name for one in ASKED]
    assert len(names) == len(set(names))


@given(st.integers(0, 60), st.integers(1, 60))
def test_a_form_is_valid_exactly_up_to_five_percent_blank(blank, indicators):
    blank = min(blank, indicators)
    check = answers.Check(indicators, ("x",) * blank, (), 5)
    assert check.valid == (blank / indicators <= 0.05)


@given(st.dictionaries(st.text(max_size=12), st.lists(st.text(max_size=6), max_size=3), max_size=8))
def test_no_answers_of_any_shape_get_through_unchecked(said):
    known = {one.name for one in ASKED} | {
        f"{one.name}/{option.key}" for one in ASKED for option in one.item.options if one.item.kind == "ranking"
    }
    try:
        values = answers.read(TRAINEE, ASKED, said)
    except answers.MalformedError:
        return
    assert set(said) <= known
    for name, value in values.items():
        item = next(one.item for one in ASKED if one.name == name)
        assert item.kind != "scale" or value == NA or value in range(1, 6)


@pytest.mark.parametrize(
    "said",
    [
        {"prog-fit": ["6"]},
        {"prog-fit": ["0"]},
        {"prog-fit": ["4", "5"]},
        {"prog-fit": ["na"]},
        {"prog-fit": ["٣"]},
        {"eff-priority/content": ["5"]},
        {"eff-priority/other": ["1"]},
        {"eff-apply": ["2"], "eff-hinder": ["none"]},
        {"eff-apply": ["2"], "eff-hinder": ["time", "time"]},
        {f"lect-method.{uuid4()}": ["3"]},
        {"lect-method": ["3"]},
    ],
)
def test_forged_answers_are_refused(said):
    with pytest.raises(answers.MalformedError):
        answers.read(TRAINEE, ASKED, said)


def test_a_comment_of_100000_characters_is_refused_and_2000_are_not():
    assert answers.read(TRAINEE, ASKED, {"eff-comment": ["ắ" * 2000]})["eff-comment"] == "ắ" * 2000
    with pytest.raises(answers.TooLongError):
        answers.read(TRAINEE, ASKED, {"eff-comment": ["a" * 100_000]})


def test_a_question_is_asked_only_when_its_condition_is_met():
    said = full("2") | {"eff-hinder": ["time", "means"]}
    values = answers.read(TRAINEE, ASKED, said)
    assert values["eff-hinder"] == ["means", "time"]
    assert answers.check(TRAINEE, ASKED, values).blank == ()
    values = answers.read(TRAINEE, ASKED, said | {"eff-apply": ["5"]})
    assert "eff-hinder" not in values
    fewer = answers.check(TRAINEE, ASKED, values)
    assert fewer.indicators == answers.check(TRAINEE, ASKED, answers.read(TRAINEE, ASKED, said)).indicators - 1


def test_not_applicable_counts_as_answered_and_not_in_the_mean():
    values = answers.read(TRAINEE, ASKED, full("4") | {"fac-room": ["na"]})
    assert answers.check(TRAINEE, ASKED, values).blank == ()
    tally = rules.count(TRAINEE, [values] * 5)["fac-room", rules.NONE]
    assert (tally.n, tally.na, sum(tally.counts)) == (0, 5, 0)


def test_an_incomplete_ranking_is_no_answer():
    said = full() | {"eff-priority/content": ["2"]}
    assert "eff-priority" not in answers.read(TRAINEE, ASKED, said)


def test_ranks_are_counted_by_option_and_place():
    values = answers.read(TRAINEE, ASKED, full())
    tally = rules.count(TRAINEE, [values] * 3)["eff-priority", rules.NONE]
    assert tally.counts == [3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3]


@given(st.lists(st.integers(1, 5), min_size=1, max_size=200))
def test_summaries_agree_with_the_statistics_module(values):
    counts = [values.count(point) for point in range(1, 6)]
    one = rules.summarise(counts)
    assert one.count == len(values)
    assert one.mean == pytest.approx(statistics.fmean(values))
    assert one.median == statistics.median(values)
    assert one.spread == pytest.approx(statistics.pstdev(values))
    assert 1 <= one.low <= one.mean <= one.high <= 5
    if len(values) > 1:
        error = statistics.stdev(values) / len(values) ** 0.5
        assert one.margin == pytest.approx(rules.quantile(len(values) - 1) * error)


@pytest.mark.parametrize(("freedom", "quantile"), [(4, 2.7764), (9, 2.2622), (29, 2.0452), (1000, 1.9623)])
def test_the_quantile_is_that_of_students_tables(freedom, quantile):
    assert rules.quantile(freedom) == pytest.approx(quantile, rel=0.0005)


@given(st.floats(0.01, 2), st.integers(2, 500), st.integers(1, 20))
def test_several_answers_of_one_person_make_nothing_surer(spread, people, questions):
    assert rules.margin(spread, people * questions, people) <= rules.margin(spread, people, people) * 1.0001
    assert rules.margin(spread, people * questions, people) > rules.margin(spread, people * questions, people + 1)


def test_an_empty_distribution_has_no_summary():
    assert rules.summarise([0, 0, 0, 0, 0]) is None


@given(st.floats(1, 10), st.integers(2, 10), st.integers(2, 10))
def test_rescaling_there_and_back_changes_nothing(mean, points, to):
    mean = min(mean, points)
    there = rules.rescaled(mean, points, to)
    assert 1 - 1e-9 <= there <= to + 1e-9
    assert rules.rescaled(there, to, points) == pytest.approx(mean)


@given(st.dictionaries(st.sampled_from([one.name for one in ASKED if one.item.kind == "scale"]), st.integers(1, 5)))
def test_means_lie_between_the_points_that_were_given(points):
    filled = [dict(points)] * 5
    for one in rules.means(TRAINEE, rules.count(TRAINEE, filled)):
        assert min(points.values()) - 1e-9 <= one.mean <= max(points.values()) + 1e-9
        assert one.n > 0 and sum(one.counts) > 0


def test_weights_of_questions_and_sections_are_data():
    form = document.read(document.plain(TRAINEE))
    form.sections = [section for section in form.sections if section.key in ("programme", "course")]
    form.sections[0].weight, form.sections[1].weight = 3, 1
    for item in form.sections[0].items:
        item.weight = 0
    form.sections[0].items[0].weight = 1
    said = {"prog-fit": 5, "prog-update": 1, "org-inform": 1}
    means = {one.section: one.mean for one in rules.means(form, rules.count(form, [said] * 5))}
    assert means == {"programme": 5, "course": 1, "": 4}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda form: setattr(form, "scale", "none"), ""),
        (lambda form: form.sections[0].items.append(form.sections[0].items[0]), "prog-fit"),
        (lambda form: form.sections[0].items.clear(), "programme"),
        (lambda form: setattr(form.sections[0], "repeat", "teaching"), "programme"),
        (lambda form: setattr(form, "threshold", 7), "programme"),
        (lambda form: form.sections[0].items[0].text.update(vi=""), "prog-fit"),
        (lambda form: setattr(form.sections[0].items[0], "kind", "choice"), "prog-fit"),
        (lambda form: setattr(form.sections[0].items[0], "scale", "none"), "prog-fit"),
        (lambda form: setattr(form.sections[0].items[0], "when", document.Condition("eff-apply", ["1"])), "prog-fit"),
        (
            lambda form: setattr(form.sections[0].items[1], "when", document.Condition("prog-fit", ["9"])),
            "prog-balance",
        ),
    ],
)
def test_faults_of_a_form_are_named_with_their_place(change, place):
    form = document.read(document.plain(TRAINEE))
    change(form)
    assert place in [where for where, _words in document.faults(form)]


def test_wording_may_change_and_meaning_may_not():
    new = document.read(document.plain(TRAINEE))
    new.sections[0].items[0].text["vi"] = "Câu hỏi viết lại"
    new.sections[0].weight = 5
    assert document.changed(TRAINEE, new) == []
    new.scales["seven"] = [{"vi": str(n), "en": str(n)} for n in range(7)]
    new.sections[0].items[0].scale = "seven"
    new.sections[0].items[1].kind = "text"
    assert document.changed(TRAINEE, new) == ["prog-fit", "prog-balance"]
