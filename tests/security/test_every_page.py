"""What holds on every page: the place in the menu, the foot, the language switch that keeps the address.

The pages are all addresses that answer with a page in the small world, as each of those who may open them.
"""

from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import html

from tests.security import walking
from tests.security.world import build

NO_PLACE = {"core.job": "a job of any domain, which leads on by itself"}
"""Pages that stand nowhere in the menu, and why."""
FOOT = ["/help", "/contact", "/privacy", "/accessibility"]


@pytest.fixture
def pages(app, session):
    """Each page once for each of those who may open it: endpoint, who, address, tree."""
    world = build(app)
    tokens = {who: walking.token_of(account) for who, account in world.cast.items()}
    seen = []
    for rule, _route, asked in walking.routes(app):
        if "GET" not in rule.methods or asked is not app or rule.rule.startswith(("/xapi", "/api")):
            continue
        url = walking.address(asked, rule, world.arguments)
        for who in dict.fromkeys((*walking.roles_for(rule.rule), "stranger")):
            session.remove()
            answer = walking.browser(app, tokens[who]).get(f"{url}?x=1&name=%C4%90%E1%BB%97%20B")
            if answer.mimetype == "text/html" and answer.status_code == 200:
                page = answer.get_data(as_text=True)
                if "</html>" in page:
                    seen.append((rule.endpoint, who, url, html.fromstring(page)))
            answer.close()
    assert len({endpoint for endpoint, *_ in seen}) > 70
    return seen


def test_every_page(pages):
    """One walk for all of it: the world is large."""
    unmarked, twice, feet, switches, foreign = {}, [], [], [], []
    for endpoint, who, url, page in pages:
        if not page.xpath("//header[contains(@class, 'masthead')]"):
            continue  # a player, within a page
        marked = page.xpath("//header//a[@aria-current]/@aria-current")
        if not marked:
            unmarked.setdefault(endpoint, []).append(who)
        if len(marked) > 1 or set(marked) - {"page", "true"}:
            twice.append((endpoint, who, marked))
        if page.xpath("//footer//nav//a/@href") != FOOT:
            feet.append(endpoint)
        (switch,) = page.xpath("//a[@hreflang]/@href")
        (back,) = parse_qs(urlsplit(switch).query)["next"]
        if back != f"{url}?x=1&name=%C4%90%E1%BB%97%20B":
            switches.append((endpoint, back))
        if page.xpath("//input[@type='date' or @type='datetime-local' or @type='file' and not(@hidden or @class)]"):
            foreign.append(endpoint)  # the browser would speak its own language there
    assert (twice, feet, switches, foreign) == ([], [], [], [])
    assert unmarked.keys() <= NO_PLACE.keys(), unmarked


def test_the_language_switch_comes_back_to_the_address_with_its_query(client):
    page = html.fromstring(client.get("/programmes?q=%C4%91%C3%B4+th%E1%BB%8B&group=A").text)
    (switch,) = page.xpath("//a[@hreflang]/@href")
    answer = client.get(switch)
    assert (answer.status_code, answer.location) == (302, "/programmes?q=%C4%91%C3%B4+th%E1%BB%8B&group=A")
    assert 'lang="en"' in client.get(answer.location).text
