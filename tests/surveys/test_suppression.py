"""Of which questions results are told, and by whom: subtracting results never leaves fewer than five."""

import random
from collections import defaultdict
from uuid import UUID, uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from lms.surveys import ballots, document, rules
from lms.surveys.models import Comment
from lms.surveys.queries import states
from lms.surveys.rules import NONE

TOPICS = [UUID(int=n) for n in range(1, 5)]


def _item(code, when=None, **more):
    return document.Item(code=code, text={"vi": code}, when=when and document.Condition("q", list(when)), **more)


FORM = document.Form(
    code="x",
    audience="trainee",
    title={"vi": "x"},
    scale="s",
    scales={"s": [{"vi": str(n)} for n in range(1, 6)]},
    sections=[
        document.Section(
            key="a",
            object="programme",
            title={"vi": "x"},
            items=[_item("q"), _item("w", "12"), _item("v", "123"), _item("u", "45", kind="text")],
        ),
        document.Section(
            key="l",
            object="lecturer",
            title={"vi": "x"},
            repeat="teaching",
            items=[_item("t"), _item("c", kind="text")],
        ),
    ],
)


def _filled(q, attended=(), answered=True):
    values = {"q": q} | {f"t.{TOPICS[n]}": 4 for n in attended}
    if answered:
        values |= {"w": 1} if q <= 2 else {}
        values |= {"v": 1} if q <= 3 else {}
    return values


FORMS = st.builds(_filled, st.integers(1, 5), st.sets(st.integers(0, 3), max_size=4), st.booleans())
NEARLY_ALL = st.builds(
    _filled, st.integers(1, 5), st.sampled_from([(0, 1, 2, 3)] * 5 + [(0, 1, 2), (1, 2, 3), (0, 2, 3)])
)


def _cut(told):
    """Cut people into groups that no two results tell apart, as whoever subtracts all from all does."""
    groups = defaultdict(set)
    for one in set().union(*told.values()):
        groups[frozenset(cell for cell, who in told.items() if one in who)].add(one)
    return groups.values()


def _figures(told):
    return {cell: who for cell, who in told.items() if cell[0] not in ("u", "c")}


@given(st.one_of(st.lists(FORMS, max_size=40), st.lists(NEARLY_ALL, max_size=40)), st.lists(FORMS, max_size=9))
@example([_filled(1)] * 6 + [_filled(3)] + [_filled(5)] * 6, [])  # two conditions that differ by one person
@example([_filled(4, (0, 1))] * 30 + [_filled(1, (1,))], [])  # one who missed a topic
def test_no_difference_of_results_isolates_fewer_than_five(sent, on_paper):
    told = _figures(rules.told(FORM, sent, on_paper, random.Random(0)))
    for group in _cut(told):
        senders = sum(one < len(sent) for one in group)
        assert senders >= 5 or (senders == 0 and len(group) >= 5)
    counted = rules.count(FORM, [*sent, *on_paper], told)
    assert counted.keys() == told.keys()
    assert all(one.n >= 5 for one in counted.values())


@given(st.lists(st.lists(NEARLY_ALL, min_size=5, max_size=12), min_size=2, max_size=4), st.data())
def test_sums_over_classes_subtracted_from_each_other_leave_nobody_or_five(classes, data):
    people = [_figures(rules.told(FORM, sent, [], random.Random(1))) for sent in classes]
    cells = [(number, cell) for number, told in enumerate(people) for cell in told]
    one, other = (set(data.draw(st.lists(st.sampled_from(cells), max_size=8))) for _ in range(2))
    for number, told in enumerate(people):
        first, second = (set().union(*(told[cell] for at, cell in chosen if at == number)) for chosen in (one, other))
        assert len(first - second) == 0 or len(first - second) >= 5


@given(st.lists(FORMS, min_size=5, max_size=40))
def test_what_all_were_asked_is_told_of_all(sent):
    assert rules.told(FORM, sent, [], random.Random(0))["q", NONE] == set(range(len(sent)))


def test_of_two_conditions_that_differ_by_one_person_one_is_told():
    sent = [_filled(1)] * 6 + [_filled(3)] + [_filled(5)] * 6
    told = rules.told(FORM, sent, [], random.Random(0))
    assert told["v", NONE] == set(range(7))
    assert ("w", NONE) not in told


@pytest.mark.parametrize(("people", "missed", "left"), [(31, 1, 26), (31, 4, 26), (31, 5, 26), (12, 1, 7), (9, 1, 0)])
def test_of_a_topic_that_few_missed_some_answers_are_left_out(people, missed, left):
    sent = [_filled(4, (1,))] * missed + [_filled(4, (0, 1))] * (people - missed)
    told = rules.told(FORM, sent, [], random.Random(0))
    assert len(told.get(("t", TOPICS[0]), ())) == left
    assert len(told["t", TOPICS[1]]) == people


def test_who_missed_different_topics_are_left_out_together():
    sent = [_filled(4, {0, 1, 2, 3} - {n % 4}) for n in range(5)] + [_filled(4, (0, 1, 2, 3))] * 25
    told = rules.told(FORM, sent, [], random.Random(0))
    assert [told["t", one] for one in TOPICS] == [set(range(5, 30))] * 4


def test_who_is_left_out_is_left_to_chance():
    sent = [_filled(4, (1,))] + [_filled(4, (0, 1))] * 30
    seen = {frozenset(rules.told(FORM, sent, [], random.Random(n))["t", TOPICS[0]]) for n in range(20)}
    assert len(seen) > 10


def test_no_comment_is_left_out_beside_figures(app, session):
    survey_id = uuid4()
    sent = [_filled(4, (1,))] + [_filled(4, (0, 1)) | {f"c.{TOPICS[0]}": f"lời {n}"} for n in range(30)]
    ballots.write(survey_id, FORM, sent)
    assert states.tallies(survey_id)["t", TOPICS[0]].n == 26
    assert len(session.scalars(select(Comment.text).where(Comment.survey_id == survey_id)).all()) == 30
