"""Two people change the same thing: what each touched, what each sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.edits import ChangedMeanwhile, Edit, settle

FIELDS = ("title", "place", "hours")
VALUES = st.fixed_dictionaries({name: st.sampled_from(("", "a", "b", "c")) for name in FIELDS})


def test_what_was_not_touched_stays_as_somebody_else_left_it() -> None:
    seen = {"title": "Khai giảng", "place": "P1", "hours": "2"}
    stored = seen | {"place": "P2"}
    assert settle(Edit(seen | {"title": "Bế giảng"}, seen), stored) == {"title": "Bế giảng"}


def test_the_same_field_changed_twice_is_refused_and_shown() -> None:
    seen = {"title": "Khai giảng", "place": "P1"}
    with pytest.raises(ChangedMeanwhile) as refused:
        settle(Edit(seen | {"place": "P3", "title": "Khác"}, seen), seen | {"place": "P2"})
    assert refused.value.fields == {"place": "P2"}


def test_what_was_seen_and_is_sent_again_is_written() -> None:
    stored = {"place": "P2"}
    assert settle(Edit({"place": "P3"}, stored), stored) == {"place": "P3"}


def test_a_blank_field_is_the_same_as_none() -> None:
    assert settle(
        Edit({"cause": "Phòng chật", "outcome": ""}, {"cause": "", "outcome": ""}), {"cause": None, "outcome": None}
    ) == {"cause": "Phòng chật"}


@given(seen=VALUES, wanted=VALUES, stored=VALUES)
def test_nothing_is_overwritten_unseen(seen: dict, wanted: dict, stored: dict) -> None:
    try:
        after = stored | settle(Edit(wanted, seen), stored)
    except ChangedMeanwhile as refused:
        for name, value in refused.fields.items():
            assert value == stored[name] != seen[name]
            assert wanted[name] not in (seen[name], stored[name])
        return
    for name in FIELDS:
        touched, changed = wanted[name] != seen[name], stored[name] != seen[name]
        assert after[name] == (wanted[name] if touched else stored[name])
        assert not (touched and changed) or wanted[name] == stored[name]
