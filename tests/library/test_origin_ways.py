"""The two ways through the content origin: Flask's, and the short one for what is known already."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from lms.core import files
from lms.core.config import Settings
from lms.library.origin.application import create_content_app
from lms.library.origin.express import Express
from lms.packages.structure import Unit
from tests.library.conftest import NOW
from tests.library.test_origin import DATA, FILES, web

TAG = f'"{hashlib.sha256(DATA).hexdigest()}"'
SAME = [
    ("GET", "index.html", {}),
    ("GET", "", {}),
    ("GET", "b%C3%A0i%201/%E1%BA%A3nh.png", {}),
    ("GET", "SCRIPTS/app.js", {}),
    ("GET", "h%C3%ACnh.svg", {}),
    ("HEAD", "data.bin", {}),
    ("GET", "data.bin", {"If-None-Match": TAG}),
    ("GET", "data.bin", {"Range": "bytes=5-9"}),
    ("HEAD", "data.bin", {"Range": "bytes=5-9"}),
    ("GET", "data.bin", {"Range": "bytes=5-9", "If-Range": TAG}),
    ("GET", "data.bin", {"Range": "bytes=5-9", "If-Range": '"x"'}),
    ("GET", "data.bin", {"Range": f"bytes={len(DATA)}-"}),
    ("GET", "data.bin?v=1", {"Range": "bytes=0-1,5-6"}),
]


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which way each request took."""
    taken: list[str] = []
    answer = Express._answer

    def noting(self: Express, environ: Any) -> Any:
        found = answer(self, environ)
        taken.append("flask" if found is None else "express")
        return found

    monkeypatch.setattr(Express, "_answer", noting)
    return taken


@pytest.fixture
def played(session: Any, package: Any, play: Any) -> Any:
    """A launch whose page was fetched once."""
    played = play(package(web(), kind="html", files=FILES))
    assert played.get("index.html").status_code == 200
    return played


def open_(played: Any, path: str, method: str = "GET", host: str = "", token: str = "", **kw: Any) -> Any:
    url = f"/{token or played.token}/{path}"
    return played.client.open(url, method=method, base_url=f"http://{host or played.host}/", **kw)


@pytest.mark.parametrize("kind", ["html", "pdf", "h5p"])
@pytest.mark.parametrize(("method", "path", "headers"), SAME)
def test_both_answer_alike(
    package: Any, session: Any, play: Any, ways: list[str], kind: str, method: str, path: str, headers: Any
) -> None:
    played = play(package(web(), kind=kind, files=FILES))
    open_(played, "khong-co.html")  # the first request of all makes this the launch's browser
    ways.clear()
    first, second = (open_(played, path, method, headers=headers) for _ in range(2))
    assert ways == ["flask", "express"]
    assert first.headers.pop("X-Request-ID") != second.headers.pop("X-Request-ID")
    assert (first.status_code, dict(first.headers), first.data) == (
        second.status_code,
        dict(second.headers),
        second.data,
    )


def test_both_answer_alike_where_content_has_no_origin_of_its_own(
    app: Any, package: Any, session: Any, play: Any, ways: list[str]
) -> None:
    settings: Settings = app.config["SETTINGS"]
    played = play(package(web(), kind="html", files=FILES))
    played.client = create_content_app(replace(settings, content_url=None)).test_client()
    first, second = (open_(played, "index.html") for _ in range(2))
    assert ways == ["flask", "express"]
    del first.headers["X-Request-ID"], second.headers["X-Request-ID"]
    assert dict(first.headers) == dict(second.headers)
    assert "sandbox" in second.headers["Content-Security-Policy"]


def test_a_token_that_was_known_opens_nothing_elsewhere_or_later(played: Any, package: Any, play: Any) -> None:
    other = play(package(web(), kind="html", files=FILES))
    assert open_(played, "index.html").status_code == 200
    assert open_(played, "index.html", host=other.host).status_code == 404
    assert open_(played, "index.html", token=played.token[:-1]).status_code == 404
    assert open_(played, "index.html", token=other.token).status_code == 404
    with time_machine.travel(NOW + timedelta(hours=13)):
        assert open_(played, "index.html").status_code == 404


def test_service_workers_are_refused_although_the_file_is_known(played: Any) -> None:
    assert open_(played, "Scripts/App.JS").status_code == 200
    assert open_(played, "Scripts/App.JS", headers={"Service-Worker": "script"}).status_code == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_methods_that_write_are_refused_although_the_file_is_known(played: Any, method: str) -> None:
    assert open_(played, "index.html", method).status_code == 405


def test_a_known_launch_keeps_its_start_below_a_slash(played: Any) -> None:
    assert open_(played, "").status_code == 200
    bare = played.client.get(f"/{played.token}", base_url=f"http://{played.host}/")
    assert bare.status_code == 308 and bare.location.endswith(f"/{played.token}/")


def test_no_file_of_a_package_stands_for_a_page_of_ours(session: Any, package: Any, play: Any, ways: list[str]) -> None:
    root = Unit("course", "c", {"vi": "Trang"}, children=(Unit("page", "p", {"vi": "Trang"}, "_khue/play"),))
    played = play(package(root, kind="page", files={"_khue/play": b"<p>hers</p>"}))
    for _ in range(2):
        assert b"<!doctype" in open_(played, "_khue/play").data.lower()
    assert ways == ["flask", "flask"]


def test_a_file_that_is_lost_is_told_by_flask(played: Any) -> None:
    files.remove(hashlib.sha256(FILES["index.html"]).hexdigest())
    assert open_(played, "index.html").status_code == 500


def test_a_known_file_needs_no_database(played: Any, queries: list[str]) -> None:
    queries.clear()
    assert open_(played, "index.html").status_code == 200
    assert queries == []
