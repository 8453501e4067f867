"""What takes the database too long is ended and answered; what nobody waits for is cancelled."""

import contextlib
import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text

from lms.core.database import db
from tests.faults.conftest import Site, running, until

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = 'lms' AND wait_event_type = 'Lock' AND state = 'active'"
)


@pytest.fixture(scope="module")
def impatient() -> Iterator[Site]:
    with running(LMS_STATEMENT_TIMEOUT="1") as site:
        yield site


@pytest.fixture(scope="module")
def patient() -> Iterator[Site]:
    with running(LMS_STATEMENT_TIMEOUT="3600") as site:
        yield site


@contextmanager
def held(site: Site, table: str) -> Iterator[Any]:
    """Hold a table, so that whoever asks for it waits; gives how many do."""
    with site.application(), db.engine.connect() as holder, db.engine.connect() as looker:
        holder.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))

        def waiting() -> int:
            looker.rollback()
            return int(looker.scalar(WAITING) or 0)

        yield waiting
        holder.rollback()


def test_a_statement_that_takes_too_long_is_answered(impatient: Site) -> None:
    cookie = impatient.signed_in()
    with held(impatient, "sign_in_sessions"):
        status, headers = impatient.get("/account", cookie)
    assert status == 503 and headers["retry-after"] == "5"
    assert impatient.status() == 200


def test_a_program_that_stores_is_told_to_come_again(impatient: Site) -> None:
    headers = impatient.key()
    body = json.dumps({"actor": {"mbox": "mailto:a@e.vn"}, "verb": {"id": "http://e.vn/v"}, "object": {"id": "a:a"}})

    def post() -> tuple[int, str | None]:
        connection = http.client.HTTPConnection("127.0.0.1", impatient.port, timeout=30)
        connection.request("POST", "/xapi/statements", body, headers | {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.getheader("Retry-After")

    assert post()[0] == 200
    with held(impatient, "statements"):
        assert [post() for _ in range(2)] == [(503, "5")] * 2
    assert post()[0] == 200


def test_what_is_read_for_a_client_that_left_is_cancelled(patient: Site) -> None:
    cookie = patient.signed_in()
    with held(patient, "sign_in_sessions") as waiting:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", patient.port, timeout=30)) as leaving:
            leaving.request("GET", "/account", headers={"Cookie": cookie})
            until(lambda: waiting() == 1, "it waits")
        until(lambda: waiting() == 0, "it waits no longer")
    assert patient.status() == 200
