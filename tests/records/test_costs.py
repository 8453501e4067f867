"""What storing may cost: rows and work in proportion to the batch, however its statements refer to one another."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text
from werkzeug.datastructures import MultiDict

from lms.records.models import Mention, Reference, Statement
from lms.records.parameters import parse
from lms.records.queries import page
from tests.records.keeping import keep

LEVELS = 16
"""As in ``xapi_store``."""


def statement(number: int, target: int | None = None, **more: Any) -> dict[str, Any]:
    about: dict[str, Any] = {"id": f"http://e.vn/{number}"}
    if target is not None:
        about = {"objectType": "StatementRef", "id": str(name(target))}
    plain = {"actor": {"mbox": "mailto:an@e.vn"}, "verb": {"id": f"http://e.vn/verbs/{number}"}, "object": about}
    return plain | {"id": str(name(number))} | more


def name(number: int) -> UUID:
    return UUID(int=number + 1, version=4)


def references(session: Any) -> set[tuple[int, int]]:
    """Return who is found through whom, by number."""
    numbers = {seq: id_.int for seq, id_ in session.execute(select(Statement.seq, Statement.id))}
    first = name(0).int
    rows = session.execute(select(Reference.target, Reference.seq)).all()
    return {(numbers[target] - first, numbers[seq] - first) for target, seq in rows}


def nearby(targets: dict[int, int | None]) -> set[tuple[int, int]]:
    """Return the same by the plainest means: follow each statement's reference step by step."""
    pairs = set()
    for number in targets:
        at: int | None = number
        for _ in range(LEVELS):
            at = targets.get(at) if at is not None else None
            if at is None or at not in targets:
                break
            if at != number:
                pairs.add((at, number))
    return pairs


GRAPHS = st.lists(st.none() | st.integers(0, 29), min_size=1, max_size=30)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(GRAPHS, st.randoms(use_true_random=False), st.integers(1, 7))
def test_references_are_followed_whatever_the_order_in_which_statements_come(session, targets, random, size):
    for model in (Reference, Mention, Statement):
        session.execute(delete(model))
    graph = dict(enumerate(targets))
    order = list(graph)
    random.shuffle(order)
    for start in range(0, len(order), size):
        keep([statement(number, graph[number]) for number in order[start : start + size]])
    assert references(session) == nearby(graph)


@pytest.mark.parametrize("shape", ["chain", "chain backwards", "star", "ring", "two chains"])
def test_a_batch_leaves_rows_in_proportion_to_its_length(session, shape):
    length = 900
    target = {
        "chain": lambda n: n - 1 if n else None,
        "chain backwards": lambda n: n + 1 if n < length - 1 else None,
        "star": lambda n: 0 if n else None,
        "ring": lambda n: (n + 1) % length,
        "two chains": lambda n: n - 2 if n > 1 else None,
    }[shape]
    graph = {n: target(n) for n in range(length)}
    keep([statement(n, graph[n]) for n in range(length)])
    assert session.scalar(select(func.count()).select_from(Reference)) <= LEVELS * length
    assert references(session) == nearby(graph)


def test_the_depth_is_that_of_sixteen_references(session):
    keep([statement(n, n - 1 if n else None) for n in range(20)])
    found, _ = page(parse(MultiDict({"verb": "http://e.vn/verbs/0"})), only_of=None)
    verbs = {json.loads(row.raw)["verb"]["id"].rpartition("/")[2] for row in found}
    assert verbs == {str(n) for n in range(LEVELS + 1)}


def test_what_waits_for_a_statement_in_great_number_is_not_all_its_cost(session):
    """12,000 statements refer to one that comes last: it pays for 10,010 of them, the rest stay found by themselves."""
    session.execute(
        text(
            "INSERT INTO statements (seq, id, target_id, voiding, raw) "
            "SELECT n, gen_random_uuid(), :target, false, '{}' FROM generate_series(1, 12000) n"
        ),
        {"target": name(0)},
    )
    keep([statement(0)])
    assert session.scalar(select(func.count()).select_from(Reference)) == 10_010


def test_an_id_that_stands_twice_is_told_in_a_long_batch(session):
    from lms.records.errors import Invalid

    twice = str(uuid4())
    with pytest.raises(Invalid) as refused:
        keep([statement(n) for n in range(998)] + [statement(998, id=twice), statement(999, id=twice)])
    assert refused.value.where == "[999].id"


def test_statements_that_name_more_than_their_number_accounts_for_are_refused(session):
    from lms.records.errors import TooLarge

    wide = {"contextActivities": {"other": [{"id": f"http://e.vn/o/{n}"} for n in range(6000)]}}
    with pytest.raises(TooLarge):
        keep([statement(0, context=wide)])
    assert not session.scalar(select(func.count()).select_from(Statement))
    keep([statement(0, context={"contextActivities": {"other": wide["contextActivities"]["other"][:5000]}})])
