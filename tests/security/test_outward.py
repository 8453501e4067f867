"""What people enter as an address does not lead the server into its own network: by number, name, or a moment later."""

import socket
import threading
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core import outward
from lms.core.config import Settings, SettingsError
from lms.core.outward import Allowed, Inward, is_open
from lms.records.forward import delivery

NONE = Allowed()
INWARD = [
    *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
    *("100.100.100.200", "168.63.129.16", "192.0.0.192", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1"),
    *(
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "fc00::1",
        "ff02::1",
        "::ffff:10.0.0.1",
    ),
    *("::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1", "fec0::1", "::ffff:0:0"),
]
OPEN = ["1.1.1.1", "8.8.8.8", "203.162.4.190", "2001:4860:4860::8888", "2606:4700::1111", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("address", INWARD)
def test_what_leads_inward(address: str) -> None:
    assert not is_open(ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_what_is_open(address: str) -> None:
    assert is_open(ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_mapped_to_version_6_is_what_it_is(address: Any) -> None:
    assert is_open(ip_address(f"::ffff:{address}")) == is_open(address)


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let a name have these addresses, others at each question; returns whom was connected to."""
    waiting, connected = list(answers), list[str]()

    def resolve(_host: str, port: int, **_more: Any) -> Any:
        given = waiting.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in given]

    def connect(_self: Any, where: Any) -> None:
        connected.append(where[0])

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(outward.socket, "socket", type("S", (socket.socket,), {"connect": connect}))
    return connected


@pytest.mark.parametrize("given", [["10.0.0.1"], ["1.1.1.1", "10.0.0.1"], ["127.0.0.1", "1.1.1.1"]])
def test_a_name_with_one_inward_address_is_not_connected_to(monkeypatch: pytest.MonkeyPatch, given: list[str]) -> None:
    connected = names(monkeypatch, given)
    with pytest.raises(Inward):
        outward.connect("lrs.example", 443, 1, NONE)
    assert not connected


def test_a_name_that_answers_otherwise_a_moment_later_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = names(monkeypatch, ["1.1.1.1"], ["127.0.0.1"])
    outward.connect("lrs.example", 443, 1, NONE).close()
    assert connected == ["1.1.1.1"]


@pytest.mark.parametrize("listed", ["10.0.0.0/8", "10.0.0.1", "lrs.example", "a.b, LRS.example. ,::1"])
def test_an_operator_lists_hosts_and_ranges(monkeypatch: pytest.MonkeyPatch, listed: str) -> None:
    connected = names(monkeypatch, ["10.0.0.1"])
    outward.connect("lrs.example", 443, 1, Allowed.read(listed)).close()
    assert connected == ["10.0.0.1"]


@pytest.mark.parametrize("listed", ["10.0.0.1/8", "http://a", "10.0.0.0/40", "a b", "*"])
def test_what_is_no_list_is_said_at_the_start(listed: str) -> None:
    with pytest.raises(SettingsError, match="LMS_FORWARD_ALLOW"):
        Settings.from_environment({"LMS_DEMO": "1", "LMS_FORWARD_ALLOW": listed})


@pytest.mark.parametrize(
    "endpoint",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://0:{port}/"],
)
def test_a_forwarder_does_not_even_knock(app: Any, monkeypatch: pytest.MonkeyPatch, endpoint: str) -> None:
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], forward_allow=NONE))
    with app.app_context(), socket.create_server(("127.0.0.1", 0)) as inner:
        inner.settimeout(0)
        assert delivery.probe(endpoint.format(port=inner.getsockname()[1]), "1.0.3", "k", "s") == "inward"
        with pytest.raises(BlockingIOError):
            inner.accept()


def test_where_an_answer_redirects_to_is_not_asked(app: Any) -> None:
    with (
        app.app_context(),
        socket.create_server(("127.0.0.1", 0)) as other,
        socket.create_server(("127.0.0.1", 0)) as inner,
    ):
        inner.settimeout(0)
        place = f"http://127.0.0.1:{inner.getsockname()[1]}/"

        def redirect() -> None:
            connection, _ = other.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode())

        thread = threading.Thread(target=redirect)
        thread.start()
        assert delivery.probe(f"http://127.0.0.1:{other.getsockname()[1]}/", "1.0.3", "k", "s") == "status-302"
        thread.join()
        with pytest.raises(BlockingIOError):
            inner.accept()


def test_the_page_names_the_setting(app: Any, monkeypatch: pytest.MonkeyPatch, sign_in: Any, submit: Any) -> None:
    from tests import factories

    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], forward_allow=NONE))
    client = sign_in(factories.holder("administrator"))
    form = {
        "name": "Kho",
        "endpoint": "http://169.254.169.254/",
        "version": "1.0.3",
        "key": "k",
        "secret": "s",
        "start": "now",
    }
    answer = submit(client, "/admin/xapi/forwarding", form | {"key": "k", "secret": "s"})
    assert answer.status_code == 422 and "LMS_FORWARD_ALLOW" in answer.text
