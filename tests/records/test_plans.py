"""Each documented query is answered from an index, in order, without sorting all that matches (EXPLAIN)."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from lms.records.parameters import parse
from lms.records.queries import page_sql
from tests.records.keeping import keep

AGENT = json.dumps({"mbox": "mailto:anh@example.vn"})
VERB, ACTIVITY, REGISTRATION = "http://e.vn/did", "http://e.vn/a1", str(UUID(int=7, version=4))
SINCE = "2020-01-01T00:00:00Z"


@pytest.fixture
def filled(session):
    for start in range(0, 3000, 500):
        keep(
            [
                {
                    "actor": {"mbox": f"mailto:p{n % 60}@example.vn"},
                    "verb": {"id": VERB if n % 3 else "http://e.vn/saw"},
                    "object": {"id": f"http://e.vn/a{n % 9}"},
                    "context": {
                        "registration": str(UUID(int=n % 200, version=4)),
                        "contextActivities": {"parent": [{"id": f"http://e.vn/a{n % 5}"}]},
                    },
                }
                for n in range(start, start + 500)
            ]
        )
    session.execute(text("ANALYZE statements, statement_mentions, statement_references"))
    session.execute(text("SET LOCAL enable_seqscan = off"))
    return session


def plan_of(session: Any, **query: str) -> list[dict[str, Any]]:
    sql, values = page_sql(parse(MultiDict(query)), only_of=None)
    (answer,) = session.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", values).scalar_one()
    nodes, waiting = [], [answer["Plan"]]
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        waiting += node.get("Plans", [])
    return nodes


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"since": SINCE},
        {"until": SINCE},
        {"since": SINCE, "ascending": "true"},
        {"agent": AGENT},
        {"agent": AGENT, "related_agents": "true"},
        {"verb": VERB},
        {"activity": ACTIVITY},
        {"activity": ACTIVITY, "related_activities": "true"},
        {"registration": REGISTRATION},
        {"activity": ACTIVITY, "verb": VERB},
        {"agent": AGENT, "activity": ACTIVITY, "verb": VERB, "registration": REGISTRATION, "since": SINCE},
    ],
    ids=lambda query: "+".join(query) or "all",
)
def test_a_query_reads_indexes_only(filled, query):
    nodes = plan_of(filled, **query)
    kinds = {node["Node Type"] for node in nodes}
    assert "Seq Scan" not in kinds
    conditions = " ".join(node.get("Index Cond", "") for node in nodes)
    for name in query.keys() & {"agent", "verb", "activity", "registration"}:
        assert "mention = " in conditions, name
    if not query.keys() & {"agent", "verb", "activity", "registration"}:
        assert "Sort" not in kinds  # straight along the order in which statements were stored


@pytest.mark.parametrize("column", ["statementId", "voidedStatementId"])
def test_one_statement_is_found_by_its_id(filled, column):
    from lms.records.queries import _ONE

    values = {"id": UUID(int=1), "voided": column.startswith("voided")}
    (answer,) = filled.connection().exec_driver_sql(f"EXPLAIN (FORMAT JSON) {_ONE}", values).scalar_one()
    assert "uq_statements_id" in json.dumps(answer) and "Seq Scan" not in json.dumps(answer)
