"""Resumable uploads with a key of the API: sent in pieces, broken off, gone on with, and their result polled."""

import base64
import hashlib
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from lms.core.database import db, utcnow
from lms.core.jobs import JobProgress
from lms.library.models import Upload
from lms.library.services import uploads
from tests import factories
from tests.library.test_api import Api, cmi5
from tests.library.test_uploads import PIECE, checksum, encoded, pieces_on_disk

FILE = cmi5()
SIZE = len(FILE)


class Program(Api):
    """A program of an institution that speaks tus with its key."""

    def tus(self, method, url="/api/v1/tus", *, data=b"", **headers):
        named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        return self(method, url.removeprefix("/api/v1"), data=data, headers={"Tus-Resumable": "1.0.0"} | named)

    def begin(self, size=SIZE, **metadata):
        told = encoded(**{"filename": "Đô thị.zip"} | metadata)
        answer = self.tus("POST", Upload_Length=size, Upload_Metadata=told)
        assert answer.status_code == 201, answer.json
        return answer.headers["Location"]

    def patch(self, url, offset, data, **headers):
        return self.tus("PATCH", url, data=data, Upload_Offset=offset, Content_Type=PIECE, **headers)

    def result(self, url):
        return self("GET", f"/uploads/{url.rsplit('/', 1)[1]}").json


@pytest.fixture
def institution(session):
    made = factories.institution()
    session.commit()
    return made


@pytest.fixture
def program(client, institution):
    return Program(client, institution)


def test_a_file_in_pieces_over_a_broken_line_becomes_a_version_that_is_polled(program, run_jobs):
    url = program.begin(sha256=hashlib.sha256(FILE).hexdigest())
    assert url.startswith("/api/v1/tus/")
    assert program.patch(url, 0, FILE[:100]).headers["Upload-Offset"] == "100"
    assert program.patch(url, 50, FILE[50:]).status_code == 409
    head = program.tus("HEAD", url)
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("100", str(len(FILE)))
    assert program.result(url)["state"] == "receiving" and program.result(url)["received"] == 100
    assert program.patch(url, 100, FILE[100:], Upload_Checksum=checksum(FILE[100:])).status_code == 204
    waiting = program.result(url)
    assert (waiting["state"], waiting["kind"], waiting["number"]) == ("checking", None, None)
    run_jobs()
    taken = program.result(url)
    assert (taken["state"], taken["kind"], taken["number"], taken["faults"]) == ("taken", "cmi5", 1, [])
    assert program("GET", f"/versions/{taken['version_id']}").json["sha256"] == hashlib.sha256(FILE).hexdigest()


def test_the_next_version_of_a_package(program, run_jobs):
    first = program.upload(FILE).json
    url = program.begin(package=first["package_id"])
    program.patch(url, 0, FILE)
    run_jobs()
    taken = program.result(url)
    assert (taken["package_id"], taken["number"]) == (first["package_id"], 2)


def test_the_first_piece_may_come_with_the_creation(program):
    answer = program.tus("POST", data=FILE[:40], Upload_Length=len(FILE), Content_Type=PIECE)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "40")


def test_what_is_refused_says_why(program, run_jobs):
    url = program.begin(size=10)
    program.patch(url, 0, b"MZ" + b"\0" * 8)
    run_jobs()
    refused = program.result(url)
    assert refused["state"] == "refused" and refused["faults"][0]["vi"] and refused["version_id"] is None


def test_a_check_that_broke_off_is_told_and_can_be_forgotten(program, session):
    url = program.begin()
    program.patch(url, 0, FILE)
    assert program.tus("DELETE", url).status_code == 409
    session.scalar(select(JobProgress)).state = "failed"
    session.commit()
    uploads.sweep(at=utcnow())
    assert program.result(url)["state"] == "broken_off"
    assert program.tus("DELETE", url).status_code == 204


def test_a_damaged_piece_is_460_and_sent_again(program):
    url = program.begin()
    assert program.patch(url, 0, FILE[:10], Upload_Checksum=checksum(FILE[:9])).status_code == 460
    assert program.tus("HEAD", url).headers["Upload-Offset"] == "0"


def test_terminated_uploads_leave_nothing(program, app, run_jobs):
    url = program.begin()
    program.patch(url, 0, FILE[:10])
    assert program.tus("DELETE", url).status_code == 204
    run_jobs()
    assert pieces_on_disk(app, url) == []
    assert program.tus("HEAD", url).status_code == 404


def test_an_upload_that_waited_too_long_is_gone(program, session):
    url = program.begin()
    session.scalar(select(Upload)).touched_at = utcnow() - timedelta(days=3)
    session.commit()
    assert program.patch(url, 0, FILE[:10]).status_code == 410


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "HEAD"])
def test_the_method_may_be_said_in_a_header(program, method):
    url = program.begin()
    piece = {"data": FILE[:10], "Upload_Offset": 0, "Content_Type": PIECE} if method == "PATCH" else {}
    answer = program.tus("POST", url, X_HTTP_Method_Override=method, **piece)
    assert answer.status_code == (200 if method == "HEAD" else 204)
    assert (db.session.scalar(select(func.count()).select_from(Upload)) == 0) is (method == "DELETE")


def test_a_post_without_another_method_is_405(program):
    assert program.tus("POST", program.begin()).status_code == 405


def test_options_tell_what_the_server_can_do(program):
    answer = program("OPTIONS", "/tus")
    assert answer.status_code == 204 and "creation-with-upload" in answer.headers["Tus-Extension"]


@pytest.mark.parametrize("method", ["HEAD", "PATCH", "DELETE"])
def test_another_institution_finds_no_upload(client, program, method):
    url = program.begin()
    other = Program(client, factories.institution())
    answer = other.tus(method, url, data=b"x" if method == "PATCH" else b"", Upload_Offset=0, Content_Type=PIECE)
    assert answer.status_code == 404
    assert program.tus("HEAD", url).headers["Upload-Offset"] == "0"


def test_nobody_uploads_for_another_institution(program):
    told = encoded(filename="a.zip", institution=factories.institution().id)
    assert program.tus("POST", Upload_Length=10, Upload_Metadata=told).status_code == 403


def test_a_key_that_may_not_write_sends_nothing(client, institution):
    reader = Program(client, institution, ("packages:read",))
    assert reader.tus("POST", Upload_Length=10).status_code == 403
    assert reader.tus("HEAD", f"/api/v1/tus/{uuid4()}").status_code == 403
    assert client.post("/api/v1/tus", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "10"}).status_code == 401


def test_another_version_of_the_protocol_is_412(program):
    answer = program("POST", "/tus", headers={"Tus-Resumable": "0.2.2", "Upload-Length": "5"})
    assert answer.status_code == 412 and answer.headers["Tus-Version"] == "1.0.0"


def test_metadata_hold_what_base64_says(program):
    assert (
        base64.b64decode(
            dict(
                pair.split(" ") for pair in program.tus("HEAD", program.begin()).headers["Upload-Metadata"].split(",")
            )["filename"]
        ).decode()
        == "Đô thị.zip"
    )
