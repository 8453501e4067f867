"""Materials in the running product: played by trainees and staff, and unable to reach out of their boxes."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from lms.core.config import ROOT

THIEF = ROOT / "tests" / "data" / "thief"


class Api:
    """An institution's program."""

    def __init__(self, address: str, secret: str) -> None:
        self.address, self.secret = address, secret

    def __call__(self, method: str, path: str, body: Any = None, raw: bytes | None = None) -> Any:
        headers = {"Authorization": f"Bearer {self.secret}"}
        data = raw
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = urllib.request.Request(f"{self.address}/api/v1{path}", data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from None

    def upload(self, path: Path) -> Any:
        taken = self("POST", f"/uploads?filename={quote(path.name)}", raw=path.read_bytes())
        assert taken["state"] == "taken", taken
        return taken

    def version(self, taken: Any) -> Any:
        return self("GET", f"/versions/{taken['version_id']}")

    def launch(self, version: Any, learner: str, mode: str = "Normal") -> tuple[str, Any]:
        account = {"homePage": "https://ngoai.example", "name": learner}
        made = self("POST", "/registrations", {"version_id": version["id"], "learner": {"account": account}})
        unit = next(
            one for one in version["units"] if one["launchable"] and (one["parent_id"] or len(version["units"]) == 1)
        )
        launched = self("POST", f"/registrations/{made['id']}/launches", {"unit_id": unit["id"], "mode": mode})
        return made["id"], launched


@pytest.fixture(scope="session")
def api(server: str, server_env: dict[str, str]) -> Api:
    """The demonstration's training institution has a key."""
    flask = [str(Path(sys.executable).parent / "flask"), "library", "key", "TBD", "Kiểm thử"]
    for scope in ("packages:read", "packages:write", "registrations:read", "registrations:write"):
        flask += ["--scope", scope]
    made = subprocess.run(flask, cwd=ROOT, env=server_env, capture_output=True, text=True, check=True)
    return Api(server, made.stdout.strip().splitlines()[-1])


def thief(path: Path, title: str, aim: Any = None) -> Path:
    target = path / f"{title}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for source in THIEF.iterdir():
            archive.write(source, source.name)
        archive.writestr("aim.json", json.dumps(aim or {}))
        archive.writestr("note.txt", title)
    return target


def previewed(visitor: Any, taken: Any) -> Any:
    """Open a package as the institution's staff do, and return its frame within the application's page."""
    one = visitor()
    one.sign_in("coso")
    page = one.go(f"/library/packages/{taken['package_id']}")
    page.locator("form.outline button").first.click()
    page.frame_locator("iframe[data-frame]").get_by_text("Đã thử xong").wait_for()
    return one, page, page.query_selector("iframe").content_frame()


def test_a_package_gets_nothing_that_is_not_its_own(api: Api, visitor: Any, tmp_path: Path) -> None:
    hers = api.version(api.upload(thief(tmp_path, "Bài giảng khác")))
    victim, launched_hers = api.launch(hers, "nan-nhan")
    aim = {
        "application": api.address,
        "registration": victim,
        "launch": f"{api.address}/learn/x/launch",
        "other": launched_hers["url"],
        "mark": "của tôi",
    }
    one, page, frame = previewed(visitor, api.upload(thief(tmp_path, "Bài giảng tò mò", aim)))
    title, address = page.title(), page.url
    results = frame.evaluate("window.results")
    one.violations.clear()  # the refusals are what is wanted
    assert len(results) == 21
    assert {name: got for name, got in results.items() if got is not None} == {}
    assert (page.title(), page.url) == (title, address)


def test_storage_is_neither_shared_between_packages_nor_between_learners(
    api: Api, visitor: Any, tmp_path: Path
) -> None:
    first = api.version(api.upload(thief(tmp_path, "Kho thứ nhất")))
    second = api.version(api.upload(thief(tmp_path, "Kho thứ hai")))
    urls = [api.launch(version, learner)[1]["url"] for version, learner in ((first, "a"), (second, "a"), (first, "b"))]
    hosts = {urlsplit(url).netloc for url in urls}
    assert len(hosts) == 3
    one = visitor()
    seen = []
    for url in [*urls, api.launch(first, "a")[1]["url"]]:
        page = one.context.new_page()
        page.goto(url)
        page.wait_for_function("window.results !== undefined")
        seen.append(page.evaluate("window.results").get("storage"))
    one.violations.clear()
    assert seen[:3] == [None, None, None]
    assert seen[3] is not None  # the same learner in the same package finds what it kept


def test_forms_of_the_application_cannot_be_submitted(api: Api, visitor: Any, tmp_path: Path) -> None:
    one, page, frame = previewed(visitor, api.upload(thief(tmp_path, "Biểu mẫu", {"application": api.address})))
    title, address = page.title(), page.url
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    with page.expect_console_message(lambda message: "form-action" in message.text):
        frame.evaluate(
            "url => { const f = document.querySelector('form'); f.action = url; f.submit(); }",
            f"{api.address}/account/sign-in",
        )
    with page.expect_console_message(lambda message: "top" in message.text.lower()):
        frame.evaluate(
            "() => { const a = document.createElement('a'); a.href = '/'; a.target = '_top'; document.body.append(a); a.click(); }"
        )
    one.violations.clear()
    assert not [url for url in sent if url.startswith(api.address)]
    assert (page.title(), page.url) == (title, address)


def test_content_is_shown_only_within_the_application(api: Api, visitor: Any, tmp_path: Path) -> None:
    version = api.version(api.upload(thief(tmp_path, "Khung lạ")))
    _, launched = api.launch(version, "d")
    one = visitor()
    with stranger(f'<!doctype html><title>Lạ</title><iframe src="{launched["url"]}"></iframe>') as address:
        with one.page.expect_console_message(lambda message: "frame-ancestors" in message.text):
            one.page.goto(address)
        frame = one.page.query_selector("iframe").content_frame()
        assert "chrome-error" in frame.url or "Đang thử" not in frame.content()
    one.violations.clear()


@contextmanager
def stranger(page: str) -> Iterator[str]:
    """A page of somebody else, on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
