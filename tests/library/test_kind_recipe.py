"""docs/recipes/add-a-content-kind.md, followed: its own code makes a kind that is uploaded, played and completed."""

import json
import re
from pathlib import Path
from types import ModuleType
from urllib.parse import urlsplit

import pytest

from lms.library import kinds
from lms.library.kinds import kind as kind_module
from tests import factories
from tests.library.test_api import Api
from tests.library.test_uploads import Sender

RECIPE = (Path(__file__).parents[2] / "docs/recipes/add-a-content-kind.md").read_text("utf-8")
CODE = dict(re.findall(r"^`(lms/[\w./]+)`\n\n```\w+\n(.*?)^```$", RECIPE, re.MULTILINE | re.DOTALL))
(CARDS,) = re.findall(r"^```text\n(.*?)^```$", RECIPE, re.MULTILINE | re.DOTALL)
LEARNER = {"account": {"homePage": "https://ngoai.example", "name": "hv-1"}}


@pytest.fixture
def institution(session):
    return factories.institution()


@pytest.fixture
def staff(institution, sign_in, submit):
    return Sender(sign_in(factories.holder("institution_staff", institution)), submit, institution)


@pytest.fixture(autouse=True)
def flashcards(tmp_path, monkeypatch):
    """The kind of the recipe, registered as the recipe says."""
    monkeypatch.setattr(kind_module, "PLAYERS", tmp_path)
    for path, content in CODE.items():
        (tmp_path / Path(path).name).write_text(content, encoding="utf-8")
    made = ModuleType("flashcards")
    exec(compile(CODE["lms/library/kinds/flashcards.py"], "flashcards.py", "exec"), made.__dict__)
    before = dict(kinds.KINDS), dict(kinds.UNIT_KINDS)
    kinds.register(made.FLASHCARDS)
    yield
    for registry, old in zip((kinds.KINDS, kinds.UNIT_KINDS), before, strict=True):
        registry.clear()
        registry.update(old)


def send(staff, run_jobs, content, filename="the.txt"):
    """Upload a file as the page does, let the job check it, and return the page of the check."""
    url = staff.begin(size=len(content), filename=filename)
    staff.patch(url, 0, content)
    run_jobs()
    return staff.client.get(url, headers={"Accept": "text/html"}).get_data(as_text=True)


def test_a_new_kind_is_uploaded_played_and_completed(staff, institution, run_jobs, client, app):
    page = send(staff, run_jobs, CARDS.encode())
    assert "Flashcards" in page
    listed = staff.client.get("/library?kind=flashcards").get_data(as_text=True)
    assert "Biển báo giao thông" in listed and '<option value="flashcards" selected>' in listed

    api = Api(client, institution)
    (package,) = api("GET", "/packages").json["packages"]
    assert package["kind"] == "flashcards"
    version = api("GET", f"/versions/{package['newest']['id']}").json
    unit = next(one for one in version["units"] if one["kind"] == "flashcards")
    registration = api("POST", "/registrations", json={"version_id": version["id"], "learner": LEARNER}).json["id"]
    launch = {"unit_id": unit["id"], "mode": "Normal"}
    address = urlsplit(api("POST", f"/registrations/{registration}/launches", json=launch).json["url"])

    content = app.extensions["content"].test_client()
    played = content.get(address.path, base_url=f"http://{address.netloc}/")
    assert played.status_code == 200 and "/_khue/flashcards.js" in played.text
    assert played.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    config = json.loads(re.search(r'id="khue">(.*?)</script>', played.text)[1])
    assert config["properties"]["cards"][0] == ["Biển tròn viền đỏ", "Biển cấm"]
    raw = content.get(address.path.replace("_khue/play", config["file"]), base_url=f"http://{address.netloc}/")
    assert raw.text == CARDS and "sandbox" in raw.headers["Content-Security-Policy"]

    store = config["xapi"]
    said = client.post(
        "/xapi/statements",
        json={
            "actor": store["actor"],
            "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
            "object": {"id": store["activity"]},
            "context": {"registration": store["registration"]},
            "result": {"completion": True},
        },
        headers={"Authorization": store["auth"], "X-Experience-API-Version": "1.0.3"},
    )
    assert said.status_code == 200, said.text
    assert api("GET", f"/registrations/{registration}").json["satisfied_at"] is not None


def test_what_its_reader_refuses_is_told_in_the_report(staff, run_jobs):
    page = send(staff, run_jobs, b"#flashcards\nkhong co gach dung\n")
    assert "Each line must hold a question and an answer" in page


def test_what_is_not_of_the_new_kind_is_taken_as_before(staff, run_jobs, institution, client):
    send(staff, run_jobs, b"# A page\n\nof text\n", "trang.txt")
    (package,) = Api(client, institution)("GET", "/packages").json["packages"]
    assert package["kind"] == "page"
