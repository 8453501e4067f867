"""Odd values at every parameter of every route, as those who may enter: told what is wrong, never a fault of ours.

The parameters are those of the address, those that a view looks for or a page's links carry, and the fields of forms.
"""

from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.routing import IntegerConverter, UUIDConverter

from lms.core.guard import SYSTEM
from lms.library.scopes import SCOPES
from lms.library.services import keys
from lms.records import services as records
from tests import factories as make
from tests.conftest import NOW
from tests.records.test_application import basic
from tests.security import walking
from tests.security.world import build

NOBODY = "00000000-0000-0000-0000-000000000000"
WHOLE = ["-1", "2147483648", "9223372036854775808", "9" * 5000, "٣"]
TEXTS = ["a%00b", "%ED%A0%80", "%E2%80%AE%0A", "x" * 3000]
"""NUL, half a surrogate pair, marks that show nothing, more than any column is asked for."""
QUERIES = [
    "2147483648",
    "9" * 5000,
    "9223372036854775808",
    "a%00b",
    "%ED%A0%80",
    "x" * 3000,
    f"{NOBODY}|",
    "0001-01-01",
]
FIELDS = ["", "a\0b", b"a\xed\xa0\x80", "-1", "2147483648", "9223372036854775808", "9" * 5000, "1e999", "NaN",
          "x" * 70_000, NOBODY, "0001-01-01", "9999-12-31", "0001-01-01T00:00", "[]", "\u202e\u200b"]  # fmt: skip
BODIES = [b"1e999", b'{"a": "\\u0000"}', b"[" * 5000, b"\xff"]
JSON = {
    "assessment.answer": [
        b'{"response": "\\ud800", "revision": 0}',
        b'{"response": {"\\u0000": 1}, "revision": 0}',
        b'{"response": "a", "revision": 99999999999999999999}',
        b'{"response": 1e99, "revision": -1}',
    ],
}
"""Bodies of the right shape with odd values, where a shape is asked for."""


@dataclass
class Walk:
    """Sends requests whose effects are undone, and remembers which broke the product."""

    app: Any
    session: Any
    world: Any
    tokens: dict[str, str | None]
    headers: dict[str, dict[str, str]]
    """Keys of programs, by the beginning of addresses."""
    broken: list[str] = field(default_factory=list)

    def __call__(self, asked: Any, who: str, method: str, url: str, **kw: Any) -> tuple[Any, str]:
        client = walking.browser(asked, self.tokens[who] if asked is self.app else None)
        keyed = next((more for start, more in self.headers.items() if url.startswith(start)), {})
        self.session.remove()
        walking.Recording.looked_for.clear()
        with self.session.get_bind().begin_nested() as savepoint:
            answer = client.open(url, method=method, headers=walking.HEADERS | keyed, **kw)
            content = answer.get_data()  # all of it: what is streamed ends within its request
            answer.close()
            text = content.decode() if answer.mimetype in ("text/html", "application/json") else ""
            self.session.remove()
            savepoint.rollback()
        told = '<main id="main"' in text or "<html" not in text
        if answer.status_code >= 500 or "Traceback" in text or (answer.status_code >= 400 and not told):
            self.broken.append(f"{answer.status_code} {who}: {method} {url[:150]} {str(kw)[:200]}")
        return answer, text


@pytest.fixture
def walk(app, session, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    for part in (app, app.extensions["xapi"], app.extensions["content"]):
        monkeypatch.setattr(part, "request_class", walking.RecordingRequest)
        monkeypatch.setitem(part.config, "PROPAGATE_EXCEPTIONS", False)
    world = build(app)
    tokens = {who: walking.token_of(account) for who, account in world.cast.items()}
    _, secret = keys.make_key(SYSTEM, make.institution().id, name="k", scopes=tuple(SCOPES), at=NOW)
    made, other = records.make_credential(SYSTEM, name="k", scopes=["all"], at=NOW)
    session.commit()
    programs = {"/api/": {"Authorization": f"Bearer {secret}"}, "/xapi/": basic(made.key, other)}
    return Walk(app, session, world, tokens, programs)


def _odd_in_address(rule, name):
    kind = rule._converters[name]
    if isinstance(kind, UUIDConverter):
        return [NOBODY]
    return WHOLE if isinstance(kind, IntegerConverter) else TEXTS


def test_odd_values_in_addresses(app, walk):
    for rule, _route, asked in walking.routes(app):
        values = walking.values_of(rule, walk.world.arguments)
        method = "GET" if "GET" in rule.methods else min(rule.methods - {"OPTIONS", "HEAD"} or rule.methods)
        who = walking.roles_for(rule.rule)[0]
        url = walking.address(asked, rule, walk.world.arguments)
        for name, value in values.items():
            for odd in _odd_in_address(rule, name):
                walk(asked, who, method, url.replace(quote(str(value)), odd, 1))
    assert walk.broken == []


def test_odd_values_in_queries(app, walk):
    asked_for = set()
    for rule, _route, asked in walking.routes(app):
        if "GET" not in rule.methods:
            continue
        url = walking.address(asked, rule, walk.world.arguments)
        for who in walking.roles_for(rule.rule)[:1]:
            answer, page = walk(asked, who, "GET", url)
            names = {name for name in walking.Recording.looked_for if name.isidentifier()}
            if answer.mimetype == "text/html":
                names |= walking.parameters_in(url, page)
            asked_for |= names
            for name in sorted(names):
                for odd in QUERIES:
                    walk(asked, who, "GET", f"{url}?{name}={odd}")
    assert asked_for >= {"after", "q", "year", "unit", "version", "below", "day"}, asked_for
    assert walk.broken == []


def _forms(app, walk):
    """Every form that POSTs, as each role sees it: ``{(role, address): form}``."""
    forms = {}
    for rule, _route, asked in walking.routes(app):
        if "GET" not in rule.methods or asked is not app or rule.rule.startswith(("/xapi", "/api")):
            continue
        url = walking.address(asked, rule, walk.world.arguments)
        for who in walking.roles_for(rule.rule)[:2]:
            answer, page = walk(asked, who, "GET", url)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                for method, target, seen in walking.forms_on(url, page):
                    if method == "post":
                        forms.setdefault((who, target.split("?")[0]), seen)
    return forms


def test_odd_values_in_forms_and_bodies(app, walk):
    forms = _forms(app, walk)
    assert len(forms) > 60
    for rule, _route, asked in walking.routes(app):
        url = walking.address(asked, rule, walk.world.arguments)
        who = walking.roles_for(rule.rule)[0]
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            seen = forms.get((who, url), walking.SeenForm(url))
            walk(asked, who, method, url, data={})
            names = sorted((walking.Recording.looked_for | seen.names) - {"csrf_token"})[:40]
            for turn in range(0, len(FIELDS) if names else 0, 4):  # all at once, each with another value in each turn
                odd = dict(zip(names, islice(cycle(FIELDS), turn, None), strict=False))
                walk(asked, who, method, url, data=odd)
            for place, name in enumerate(names):  # one alone, so that the others let it through to the act
                for odd in islice(cycle(FIELDS), place * 3, place * 3 + 1):
                    walk(asked, who, method, url, data=seen.values | {name: odd})
            for body in JSON.get(rule.endpoint, []) + (BODIES if not seen.names else BODIES[:1]):
                walk(asked, who, method, url, data=body, content_type="application/json")
    assert walk.broken == []
