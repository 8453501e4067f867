"""Every route as every role and as a stranger, compared with the readable table in routes.txt.

``allowed`` means that the guard let the request in (whatever the view then made of an empty form); ``-`` refused (403);
``sign in``; ``absent`` (404). Write the table anew with ``pytest tests/security/test_guard_table.py --update-table``,
then read the diff.
"""

from pathlib import Path

import pytest

from lms.core.database import db
from lms.people.sessions import open_session
from tests.security.world import build

TABLE = Path(__file__).with_name("routes.txt")
CODES = {"catalogue": "A2.1"}


def _url(rule, arguments):
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


def _token(account):
    if account is None:
        return None
    from lms.core.database import utcnow

    _, token = open_session(account.id, at=utcnow(), user_agent="test", address=None)
    db.session.commit()
    return token


HEADERS = {"X-Experience-API-Version": "2.0.0"}
"""Without it the record store answers nobody."""


def _client(app, token):
    """A browser of its own for each request: signing out empties the cookie, and must not sign out the next lines."""
    client = app.test_client()
    if token is not None:
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
    return client


def _routes(app):
    """The addresses of the product, of the record store mounted in it, and of the content origin.

    Each with what it declares and the application that is asked.
    """
    every = [
        (rule, one.extensions["lms_routes"][rule.endpoint], asked)
        for one, asked in ((app, app), (app.extensions["xapi"], app), *[(app.extensions["content"],) * 2])
        for rule in one.url_map.iter_rules()
    ]
    return sorted(every, key=lambda one: (one[0].endpoint.split(".")[0], one[0].rule))


@pytest.fixture
def table(app, session, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    world = build(app)
    connection = session.get_bind()
    tokens = {who: _token(account) for who, account in world.cast.items()}
    lines = []
    for rule, route, asked in _routes(app):
        method = "GET" if "GET" in rule.methods else min(rule.methods - {"OPTIONS", "HEAD"} or rule.methods)
        with asked.test_request_context():
            url = rule.build(_url(rule, world.arguments))[1]
        words = {}
        for who, token in tokens.items():
            client = _client(asked, token if asked is app else None)  # the content origin knows no cookie
            session.remove()
            with connection.begin_nested() as savepoint:
                words.setdefault(_word(client.open(url, method=method, headers=HEADERS)), []).append(who)
                session.remove()
                savepoint.rollback()
        lines.append(f"{method} {rule.rule}")
        lines.append(f"    {route.permission}, over: {route.scope.label}")
        lines += [f"    {word + ':':9} {', '.join(who)}" for word, who in sorted(words.items())]
    return "\n".join(lines) + "\n"


def test_every_route_answers_every_role_as_the_table_says(table, request):
    if request.config.getoption("--update-table"):
        TABLE.write_text(table, "utf-8")
    assert table == TABLE.read_text("utf-8")


XAPI = {
    f"records.{name}" for name in ("statements", "state", "activity_profile", "activities", "agent_profile", "agents")
}
"""Opened by keys of client programs: the scope answers 401 to everyone without one."""

CONTENT = {
    "library.fetch",  # a code that is good once
    "content.known",
    *(f"content.{name}" for name in ("play", "return_", "commit", "close", "start", "file")),
}
"""Opened by the token of a launch, which is in the address."""


def test_nothing_but_the_public_pages_is_open_to_strangers(app):
    public = {rule.endpoint for rule, route, _ in _routes(app) if route.permission == "public"}
    public -= {name for name in public if name.startswith("library.api_")}  # opened by keys: the scope asks for one
    assert public <= {
        "core.healthz", "core.readyz", "core.language", "console.home", "catalogue.index", "catalogue.programme",
        "catalogue.decision",
        "people.sign_in", "people.activate", "records.about", "records.profile",
        "records.profile_version", "library.openapi", *XAPI, *CONTENT,
    }  # fmt: skip
