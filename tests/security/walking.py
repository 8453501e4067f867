"""Every route as somebody who may enter: its address in the small world, who opens it, and what it reads and shows."""

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask, Request
from flask.testing import FlaskClient
from lxml import html
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import Rule

from lms.core.database import db, utcnow
from lms.core.guard import Route
from lms.people.models import Account
from lms.people.sessions import open_session

TABLE = Path(__file__).with_name("routes.txt")
HEADERS = {"X-Experience-API-Version": "2.0.0"}
"""Without it the record store answers nobody."""

ROLES = (
    "enrolled_trainee", "running_institution", "teaching_lecturer", "home_affairs_officer", "administrator",
    "sending_manager",
)  # fmt: skip
"""Those who between them have most to do in the small world."""


def routes(app: Flask) -> list[tuple[Rule, Route, Flask]]:
    """The addresses of the product, of the record store mounted in it, and of the content origin.

    Each with what it declares and the application that is asked.
    """
    every = [
        (rule, part.extensions["lms_routes"][rule.endpoint], asked)
        for part, asked in ((app, app), (app.extensions["xapi"], app), *[(app.extensions["content"],) * 2])
        for rule in part.url_map.iter_rules()
    ]
    return sorted(every, key=lambda entry: (entry[0].endpoint.split(".")[0], entry[0].rule))


def values_of(rule: Rule, arguments: dict[str, Any]) -> dict[str, Any]:
    """What the parameters of an address are in the small world."""
    values = {}
    for name in rule.arguments:
        of_domain = f"{rule.endpoint.split('.')[0]}.{name}"
        known = [key for key in (f"{rule.endpoint}.{name}", of_domain, name) if key in arguments]
        if known:
            values[name] = arguments[known[0]]
        elif name == "code":
            domain = rule.endpoint.split(".")[0]
            values[name] = {"catalogue": "A2.1", "assessment": "A2.1", "core": "en"}.get(domain, "x")
        elif name == "name":
            values[name] = arguments["figure"] if "version_id" in rule.arguments else "sections"
        elif name == "path":
            values[name] = arguments["figure"]
        elif name == "token":
            values[name] = "of-nobody"
        elif name == "filename":
            values[name] = "x.pdf"
        else:
            pytest.fail(f"{rule.rule}: the world knows no {name}")
    return values


def address(asked: Flask, rule: Rule, arguments: dict[str, Any]) -> str:
    """The address of a route in the small world."""
    with asked.test_request_context():
        return str(rule.build(values_of(rule, arguments))[1])


def token_of(account: Account | None) -> str | None:
    """The secret of a new session of an account."""
    if account is None:
        return None
    _, token = open_session(account.id, at=utcnow(), user_agent="test", address=None)
    db.session.commit()
    return token


def browser(app: Flask, token: str | None) -> FlaskClient:
    """A browser of its own for each request: signing out empties the cookie, and must not sign out the next lines."""
    client = app.test_client()
    if token is not None:
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
    return client


@functools.cache
def openers() -> dict[str, tuple[str, ...]]:
    """Who may open a route, by the table: ``{"/classes": ("administrator", …)}``, strangers left out."""
    allowed: dict[str, tuple[str, ...]] = {}
    rule = ""
    for line in TABLE.read_text("utf-8").splitlines():
        if not line.startswith(" "):
            rule = line.split(" ", 1)[1]
            allowed[rule] = ()
        elif line.startswith(("    allowed:", "    absent:")):
            allowed[rule] += tuple(name for name in line.split(":", 1)[1].strip().split(", ") if name != "stranger")
    return allowed


def roles_for(rule: str) -> list[str]:
    """Those of ROLES who may open a route; whoever may, where none of them; a stranger where nobody signs in."""
    allowed = openers().get(rule, ())
    return [role for role in ROLES if role in allowed] or list(allowed[:1]) or ["stranger"]


class Recording(ImmutableMultiDict[str, Any]):
    """The parameters of a request; tells which of them the code looked for."""

    looked_for: set[str] = set()

    def __contains__(self, key: object) -> bool:
        self.looked_for.add(str(key))
        return super().__contains__(key)

    def __getitem__(self, key: str) -> Any:
        self.looked_for.add(key)
        return super().__getitem__(key)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.looked_for.add(key)
        return super().get(key, *args, **kwargs)

    def getlist(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.looked_for.add(key)
        return super().getlist(key, *args, **kwargs)


class RecordingRequest(Request):
    """A request whose parameters tell who looked for them."""

    parameter_storage_class = Recording


@dataclass
class SeenForm:
    """A form of a page, as a browser would send it."""

    page: str
    values: dict[str, Any] = field(default_factory=dict)
    names: frozenset[str] = frozenset()
    """Also of boxes that are not ticked, of files and of buttons."""
    writable: frozenset[str] = frozenset()
    """What a person fills in: neither hidden fields nor buttons."""
    texts: frozenset[str] = frozenset()
    """What she types, and so may hold anything."""


def forms_on(url: str, page: str) -> list[tuple[str, str, SeenForm]]:
    """The forms in the main part of a page: method, address and fields."""
    seen = []
    if not page.strip():
        return []
    for form in html.fromstring(page).xpath("//main//form"):
        areas = {area.name for area in form.iter("textarea")}
        values = {name: text.removeprefix("\n") if name in areas else text for name, text in form.form_values()}
        names = frozenset(control.get("name") for control in form.xpath(".//*[@name]"))
        target = form.get("action") or url
        controls = form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]")
        kinds = {control.get("name"): control.get("type", control.tag) for control in controls}
        writable = frozenset(name for name, kind in kinds.items() if kind not in ("hidden", "submit", "button"))
        texts = frozenset(name for name in writable if kinds[name] in ("text", "textarea", "input", "search", "date"))
        seen.append((form.get("method", "get").lower(), target, SeenForm(url, values, names, writable, texts)))
    return seen


def parameters_in(url: str, page: str) -> set[str]:
    """Names of query parameters that a page's own links to itself carry."""
    names: set[str] = set()
    for link in html.fromstring(page).xpath("//main//a/@href") if page.strip() else ():
        parts = urlsplit(link)
        if parts.path in ("", urlsplit(url).path):
            names |= {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    return names
