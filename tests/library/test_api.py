"""The JSON API: institutions' tools upload packages, register learners, open units and read what came of it."""

import io
import json
import zipfile
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest

from lms.core import files
from lms.core.collation import text_key
from lms.core.database import db
from lms.core.guard import SYSTEM
from lms.library.models import Package, PackageFile, PackageVersion, Upload, UploadPiece
from lms.library.services import keys
from tests import factories
from tests.library.conftest import NOW

COURSE = """<?xml version="1.0" encoding="utf-8"?>
<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
 <course id="https://nxb.example/do-thi"><title><langstring lang="vi">Đô thị thông minh</langstring></title>
  <description><langstring lang="vi">Mô tả</langstring></description></course>
 <au id="https://nxb.example/do-thi/1" moveOn="Completed"><title><langstring lang="vi">Bài một</langstring></title>
  <description><langstring lang="vi">Mô tả</langstring></description><url>bai1/index.html?x=1</url></au>
</courseStructure>"""
SCOPES = ("packages:read", "packages:write", "registrations:read", "registrations:write")


def zipped(**contents: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def cmi5(course: str = COURSE, **more: Any) -> bytes:
    return zipped(cmi5_dot_xml=course, bai1__index_dot_html="<title>Bài một</title>", **more)


class Api:
    def __init__(self, client: Any, institution: Any, scopes: Any = SCOPES) -> None:
        _, secret = keys.make_key(SYSTEM, institution.id, name="Công cụ", scopes=scopes, at=NOW)
        self.institution = institution
        self.client, self.headers = client, {"Authorization": f"Bearer {secret}"}

    def __call__(self, method: str, path: str, **kw: Any) -> Any:
        kw["headers"] = self.headers | kw.pop("headers", {})
        return self.client.open(f"/api/v1{path}", method=method, **kw)

    def upload(self, content: bytes, filename: str = "goi.zip", **query: Any) -> Any:
        return self("POST", "/uploads", data=content, query_string={"filename": filename} | query)


@pytest.fixture
def api(client: Any) -> Api:
    return Api(client, factories.institution())


def test_a_package_is_uploaded_taken_played_and_read(api: Api, client: Any) -> None:
    uploaded = api.upload(cmi5())
    assert uploaded.status_code == 201 and uploaded.json["state"] == "taken", uploaded.json
    version = api("GET", f"/versions/{uploaded.json['version_id']}").json
    assert version["kind"] == "cmi5" and version["number"] == 1 and version["files"] == 2
    course, unit = version["units"]
    assert course["title"] == {"vi": "Đô thị thông minh"} and unit["identifier"] == "https://nxb.example/do-thi/1"
    learner = {"account": {"homePage": "https://ngoai.example", "name": "hv-1"}}
    registered = api("POST", "/registrations", json={"version_id": version["id"], "learner": learner})
    assert registered.status_code == 201
    registration = registered.json["id"]
    launched = api("POST", f"/registrations/{registration}/launches", json={"unit_id": unit["id"], "mode": "Normal"})
    assert launched.status_code == 201
    query = parse_qs(urlsplit(launched.json["url"]).query)
    token = client.post(urlsplit(query["fetch"][0]).path).json["auth-token"]
    headers = {"Authorization": f"Basic {token}", "X-Experience-API-Version": "1.0.3"}
    state = {"activityId": query["activityId"][0], "agent": query["actor"][0], "stateId": "LMS.LaunchData"}
    data = client.get("/xapi/activities/state", query_string=state | {"registration": registration}, headers=headers)
    assert data.json["launchMode"] == "Normal"
    said = api("GET", f"/registrations/{registration}/statements").json
    assert [one["verb"]["id"].rsplit("/", 1)[1] for one in said["statements"]] == ["launched"] and said["more"] is None
    waived = api("POST", f"/registrations/{registration}/units/{unit['id']}/waive", json={"reason": "Tested Out"})
    assert waived.json["satisfied_at"] is not None
    abandoned = api("POST", f"/sessions/{launched.json['session_id']}/abandon")
    assert abandoned.json == {"abandoned": True}
    assert api("POST", f"/sessions/{launched.json['session_id']}/abandon").json == {"abandoned": False}
    page = api("GET", f"/registrations/{registration}/statements", query_string={"limit": 2}).json
    rest = api("GET", f"/registrations/{registration}/statements", query_string={"after": page["more"]}).json
    assert len(page["statements"]) == 2 and len(rest["statements"]) == 2


def test_a_second_upload_is_a_new_version(api: Api) -> None:
    first = api.upload(cmi5()).json
    second = api.upload(cmi5(COURSE.replace("Bài một", "Bài 1")), package_id=first["package_id"]).json
    assert second["package_id"] == first["package_id"]
    versions = api("GET", f"/packages/{first['package_id']}/versions").json["versions"]
    assert [one["number"] for one in versions] == [2, 1]
    assert api("DELETE", f"/versions/{second['version_id']}").status_code == 409
    assert api("DELETE", f"/versions/{first['version_id']}").status_code == 204
    assert api("DELETE", f"/packages/{first['package_id']}").status_code == 204
    assert api("GET", f"/packages/{first['package_id']}").status_code == 404


def stored(app: Any) -> set[str]:
    fs, root = files._store()
    return {path for path in fs.find(root) if "/xapi" not in path}


def test_removing_a_package_leaves_no_file(api: Api, app: Any, run_jobs: Any) -> None:
    before = stored(app)
    taken = api.upload(cmi5(COURSE.replace("Bài một", f"Bài {uuid4()}"))).json
    assert len(stored(app)) >= len(before) + 2
    assert api("DELETE", f"/packages/{taken['package_id']}").status_code == 204
    assert db.session.query(PackageFile).count() == 0
    run_jobs()
    assert stored(app) - before == set()


REFUSED = {
    "empty zip": zipped(),
    "no manifest": zipped(a_dot_txt="x"),
    "not well-formed": cmi5("<courseStructure>"),
    "missing file": cmi5(COURSE.replace("bai1/index.html", "bai2/index.html")),
    "program": b"MZ" + b"\0" * 100,
    "truncated": cmi5()[:-30],
    "entities": cmi5('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + COURSE[38:]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why_and_leaves_nothing(api: Api, app: Any, run_jobs: Any, name: str) -> None:
    before = stored(app)
    answer = api.upload(REFUSED[name])
    assert answer.status_code == 422 and answer.json["state"] == "refused"
    fault = answer.json["faults"][0]
    assert fault["vi"] and fault["en"]
    for table in (Package, PackageVersion, PackageFile, UploadPiece):
        assert db.session.query(table).count() == 0
    run_jobs()
    assert stored(app) == before
    assert api("GET", f"/uploads/{answer.json['id']}").json["faults"] == answer.json["faults"]


def test_a_wrong_checksum_is_refused(api: Api) -> None:
    assert api.upload(cmi5(), sha256="0" * 64).json["state"] == "refused"


def test_an_institution_sees_only_its_own(api: Api, client: Any) -> None:
    taken = api.upload(cmi5()).json
    other = Api(client, factories.institution())
    for method, path in (
        ("GET", f"/packages/{taken['package_id']}"),
        ("GET", f"/versions/{taken['version_id']}"),
        ("DELETE", f"/packages/{taken['package_id']}"),
        ("GET", f"/uploads/{taken['id']}"),
    ):
        assert other(method, path).status_code == 404
    assert other("GET", "/packages").json == {"packages": [], "more": None}
    body = {"version_id": taken["version_id"], "learner": {"account": {"homePage": "https://a.example", "name": "x"}}}
    assert other("POST", "/registrations", json=body).status_code == 404


def test_keys_have_scopes(client: Any) -> None:
    reader = Api(client, factories.institution(), ("packages:read",))
    assert reader("GET", "/packages").status_code == 200
    assert reader.upload(cmi5()).status_code == 403
    assert client.get("/api/v1/packages").status_code == 401
    assert client.get("/api/v1/packages", headers={"Authorization": "Bearer nope"}).status_code == 401


def test_a_learner_of_the_roster_is_named_by_staff_code(api: Api) -> None:
    account = factories.trainee()
    person = db.session.get(type(factories.person()), account.person_id)
    factories.enrolment(factories.class_run(api.institution), person)
    code = db.session.get(type(factories.person()), account.person_id).staff_code
    version = api.upload(cmi5()).json["version_id"]
    made = api("POST", "/registrations", json={"version_id": version, "learner": {"staff_code": code.lower()}})
    assert made.json["agent"]["account"]["name"] == str(account.actor_name)
    unknown = api("POST", "/registrations", json={"version_id": version, "learner": {"staff_code": "KHONG-CO"}})
    assert unknown.status_code == 404


BAD = [
    {},
    {"version_id": "x", "learner": {}},
    {"version_id": str(UUID(int=7, version=4)), "learner": {}, "more": 1},
    [],
    {"version_id": None},
]


@pytest.mark.parametrize("body", BAD, ids=str)
def test_bad_bodies_are_named(api: Api, body: Any) -> None:
    answer = api("POST", "/registrations", data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 400 and answer.json["error"]


NOBODY = str(UUID(int=7, version=4))
BAD_QUERIES = [
    ("GET", "/packages", "kind=zip"),
    ("GET", "/packages", "kind="),
    ("GET", "/packages", "kind=pdf&kind=pdf"),
    ("GET", "/packages", "order=title"),
    ("GET", "/packages", "=x"),
    ("GET", "/packages", "q=a%00b"),
    ("GET", "/packages", "q=a%0A"),
    ("GET", "/packages", f"q={'a' * 101}"),
    ("GET", "/packages", "after="),
    ("GET", "/packages", "after=anywhere"),
    ("GET", f"/packages/{NOBODY}", "q=a"),
    ("GET", f"/packages/{NOBODY}/versions", "after=1"),
    ("DELETE", f"/packages/{NOBODY}", "force=1"),
    ("POST", "/uploads", "filename=a&name=b"),
    ("POST", "/uploads", "filename=a%0Db"),
    ("POST", "/uploads", "title=a%1Fb"),
    ("POST", "/uploads", "package_id="),
    ("POST", "/uploads", "sha256="),
    ("POST", "/uploads", f"sha256={'0' * 64}%0A"),
    ("GET", f"/registrations/{NOBODY}/statements", "limit=0"),
    ("GET", f"/registrations/{NOBODY}/statements", "limit=501"),
    ("GET", f"/registrations/{NOBODY}/statements", "limit="),
    ("GET", f"/registrations/{NOBODY}/statements", "after=-1"),
    ("GET", f"/registrations/{NOBODY}/statements", f"after={2**63}"),
    ("POST", f"/sessions/{NOBODY}/abandon", "quietly=1"),
]


@pytest.mark.parametrize(("method", "path", "query"), BAD_QUERIES, ids=str)
def test_query_strings_outside_the_description_are_refused(api: Api, method: str, path: str, query: str) -> None:
    answer = api(method, path, query_string=query)
    assert answer.status_code == 400 and answer.json["error"], answer.data


def test_a_key_is_asked_for_before_the_query_string_is_read(client: Any) -> None:
    assert client.get("/api/v1/packages?kind=zip").status_code == 401


@pytest.mark.parametrize("name", ["hv-1\n", "hv\x001", "hv\x7f"], ids=repr)
def test_names_are_one_line(api: Api, name: str) -> None:
    for learner in ({"account": {"homePage": "https://ngoai.example", "name": name}}, {"staff_code": name}):
        assert api("POST", "/registrations", json={"version_id": NOBODY, "learner": learner}).status_code == 400


def test_the_description_names_every_operation(client: Any) -> None:
    described = client.get("/api/v1/openapi.json").json
    assert described["openapi"] == "3.1.0" and len(described["paths"]) == 14
    assert "Registration" in described["components"]["schemas"]


def test_packages_are_listed_in_pages(api: Api) -> None:
    for number in range(3):
        api.upload(cmi5(), title=f"Gói số {number}")
    listed = api("GET", "/packages", query_string={"q": "goi so"}).json["packages"]
    assert [one["title"] for one in listed] == ["Gói số 0", "Gói số 1", "Gói số 2"]
    assert api("GET", "/packages", query_string={"kind": "pdf"}).json["packages"] == []
    after = f"{text_key('Gói số 1')}|{listed[1]['id']}"
    rest = api("GET", "/packages", query_string={"q": "", "kind": "cmi5", "after": after}).json
    assert [one["title"] for one in rest["packages"]] == ["Gói số 2"] and rest["more"] is None
    assert db.session.query(Upload).filter_by(state="taken").count() == 3
