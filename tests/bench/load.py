"""A small load generator: keep-alive connections in one process, sending as soon as the last answer is in."""

import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Result:
    """What a run gave."""

    requests: int
    seconds: float
    p95_ms: float
    p50_ms: float
    size: int
    """Bytes of one answer's body as sent."""

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


class _Connection:
    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.socket = socket.create_connection(address)
        self.buffer = bytearray()
        self.need: int | None = None
        self.started = 0.0

    def send(self, request: bytes) -> None:
        self.buffer.clear()
        self.need = None
        self.started = time.perf_counter()
        try:
            self.socket.sendall(request)
        except OSError:
            self.reconnect()
            self.socket.sendall(request)

    def reconnect(self) -> None:
        self.socket.close()
        self.socket = socket.create_connection(self.address)


def run(
    url_host: str,
    port: int,
    path: str,
    *,
    cookie: str = "",
    clients: int = 8,
    seconds: float = 5,
    br: bool = False,
    headers: dict[str, str] | None = None,
    body: bytes | None = None,
) -> Result:
    """Send GET requests (POST with a body) over ``clients`` connections for a time; every answer must be a 200."""
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", f"Host: {url_host}:{port}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if br:
        lines.append("Accept-Encoding: br")
    request = ("\r\n".join(lines) + "\r\n\r\n").encode() + (body or b"")
    selector = selectors.DefaultSelector()
    open_connections = [_Connection((url_host, port)) for _ in range(clients)]
    for connection in open_connections:
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    times: list[float] = []
    size = 0
    begin = time.perf_counter()
    for connection in open_connections:
        connection.send(request)
    while time.perf_counter() - begin < seconds:
        for key, _ in selector.select(timeout=1):
            connection = key.data
            try:
                chunk = connection.socket.recv(262144)
            except OSError:
                chunk = b""
            if not chunk:
                selector.unregister(connection.socket)
                connection.reconnect()
                selector.register(connection.socket, selectors.EVENT_READ, connection)
                connection.send(request)
                continue
            connection.buffer += chunk
            if connection.need is None:
                end = connection.buffer.find(b"\r\n\r\n")
                if end < 0:
                    continue
                head = bytes(connection.buffer[:end]).lower()
                if b" 200 " not in head.split(b"\r\n", 1)[0]:
                    raise RuntimeError(f"{path}: {head[:200]!r}")
                length = next(int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
                connection.need, size = end + 4 + length, length
            if len(connection.buffer) >= connection.need:
                times.append(time.perf_counter() - connection.started)
                connection.send(request)
    elapsed = time.perf_counter() - begin
    for connection in open_connections:
        connection.socket.close()
    p95 = quantiles(times, n=20)[-1] if len(times) > 20 else max(times)
    return Result(len(times), elapsed, p95 * 1000, median(times) * 1000, size)


def each(address: tuple[str, int], requests: Sequence[bytes], *, clients: int = 8) -> list[tuple[int, float]]:
    """Send each request once over ``clients`` connections; returns status and milliseconds of each answer."""
    waiting = iter(requests)
    answers: list[tuple[int, float]] = []
    with selectors.DefaultSelector() as selector:
        for request in [one for one, _ in zip(waiting, range(clients), strict=False)]:
            connection = _Connection(address)
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.send(request)
        while selector.get_map():
            for key, _ in selector.select():
                connection = key.data
                chunk = connection.socket.recv(262144)
                if not chunk:
                    raise RuntimeError("a connection was closed before its answer came")
                connection.buffer += chunk
                end = connection.buffer.find(b"\r\n\r\n")
                if end < 0:
                    continue
                head = bytes(connection.buffer[:end]).lower().split(b"\r\n")
                length = next(int(line[15:]) for line in head if line.startswith(b"content-length:"))
                if len(connection.buffer) < end + 4 + length:
                    continue
                answers.append((int(head[0].split()[1]), (time.perf_counter() - connection.started) * 1000))
                following = next(waiting, None)
                if following is None:
                    selector.unregister(connection.socket)
                    connection.socket.close()
                else:
                    connection.send(following)
    return answers
