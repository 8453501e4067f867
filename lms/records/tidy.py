"""Addresses of the record store as clients write them: empty segments and a slash at the end mean nothing.

The best-known cmi5 library appends ``/statements`` to an endpoint that ends in a slash already. A redirect would be
right by RFC 9110 and of no use: browsers follow none in a preflight, and clients send their body once.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

PREFIX = "/xapi"
_SLASHES = re.compile("/{2,}")


def path(asked: str) -> str:
    """Return the address that a path below ``/xapi`` means; any other path is left as it is."""
    short = _SLASHES.sub("/", asked)
    if short != PREFIX and not short.startswith(f"{PREFIX}/"):
        return asked
    return short.rstrip("/") if len(short) > len(PREFIX) + 1 else f"{PREFIX}/"


class Tidied:
    """WSGI middleware: what stands behind it sees each address in its one form."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request."""
        asked = environ.get("PATH_INFO", "")
        if "//" in asked or asked.endswith("/"):
            environ["PATH_INFO"] = path(asked)
        return self.app(environ, start_response)
