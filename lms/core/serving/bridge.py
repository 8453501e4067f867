"""A WSGI application behind RSGI: an event loop receives what clients send, threads make the answers.

In one process there is one loop and a few threads. A request's headers and body are received on the loop, under the
limits of :mod:`lms.core.serving.bodies`; only a complete request takes a thread (docs/decisions/0015-slow-clients.md).
"""

import asyncio
import io
import logging
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO, Any

from lms.core import admission
from lms.core.admission import TURN, UNREAD, Turn
from lms.core.serving import busy
from lms.core.serving.bodies import Admit, Bodies, BodyRules, Gone, Refused, Unread
from lms.core.serving.clients import WATCHED_AFTER, Work

log = logging.getLogger("lms.serving")

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
AT_ONCE = 1024 * 1024
"""Bytes of an answer that is sent as one piece; a longer one is a stream."""
WAITING = 1024
"""Complete requests that wait for a thread, beyond which the server says that it is busy."""
STREAMS = 64
"""Answers that are sent piece by piece at one time without keeping a thread from other requests."""
PATIENCE = 60.0
"""Seconds in which a client must take a piece of a streamed answer."""
_WITHOUT_BODY = frozenset({"GET", "HEAD", "OPTIONS"})
_TEXT = ("Content-Type", "text/plain; charset=utf-8")
_NOTHING = b""


class Bridge:
    """What granian calls for each request, and the threads of one process."""

    def __init__(
        self, application: Application, *, threads: int, admit: Admit, trusted_proxies: int = 0, rules: BodyRules
    ) -> None:
        """Stand before an application; threads start with the process that serves.

        :param threads: how many requests are answered at one time
        :param admit: tells how large a body may be, where it is larger than anybody may send
        :param trusted_proxies: how many of the last addresses in ``X-Forwarded-For`` are our own proxies'
        """
        self.application = application
        self.size = threads
        self.admit = admit
        self.trusted_proxies = trusted_proxies
        self.rules = rules
        self.work: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
        self.streams = threading.BoundedSemaphore(STREAMS)

    # -- on the loop --------------------------------------------------------------------------------------------------

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads of this process."""
        self.loop = loop
        self.bodies = Bodies(self.rules, self._ask)
        for _ in range(self.size):
            self._start_thread()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the threads end."""
        for _ in range(self.size):
            self.work.put(None)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Receive a request and wait until it is answered."""
        environ = environment(scope)
        if "CONTENT_LENGTH" in environ or "HTTP_TRANSFER_ENCODING" in environ or scope.method not in _WITHOUT_BODY:
            try:
                receiving = self.bodies.receive(protocol, environ, self._address(environ))
                environ["wsgi.input"] = await self.loop.create_task(receiving)
            except Refused as refused:
                headers = [_TEXT, ("Connection", "close"), ("Retry-After", "10")]
                protocol.response_str(refused.status, headers, f"{refused.words}\n")
                return
            except Unread:
                environ |= {"wsgi.input": io.BytesIO(), UNREAD: True}
            except Gone:
                protocol.response_empty(400, [])
                return
        else:
            environ["wsgi.input"] = io.BytesIO()
        if self.work.qsize() >= WAITING:
            protocol.response_str(busy.STATUS, *busy.answer(environ))
            return
        answered, work = self.loop.create_future(), Work(cancellable=scope.method in ("GET", "HEAD"))
        self.work.put((self._answer, answered, _Request(environ, protocol, work, answered)))
        watch = self.loop.call_later(WATCHED_AFTER, self._watch, protocol, work, answered)
        await answered
        watch.cancel()

    def _watch(self, protocol: Any, work: Work, answered: asyncio.Future[Any]) -> None:
        watching = self.loop.create_task(self._cancel_when_left(protocol, work))
        answered.add_done_callback(lambda _answered: watching.cancel())

    async def _cancel_when_left(self, protocol: Any, work: Work) -> None:
        await protocol.client_disconnect()
        while True:
            if cancelled := await self.loop.run_in_executor(None, work.cancel):
                log.info("cancelled %d statements for a client that left", cancelled)
            await asyncio.sleep(WATCHED_AFTER)

    def _ask(self, environ: dict[str, Any]) -> asyncio.Future[int]:
        """Let a thread say how much may be sent."""
        admitted = self.loop.create_future()
        self.work.put((self._admit, admitted, environ))
        return admitted

    def _address(self, environ: dict[str, Any]) -> str:
        """Return the client's address, or what the outermost of our proxies saw."""
        hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        seen = hops[-self.trusted_proxies] if 0 < self.trusted_proxies <= len(hops) else ""
        return seen or str(environ["REMOTE_ADDR"])

    # -- in a thread --------------------------------------------------------------------------------------------------

    def _start_thread(self) -> None:
        threading.Thread(target=self._serve, name="answers", daemon=True).start()

    def _serve(self) -> None:
        while (job := self.work.get()) is not None:
            run, future, *values = job
            result = None
            try:
                result = run(*values)
            except BaseException:
                log.exception("a request broke its thread's work")
            if result is _WAITS:
                continue
            with suppress(RuntimeError):  # the loop has ended
                self.loop.call_soon_threadsafe(_resolve, future, result)
            if result is _PARKED:
                return

    def _admit(self, environ: dict[str, Any]) -> int:
        try:
            return self.admit(environ)
        except Exception:
            log.exception("nobody could say how large this request may be")
            return 0

    def _answer(self, request: "_Request") -> Any:
        """Call the application and send its answer, unless it has to wait for a place."""
        head, turn, waits = _Head(), Turn(), False
        may_wait = {TURN: turn} if time.monotonic() < request.until else {}
        protocol = request.protocol
        request.work.begin()
        try:
            body = self.application(request.environ | may_wait, head)
            try:
                waits = turn.gate is not None
                return _WAITS if waits else self._send(head, body, protocol)
            finally:
                close = getattr(body, "close", None)
                if close is not None:
                    close()
        except Exception:
            log.exception("a request was not answered")
            with suppress(Exception):  # it may have begun
                protocol.response_str(500, [_TEXT], "Internal Server Error\n")
        finally:
            request.work.end()
            if waits:
                self._wait(request, turn)
            else:
                request.environ["wsgi.input"].close()
        return None

    def _wait(self, request: "_Request", turn: Turn) -> None:
        """Have a request answered once a place is free, at the latest when its patience ends."""

        def again() -> None:
            self.work.put((self._answer, request.answered, request))

        def no_longer() -> None:
            if turn.gate is not None and turn.gate.forget(again):
                again()

        first, request.waited = request.waited, True
        request.environ["wsgi.input"].seek(0)
        left = max(0.0, request.until - time.monotonic())
        with suppress(RuntimeError):  # the loop has ended
            self.loop.call_soon_threadsafe(self.loop.call_later, left, no_longer)
        if turn.gate is not None:
            turn.gate.wait(again, first=first)

    def _send(self, head: "_Head", body: Iterable[bytes], protocol: Any) -> Any:
        if isinstance(body, list | tuple):
            protocol.response_bytes(head.status, head.headers, _NOTHING.join(body))
            return None
        if isinstance(body, File) and body.path is not None and head.length > AT_ONCE:
            protocol.response_file(head.status, head.headers, body.path)
            return None
        if 0 <= head.length <= AT_ONCE:
            protocol.response_bytes(head.status, head.headers, _NOTHING.join(body))
            return None
        return self._stream(head, body, protocol)

    def _stream(self, head: "_Head", body: Iterable[bytes], protocol: Any) -> Any:
        """Send piece by piece, as fast as the client takes them; meanwhile another thread does this one's work."""
        parked = self.streams.acquire(blocking=False)
        if parked:
            self._start_thread()
        try:
            transport = protocol.response_stream(head.status, head.headers)
            for piece in body:
                if piece:
                    sending = asyncio.run_coroutine_threadsafe(_within(transport, piece), self.loop)
                    sending.result()
        except (TimeoutError, RuntimeError, OSError):
            pass  # the client left, or stopped reading
        finally:
            if parked:
                self.streams.release()
        return _PARKED if parked else None


@dataclass(slots=True)
class _Request:
    """A complete request.

    :ivar waited: whether it has waited for a place
    :ivar until: when it waits no longer, in monotonic seconds
    """

    environ: dict[str, Any]
    protocol: Any
    work: Work
    answered: asyncio.Future[Any]
    waited: bool = False
    until: float = field(default_factory=lambda: time.monotonic() + admission.PATIENCE)


class File:
    """A file to be sent as it is: ``wsgi.file_wrapper`` (PEP 3333, "Optional Platform-Specific File Handling")."""

    def __init__(self, file: IO[bytes], size: int = 512 * 1024) -> None:
        """Wrap a file that is at the beginning of what is to be sent."""
        self.file = file
        self.size = size
        name = getattr(file, "name", None)
        whole = isinstance(file, io.BufferedReader) and isinstance(name, str) and file.tell() == 0
        self.path = name if whole else None

    def __iter__(self) -> Iterable[bytes]:
        """Read piece by piece."""
        while piece := self.file.read(self.size):
            yield piece

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class _Head:
    """``start_response``: remembers status and headers."""

    __slots__ = ("headers", "status")

    status: int
    headers: list[tuple[str, str]]

    def __call__(self, status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> Callable[[bytes], None]:
        self.status = int(status[:3])
        self.headers = headers
        return _no_write

    @property
    def length(self) -> int:
        """Bytes of the body; -1 where nothing is said."""
        return next((int(value) for name, value in self.headers if name.lower() == "content-length"), -1)


_PARKED = object()
_WAITS = object()
_BASE: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "khue",
    "wsgi.version": (1, 0),
    "wsgi.errors": sys.stderr,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
    "wsgi.input_terminated": True,
    "wsgi.file_wrapper": File,
}


def environment(scope: Any) -> dict[str, Any]:
    """Return a request as WSGI has it (PEP 3333), its body left out.

    Header names with ``_`` are left out: they would pass for those with ``-``, which proxies set.
    """
    host, _, port = scope.server.rpartition(":")
    environ = _BASE | {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        if "_" in name:
            continue
        key = name.upper().replace("-", "_")
        if key not in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            key = f"HTTP_{key}"
        if key in environ:
            environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + value
        else:
            environ[key] = value
    return environ


async def _within(transport: Any, piece: bytes) -> None:
    async with asyncio.timeout(PATIENCE):
        await transport.send_bytes(piece)


def _resolve(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _no_write(_data: bytes) -> None:
    raise RuntimeError("an application of ours returns its body")
