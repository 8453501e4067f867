"""Forwarding where it hurts: a worker that is killed, a store that hangs up or drips, a letter given up in flight."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from lms.core import jobs
from lms.core.database import db, direct
from lms.core.guard import SYSTEM
from lms.records.forward import delivery, services
from lms.records.forward.remote import Remote
from tests.conftest import NOW
from tests.records.test_forward import Other, forward_to, here, keep, letters, many, site, statement

__all__ = ["here", "site"]
STUCK = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status)
    VALUES ('default', 'records.forward', %(lock)s, 'records.forward', '{"timestamp": 0}', 'doing') RETURNING id
"""
FETCH = "SELECT (procrastinate_fetch_job_v2(ARRAY['default'], NULL)).id"


@pytest.fixture
def other() -> Iterator[Other]:
    made = Other()
    yield made
    made.stop()


class Raw:
    """A server that says what it is told to say when a request's headers are there, and hangs up."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def serve(self) -> None:
        while True:
            connection, _ = self.listening.accept()
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = connection.recv(1)
                    if not piece:
                        return
                    head += piece
                self.answer(connection, int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))

    def stop(self) -> None:
        socket.create_connection(("127.0.0.1", self.port)).close()
        self.thread.join()
        self.listening.close()


def test_a_job_whose_worker_was_killed_does_not_keep_the_next_from_running(here):
    task = jobs.queue.tasks["records.forward"]
    direct(STUCK, {"lock": task.lock})
    following = direct(STUCK.replace("'doing'", "'todo'"), {"lock": task.lock})
    assert direct(FETCH, {}) == following


def test_a_store_that_hangs_up_on_what_is_too_large_is_heard(here):
    def answer(connection: socket.socket, length: int) -> None:
        if length > 100_000:
            connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig")
            return
        while length > 0:
            length -= len(connection.recv(length))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")

    large, after = keep([statement(result={"response": "x" * 5_000_000}), statement()])
    raw = Raw(answer)
    try:
        forwarder_id = forward_to(raw)  # type: ignore[arg-type]
        outcome = delivery.run(forwarder_id, at=NOW)
    finally:
        raw.stop()
    assert (outcome.sent, outcome.set_aside, outcome.away) == (1, 1, None)
    assert [(one.statement_id, one.status) for one in letters(forwarder_id)] == [(large, 413)] and after


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_an_answer_that_drips_is_given_up(here, monkeypatch, said):
    monkeypatch.setattr("lms.records.forward.remote.DEADLINE", 0.2)
    over = threading.Event()

    def answer(connection: socket.socket, _length: int) -> None:
        connection.sendall(said)
        while not over.wait(0.02):
            try:
                connection.sendall(b"a")
            except OSError:
                return

    many(1)
    raw = Raw(answer)
    try:
        outcome = delivery.run(forward_to(raw), at=NOW)  # type: ignore[arg-type]
    finally:
        over.set()
        raw.stop()
    assert (outcome.away, outcome.sent) == ("timeout", 0)


@pytest.mark.parametrize("status", [200, 400])
def test_a_letter_that_is_left_out_in_flight_stays_out(here, other, monkeypatch, status):
    (refused,) = many(1)
    other.bad = {str(refused): 400}
    forwarder_id = forward_to(other)
    delivery.run(forwarder_id, at=NOW)
    ((letter),) = letters(forwarder_id)
    seq, asked = letter.seq, Remote.ask
    services.send_again(SYSTEM, forwarder_id, seq, at=NOW)
    if status == 200:
        other.bad.clear()

    def ask(self: Any, *args: Any, **values: Any) -> Any:
        def elsewhere() -> None:
            with here.app_context():
                services.leave_out(SYSTEM, forwarder_id, seq, at=NOW)
                db.session.remove()

        person = threading.Thread(target=elsewhere)
        person.start()
        person.join()
        return asked(self, *args, **values)

    monkeypatch.setattr(Remote, "ask", ask)
    outcome = delivery.run(forwarder_id, at=NOW)
    assert outcome.away is None and not letters(forwarder_id)


def test_a_store_that_refuses_everything_is_away_and_the_rest_waits(here, other):
    forwarder_id = forward_to(other)
    ids = many(100)
    other.bad = {str(one): 400 for one in ids}
    outcome = delivery.run(forwarder_id, at=NOW)
    assert (outcome.set_aside, outcome.sent, outcome.away) == (delivery.MOST_REFUSED, 0, "status-400")
    other.bad = {}
    later = NOW + timedelta(minutes=15)
    assert delivery.run(forwarder_id, at=later).sent == 100 - delivery.MOST_REFUSED
    assert other.ids == ids[delivery.MOST_REFUSED :]
