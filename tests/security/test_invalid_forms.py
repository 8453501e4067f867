"""A form that is not valid is answered 422 with its page: a summary that takes the focus, and what was typed.

The forms are those of all pages of the small world, as those who may see them. Each is sent empty and with odd values.
"""

import contextlib
from typing import Any

from lxml import html
from werkzeug.exceptions import HTTPException

from tests.security import walking
from tests.security.world import build

NOTHING_INVALID = {
    "assessment.attempt": "blank answers are asked about, not refused; misread ones: tests/assessment/test_quiz.py",
    "console.statements_export": "its fields are those of the filter above it, which the page checks before",
    "learning.complete": "the boxes are those that were read; none is missing that must be there",
    "plans.move": "a reason may be none; the second time the plan has moved on (409)",
    "surveys.on_paper": "while nobody handed in a form on paper there is none to type in (409)",
}
"""Forms with fields of which neither none nor odd ones are invalid, and why."""


def _send(app, session, token, url, values):
    client = walking.browser(app, token)
    session.remove()
    with session.get_bind().begin_nested() as savepoint:
        answer = client.post(url, data=values)
        text = answer.get_data(as_text=True)
        session.remove()
        savepoint.rollback()
    return answer, text


def _faults(page: str) -> list[str]:
    """What a page that answers a form lacks."""
    tree = html.fromstring(page)
    ids = list(tree.xpath("//main//@id"))
    lacks = [f"id {one} stands {ids.count(one)} times" for one in set(ids) if ids.count(one) > 1]
    summaries = tree.xpath("//*[@data-summary]")
    if len(summaries) != 1:
        return [*lacks, f"{len(summaries)} summaries"]
    (summary,) = summaries
    if summary.get("tabindex") != "-1" or "autofocus" not in summary.attrib or not summary.text_content().strip():
        lacks.append("the summary cannot take the focus, or is empty")
    for target in summary.xpath(".//a/@href"):
        if target[1:] not in ids:
            lacks.append(f"no {target} to go to")
    for error in tree.xpath("//main//*[contains(concat(' ', @class, ' '), ' field-error ')][not(@hidden)]"):
        if not error.get("id") or not tree.xpath(
            "//*[contains(concat(' ', @aria-describedby, ' '), $id)]", id=f" {error.get('id')} "
        ):
            lacks.append(f"nothing is described by {error.text_content().strip()!r}")
    for control in tree.xpath("//main//*[@aria-invalid]"):
        if not set((control.get("aria-describedby") or "").split()) & set(ids):
            lacks.append(f"{control.get('id')} is invalid and says nothing")
    return lacks


def _lost(page: str, target: str, sent: dict[str, Any]) -> list[str]:
    """The fields that the page does not show as they were sent."""
    shown = {}
    for method, action, seen in walking.forms_on(target, page):
        if method == "post":
            shown.setdefault(action.split("?")[0], {}).update(seen.values)
    held = shown.get(target, {})
    return [name for name, value in sent.items() if name in held and held[name] != value]


def _endpoint(app, target):
    with contextlib.suppress(HTTPException):
        return app.url_map.bind("localhost").match(target, method="POST")[0]
    return None


def _forms(app, session, world, tokens):
    """Each form once: its endpoint, address, who sees it, and its fields."""
    done = set()
    for rule, _route, asked in walking.routes(app):
        if "GET" not in rule.methods or asked is not app or rule.rule.startswith(("/xapi", "/api")):
            continue
        url = walking.address(asked, rule, world.arguments)
        for who in dict.fromkeys((*walking.roles_for(rule.rule), "stranger")):
            session.remove()
            answer = walking.browser(app, tokens[who]).get(url)
            page = answer.get_data().decode() if answer.mimetype == "text/html" else ""
            answer.get_data()
            for method, action, seen in walking.forms_on(url, page) if answer.status_code == 200 else ():
                target = action.split("?")[0]
                endpoint = _endpoint(app, target) if method == "post" else None
                if endpoint is not None and endpoint not in done:
                    done.add(endpoint)
                    yield endpoint, target, who, seen


def test_every_form_that_is_not_valid_is_answered_with_its_page(app, session, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    world = build(app)
    tokens = {who: walking.token_of(account) for who, account in world.cast.items()}
    refused, taken, lacking = set(), {}, []
    for endpoint, target, who, seen in list(_forms(app, session, world, tokens)):
        if not seen.writable:
            continue  # a button
        kept = {name: value for name, value in seen.values.items() if name not in seen.writable}
        statuses = []
        for odd in ("", "x" * 5000):
            values = dict.fromkeys(seen.writable & seen.values.keys(), odd)
            sent, page = _send(app, session, tokens[who], target, kept | values)
            statuses.append(sent.status_code)
            if sent.status_code == 422:
                lacking += [f"{endpoint}: {lack}" for lack in _faults(page)]
                typed = {name: value for name, value in values.items() if name in seen.texts}
                lacking += [f"{endpoint}: {name} is lost" for name in _lost(page, target, typed)]
        if 422 in statuses:
            refused.add(endpoint)
        else:
            taken[endpoint] = statuses
    assert lacking == []
    assert taken.keys() <= NOTHING_INVALID.keys(), taken
    assert len(refused) > 38, refused
