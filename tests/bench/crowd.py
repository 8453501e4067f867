"""`make bench ARGS=crowd`: what others notice of slow senders, slow readers and idle connections."""

import contextlib
import socket
from collections.abc import Callable, Iterator

from tests.bench import load
from tests.bench.product import HOST, PORT

SENDERS, IDLE = 200, 1200
SLOW = b"POST /account/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
SLOW += b"Content-Length: 5000\r\n\r\nabc"
ASKED = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


@contextlib.contextmanager
def connections(count: int, said: bytes) -> Iterator[None]:
    """Hold connections that have said something and say nothing more."""
    held = [socket.create_connection((HOST, PORT)) for _ in range(count)]
    for one in held:
        one.sendall(said)
    try:
        yield
    finally:
        for one in held:
            one.close()


def crowd(seconds: float) -> None:
    """Print the catalogue's rate and 95th percentile alone and beside each crowd, in turns."""
    beside: list[tuple[str, Callable[[], contextlib.AbstractContextManager[None]]]] = [
        ("alone", contextlib.nullcontext),
        (f"{SENDERS} slow senders", lambda: connections(SENDERS, SLOW)),
        (f"{IDLE} idle connections", lambda: connections(IDLE, ASKED)),
    ]
    load.run(HOST, PORT, "/programmes", seconds=1)
    print(f"\n{'catalogue, 8 clients, beside':32} {'req/s':>8} {'p95 ms':>8} {'of alone':>9}")
    alone = 0.0
    for name, others in beside:
        with others():
            ours = load.run(HOST, PORT, "/programmes", seconds=seconds)
        alone = alone or ours.per_second
        print(f"{name:32} {ours.per_second:8.0f} {ours.p95_ms:8.1f} {ours.per_second / alone:9.2f}")
