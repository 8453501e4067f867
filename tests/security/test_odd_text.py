"""Text of content that no column of the database holds: kept as it is or refused at once; never a fault of ours."""

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest

from lms.core.database import db
from lms.library.models import ContentUnit
from lms.packages.structure import Unit
from tests import factories
from tests.library.conftest import package, play  # noqa: F401 - fixtures
from tests.library.test_api import Api
from tests.security.test_session_tokens import HERE, ME, REGISTRATION, content, statement  # noqa: F401 - a fixture

ODD = {"NUL": "a\0b", "half a pair": "a\ud83d", "halves turned round": "\ude00\ud83d", "our own mark": "\ufdd00000"}
REFUSED = {name: value for name, value in ODD.items() if name != "our own mark"}
odd = pytest.mark.parametrize("value", ODD.values(), ids=ODD)


@odd
def test_a_state_document_comes_back_as_it_was(content: Any, value: str) -> None:  # noqa: F811
    query = {"activityId": HERE, "agent": json.dumps(ME), "stateId": "s", "registration": str(REGISTRATION)}
    assert content("PUT", "activities/state", query, json={value: value}).status_code == 204
    assert content("GET", "activities/state", query).json == {value: value}


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
def test_a_statement_is_refused_and_told_why(content: Any, value: str) -> None:  # noqa: F811
    for one in (
        statement(result={"response": value}),
        statement(result={"extensions": {"http://e.vn/x": {value: 1}}}),
        statement(verb={"id": "http://e.vn/did", "display": {"vi": value}}),
        statement(object={"id": HERE, "definition": {"name": {"vi": value}}}),
    ):
        answer = content("POST", "statements", json=one)
        assert answer.status_code == 400 and ("NUL" in answer.text or "surrogate" in answer.text)
    query = {"activityId": HERE, "agent": json.dumps(ME), "stateId": "m", "registration": str(REGISTRATION)}
    assert content("POST", "activities/state", query, json={"a": value}).status_code == 400


def test_a_duration_longer_than_calendars_counts_as_a_day(play: Any, package: Any) -> None:  # noqa: F811
    from lms.library import queries
    from lms.library.services import content_statements
    from lms.records.values import span

    assert span("P99999999Y").days == span("PT999999999999999H").days == 36_525
    version = package(
        Unit("course", "ORG", {"vi": "K"}, children=(Unit("activity", "http://e.vn/u", {"vi": "B"}, "b.html"),))
    )
    played = play(version)
    session = played.launched.session_id
    credential = db.session.get(content_statements.ContentSession, session).credential_id
    said = {
        "actor": played.registration.agent,
        "verb": {"id": "http://adlnet.gov/expapi/verbs/terminated"},
        "object": {"id": "http://e.vn/u"},
        "result": {"duration": "P99999999Y"},
    }
    content_statements.of_session(credential, [said], list)
    (state,) = [one for one in queries.states(played.registration.id).values() if one.seconds]
    assert state.seconds == 86_400


def archive(**files: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, text in files.items():
            made.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return out.getvalue()


H5P = {"mainLibrary": "H5P.Text", "language": "vi", "preloadedDependencies": [], "embedTypes": ["iframe"]}
PACKAGES = {
    "H5P": lambda value: (
        "b.h5p",
        archive(
            h5p_dot_json=json.dumps(H5P | {"title": value, "license": value}),
            content__content_dot_json=json.dumps({"text": value}),
        ),
    ),
    "folder": lambda value: (
        "b.zip",
        archive(
            khue_dot_yaml=f"khue: 1\ntitle: {json.dumps(value)}\nlessons: [{{file: bai.md}}]\n",
            bai_dot_md="# Bài\n\nChữ.",
        ),
    ),
    "web page": lambda value: ("b.html", f"<title>{value}</title><p>x".encode("utf-8", "surrogatepass")),
    "web package": lambda value: (
        "b.zip",
        archive(index_dot_html="<title>a&#0;b&#xD83D;</title><p>x"),
    ),
    "Markdown": lambda value: ("b.md", f"# {value}\n\nx".encode("utf-8", "surrogatepass")),
    "PDF": lambda value: (
        "b.pdf",
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\n4 0 obj<</Title<FEFF%s>>>endobj\n"
        b"trailer<</Root 1 0 R/Info 4 0 R>>\n%%%%EOF" % value.encode("utf-16-be", "surrogatepass").hex().encode(),
    ),
    "name of the file": lambda value: (f"{value}.html", b"<title>a</title><p>x"),
}


@odd
@pytest.mark.parametrize("kind", PACKAGES)
def test_material_is_taken_with_text_or_refused_with_reasons(client: Any, kind: str, value: str) -> None:
    api = Api(client, factories.institution())
    name, body = PACKAGES[kind](value)
    answer = api("POST", "/uploads", data=body, query_string={"filename": name.encode("utf-8", "surrogatepass")})
    assert answer.status_code in (201, 400, 422), answer.text
    if answer.status_code == 422:
        assert answer.json["faults"]
    for unit in db.session.query(ContentUnit):
        json.dumps([unit.title, unit.description, unit.properties, unit.href], ensure_ascii=False).encode()
