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
        assert condition.done == (condition.have >= condition.need)


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
