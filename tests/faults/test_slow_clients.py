"""Clients that send slowly, or more than they may, take nothing from others."""

import socket

from tests.faults.conftest import Site, until


def early_answer(sender: socket.socket) -> bytes:
    """Return what has been answered so far, b"" where nothing has."""
    sender.setblocking(False)
    try:
        return sender.recv(300)
    except BlockingIOError:
        return b""


def test_two_hundred_slow_senders_bar_nobody(site: Site) -> None:
    senders = site.open_slowly(200)
    try:
        assert [site.status() for _ in range(20)] == [200] * 20
        refused = until(lambda: [a for a in map(early_answer, senders) if a], "one address has only so many")
        assert all(b" 429 " in answer and b"retry-after" in answer.lower() for answer in refused)
        assert [site.status() for _ in range(20)] == [200] * 20
    finally:
        for sender in senders:
            sender.close()


def test_a_slow_sender_that_goes_on_is_served(site: Site) -> None:
    body = b"username=nobody&password=nothing"
    sender = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    head = f"POST /account/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n"
    sender.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\n".encode())
    for byte in body:
        sender.sendall(bytes([byte]))
    assert sender.recv(200).startswith(b"HTTP/1.1 400 ")  # no token of a form, but read to its end
    sender.close()


def test_a_body_of_unknown_length_is_held_to_its_limit(site: Site) -> None:
    sender = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    sender.sendall(b"POST /account/sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    sent = 0
    try:
        while sent < 16 * 1024 * 1024:
            sender.sendall(piece)
            sent += 0x10000
            if early_answer(sender):
                break
            sender.setblocking(True)
    except OSError:
        pass  # the line was closed in our face
    assert sent < 16 * 1024 * 1024
    assert site.status() == 200
    sender.close()


def test_a_strangers_large_file_is_refused_before_it_is_sent(site: Site) -> None:
    sender = socket.create_connection(("127.0.0.1", site.port), timeout=30)
    size = 40 * 1024 * 1024
    sender.sendall(f"POST /library/upload-file HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {size}\r\n\r\n".encode())
    assert sender.recv(200).startswith(b"HTTP/1.1 401 ")
    sender.close()


def test_twelve_hundred_idle_connections_and_still_room(site: Site) -> None:
    idle = []
    try:
        for _ in range(1200):
            one = socket.create_connection(("127.0.0.1", site.port), timeout=30)
            one.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            idle.append(one)
        assert all(one.recv(2000).startswith(b"HTTP/1.1 200") for one in idle)
        assert site.status() == 200
    finally:
        for one in idle:
            one.close()
