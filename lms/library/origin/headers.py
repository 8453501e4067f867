"""Headers that keep uploaded content in its box."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, abort, g, request

from lms.library.addresses import isolation

SANDBOX = "allow-scripts allow-forms allow-popups allow-modals allow-downloads allow-presentation"
"""What content may do in its frame; ``allow-same-origin`` besides where it has an origin of its own."""

_CONTENT = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; img-src 'self' data: blob: https:; "
    "media-src 'self' data: blob: https:; font-src 'self' data: https:; style-src 'self' 'unsafe-inline' https:; "
    "frame-src 'self' https: blob: data:; connect-src 'self' data: blob: {services}; "
    "worker-src 'self' blob:; object-src 'none'; form-action 'self'; base-uri 'self'; "
    "frame-ancestors 'self' {application}"
)
_PLAYER = (
    "default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
    "connect-src 'self' blob: {services}; worker-src 'self' blob:; frame-src 'self' https:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors {application}"
)
_LAX = _PLAYER.replace(
    "script-src 'self' blob: 'wasm-unsafe-eval'", "script-src 'self' blob: data: 'unsafe-inline' 'unsafe-eval'"
).replace("media-src 'self' blob:", "media-src 'self' blob: https:")
PLAYED_BY_US = frozenset({"pdf", "video", "audio", "image", "office", "page"})
"""Kinds of packages whose files run nothing: a player page of ours shows them."""
_KEPT = frozenset({"Cross-Origin-Resource-Policy", "Cache-Control"})
"""Headers that a view may set otherwise."""
_INERT = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; sandbox; frame-ancestors {application}"


def init_app(app: Flask) -> None:
    """Refuse service workers, and set the headers on every answer."""
    opaque = isolation(app) == "opaque"

    @app.before_request
    def refuse_service_workers() -> None:
        if request.headers.get("Service-Worker") == "script":
            abort(403)

    @app.after_request
    def finish(response: Response) -> Response:
        found = g.get("content_facts")
        policy = g.get("content_policy", _CONTENT if found else "default-src 'none'; frame-ancestors 'none'")
        for name, value in box(policy, found.application if found else "", opaque=opaque).items():
            if name not in _KEPT or name not in response.headers:
                response.headers[name] = value
        return response


@lru_cache(maxsize=1000)
def box(policy: str, application: str, *, opaque: bool) -> Mapping[str, str]:
    """Return the headers of an answer.

    :param application: address of the application that shows it
    :param opaque: whether content has no origin of its own
    """
    if opaque and "sandbox" not in policy:
        policy += f"; sandbox {SANDBOX}"
    headers = {
        "Content-Security-Policy": policy.format(application=application, services=_services(application)),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "cross-origin" if opaque else "same-origin",
        "Origin-Agent-Cluster": "?1",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=()",
        "X-Robots-Tag": "noindex",
        "Cache-Control": "no-store",
    }
    if opaque:
        headers["Access-Control-Allow-Origin"] = "null"  # an opaque origin reads its own files
    return MappingProxyType(headers)


def of_file(package_kind: str, media_type: str) -> str:
    """Return the policy of a package's file: no script runs in what is only looked at, nor in a drawing alone."""
    return _INERT if package_kind in PLAYED_BY_US or media_type == "image/svg+xml" else _CONTENT


def _services(application: str) -> str:
    """What content may speak to besides itself: the record store, and the address of its key (cmi5, section 8.2)."""
    return f"{application}/xapi/ {application}/launch/fetch/" if application else ""


def player(kind: str) -> None:
    """Give this answer the policy of a player page of ours; packages whose program runs in it need a laxer one."""
    g.content_policy = _LAX if kind == "h5p" else _PLAYER


def file(media_type: str) -> None:
    """Give this answer the policy of a package's file."""
    g.content_policy = of_file(g.content_facts.package_kind, media_type)


def of_asset(headers: Any, _path: str, _url: str) -> None:
    """Add the headers of our own player assets."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["Access-Control-Allow-Origin"] = "*"
