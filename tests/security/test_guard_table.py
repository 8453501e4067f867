"""Every route as every role and as a stranger, compared with the readable table in routes.txt.

``allowed`` means that the guard let the request in (whatever the view then made of an empty form); ``-`` refused (403);
``sign in``; ``absent`` (404). Write the table anew with ``pytest tests/security/test_guard_table.py --update-table``,
then read the diff.
"""

import pytest

from tests.security import walking
from tests.security.world import build


def _word(answer):
    if answer.status_code == 403:
        return "-"
    if answer.status_code in (401, 429) or (
        answer.status_code == 302 and "/account/sign-in" in (answer.location or "")
    ):
        return "sign in"
    if answer.status_code == 404:
        return "absent"
    assert answer.status_code < 500, answer.get_data(as_text=True)
    return "allowed"


@pytest.fixture
def table(app, session, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    world = build(app)
    connection = session.get_bind()
    tokens = {who: walking.token_of(account) for who, account in world.cast.items()}
    lines = []
    for rule, route, asked in walking.routes(app):
        method = "GET" if "GET" in rule.methods else min(rule.methods - {"OPTIONS", "HEAD"} or rule.methods)
        url = walking.address(asked, rule, world.arguments)
        words = {}
        for who, token in tokens.items():
            client = walking.browser(asked, token if asked is app else None)  # the content origin knows no cookie
            session.remove()
            with connection.begin_nested() as savepoint:
                with client.open(url, method=method, headers=walking.HEADERS) as answer:
                    words.setdefault(_word(answer), []).append(who)
                session.remove()
                savepoint.rollback()
        lines.append(f"{method} {rule.rule}")
        lines.append(f"    {route.permission}, over: {route.scope.label}")
        lines += [f"    {word + ':':9} {', '.join(who)}" for word, who in sorted(words.items())]
    return "\n".join(lines) + "\n"


def test_every_route_answers_every_role_as_the_table_says(table, request):
    if request.config.getoption("--update-table"):
        walking.TABLE.write_text(table, "utf-8")
    assert table == walking.TABLE.read_text("utf-8")


XAPI = {
    f"records.{name}" for name in ("statements", "state", "activity_profile", "activities", "agent_profile", "agents")
}
"""Opened by keys of client programs: the scope answers 401 to everyone without one."""

CONTENT = {
    "library.fetch",  # a code that is good once
    "content.known",
    *(f"content.{name}" for name in ("play", "return_", "commit", "close", "blocked", "start", "file")),
}
"""Opened by the token of a launch, which is in the address."""


def test_nothing_but_the_public_pages_is_open_to_strangers(app):
    public = {rule.endpoint for rule, route, _ in walking.routes(app) if route.permission == "public"}
    public -= {name for name in public if name.startswith("library.api_")}  # opened by keys: the scope asks for one
    assert public <= {
        "core.healthz", "core.readyz", "core.language", "console.home", "catalogue.index", "catalogue.programme",
        "catalogue.decision", "console.help", "console.guide", "console.contact", "console.privacy",
        "console.accessibility",
        "people.sign_in", "people.activate", "records.about", "records.profile",
        "records.profile_version", "library.openapi", *XAPI, *CONTENT,
    }  # fmt: skip
