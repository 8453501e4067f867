"""Connections from here to addresses that people enter: to the open network only, unless an operator says otherwise.

Whoever may enter an address could otherwise make the server speak to what only it reaches: the database's machine, an
appliance, a cloud's metadata. A name is resolved once, every address that it has is judged, and the connection goes to
one that was judged: a name that answers differently a moment later changes nothing.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address
_INWARD = tuple(
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
        "168.63.129.16/32",  # Azure's own, public by its number
        *("64:ff9b::/96", "64:ff9b:1::/48", "2001::/23", "2002::/16", "fec0::/10", "::/8"),
    )
)
"""What ``is_global`` lets pass in some versions of Python, and ranges that hold addresses of version 4."""


class Inward(OSError):
    """An address leads to this machine or its network."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """What an operator lists besides the open network.

    :ivar hosts: names, in lower case
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def read(cls, text: str) -> "Allowed":
        """Read names, addresses and CIDR ranges, with commas between.

        :raises ValueError: one is none of these.
        """
        hosts, networks = set(), []
        for name in filter(None, (part.strip().lower().rstrip(".") for part in text.split(","))):
            if "/" in name or ":" in name or name.replace(".", "").isdigit():
                networks.append(ip_network(name))
            elif all(part.replace("-", "").isalnum() and part.isascii() for part in name.split(".")):
                hosts.add(name)
            else:
                raise ValueError(name)
        return cls(frozenset(hosts), tuple(networks))

    def covers(self, host: str, address: Address) -> bool:
        """Tell whether an address under a name is listed."""
        return host.lower().rstrip(".") in self.hosts or any(
            address.version == network.version and address in network for network in self.networks
        )


def is_open(address: Address) -> bool:
    """Tell whether an address is one of the open network."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    if mapped is not None:
        return is_open(mapped)
    inward = any(address.version == network.version and address in network for network in _INWARD)
    return address.is_global and not address.is_multicast and not inward


def connect(host: str, port: int, timeout: float, allowed: Allowed) -> socket.socket:
    """Connect to a host by an address that was judged.

    :raises Inward: one of its addresses leads inward and is not listed.
    :raises OSError: there is no such host, or no way to it.
    """
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for address in _inward(addresses):
        if not allowed.covers(host, address):
            raise Inward(f"{host} leads to {address}")
    problem: OSError = OSError(f"{host} has no address")
    for family, kind, protocol, _name, sockaddr in addresses:
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(timeout)
            sock.connect(sockaddr)
        except OSError as error:
            sock.close()
            problem = error
        else:
            return sock
    raise problem


def inward(host: str, port: int) -> list[Address]:
    """Return those addresses of a host that lead to this machine or its network, as they are now.

    :raises OSError: there is no such host.
    """
    return _inward(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))


def _inward(found: Iterable[Any]) -> list[Address]:
    addresses = dict.fromkeys(_address(str(where[0])) for *_kind, where in found)
    return [address for address in addresses if not is_open(address)]


def _address(text: Any) -> Address:
    return ip_address(str(text).partition("%")[0])
