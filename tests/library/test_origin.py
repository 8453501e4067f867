"""The content origin: what its tokens open, ranges, headers."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from lms.library.origin.express import Express
from lms.packages.structure import Unit
from tests.library.conftest import APPLICATION, NOW

PAGE = "<!doctype html><title>Bài 1</title><script>1</script>".encode()
DATA = bytes(range(256)) * 40


def web(*names: str) -> Unit:
    units = tuple(Unit("web", name, {"vi": name}, name) for name in names or ("index.html",))
    return Unit("course", "goi", {"vi": "Gói"}, children=units)


FILES = {"index.html": PAGE, "bài 1/ảnh.png": b"\x89PNG", "data.bin": DATA, "Scripts/App.JS": b"1"}
FILES |= {"hình.svg": b"<svg/>"}


@pytest.fixture(params=["flask", "express"])
def play(play: Any, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    """``play(…)`` of which each request goes Flask's way, or is sent once more when it was answered before."""
    if request.param == "flask":
        monkeypatch.setattr(Express, "_answer", lambda _self, _environ: None)
        return play

    def make(*args: Any, **kw: Any) -> Any:
        played = play(*args, **kw)
        send = played.client.open

        def twice(*args: Any, **kw: Any) -> Any:
            send(*args, **kw)
            return send(*args, **kw)

        played.client.open = twice
        return played

    return make


@pytest.fixture
def version(session: Any, package: Any) -> Any:
    return package(web(), kind="html", files=FILES)


def test_a_token_opens_the_files_of_its_version(version: Any, play: Any) -> None:
    played = play(version)
    assert played.get("index.html").data == PAGE
    assert played.get("").data == PAGE
    assert played.get("b%C3%A0i%201/%E1%BA%A3nh.png").data == b"\x89PNG"
    assert played.get("scripts/app.js").mimetype == "text/javascript"
    assert played.get("khong-co.html").status_code == 404


@pytest.mark.parametrize("path", ["../index.html", "..%2f..%2fetc/passwd", "%00", "a" * 5000, "/etc/passwd"])
def test_paths_that_lead_out_find_nothing(version: Any, play: Any, path: str) -> None:
    assert play(version).get(path, follow_redirects=True).status_code == 404


def test_a_forged_token_opens_nothing(version: Any, play: Any) -> None:
    played = play(version)
    for place in (0, 20, 40, len(played.token) - 2):
        letter = "A" if played.token[place] != "A" else "B"
        forged = played.token[:place] + letter + played.token[place + 1 :]
        url = f"/{forged}/index.html"
        assert played.client.get(url, base_url=f"http://{played.host}/").status_code == 404
    assert played.client.get("/x/index.html", base_url=f"http://{played.host}/").status_code == 404


def test_a_token_is_of_one_host(version: Any, play: Any) -> None:
    mine, hers = play(version), play(version, learner="hv-2")
    assert mine.host != hers.host
    other = mine.client.get(f"/{mine.token}/index.html", base_url=f"http://{hers.host}/")
    assert other.status_code == 404


def test_each_package_and_learner_has_an_origin_of_her_own(session: Any, package: Any, play: Any) -> None:
    one, two = package(web(), kind="html", files=FILES), package(web(), kind="html", files=FILES)
    hosts = [play(one).host, play(one).host, play(one, learner="hv-2").host, play(two).host]
    assert hosts[0] == hosts[1] and len(set(hosts)) == 3
    assert all(host.endswith(".localhost:8001") for host in hosts)


def test_a_token_ends(version: Any, play: Any) -> None:
    assert play(version, at=NOW - timedelta(hours=13)).get("index.html").status_code == 404


def test_headers_keep_content_in_its_box(version: Any, play: Any) -> None:
    found = play(version).get("index.html")
    policy = found.headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {APPLICATION}" in policy and "form-action 'self'" in policy
    assert "object-src 'none'" in policy and "https:" not in policy and "report-uri /" in policy
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert found.headers["Referrer-Policy"] == "no-referrer"
    assert found.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in found.headers


def test_a_drawing_alone_runs_no_script(version: Any, play: Any) -> None:
    policy = play(version).get("h%C3%ACnh.svg").headers["Content-Security-Policy"]
    assert "sandbox" in policy and "script-src" not in policy and "default-src 'none'" in policy


def test_service_workers_are_refused(version: Any, play: Any) -> None:
    assert play(version).get("Scripts/App.JS", headers={"Service-Worker": "script"}).status_code == 403


def test_a_drawing_alone_runs_no_script_in_whatever_letters_it_is_asked_for(version: Any, play: Any) -> None:
    found = play(version).get("H%C3%ACnh.SVG")
    assert found.data == b"<svg/>" and "sandbox" in found.headers["Content-Security-Policy"]


def test_unknown_types_are_only_downloaded(session: Any, package: Any, play: Any) -> None:
    version = package(web(), kind="html", files={"index.html": PAGE, "tool.exe": b"MZ", "x.php": b"<?php"})
    played = play(version)
    assert played.get("tool.exe").mimetype == played.get("x.php").mimetype == "application/octet-stream"


RANGES = [
    ("bytes=0-99", 206, 0, 100),
    ("bytes=100-", 206, 100, len(DATA)),
    ("bytes=-5", 206, len(DATA) - 5, len(DATA)),
    ("bytes=0-0", 206, 0, 1),
    (f"bytes={len(DATA) - 1}-", 206, len(DATA) - 1, len(DATA)),
    (f"bytes=5-{10**12}", 206, 5, len(DATA)),
    (f"bytes=-{10**12}", 206, 0, len(DATA)),
    ("bytes=0-1,5-6", 200, 0, len(DATA)),
    ("bytes=9-3", 200, 0, len(DATA)),
    ("bytes=-", 200, 0, len(DATA)),
    ("lines=1-2", 200, 0, len(DATA)),
    (f"bytes=0-{'9' * 5000}", 200, 0, len(DATA)),
]


@pytest.mark.parametrize(("asked", "status", "start", "end"), RANGES)
def test_ranges(version: Any, play: Any, asked: str, status: int, start: int, end: int) -> None:
    found = play(version).get("data.bin", headers={"Range": asked})
    assert found.status_code == status and found.data == DATA[start:end]
    assert int(found.headers["Content-Length"]) == end - start
    if status == 206:
        assert found.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(DATA)}"


@pytest.mark.parametrize("asked", [f"bytes={len(DATA)}-", "bytes=-0", f"bytes={10**30}-"])
def test_ranges_beyond_the_end(version: Any, play: Any, asked: str) -> None:
    found = play(version).get("data.bin", headers={"Range": asked})
    assert found.status_code == 416 and found.headers["Content-Range"] == f"bytes */{len(DATA)}"


def test_conditions(version: Any, play: Any) -> None:
    played, tag = play(version), f'"{hashlib.sha256(DATA).hexdigest()}"'
    assert played.get("data.bin", headers={"If-None-Match": tag}).status_code == 304
    assert played.get("data.bin", headers={"Range": "bytes=0-1", "If-Range": tag}).status_code == 206
    assert played.get("data.bin", headers={"Range": "bytes=0-1", "If-Range": '"x"'}).status_code == 200
    head = played.client.head(f"/{played.token}/data.bin", base_url=f"http://{played.host}/")
    assert head.status_code == 200 and not head.data and int(head.headers["Content-Length"]) == len(DATA)


def test_methods_that_write_are_refused(version: Any, play: Any) -> None:
    played = play(version)
    for method in ("post", "put", "delete", "patch"):
        answer = getattr(played.client, method)(f"/{played.token}/index.html", base_url=f"http://{played.host}/")
        assert answer.status_code == 405
