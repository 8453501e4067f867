"""Powers over the whole city: whoever holds a role over one unit has none of them, on any address and in no menu."""

import pytest
from flask_babel import force_locale, gettext

from lms.core import guard
from lms.core.guard import ANYONE, CITY, HELD, WHOLE, Route, reach_of
from lms.people.permissions import CITY_WIDE, PERMISSIONS, ROLES, left_out, permissions_of
from tests import factories as make
from tests.security.walking import HEADERS, browser, routes, token_of, values_of
from tests.security.world import build

HOLDERS = [role for role in ROLES if permissions_of(role) & CITY_WIDE]


@pytest.fixture
def world(app, session, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return build(app)


def _over_units(session):
    """Each role that has such powers, over a department and over an institution."""
    places = make.unit(make.city(), name="Sở"), make.institution(name="Trường")
    people = {f"{role} over {place.kind}": make.holder(role, place) for role in HOLDERS for place in places}
    session.commit()
    return people


def test_no_address_with_a_power_over_the_city_opens_for_a_role_over_a_unit(app, session, world):
    city_wide = [(rule, asked) for rule, route, asked in routes(app) if reach_of(route.permission) == WHOLE]
    by_moves = {"plans.approve", "catalogue.forward"}  # asked for by the moves of a life, not by an address of its own
    asked_for = {app.extensions["lms_routes"][rule.endpoint].permission for rule, _ in city_wide}
    assert asked_for == CITY_WIDE - by_moves
    opened = []
    for who, account in _over_units(session).items():
        client = browser(app, token_of(account))
        for rule, asked in city_wide:
            with asked.test_request_context():
                url = rule.build(values_of(rule, world.arguments))[1]
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                status = client.open(url, method=method, headers=HEADERS).status_code
                if status != 403:
                    opened.append(f"{who}: {method} {url} answers {status}")
    assert not opened, "\n".join(opened)


def test_the_menu_offers_nothing_that_would_be_refused(app, session):
    people = _over_units(session) | {f"{role} over the city": make.holder(role) for role in ROLES if role != "trainee"}
    session.commit()
    refused, shown = [], 0
    for who, account in people.items():
        client = browser(app, token_of(account))
        page = client.get("/account").text
        for item in app.extensions["lms_navigation"]:
            with app.test_request_context():
                url = f'href="{app.url_for(item.endpoint)}"'
            if url in page.split("<main")[0]:
                shown += 1
                if client.get(url[6:-1]).status_code != 200:
                    refused.append(f"{who}: {url}")
    assert shown > len(people)
    assert not refused, "\n".join(refused)


@pytest.mark.parametrize("permission", sorted(CITY_WIDE))
def test_a_unit_gives_none_of_the_permission_and_a_root_all(permission):
    over_unit = guard.Actor(None, None, "", grants={permission: ("/1/7/",)})
    assert not over_unit.may(permission)
    assert not over_unit.may(permission, "/1/7/")
    assert not over_unit.holds_whole(permission)
    assert over_unit.paths(permission) == ()
    both = guard.Actor(None, None, "", grants={permission: ("/1/7/", "/1/")})
    assert both.paths(permission) == ("/1/",)
    assert both.holds_whole(permission)
    assert both.may(permission, "/1/9/")


@pytest.mark.parametrize(
    ("permission", "scope"),
    [("audit.read", HELD), ("audit.read", ANYONE), ("people.read", CITY), ("public", CITY), ("audit.reed", CITY)],
)
def test_the_application_does_not_boot_when_permission_and_scope_differ_in_reach(app, permission, scope):
    from flask import Flask

    small = Flask(__name__, static_folder=None)
    guard.register(small, "domain", __name__, [Route("/x", lambda: "", permission, scope, endpoint="page")])
    with pytest.raises(RuntimeError, match=r"domain\.page"):
        guard.check(small)


def test_every_power_over_the_city_is_a_permission():
    assert set(PERMISSIONS) >= CITY_WIDE


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"trainee"}))
@pytest.mark.parametrize("whole", [True, False])
def test_who_gives_a_role_reads_which_powers_it_leaves_out_over_a_unit(session, sign_in, submit, role, whole):
    city = make.city()
    unit = city if whole else make.unit(city)
    account = make.trainee(make.unit(city))
    session.commit()
    client, page = sign_in(make.holder("administrator")), f"/admin/people/{account.id}"
    before = client.get(page).text
    with force_locale("vi"):
        powers = ", ".join(gettext(words) for words in left_out(role))
    assert len(left_out(role)) == len(permissions_of(role) & CITY_WIDE)
    assert not powers or powers in before  # of every role, before it is given
    html = submit(client, f"{page}/roles", {"role": role, "unit": unit.code}, page=page, follow_redirects=True).text
    assert "Đã giao vai trò" in html
    told = html.count(powers) - before.count(powers) if powers else 0
    assert told == (2 if powers and not whole else 0)  # once as news, once beside the role
