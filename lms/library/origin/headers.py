"""Headers that keep uploaded content in its box."""

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, abort, g, request

from lms.library import kinds
from lms.library.addresses import isolation
from lms.library.kinds import policies
from lms.library.origin import binding
from lms.library.origin.outside import NOWHERE, Outside

BLOCKED = "_khue/blocked"
_KEPT = frozenset({"Cross-Origin-Resource-Policy", "Cache-Control"})
"""Headers that a view may set otherwise."""


def init_app(app: Flask) -> None:
    """Refuse service workers, and set the headers on every answer."""
    opaque = isolation(app) == "opaque"

    @app.before_request
    def refuse_service_workers() -> None:
        if request.headers.get("Service-Worker") == "script":
            abort(403)

    app.after_request(binding.finish)

    @app.after_request
    def finish(response: Response) -> Response:
        facts = g.get("content_facts")
        policy = g.get("content_policy", policies.CONTENT if facts else "default-src 'none'; frame-ancestors 'none'")
        application, outside = (facts.application, facts.outside) if facts else ("", NOWHERE)
        report = f"{request.script_root}/{(request.view_args or {}).get('token', '')}/{BLOCKED}" if facts else ""
        for name, value in box(policy, application, outside, report, opaque=opaque).items():
            if name not in _KEPT or name not in response.headers:
                response.headers[name] = value
        return response


@lru_cache(maxsize=1000)
def box(
    policy: str, application: str, outside: Outside = NOWHERE, report: str = "", *, opaque: bool
) -> Mapping[str, str]:
    """Return the headers of an answer.

    :param application: address of the application that shows it
    :param outside: the hosts that the package may ask for something
    :param report: where the browser tells what it was refused
    :param opaque: whether content has no origin of its own
    """
    if opaque and "sandbox" not in policy:
        policy += f"; sandbox {policies.SANDBOX}"
    if report:
        policy += f"; report-uri {report}"
    headers = {
        "Content-Security-Policy": _filled(policy, application, outside),
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


def _filled(policy: str, application: str, outside: Outside) -> str:
    hosts, units = " ".join(outside.hosts), " ".join(outside.units)
    filled = policy.format(application=application, services=_services(application), hosts=hosts, units=units)
    return "; ".join(" ".join(directive.split()) for directive in filled.split(";"))


def of_file(package_kind: str, media_type: str) -> str:
    """Return the policy of a package's file: that of its kind, but no script runs in a drawing alone."""
    return policies.INERT if media_type == "image/svg+xml" else kinds.KINDS[package_kind].policy


def _services(application: str) -> str:
    """What content may speak to besides itself: the record store, and the address of its key (cmi5, section 8.2)."""
    return f"{application}/xapi/ {application}/launch/fetch/" if application else ""


def player(policy: str = policies.PLAYER) -> None:
    """Give this answer the policy of a player page of ours."""
    g.content_policy = policy


def file(media_type: str) -> None:
    """Give this answer the policy of a package's file."""
    g.content_policy = of_file(g.content_facts.package_kind, media_type)


def of_asset(headers: Any, _path: str, _url: str) -> None:
    """Add the headers of our own player assets."""
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["Access-Control-Allow-Origin"] = "*"
