"""Ports for servers that tests start."""

import atexit
import contextlib
import socket
from collections.abc import Iterator


@contextlib.contextmanager
def reserved_ports(count: int) -> Iterator[list[int]]:
    """Give ports of 127.0.0.1 that nobody else is given meanwhile; servers of ours may listen at them.

    Granian listens with SO_REUSEPORT, so that two servers at one port would answer in turns and say nothing. The
    sockets that hold the ports here are bound first, as nobody else is, and let others in afterwards; they never
    listen.
    """
    held = [socket.socket() for _ in range(count)]
    try:
        for one in held:
            one.bind(("127.0.0.1", 0))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        yield [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


def own_ports(count: int) -> list[int]:
    """Return ports that stay this process's own until it ends."""
    held = contextlib.ExitStack()
    atexit.register(held.close)
    return held.enter_context(reserved_ports(count))
