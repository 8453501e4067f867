"""One search for every list: the database folds as the product does, and every page with a field of search uses it."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, literal, select

from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.core.search import folded, matches
from lms.core.text import fold, one_line
from lms.packages.structure import Unit
from lms.people.permissions import ROLES
from lms.reports.issued.services import reports as issued
from lms.reports.unit_reports.services import campaigns
from tests import factories as make

NAME = "Đường Ứng Đạt 50%_c\\d"
WORDS = ["Đường Ứng Đạt 50%_c\\d", "duong ung dat", "ĐẠT ỨNG", "Đ", "%", "_", "\\", "50%_c\\d", "  đạt   đường "]
NOBODY = ["%%", "__", "\\\\", "d%t", "d_t", "đạt zz", "'; --", "%\x00%"]
LETTERS = "aăâáàĐđdeêếỨứỵYoôộƠ 7%_\\.-'"

# -- the condition ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ask(app):
    """``ask(expression)`` lets the database compute a value."""
    with app.app_context():
        yield lambda expression: db.session.scalar(select(expression))
        db.session.remove()


@given(st.text(alphabet=LETTERS, max_size=20))
def test_the_database_folds_as_the_product_does(ask, text):
    line = one_line(text)
    assert ask(folded(literal(line))) == fold(line)


@given(st.text(alphabet=LETTERS, max_size=20), st.text(alphabet=LETTERS, max_size=6))
def test_a_row_is_found_when_every_word_stands_somewhere_in_it(ask, text, query):
    line = one_line(text)
    expected = all(fold(word) in fold(line) for word in query.split())
    assert ask(matches(query, folded(literal(line)))) is expected
    assert ask(matches(query, func.concat("", fold(line)))) is expected


# -- the pages --------------------------------------------------------------------------------------------------------

EXACT = {"console.audit"}
"""Looks up an action by its beginning, an id or a username: no search of texts."""


@pytest.fixture
def city(session, sign_in):
    """One thing of each kind with the name, another without, and somebody who holds every role."""
    year = make.today().year
    unit, other = make.unit(make.city(), name=NAME), make.unit(make.city(), name="Khác hẳn")
    run, beside = make.class_run(name=NAME), make.class_run(name="Khác hẳn")
    make.enrolment(run, make.person(unit, full_name=NAME))
    make.enrolment(beside, make.person(other, full_name="Khác hẳn"))
    make.account(make.person(unit, full_name=NAME))
    make.operator(display_name=NAME)
    make.operator(display_name="Khác hẳn")
    for title in (NAME, "Khác hẳn"):
        make.package_version(Unit("course", f"https://x.example/{len(title)}", {"vi": title}))
    due = make.today() + timedelta(days=9)
    levels, quota = ["department"], {"quota_from": year, "quota_to": year + 4}
    campaigns.open_campaign(SYSTEM, year, due_on=due, levels=levels, **quota, at=utcnow())
    for of in (run, beside):
        of.status = "finished"
        session.flush()
        issued.begin_class(SYSTEM, of.id, at=utcnow())
    every = make.holder("administrator", full_name="Toàn quyền")
    for role in ROLES:
        if role not in ("trainee", "administrator"):
            make.role(every, role)
    session.commit()
    return SimpleNamespace(client=sign_in(every), year=year, run=run, every=every)


def _pages(app, year):
    """Every page without an object of its own, and the lists that differ by a parameter."""
    for name, route in app.extensions["lms_routes"].items():
        if "GET" in route.methods and route.rule.startswith("/") and not re.search(r"<(?!year:year)", route.rule):
            yield name, route.rule.replace("<year:year>", str(year))
    yield "people.people", "/admin/people?show=operators"
    yield "reports.completion", "/reports/completion?by=class"
    yield "reports.completion", "/reports/completion?by=unit"
    yield "reports.unit_campaign", f"/reports/campaigns/{year}?show=all"


def _with_search(app, city):
    for name, url in _pages(app, city.year):
        answer = city.client.get(url)
        if answer.status_code == 200 and answer.mimetype == "text/html" and 'name="q"' in answer.text:
            yield name, url


def _listed(city, url, query):
    """How often the page names the one and the other, apart from what was typed."""
    path, _, given = url.partition("?")
    given = dict(pair.split("=") for pair in given.split("&") if pair)
    answer = city.client.get(path, query_string=given | {"q": query})
    assert answer.status_code == 200
    page = fold(re.sub(r"<(form|nav|header|footer)\b.*?</\1>", "", answer.text, flags=re.S))
    return page.count("duong ung dat"), page.count("khac han")


def test_every_page_with_a_search_finds_what_was_typed_and_takes_no_sign_for_another(app, city):
    shown = set()
    for name, url in _with_search(app, city):
        shown.add(name)
        wanted, others = _listed(city, url, "")
        for query in WORDS if wanted and name not in EXACT else ():
            found, beside = _listed(city, url, query)
            assert found == wanted, (url, query)
            assert beside < others or not others or query == "Đ", (url, query)
        for query in NOBODY:
            found, beside = _listed(city, url, query)
            assert (found < wanted or not wanted) and (beside < others or not others), (url, query)
    assert shown >= {
        "people.people", "people.units", "classes.index", "library.index", "reports.completion", "reports.trainees",
        "reports.issued", "reports.campaign", "catalogue.index", "console.audit",
    }, shown  # fmt: skip
