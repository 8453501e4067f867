"""Speaking to another record store: ``tincan.RemoteLRS`` with time limits, and octets sent as they are."""

import http.client
import socket
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import tincan
from tincan.http_request import HTTPRequest
from tincan.lrs_response import LRSResponse

from lms.core import outward

TIMEOUT = 20.0
"""Seconds for connecting and for each silence of the other side."""
DEADLINE = 60.0
"""Seconds after which an answer that drips is given up, its headers too."""
LONGEST_ANSWER = 64 * 1024


class Away(Exception):
    """The other side gave no answer: ``unreachable``, ``timeout``, or ``inward``, which was not asked at all."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said."""

    status: int
    text: str
    retry_after: str | None

    @property
    def success(self) -> bool:
        """Whether it took what was sent."""
        return 200 <= self.status < 300


class Remote(tincan.RemoteLRS):
    """tincan's client; its own way of sending waits for ever, takes only text of Latin-1, and connects to anything.

    What redirects elsewhere is not followed: its status is an answer as any other that is no success.
    """

    _allowed = outward.Allowed()

    def _connect(self, address: tuple[str, int], timeout: float, _source: Any) -> socket.socket:
        return outward.connect(*address, timeout, self._allowed)

    def _send_request(self, request: Any) -> Any:
        url = urlsplit(f"{self.endpoint}{request.resource}")
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.hostname or "", url.port, timeout=TIMEOUT)
        connection._create_connection = self._connect  # type: ignore[attr-defined] # https wraps what it gives
        query = urlencode(request.query_params)
        headers = {"X-Experience-API-Version": self.version, "Authorization": self.auth} | request.headers
        try:
            connection.connect()
            with suppress(BrokenPipeError, ConnectionResetError):  # it may have answered (413) before it had it all
                connection.request(request.method, url.path + (f"?{query}" if query else ""), request.content, headers)
            with _in_time(connection.sock):
                response = connection.getresponse()
                data = response.read(LONGEST_ANSWER)
        finally:
            connection.close()
        success = 200 <= response.status < 300
        return LRSResponse(success=success, request=request, response=response, data=data.decode("utf-8", "replace"))

    def ask(
        self,
        method: str,
        resource: str,
        content: bytes | None = None,
        *,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send one request.

        :raises Away: there was no answer.
        """
        request = HTTPRequest(method=method, resource=resource, headers=headers or {}, query_params=query or {})
        request._content = content  # its setter would decode the octets
        try:
            answer = self._send_request(request)
        except TimeoutError:
            raise Away("timeout") from None
        except outward.Inward:
            raise Away("inward") from None
        except (OSError, http.client.HTTPException, UnicodeError):
            raise Away("unreachable") from None
        return Answer(answer.response.status, answer.data, answer.response.getheader("Retry-After"))


def remote(endpoint: str, version: str, key: str, secret: str, allowed: outward.Allowed) -> Remote:
    """Return a client of the record store at this address.

    :param allowed: what it may connect to besides the open network
    """
    made = Remote(endpoint=endpoint, auth=f"Basic {b64encode(f'{key}:{secret}'.encode()).decode()}")
    object.__setattr__(made, "_allowed", allowed)  # tincan lets its own be set only
    made._version = version  # its setter knows 1.0 only
    return made


@contextmanager
def _in_time(sock: socket.socket) -> Iterator[None]:
    """Cut the connection when the answer is not there by the deadline.

    :raises TimeoutError: it was cut.
    """
    over = threading.Event()

    def cut() -> None:
        over.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(DEADLINE, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException):
        if not over.is_set():
            raise
    finally:
        timer.cancel()
    if over.is_set():
        raise TimeoutError
