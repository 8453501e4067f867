"""docs/recipes/add-a-report.md and add-a-document.md, followed with their own code."""

import importlib
import re
import sys
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from jinja2 import ChoiceLoader, FileSystemLoader
from pypdf import PdfReader

import lms.reports
from lms import create_app, documents
from lms.core import jobs
from lms.core.pages import N_, NavItem, add_navigation
from tests import factories as make

RECIPES = Path(__file__).parents[2] / "docs/recipes"
RECIPE = (RECIPES / "add-a-report.md").read_text("utf-8")
FILES = dict(re.findall(r"^`(lms/[\w./]+)`\n\n```\w+\n(.*?)^```$", RECIPE, re.MULTILINE | re.DOTALL))
(MENU,) = re.findall(r"^```python\n(NavItem\(.*?)^```$", RECIPE, re.MULTILINE | re.DOTALL)
URL = "/reports/hours"


@pytest.fixture
def product(app, session, tmp_path, monkeypatch):
    """An application with the report of the recipe."""
    for path, code in FILES.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code, encoding="utf-8")
    known = set(sys.modules)
    monkeypatch.setattr(lms.reports, "__path__", [*lms.reports.__path__, str(tmp_path / "lms/reports")])
    routes = importlib.import_module("lms.reports.hours.routes").ROUTES
    monkeypatch.setattr(lms.reports, "ROUTES", [*lms.reports.ROUTES, *routes])
    made = create_app(app.config["SETTINGS"])
    made.config |= {"TESTING": True}
    made.test_client_class = app.test_client_class
    made.jinja_loader = ChoiceLoader([FileSystemLoader(tmp_path / "lms/reports/templates"), made.jinja_loader])
    add_navigation(made, eval(MENU, {"NavItem": NavItem, "N_": N_}))
    yield made
    jobs.init_app(app)
    for name in set(sys.modules) - known:
        if name.startswith("lms.reports.hours"):
            del sys.modules[name]


@pytest.fixture
def browser(app, product, sign_in):
    """``browser(account)`` is signed in to the application with the report."""

    def signed_in(account):
        client = product.test_client()
        with sign_in(account).session_transaction() as from_, client.session_transaction() as to:
            to.update(from_)
        return client

    return signed_in


def test_the_report_is_a_page_in_the_menu_and_a_workbook_of_the_units_held(browser):
    unit, other = make.unit(), make.unit()
    run = make.class_run()
    for sender in (unit, unit, other):
        make.enrolment(run, unit_id=sender.id, status="completed")
    make.enrolment(run, unit_id=unit.id)
    hours = make.version().hours
    client = browser(make.holder("unit_manager", unit))
    page = client.get(URL)
    assert page.status_code == 200
    assert re.search(rf'A2\.1 [^<]+</th>\s*<td class="num">2</td>\s*<td class="num">{2 * hours}</td>', page.text)
    assert f'href="{URL}"' in client.get("/reports/completion").text
    sheet = openpyxl.load_workbook(BytesIO(client.get(f"{URL}.xlsx").data)).active
    assert [cell.value for cell in sheet[4]][::2] == ["A2.1", 2]
    assert sheet[4][3].value == 2 * hours


def test_who_holds_nothing_is_refused(browser):
    assert browser(make.holder("trainee")).get(URL).status_code == 403


def test_the_paper_of_the_other_recipe_becomes_both_files():
    (code,) = re.findall(r"^```python\n(.*?)^```$", (RECIPES / "add-a-document.md").read_text("utf-8"), re.M | re.S)
    given = {}
    exec(code, given)
    paper = given["paper"]
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(documents.pdf(paper))).pages)
    assert "Vũ Thị Hải Yến" in " ".join(text.split())
    assert documents.docx(paper) == documents.docx(paper)
