import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.learning import rules

parts = st.lists(st.builds(rules.Part, st.text(max_size=8), st.booleans()), max_size=5)


@st.composite
def standings(draw):
    sessions = draw(st.integers(0, 12))
    held = draw(st.integers(0, sessions))
    return rules.Standing(
        modules=draw(parts),
        quizzes=draw(parts),
        attended=draw(st.integers(0, held)),
        held=held,
        sessions=sessions,
        attendance_min_percent=draw(st.integers(0, 100)),
        essays=draw(parts),
    )


@given(standings())
def test_a_class_is_completed_exactly_when_nothing_is_missing(standing):
    conditions = rules.criteria(standing)
    assert rules.completed(standing) == (bool(conditions) and not any(not c.done for c in conditions))
    for condition in conditions:
        assert condition.done == (condition.have == condition.need)
        assert 0 <= condition.have <= condition.need
        assert condition.extra == 0 or condition.done


@given(standings())
def test_attendance_counts_planned_sessions_and_says_how_many_may_be_missed(standing):
    found = [c for c in rules.criteria(standing) if c.key == "attendance"]
    if not found:
        assert standing.sessions == 0 or rules.sessions_needed(standing.sessions, standing.attendance_min_percent) == 0
        return
    (attendance,) = found
    left = standing.sessions - standing.held
    if attendance.spare >= 0:
        assert standing.attended + left - min(attendance.spare, left) >= attendance.need
    else:
        assert standing.attended + left < attendance.need


@given(st.integers(1, 40), st.integers(0, 100))
def test_the_least_number_of_sessions_reaches_the_percentage_and_one_less_does_not(sessions, percent):
    need = rules.sessions_needed(sessions, percent)
    assert need * 100 >= sessions * percent
    assert need == 0 or (need - 1) * 100 < sessions * percent


@given(standings())
def test_one_more_thing_done_never_takes_completion_away(standing):
    if not rules.completed(standing) or not standing.modules:
        return
    more = rules.Standing(
        standing.modules, standing.quizzes, standing.attended, standing.held, standing.sessions,
        standing.attendance_min_percent, [*standing.essays, rules.Part("x", True)],
    )  # fmt: skip
    assert rules.completed(more)


BEFORE = rules.Place(40, "a")


@pytest.mark.parametrize(
    ("before", "now", "seconds", "leaving", "told"),
    [
        (None, rules.Place(0, None), 0, False, True),
        (BEFORE, rules.Place(40, "a"), 0, False, False),
        (BEFORE, rules.Place(49, "a"), 119, False, False),
        (BEFORE, rules.Place(50, "a"), 0, False, True),
        (BEFORE, rules.Place(49, "a"), 120, False, True),
        (BEFORE, rules.Place(41, "b"), 0, False, True),
        (BEFORE, rules.Place(41, None), 0, False, False),
        (BEFORE, rules.Place(39, "a"), 0, False, True),
        (rules.Place(74, None), rules.Place(75, None), 0, False, True),
        (rules.Place(75, None), rules.Place(99, None), 0, False, False),
        (BEFORE, rules.Place(40, "a"), 0, True, False),
        (BEFORE, rules.Place(40, "a"), 1, True, True),
        (BEFORE, rules.Place(41, "a"), 0, True, True),
        (BEFORE, rules.Place(39, "a"), 0, True, False),
        (BEFORE, rules.Place(40, "b"), 0, True, True),
        (BEFORE, rules.Place(40, None), 0, True, False),
    ],
)
def test_a_report_is_told_when_it_says_something_new(before, now, seconds, leaving, told):
    assert rules.worth_telling(before, now, seconds, leaving=leaving) is told


def test_a_lesson_without_sections_has_its_end_to_read():
    assert rules.steps([]) == ["end"]
    assert rules.steps([{"id": "a", "text": "A"}, {"id": "b", "text": "B"}]) == ["a", "b"]


def _standing(**values):
    nothing = {"modules": [], "quizzes": [], "essays": [], "attended": 0, "held": 0, "sessions": 0}
    return rules.Standing(**(nothing | {"attendance_min_percent": 80} | values))


def test_conditions_stand_in_the_order_in_which_trainees_meet_them_and_name_what_is_missing():
    standing = _standing(
        modules=[rules.Part("M1", True), rules.Part("M2", False)],
        quizzes=[rules.Part("Q", False, lost=True)],
        sessions=5,
        held=3,
        attended=1,
        essays=[rules.Part("E", True)],
    )
    modules, quizzes, attendance, essay = rules.criteria(standing)
    assert (modules.key, modules.done, modules.have, modules.need, modules.missing) == ("modules", False, 1, 2, ("M2",))
    assert (quizzes.key, quizzes.lost, quizzes.missing) == ("quizzes", True, ("Q",))
    assert (attendance.key, attendance.have, attendance.need, attendance.spare) == ("attendance", 1, 4, -1)
    assert (attendance.done, attendance.lost, essay.key, essay.done) == (False, True, "essay", True)


@pytest.mark.parametrize(("attended", "done"), [(3, False), (4, True), (5, True)])
def test_attendance_is_reached_with_just_as_many_sessions_as_are_needed(attended, done):
    (attendance,) = rules.criteria(_standing(sessions=5, held=5, attended=attended))
    assert attendance.done is done


@pytest.mark.parametrize(("missed", "spare", "lost"), [(0, 1, False), (1, 0, False), (2, -1, True)])
def test_attendance_is_lost_when_one_more_was_missed_than_may_be(missed, spare, lost):
    (attendance,) = rules.criteria(_standing(sessions=5, held=3, attended=3 - missed))
    assert (attendance.spare, attendance.lost) == (spare, lost)


def test_a_class_that_asks_for_nothing_is_never_completed_by_itself():
    assert not rules.completed(_standing())
    assert rules.result(_standing()) == "incomplete"
    assert rules.concluded(_standing(), before=True)


@pytest.mark.parametrize(
    ("corrected", "stays"),
    [((), True), (("attendance",), False), (("quizzes",), True), (("quizzes", "attendance"), False)],
)
def test_a_completion_is_taken_back_only_by_what_was_corrected(corrected, stays):
    standing = _standing(
        sessions=5, held=5, attended=3, quizzes=[rules.Part("Q", True)], modules=[rules.Part("M", False)]
    )
    assert rules.concluded(standing, before=True, corrected=corrected) is stays
    assert rules.revised("completed", standing, corrected) == ("completed" if stays else "enrolled")
    assert not rules.concluded(standing, before=False, corrected=corrected)


@pytest.mark.parametrize(
    ("status", "after"), [("enrolled", "enrolled"), ("incomplete", "failed"), ("failed", "failed")]
)
def test_before_results_are_fixed_nobody_fails(status, after):
    assert rules.revised(status, _standing(quizzes=[rules.Part("Q", False, lost=True)])) == after


def test_who_has_done_everything_has_completed_and_one_lost_part_of_two_is_lost():
    done = _standing(modules=[rules.Part("M", True)])
    assert (rules.result(done), rules.revised("enrolled", done), rules.revised("failed", done)) == ("completed",) * 3
    two = _standing(quizzes=[rules.Part("Q", False, lost=True), rules.Part("R", False)])
    assert rules.result(two) == "failed"
