"""Batches made to cost more than they are long, each beside a plain batch of as many statements; and reading after them."""

import http.client
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

from tests.bench.product import HOST, PORT

LENGTH = 900
WANTED = 5.0
"""So many times the seconds of a plain batch of that length a batch may take."""


def batches() -> Iterator[tuple[str, list[list[dict[str, Any]]]]]:
    """Yield shapes, each as the batches that make it; the last one is measured."""
    yield "plain", [_made(lambda _n, _ids: None)]
    yield "chain, each to the one before", [_made(lambda n, ids: ids[n - 1] if n else None)]
    yield "chain, each to the next", [_made(lambda n, ids: ids[n + 1] if n + 1 < len(ids) else None)]
    yield "star, all to the first", [_made(lambda n, ids: ids[0] if n else None)]
    yield "ring", [_made(lambda n, ids: ids[(n + 1) % len(ids)])]
    yield "deep, a chain that goes on in ten batches", list(_deep(10))
    yield "star that comes before its middle", list(_waiting(10))
    yield "wide contexts, 50 names a statement", [_made(lambda _n, _ids: None, names=50)]


def hostile(headers: dict[str, str]) -> None:
    """Send them and print the table."""
    print(f"\n| {LENGTH} statements in a batch | s | ms a statement | times the plain | reading after, ms |")
    print("| --- | --- | --- | --- | --- |")
    plain = 0.0
    for label, sent in batches():
        for batch in sent[:-1]:
            _post(batch, headers)
        seconds = _post(sent[-1], headers)
        plain = plain or seconds
        reading = _read(sent[-1][0]["verb"]["id"], headers)
        ratio = seconds / plain * (LENGTH / len(sent[-1]))
        met = "" if ratio <= WANTED or len(sent[-1]) == 1 else " NOT MET"
        each = seconds / len(sent[-1]) * 1000
        print(f"| {label} | {seconds:.2f} | {each:.2f} | {ratio:.1f}{met} | {reading * 1000:.0f} |", flush=True)


def _made(target: Callable[[int, list[str]], str | None], names: int = 0, ids: list[str] | None = None) -> Any:
    ids = ids or [str(uuid4()) for _ in range(LENGTH)]
    verb = f"http://e.vn/verbs/{uuid4()}"
    made = []
    for number, statement_id in enumerate(ids):
        other = target(number, ids)
        about = {"objectType": "StatementRef", "id": other} if other else {"id": f"http://e.vn/a/{number}"}
        statement: dict[str, Any] = {
            "id": statement_id,
            "actor": {"mbox": "mailto:an@e.vn"},
            "verb": {"id": verb},
            "object": about,
        }
        if names:
            listed = [{"id": f"http://e.vn/{statement_id}/{n}"} for n in range(names)]
            statement["context"] = {"contextActivities": {"other": listed}}
        made.append(statement)
    return made


def _deep(times: int) -> Iterator[Any]:
    last: str | None = None
    for _ in range(times):
        ids = [str(uuid4()) for _ in range(LENGTH)]
        before = last
        yield _made(lambda n, all_, before=before: all_[n - 1] if n else before, ids=ids)  # type: ignore[misc]
        last = ids[-1]


def _waiting(times: int) -> Iterator[Any]:
    middle = str(uuid4())
    for _ in range(times):
        yield _made(lambda _n, _ids: middle)
    yield _made(lambda _n, _ids: None, ids=[middle])


def _post(batch: list[dict[str, Any]], headers: dict[str, str]) -> float:
    body = json.dumps(batch).encode()
    started = time.perf_counter()
    _ask("POST", "/xapi/statements", headers, body)
    return time.perf_counter() - started


def _read(verb: str, headers: dict[str, str]) -> float:
    started = time.perf_counter()
    _ask("GET", f"/xapi/statements?verb={verb}&limit=20", headers)
    return time.perf_counter() - started


def _ask(method: str, path: str, headers: dict[str, str], body: bytes | None = None) -> None:
    connection = http.client.HTTPConnection(HOST, PORT, timeout=600)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    assert answer.status == 200, content[:500]
