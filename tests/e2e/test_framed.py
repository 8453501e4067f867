"""Content within the application's page: windows it opens, storage it is refused, hosts outside, other browsers."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from lms.core.config import ROOT
from tests.data.h5p import packages as h5p
from tests.data.scorm.packages import zipped
from tests.e2e.api import Api

POPUP = ROOT / "tests" / "data" / "cases" / "popup-sco.zip"
STORES = b"""<!doctype html><html><head><title>Kho</title></head><body><pre id=o></pre><iframe srcdoc=""></iframe><script>
const out = document.querySelector('#o');
try {
  localStorage.setItem('a', '1'); localStorage.b = 2; sessionStorage.c = 3; document.cookie = 'd=4';
  out.textContent = `kept ${localStorage.getItem('a')}${localStorage.b}${sessionStorage.c} ${Object.keys(localStorage)}`;
} catch (error) { out.textContent = `refused ${error}`; }
</script></body></html>"""


@pytest.fixture
def shown(api: Api, visitor: Any, tmp_path: Path) -> Any:
    """``shown(path)`` uploads a file and opens it as the institution's staff do; gives visitor, page and package."""

    def make(path: Path) -> Any:
        taken = api.upload(path)
        one = visitor()
        one.sign_in("coso")
        page = one.go(f"/library/packages/{taken['package_id']}")
        page.locator("form.outline button").first.click()
        page.locator("iframe[data-frame]").wait_for()
        return one, page, taken

    return make


def web(path: Path, html: bytes, name: str = "trang") -> Path:
    target = path / f"{name}.zip"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("index.html", html)
    return target


@contextmanager
def host(headers: dict[str, str] | None = None) -> Iterator[tuple[str, list[str]]]:
    """Somebody else's host on this machine, with what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            for name, value in ({"Content-Type": "text/html"} | (headers or {})).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"<title>outside</title>")

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}", asked
        server.shutdown()


def test_a_unit_in_a_window_of_its_own_finds_its_run_time(shown: Any) -> None:
    _one, page, _ = shown(POPUP)
    unit = page.frame_locator("iframe[data-frame]").frame_locator(".stage-scorm iframe")
    with page.expect_popup() as opened:
        unit.get_by_role("button", name="Mở bài giảng").click()
    opened.value.get_by_text("API FOUND, completed").wait_for()


@pytest.mark.parametrize("target", ["target=_blank", "", "target=_top"])
def test_a_link_leads_to_a_site_that_isolates_itself(shown: Any, tmp_path: Path, target: str) -> None:
    alone = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp"}
    with host(alone) as (address, _):
        link = f"<!doctype html><a {target} href='{address}/coop'>Văn bản</a>"
        _one, page, _ = shown(web(tmp_path, link.encode()))
        with page.expect_popup() as opened:
            page.frame_locator("iframe[data-frame]").get_by_role("link").click()
        opened.value.wait_for_load_state()
        assert opened.value.title() == "outside"


def test_programs_keep_what_they_like_where_storage_is_refused(shown: Any, tmp_path: Path) -> None:
    _one, page, _ = shown(web(tmp_path, STORES))
    page.frame_locator("iframe[data-frame]").get_by_text("kept 123 a,b").wait_for()


def test_storage_really_is_refused_in_this_browser(browser: Any, api: Api, shown: Any, tmp_path: Path) -> None:
    """Otherwise the test above tries nothing: the script of ours is kept away here."""
    _one, page, _ = shown(web(tmp_path, STORES, "khong"))
    page.route("**/_khue/storage.js", lambda route: route.abort())
    page.reload()
    said = page.frame_locator("iframe[data-frame]").locator("#o")
    said.get_by_text("e").first.wait_for()
    if "refused" not in said.inner_text():
        pytest.skip("this browser gives storage to frames of other sites")


def test_h5p_has_its_height_where_storage_is_refused(shown: Any, tmp_path: Path) -> None:
    path = tmp_path / "noi-dung.h5p"
    files = h5p.quiz()
    files["H5P.KhueQuiz-1.2/quiz.js"] += b"\nlocalStorage.setItem('khue', '1');"
    files["KhueLook-1.0/look.css"] += b" .h5p-khue-quiz { min-height: 420px; }"
    path.write_bytes(zipped(files))
    _one, page, _ = shown(path)
    inner = page.frame_locator("iframe[data-frame]").locator("iframe.h5p-iframe")
    page.frame_locator("iframe[data-frame]").frame_locator("iframe.h5p-iframe").get_by_text(h5p.QUESTION).wait_for()
    page.wait_for_function("() => true")
    box = inner.bounding_box()
    assert box["height"] > 400


def test_outside_is_asked_only_what_staff_allowed(shown: Any, tmp_path: Path) -> None:
    with host({"Content-Type": "image/svg+xml"}) as (address, asked):
        html = f"<!doctype html><meta charset=utf-8><p>Bài</p><img alt='' src='{address}/hinh.svg'><script>"
        html += "for (const t of ['img', 'script', 'iframe', 'video']) { const e = document.createElement(t);"
        html += f" e.src = '{address}/leave?' + encodeURIComponent(location); document.body.append(e); }}"
        html += f"fetch('{address}/leave?' + encodeURIComponent(location)).catch(() => 0);</script>"
        one, page, taken = shown(web(tmp_path, html.encode(), "ngoai"))
        page.frame_locator("iframe[data-frame]").get_by_text("Bài").wait_for()
        page.get_by_text("cơ sở đào tạo chưa cho phép").wait_for()
        page.wait_for_load_state("networkidle")
        assert asked == []
        one.violations.clear()  # the refusals are what is wanted
        one.go(f"/library/packages/{taken['package_id']}")
        page.get_by_label(address).check()
        page.locator("section:has(#outside) button[type=submit]").click()
        page.get_by_text("có thể tải").first.wait_for()
        page.locator("form.outline button").first.click()
        page.frame_locator("iframe[data-frame]").get_by_text("Bài").wait_for()
        page.wait_for_load_state("networkidle")
        assert "/hinh.svg" in asked
        assert not page.get_by_text("cơ sở đào tạo chưa cho phép").is_visible()
        one.violations.clear()


def test_another_browser_with_the_players_address_opens_nothing(shown: Any, visitor: Any) -> None:
    _one, page, _ = shown(POPUP)
    player = page.frame_locator("iframe[data-frame]")
    player.frame_locator(".stage-scorm iframe").get_by_role("button", name="Mở bài giảng").wait_for()
    address = page.query_selector("iframe").content_frame().url
    stranger = visitor()
    answer = stranger.page.goto(address)
    assert answer.status == 403
    frame = page.query_selector("iframe").content_frame()
    assert frame.evaluate("location.reload() || 1") == 1
    page.wait_for_load_state("networkidle")
