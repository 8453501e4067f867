"""Where the web server listens."""

import socket
from dataclasses import replace

import pytest

from lms.core.serving import ServingError, address_of, check_port
from tests.ports import reserved_ports


@pytest.mark.parametrize(("host", "address"), [("localhost", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("::1", "::1")])
def test_a_host_by_name_or_address(host, address):
    assert address_of(host) == address


def test_a_host_that_is_none_is_named():
    with pytest.raises(ServingError, match="LMS_HOST=nowhere"):
        address_of("nowhere.invalid")


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_port_is_refused_while_something_listens_there(family, host):
    with socket.socket(family) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as granian, which would share it
        other.bind((host, 0))
        port = other.getsockname()[1]
        other.listen()
        with pytest.raises(ServingError, match=f"Port {port}"):
            check_port(host, port)
    check_port(host, port)


@pytest.mark.parametrize("command", ["web", "content"])
def test_a_server_does_not_share_a_port(app, monkeypatch, command):
    settings = app.config["SETTINGS"]
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        taken = replace(settings, host="127.0.0.1", port=port, content_port=port)
        monkeypatch.setitem(app.config, "SETTINGS", taken)
        with app.app_context():
            answer = app.test_cli_runner().invoke(args=[command])
    assert answer.exit_code == 1
    assert f"Port {port} on 127.0.0.1 is taken" in answer.output


def test_a_reserved_port_is_nobody_elses_and_a_server_may_listen_there():
    with reserved_ports(2) as (port, other):
        assert port != other
        with socket.socket() as stranger, pytest.raises(OSError):
            stranger.bind(("127.0.0.1", port))
        check_port("127.0.0.1", port)
        with socket.create_server(("127.0.0.1", port), reuse_port=True):
            socket.create_connection(("127.0.0.1", port)).close()
