"""Delivery: statements go to the other side at least once and in the order in which they were stored.

The cursor moves only after the other side has confirmed, so a crash in between sends some statements twice; their ids
make that harmless. One process at a time delivers to one place. A statement that the other side refuses for what it is
becomes a dead letter and its successors go on: a dead letter that is sent again later leaves the order by definition.
"""

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import psycopg
from flask import current_app

from lms.core import files
from lms.core.database import direct
from lms.core.outward import Allowed
from lms.records import multipart
from lms.records.forward import progress, reading, rules
from lms.records.forward.models import DeadLetter, Forwarder
from lms.records.forward.reading import Waiting
from lms.records.forward.remote import Answer, Away, Remote, remote

log = logging.getLogger("lms.records.forward")

SLICE = 10.0
"""Seconds after which another forwarder has its turn."""
MOST_REFUSED = 20
"""So many statements refused one after another speak of the other store, not of the statements: it is away."""
_LOCK = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_ATTACHED = "SELECT sha2, file FROM xapi_attachments WHERE sha2 = ANY(%(named)s)"


@dataclass(slots=True)
class Outcome:
    """What a run did."""

    sent: int = 0
    set_aside: int = 0
    away: str | None = None
    """Why it stopped before the end, as in ``Forwarder.last_error``."""
    refused_in_a_row: int = 0
    busy: bool = False
    """Another process is delivering."""
    more: bool = False
    """Its time was over before everything was sent."""


class _Body(NamedTuple):
    content: bytes
    content_type: str
    with_data: bool


class _Missing(Exception):
    """The content of an attachment is not here."""


def probe(endpoint: str, version: str, key: str, secret: str) -> str | None:
    """Ask another store about itself and for a statement; a key that may only write is refused the latter by 403.

    :returns: why it cannot be used, as in ``Forwarder.last_error``, or None.
    """
    to = remote(endpoint, version, key, secret, _allowed())
    try:
        answer = to.ask("GET", "about")
        if answer.success:
            answer = to.ask("GET", "statements", query={"limit": "1"})
    except Away as away:
        return str(away)
    return None if answer.success or answer.status == 403 else f"status-{answer.status}"


def _allowed() -> Allowed:
    allowed: Allowed = current_app.config["SETTINGS"].forward_allow
    return allowed


def run(forwarder_id: UUID, *, at: datetime, goes_on: Callable[[], bool] = lambda: True) -> Outcome:
    """Send what waits for a forwarder, until nothing is left, the other side is away, or ``goes_on()`` says no."""
    outcome = Outcome()
    with _alone(forwarder_id) as alone:
        if not alone:
            outcome.busy = True
            return outcome
        try:
            through = reading.consistent_through()
            outcome.more = True
            while outcome.more and outcome.away is None and goes_on():
                forwarder = progress.load(forwarder_id, at=at)
                if forwarder is None:
                    outcome.more = False
                    break
                outcome.more = _step(forwarder, through, outcome, at=at)
        except progress.Gone:
            outcome.more = False
    return outcome


def run_due(*, at: datetime, seconds: float) -> dict[UUID, Outcome]:
    """Run all forwarders that are due, in turns, until nothing is left or the time is over."""
    ends, totals = time.monotonic() + seconds, dict[UUID, Outcome]()
    waiting = deque(progress.due(at=at))
    while waiting and time.monotonic() < ends:
        forwarder_id = waiting.popleft()
        outcome = _run_safely(forwarder_id, at=at, goes_on=time_left(min(SLICE, ends - time.monotonic())))
        total = totals.setdefault(forwarder_id, Outcome())
        total.sent += outcome.sent
        total.set_aside += outcome.set_aside
        total.away, total.busy, total.more = outcome.away, outcome.busy, outcome.more
        if outcome.more and not outcome.away:
            waiting.append(forwarder_id)
    return totals


def time_left(seconds: float) -> Callable[[], bool]:
    """Return a function that says yes for so many seconds from now."""
    ends = time.monotonic() + seconds
    return lambda: time.monotonic() < ends


def _run_safely(forwarder_id: UUID, *, at: datetime, goes_on: Callable[[], bool]) -> Outcome:
    """Run one; what goes wrong on our side is logged and waits like an absence, so that the others have their turn."""
    try:
        return run(forwarder_id, at=at, goes_on=goes_on)
    except Exception:
        log.exception("forwarding failed", extra={"forwarder": str(forwarder_id)})
        with suppress(progress.Gone):
            progress.away(forwarder_id, reason="internal", at=at)
        return Outcome(away="internal")


@contextmanager
def _alone(forwarder_id: UUID) -> Iterator[bool]:
    """Hold the forwarder's lock on a connection of its own, which no transaction keeps open."""
    url = current_app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "", 1)
    connection = psycopg.connect(url, autocommit=True)
    try:
        row = connection.execute(_LOCK, [f"xapi-forward:{forwarder_id}"]).fetchone()
        yield bool(row and row[0])
        connection.execute("SELECT pg_advisory_unlock_all()")  # closing does so too, but a little later
    finally:
        connection.close()


def _step(forwarder: Forwarder, through: int, outcome: Outcome, *, at: datetime) -> bool:
    """Send one dead letter that is due, or else the next stretch; returns whether there may be more."""
    secret = rules.unseal(forwarder.secret, current_app.config["SECRET_KEY"])
    if secret is None:
        progress.away(forwarder.id, reason="secret", at=at)
        outcome.away = "secret"
        return True
    to = remote(forwarder.endpoint, forwarder.version, forwarder.key, secret, _allowed())
    sending = _Sending(forwarder, to, secret, outcome, at)
    try:
        if letter := progress.next_due(forwarder.id):
            sending.again(letter)
            return True
        stretch = reading.after(
            forwarder.cursor,
            through,
            verbs=forwarder.verbs,
            activities=forwarder.activities,
            classes=forwarder.classes,
        )
        for batch in _batches(stretch.rows):
            sending.send(batch)
        progress.passed(forwarder.id, cursor=stretch.end)
    except _Stopped as stopped:
        progress.away(forwarder.id, reason=stopped.reason, retry_after=stopped.retry_after, at=at)
        outcome.away = stopped.reason
        return True
    return stretch.more


class _Stopped(Exception):
    """The other side is away."""

    def __init__(self, reason: str, retry_after: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class _Sending:
    """Requests to one place, and what follows from each answer."""

    forwarder: Forwarder
    to: Remote
    secret: str
    outcome: Outcome
    at: datetime

    def send(self, batch: Sequence[Waiting]) -> None:
        """Send a batch; when it is refused, its halves, until the statements that are refused are found."""
        try:
            body = _body(batch)
        except _Missing as missing:
            self._set_aside(batch[0], None, str(missing))
            return
        answer = self._post(body)
        if answer.success:
            progress.confirmed(self.forwarder.id, cursor=batch[-1].seq, count=len(batch), at=self.at)
            self.outcome.sent += len(batch)
            self.outcome.refused_in_a_row = 0
        elif len(batch) > 1:
            middle = len(batch) // 2
            self.send(batch[:middle])
            self.send(batch[middle:])
        else:
            self._set_aside(batch[0], answer.status, answer.text)
            self.outcome.refused_in_a_row += 1
            if self.outcome.refused_in_a_row == MOST_REFUSED:
                raise _Stopped(f"status-{answer.status}")

    def again(self, letter: DeadLetter) -> None:
        """Send a dead letter again."""
        row = reading.one(letter.seq)
        try:
            answer = self._post(_body([row]))
        except _Missing as missing:
            self._set_aside(row, None, str(missing), tries=letter.tries)
            return
        if answer.success:
            progress.confirmed_again(letter, at=self.at)
            self.outcome.sent += 1
        else:
            self._set_aside(row, answer.status, answer.text, tries=letter.tries)

    def _post(self, body: _Body) -> Answer:
        """Return an answer that speaks of what was sent.

        :raises _Stopped: there is no answer, or one of a store that cannot take anything now.
        """
        try:
            answer = self.to.ask("POST", "statements", body.content, headers={"Content-Type": body.content_type})
        except Away as away:
            raise _Stopped(str(away)) from None
        if not answer.success and not rules.refuses(answer.status, with_data=body.with_data):
            raise _Stopped(f"status-{answer.status}", answer.retry_after)
        return answer

    def _set_aside(self, row: Waiting, status: int | None, message: str, *, tries: int = 0) -> None:
        said = message.replace(self.secret, "…").replace(self.to.auth.removeprefix("Basic "), "…")
        letter = DeadLetter(
            forwarder_id=self.forwarder.id,
            seq=row.seq,
            statement_id=row.id,
            registration=_registration(row),
            status=status,
            message=rules.shortened(said),
            at=self.at,
            tries=tries + 1,
            due=False,
        )
        (progress.refused_again if tries else progress.set_aside)(letter)
        self.outcome.set_aside += 1


def _registration(row: Waiting) -> UUID | None:
    registration = json.loads(row.raw).get("context", {}).get("registration")
    return UUID(registration) if registration else None


def _batches(rows: Sequence[Waiting]) -> Iterator[list[Waiting]]:
    """Cut rows so that a statement with contents of attachments stands alone."""
    batch: list[Waiting] = []
    for row in rows:
        if not _attached(row):
            batch.append(row)
            continue
        if batch:
            yield batch
        yield [row]
        batch = []
    if batch:
        yield batch


def _attached(row: Waiting) -> dict[str, str]:
    """Return the hashes, with their content types, of a statement's attachments that are nowhere but in the store."""
    if '"attachments"' not in row.raw:
        return {}
    listed = multipart.attachments_of(json.loads(row.raw))
    return {
        attachment["sha2"].lower(): attachment["contentType"] for attachment in listed if "fileUrl" not in attachment
    }


def _body(batch: Sequence[Waiting]) -> _Body:
    text = f"[{','.join(row.raw for row in batch)}]"
    named = _attached(batch[0])
    if not named:
        return _Body(text.encode(), "application/json", with_data=False)
    kept = dict(direct(_ATTACHED, {"named": list(named)}))
    try:
        parts = [(sha2, kind, files.read(kept[sha2])) for sha2, kind in named.items()]
    except (KeyError, FileNotFoundError):
        raise _Missing("the content of an attachment is missing in this store") from None
    pieces, content_type = multipart.join(text, parts)
    return _Body(b"".join(pieces), content_type, with_data=True)
