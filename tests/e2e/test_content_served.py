"""The content origin as its server sends it: ranges, conditions, refusals, over one connection and so one process."""

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.e2e.api import Api
from tests.library.test_origin import DATA, FILES, RANGES

TAG = f'"{hashlib.sha256(DATA).hexdigest()}"'
LONG = bytes(range(256)) * 4 * 4096
Send = Callable[..., tuple[HTTPResponse, bytes]]


@pytest.fixture(scope="session")
def launched(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The address of a launched package at the plain content address."""
    path: Path = tmp_path_factory.mktemp("served") / "goi.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in {**FILES, "dài.bin": LONG}.items():
            archive.writestr(name, content)
    version = api.version(api.upload(path))
    account = {"homePage": "https://ngoai.example", "name": "hv-1"}
    made = api("POST", "/registrations", {"version_id": version["id"], "learner": {"account": account}})
    unit = next(one for one in version["units"] if one["launchable"] and one["parent_id"])
    body = {"unit_id": unit["id"], "plain": True}
    return urlsplit(api("POST", f"/registrations/{made['id']}/launches", body)["url"])


@pytest.fixture
def send(launched: Any) -> Iterator[Send]:
    """``send(path, method, **headers)`` asks twice, so that the second answer goes the short way; both are the same."""
    line = HTTPConnection(launched.netloc, timeout=20)
    token = launched.path.split("/")[1]

    def once(path: str, method: str, headers: dict[str, str]) -> tuple[HTTPResponse, bytes]:
        line.request(method, f"/{token}/{path}", headers=headers)
        answer = line.getresponse()
        return answer, answer.read()

    def twice(path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
        named = {"Sec-Fetch-Site": "same-origin"}  # as an opened page asks
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        (first, body), (second, again) = (once(path, method, named) for _ in range(2))
        assert (first.status, body) == (second.status, again)
        varying = {"x-request-id", "date"}
        told = [{key.lower(): value for key, value in one.getheaders()} for one in (first, second)]
        assert all(told[0][key] == told[1][key] for key in (told[0].keys() | told[1].keys()) - varying)
        return second, again

    yield twice
    line.close()


@pytest.mark.parametrize(("asked", "status", "start", "end"), RANGES)
def test_ranges(send: Send, asked: str, status: int, start: int, end: int) -> None:
    answer, body = send("data.bin", Range=asked)
    assert answer.status == status and body == DATA[start:end]
    assert answer.headers["Content-Length"] == str(end - start)
    if status == 206:
        assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(DATA)}"


def test_what_takes_several_pieces_arrives_whole(send: Send) -> None:
    assert send("d%C3%A0i.bin")[1] == LONG
    assert send("d%C3%A0i.bin", Range=f"bytes=1-{len(LONG) - 2}")[1] == LONG[1:-1]


def test_beyond_the_end_and_conditions(send: Send) -> None:
    answer, body = send("data.bin", Range=f"bytes={len(DATA)}-")
    assert answer.status == 416 and answer.headers["Content-Range"] == f"bytes */{len(DATA)}" and body == b""
    assert send("data.bin", If_None_Match=TAG)[0].status == 304
    assert send("data.bin", Range="bytes=0-1", If_Range=TAG)[0].status == 206
    assert send("data.bin", Range="bytes=0-1", If_Range='"x"')[0].status == 200


def test_heads_have_the_length_and_no_body(send: Send) -> None:
    answer, body = send("data.bin", "HEAD")
    assert answer.status == 200 and answer.headers["Content-Length"] == str(len(DATA)) and body == b""
    assert send("data.bin", "HEAD", Range="bytes=0-1")[0].headers["Content-Length"] == "2"


def test_names_that_are_not_of_latin_letters(send: Send) -> None:
    assert send("b%C3%A0i%201/%E1%BA%A3nh.png")[1] == FILES["bài 1/ảnh.png"]
    answer, body = send("h%C3%ACnh.svg")
    assert body == FILES["hình.svg"] and "sandbox" in answer.headers["Content-Security-Policy"]


def test_refusals(send: Send) -> None:
    assert send("data.bin")[0].status == 200
    assert send("data.bin", Host="other.localhost")[0].status == 404
    assert send("data.bin", Service_Worker="script")[0].status == 403
    assert send("data.bin", "POST")[0].status == 405
    assert send("%2e%2e/%2e%2e/etc/passwd")[0].status == 404
