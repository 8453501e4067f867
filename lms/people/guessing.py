"""How fast passwords and codes may be guessed, and why that bars no owner (docs/decisions/0021-guessing.md).

A browser in which somebody has signed in carries a signed cookie for her account. It opens nothing; it says that who
asks is not the stranger who tries her name at this moment, so such a browser has a counter of its own. Everybody else
is counted by name and address together, by name, and by address, for each purpose apart.
"""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Request, current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from lms.core.throttle import Pace

LIFETIME = timedelta(days=365)
ACCOUNTS = 5
"""For how many accounts one browser is known: computers are shared."""

HERE = Pace(10, timedelta(seconds=90))
"""Under one name from one address, or from a known browser: ten, then one in ninety seconds."""
NAME = Pace(50, timedelta(seconds=30))
"""Under one name from all browsers that are not known, wherever they are."""
ADDRESS = Pace(200, timedelta(seconds=3))
"""Failures from one address, whatever the names: an office, or a city, behind one address shares it."""


def tries(purpose: str, name: str, address: str | None, browser: str | None = None) -> dict[str, Pace]:
    """Return what an attempt counts against; a known browser counts alone."""
    if browser is not None:
        return {f"browser:{browser}|{purpose}": HERE}
    counted = counters_of(name) + purpose
    if address is None:
        return {counted: HERE}
    return {f"{counted}|{address}": HERE, counted: NAME, f"address:{address}|{purpose}": ADDRESS}


def forgotten(counted: Mapping[str, Pace]) -> list[str]:
    """Return the counters that a success empties; from the others it takes back only its own try."""
    return [key for key, pace in counted.items() if pace is HERE]


def counters_of(name: str) -> str:
    """Return how the counters of a name begin."""
    return f"name:{name[:80]}|"


def known_browsers(request: Request) -> dict[UUID, str]:
    """Return for which accounts this browser is known, each with the browser's name in counters."""
    try:
        kept = _signer().loads(request.cookies.get(_cookie(), ""), max_age=int(LIFETIME.total_seconds()))
        return {UUID(account): str(browser) for account, browser in kept}
    except (BadData, TypeError, ValueError):
        return {}


def remember(response: Response, request: Request, account_id: UUID) -> None:
    """Let this browser be known for an account that has just shown its password or its code."""
    kept = {account: browser for account, browser in known_browsers(request).items() if account != account_id}
    newest: list[Any] = [(str(account), browser) for account, browser in kept.items()][-(ACCOUNTS - 1) :]
    newest.append((str(account_id), secrets.token_urlsafe(12)))
    response.set_cookie(
        _cookie(),
        str(_signer().dumps(newest)),
        max_age=LIFETIME,
        path="/account",
        httponly=True,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        samesite="Lax",
    )


def _cookie() -> str:
    return "__Secure-khue-known" if current_app.config["SESSION_COOKIE_SECURE"] else "khue-known"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="people.known-browser")
