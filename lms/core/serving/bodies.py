"""What clients send, received on the event loop: a slow sender costs a buffer, never a thread."""

import asyncio
import contextlib
import errno
import tempfile
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import IO, Any, Protocol

Admit = Callable[[dict[str, Any]], int]
"""Tells how many bytes of a body may come with a request (its WSGI environment); may ask the database."""
RESUMABLE = "application/offset+octet-stream"
"""A piece of an upload (tus 1.0.0, PATCH): what has arrived of it is kept where the line is cut."""


class Sending(Protocol):
    """The side of a RSGI protocol that gives a body (RSGI 1.6, HTTP protocol)."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Give the body in pieces as they arrive."""
        ...


@dataclass(frozen=True, slots=True)
class BodyRules:
    """How much may be sent, and how slowly."""

    anybody: int = 2 * 1024 * 1024
    """Bytes that are taken without asking who sends them."""
    in_memory: int = 512 * 1024
    """Bytes of one body that are kept in memory; what is larger waits in a temporary file."""
    at_once: float = 1.0
    """Seconds within which a body is not yet a slow one."""
    grace: float = 20.0
    """Seconds in which nothing needs to arrive; after them ``rate`` holds."""
    rate: float = 1000.0
    """Bytes a second that must have arrived on average, the grace left out."""
    slow_per_address: int = 64
    """Slow bodies of one address at one time, in one process."""
    largest: int = 4 * 1024**3
    """Bytes of a body of whoever it is."""


class Refused(Exception):
    """A body that is not taken, with the answer's status and what it says."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class Unread(Exception):
    """More than may be sent by whoever sends it; the application says why."""


class Gone(Exception):
    """The client left before its body was complete."""


class Bodies:
    """Receives the bodies of one process's requests."""

    def __init__(self, rules: BodyRules, admit: Callable[[dict[str, Any]], asyncio.Future[int]]) -> None:
        """Receive by these rules.

        :param admit: as :data:`Admit`, answered by a thread
        """
        self.rules = rules
        self.admit = admit
        self.slow: Counter[str] = Counter()

    async def receive(self, protocol: Sending, environ: dict[str, Any], address: str) -> IO[bytes]:
        """Return a request's body as a file at its beginning. Must run in a task of its own.

        Where the line is cut, a piece of an upload is returned as far as it came.

        :raises Unread: it is larger than may be sent
        :raises Refused: it came too slowly, or too many slow ones come from there
        :raises Gone: the client left
        """
        told = environ.get("CONTENT_LENGTH")
        limit = self.rules.anybody
        if told is not None and int(told) > limit:
            limit = await self._admitted(environ, int(told))
        spool = tempfile.SpooledTemporaryFile(self.rules.in_memory)  # noqa: SIM115 - the request closes it
        try:
            await self._fill(spool, protocol, environ, address, limit)
        except BaseException:
            spool.close()
            raise
        spool.seek(0)
        return spool

    async def _fill(self, spool: Any, protocol: Sending, environ: dict[str, Any], address: str, limit: int) -> None:
        """Write a body into a file, as far as it comes."""
        told = environ.get("CONTENT_LENGTH")
        resumable = environ.get("CONTENT_TYPE") == RESUMABLE
        received = 0
        try:
            async with contextlib.aclosing(self._pieces(protocol, told, address)) as pieces:
                async for piece in pieces:
                    received += len(piece)
                    if received > limit:
                        limit = await self._admitted(environ, received)
                    _write(spool, piece)
        except Refused as refused:
            if refused.status != 408 or not resumable:
                raise
        if told is None:
            environ["CONTENT_LENGTH"] = str(received)
        elif received < int(told) and not resumable:
            raise Gone

    async def _pieces(self, protocol: Sending, told: str | None, address: str) -> AsyncGenerator[bytes, None]:
        """Give a body piece by piece, as long as it comes fast enough.

        :raises Refused: it does not, or too many slow ones come from its address
        """
        began, received, counted = asyncio.get_running_loop().time(), 0, False
        arriving = aiter(protocol)
        try:
            while told is None or received < int(told):
                due = self.rules.grace + received / self.rules.rate if counted else self.rules.at_once
                try:
                    async with asyncio.timeout_at(began + due):
                        piece = await anext(arriving)
                except StopAsyncIteration:
                    return
                except TimeoutError:
                    if counted:
                        raise Refused(408, "The request came too slowly.") from None
                    self._count(address)
                    counted = True
                    continue
                received += len(piece)
                yield piece
        finally:
            if counted:
                self.slow[address] -= 1
                if not self.slow[address]:
                    del self.slow[address]

    async def _admitted(self, environ: dict[str, Any], size: int) -> int:
        """Return how much may be sent, at least ``size``."""
        limit = min(self.rules.largest, await self.admit(environ)) if size <= self.rules.largest else 0
        if size > limit:
            raise Unread
        return limit

    def _count(self, address: str) -> None:
        if self.slow[address] >= self.rules.slow_per_address:
            raise Refused(429, "Too many unfinished requests come from your address.")
        self.slow[address] += 1


def _write(spool: Any, piece: bytes) -> None:
    try:
        spool.write(piece)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Refused(507, "There is no room for what you send.") from None
