"""Odd values at every parameter of every route, as those who may enter: told what is wrong, never a fault of ours.

The parameters are those of the address, those that a view looks for or a page's links carry, and the fields of forms.
"""

from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any
from urllib.parse import quote

import pytest
from werkzeug.datastructures import MultiDict

from tests.security import walking
from tests.security.world import build

WHOLE = ["-1", "0", "2147483648", "9223372036854775808", "9" * 5000, "٣"]
TEXTS = ["%00", "a%00b", "%ED%A0%80", "%F0%9F%98", "%E2%80%AE%0A", "x" * 3000]
"""NUL, half a surrogate pair, half a character, marks that show nothing, more than any column is asked for."""
IDS = ["00000000-0000-0000-0000-000000000000", "z"]
PATHS = [*WHOLE, *TEXTS, *IDS]
QUERIES = ["", *WHOLE[1:5], "%00", "a%00b|%00", "%ED%A0%80", "x" * 3000, IDS[0], f"{IDS[0]}|", "0001-01-01", "|||"]
FIELDS = ["", "a\0b", b"a\xed\xa0\x80", "-1", "2147483648", "9223372036854775808", "9" * 5000, "1e999", "NaN", "x" * 70_000, IDS[0],
          "0001-01-01", "9999-12-31", "0001-01-01T00:00", "[]", "\u202e\u200b"]  # fmt: skip
BODIES = [b"", b"[]", b"null", b"1e999", b'"\\ud800"', b'{"a": "\\u0000"}', b"[" * 5000, b"\xff", b"9" * 5000]


@dataclass
class Walk:
    """Sends requests whose effects are undone, and remembers which broke the product."""

    app: Any
    session: Any
    tokens: dict[str, str | None]
    broken: list[str] = field(default_factory=list)
    sent: int = 0

    def __call__(self, asked: Any, who: str, method: str, url: str, headers: Any = None, **kw: Any) -> Any:
        client = walking.browser(asked, self.tokens[who] if asked is self.app else None)
        self.session.remove()
        walking.Recording.looked_for.clear()
        with self.session.get_bind().begin_nested() as savepoint:
            answer = client.open(url, method=method, headers=walking.HEADERS | (headers or {}), **kw)
            text = answer.get_data(as_text=True) if "text/html" in answer.content_type or answer.is_json else ""
            self.session.remove()
            savepoint.rollback()
        self.sent += 1
        look = '<main id="main"' in text or "<html" not in text
        if answer.status_code >= 500 or "Traceback" in text or (answer.status_code >= 400 and not look):
            self.broken.append(f"{answer.status_code} {who}: {method} {url[:150]} {str(kw)[:150]}")
        return answer, text


    def done(self) -> None:
        import os
        import time
        open(f"/tmp/forms-odd-{os.environ['PYTEST_CURRENT_TEST'].split('::')[1].split()[0]}","w").write("\n".join([f"{self.sent} sent, cpu {time.process_time():.1f}", *self.broken]))
        assert self.broken == []


@pytest.fixture
def walk(app, session, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    for part in (app, app.extensions["xapi"], app.extensions["content"]):
        monkeypatch.setattr(part, "request_class", walking.RecordingRequest)
        monkeypatch.setitem(part.config, "PROPAGATE_EXCEPTIONS", False)
    world = build(app)
    walk = Walk(app, session, {who: walking.token_of(account) for who, account in world.cast.items()})
    walk.world = world
    return walk


def test_odd_values_in_addresses(app, walk):
    for rule, _route, asked in walking.routes(app):
        values = walking.values_of(rule, walk.world.arguments)
        method = "GET" if "GET" in rule.methods else min(rule.methods - {"OPTIONS", "HEAD"} or rule.methods)
        who = walking.roles_for(rule.rule)[0]
        for name in values:
            marked = walking.address(asked, rule, walk.world.arguments | {f"{rule.endpoint}.{name}": values[name]})
            for odd in PATHS:
                parts = [odd if part == quote(str(values[name])) else part for part in marked.split("/")]
                walk(asked, who, method, "/".join(parts))
    walk.done()


def test_odd_values_in_queries(app, walk):
    for rule, _route, asked in walking.routes(app):
        if "GET" not in rule.methods:
            continue
        url = walking.address(asked, rule, walk.world.arguments)
        for who in walking.roles_for(rule.rule):
            answer, page = walk(asked, who, "GET", url)
            names = {name for name in walking.Recording.looked_for if name.isidentifier()}
            if answer.mimetype == "text/html":
                names |= walking.parameters_in(url, page)
            for name in sorted(names):
                for odd in QUERIES:
                    walk(asked, who, "GET", f"{url}?{name}={odd}")
    walk.done()


def _posting(app):
    for rule, route, asked in walking.routes(app):
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            yield rule, route, asked, method


def _forms(app, walk):
    """Every form that POSTs, as each role sees it: ``{(role, address): form}``."""
    forms = {}
    for rule, _route, asked in walking.routes(app):
        if "GET" not in rule.methods or asked is not app or rule.rule.startswith(("/xapi", "/api")):
            continue
        url = walking.address(asked, rule, walk.world.arguments)
        for who in walking.roles_for(rule.rule):
            answer, page = walk(asked, who, "GET", url)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                for method, target, seen in walking.forms_on(url, page):
                    if method == "post":
                        forms.setdefault((who, target.split("?")[0]), seen)
    return forms


def test_odd_values_in_forms_and_bodies(app, walk):
    forms = _forms(app, walk)
    for rule, _route, asked, method in _posting(app):
        url = walking.address(asked, rule, walk.world.arguments)
        for who in walking.roles_for(rule.rule)[:2]:
            seen = forms.get((who, url), walking.SeenForm(url))
            walk(asked, who, method, url, data={})
            names = sorted(({name for name in walking.Recording.looked_for} | seen.names) - {"csrf_token"})
            for turn in range(len(FIELDS) if names else 0):
                odd = dict(zip(names, islice(cycle(FIELDS), turn, None), strict=False))
                walk(asked, who, method, url, data=odd)
            for number, name in enumerate(names):
                for odd in islice(cycle(FIELDS), number * 5, number * 5 + 5):
                    walk(asked, who, method, url, data=MultiDict(seen.values) | {name: odd})
            for body in BODIES:
                walk(asked, who, method, url, data=body, content_type="application/json")
    walk.done()
