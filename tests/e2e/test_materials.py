"""Materials in the running product: played by trainees and staff, and unable to reach out of their boxes."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from lms.core.config import ROOT
from tests.e2e.api import Api

THIEF = ROOT / "tests" / "data" / "thief"


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
    with page.expect_console_message(lambda message: "top" in message.text.lower()):
        frame.evaluate(
            "() => { const a = document.createElement('a'); a.href = '/'; a.target = '_top'; document.body.append(a); a.click(); }"
        )
    with page.expect_console_message(lambda message: "form-action" in message.text):
        frame.evaluate(
            "url => { const f = document.querySelector('form'); f.action = url; f.submit(); }",
            f"{api.address}/account/sign-in",
        )
    assert not [url for url in sent if url.startswith(api.address)]
    assert (page.title(), page.url) == (title, address)
    page.close()  # what the browser says of it may come late
    one.violations.clear()


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
