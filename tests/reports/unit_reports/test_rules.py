"""Who reports for whom, and what a report must hold: the rules by themselves."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lms.reports.unit_reports import rules
from lms.reports.unit_reports.rules import Declaration, Fault, Succession, Unit

DAY = date(2026, 11, 28)
SXD, SGTVT, SOLD, HEIR = (
    Unit(1, "department", date(2020, 1, 1), None),
    Unit(2, "department", date(2020, 1, 1), date(2026, 3, 1)),
    Unit(3, "service_unit", date(2020, 1, 1), date(2026, 3, 1)),
    Unit(4, "commune", date(2026, 3, 1), None),
)


def told(units, successions=(), sent=(), levels=("department",), year=2026, day=DAY):
    return rules.duties(year, day, levels, units, successions, set(sent))


def test_a_unit_of_the_levels_reports_even_when_it_sent_nobody():
    assert told([SXD, HEIR]).reporters == {1: 1}


def test_a_unit_of_another_level_reports_when_it_sent_somebody():
    assert told([SXD, HEIR], sent=[4]).reporters == {1: 1, 4: 4}


def test_a_unit_abolished_during_the_year_is_reported_by_its_successor():
    assert told([SXD, SGTVT], [Succession(2, 1, date(2026, 3, 1))]).reporters == {1: 1, 2: 1}


def test_successors_of_successors_count():
    middle = Unit(5, "department", date(2026, 3, 1), date(2026, 7, 1))
    line = [Succession(2, 5, date(2026, 3, 1)), Succession(5, 4, date(2026, 7, 1))]
    assert told([SGTVT, middle, HEIR], line).reporters == {2: 4, 5: 4}


def test_of_two_successors_one_reports():
    line = [Succession(2, 4, date(2026, 3, 1)), Succession(2, 1, date(2026, 3, 1))]
    assert told([SXD, SGTVT, HEIR], line).reporters[2] == 1


def test_without_a_successor_nobody_reports_and_the_unit_is_named():
    assert told([SXD, SOLD], sent=[3]) == rules.Duties({1: 1}, frozenset({3}))


def test_who_ended_before_the_year_or_begins_after_it_has_no_duty():
    before = Unit(6, "department", date(2020, 1, 1), date(2026, 1, 1))
    after = Unit(7, "department", date(2027, 1, 1), None)
    assert told([SXD, before, after], day=date(2027, 1, 15)).reporters == {1: 1}


ids = st.integers(1, 8)
days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
kinds = st.sampled_from(["department", "district", "commune"])


@st.composite
def worlds(draw):
    units = []
    for unit_id in range(1, 9):
        begins = draw(days)
        ends = draw(st.none() | st.integers(1, 700).map(lambda n, begins=begins: begins + timedelta(days=n)))
        units.append(Unit(unit_id, draw(kinds), begins, ends))
    pairs = draw(st.lists(st.tuples(ids, ids, days), max_size=12))
    return units, [Succession(*pair) for pair in pairs if pair[0] != pair[1]], draw(st.sets(ids)), draw(days)


@given(worlds(), st.sets(kinds), st.integers(2025, 2027))
def test_each_unit_concerned_has_one_reporter_that_exists_or_is_named(world, levels, year):
    units, successions, sent, day = world
    known = {unit.id: unit for unit in units}
    found = told(units, successions, sent, levels, year, day)
    concerned = sent | {one.id for one in units if one.kind in levels and one.existed_in(year)}
    assert set(found.reporters) | found.orphans == concerned
    assert not set(found.reporters) & found.orphans
    assert all(known[one].exists(day) for one in found.reporters.values())
    assert all(found.reporters[one] == one for one in found.reporters if known[one].exists(day))


@given(worlds())
def test_a_reporter_is_reached_by_successions_and_an_orphan_is_not(world):
    units, successions, _sent, day = world
    found = told(units, successions, set(range(1, 9)), (), 2026, day)
    reached = {one: {one} for one in range(1, 9)}
    for _ in range(8):
        for pair in successions:
            for goals in reached.values():
                if pair.predecessor in goals:
                    goals.add(pair.successor)
    living = {unit.id for unit in units if unit.exists(day)}
    assert all(goal in reached[one] for one, goal in found.reporters.items())
    assert all(not reached[one] & living for one in found.orphans)


@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_read_changes_nothing(world, chance):
    units, successions, sent, day = world
    once = told(units, successions, sent, ("commune",), 2026, day)
    chance.shuffle(units)
    chance.shuffle(successions)
    assert told(units, successions, sent, ("commune",), 2026, day) == once


TEXTS = {"quality_text": "Tốt", "use_text": "Đúng việc", "signer_title": "Giám đốc", "signer_name": "Lê Hà"}
counts = st.none() | st.integers(0, 9)
lines = st.builds(Declaration, st.integers(0, 9), st.none() | st.integers(1, 5), counts, counts, counts, counts, counts)


@given(st.dictionaries(st.sampled_from(["A1.1", "A2.1", "B3"]), lines))
def test_a_report_is_whole_exactly_when_all_is_said_and_no_sum_exceeds_those_trained(said):
    whole = all(
        line.used <= line.completed
        and (line.completed == 0 or None not in (line.quality, *(getattr(line, name) for name in rules.USES)))
        for line in said.values()
    )
    assert (rules.faults(TEXTS, said) == []) == whole


def test_faults_name_their_field_and_programme():
    found = rules.faults(TEXTS | {"use_text": ""}, {"A2.1": Declaration(3, 4, 2, 2, 0, None)})
    assert found == [
        Fault("", "use_text", "missing"),
        Fault("A2.1", "departed", "missing"),
        Fault("A2.1", "placed", "too-many"),
    ]


def test_who_is_not_accounted_for_does_the_work_she_did():
    assert Declaration(9, 4, 2, 3, 0, 1).unchanged == 3


def test_the_last_day_is_in_time_and_the_next_is_late():
    due = date(2026, 12, 15)
    assert not rules.is_late(due, due, date(2027, 1, 1))
    assert rules.is_late(due + timedelta(days=1), due, date(2026, 1, 1))
    assert rules.is_late(None, due, date(2027, 1, 1))


def test_reminders_come_before_and_after_the_last_day_and_never_before_the_opening():
    due = date(2026, 12, 15)
    assert rules.reminder_days(date(2026, 11, 1), due) == [date(2026, 12, n) for n in (1, 12, 16, 29)]
    assert rules.reminder_days(date(2026, 12, 13), due) == [date(2026, 12, 16), date(2026, 12, 29)]
