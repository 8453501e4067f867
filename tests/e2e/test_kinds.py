"""Every other kind of material, from the upload to what the browser shows and the record store hears."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from tests.data import media
from tests.e2e.api import Api
from tests.e2e.test_exports import says

TINCAN = """<?xml version="1.0" encoding="utf-8"?>
<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
 <activity id="https://nxb.example/an-toan" type="http://adlnet.gov/expapi/activities/course">
  <name>An toàn thông tin</name><description lang="vi">Bài học</description><launch lang="vi">bai/mo.html</launch>
 </activity></activities></tincan>"""
LAUNCHED = """<!doctype html><meta charset="utf-8"><title>An toàn</title><button>Xong</button><script>
const q = new URLSearchParams(location.search);
const head = { Authorization: q.get("auth"), "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json" };
document.querySelector("button").onclick = () => fetch(q.get("endpoint") + "statements", { method: "POST", headers: head,
  body: JSON.stringify({ actor: JSON.parse(q.get("actor")), verb: { id: "http://adlnet.gov/expapi/verbs/completed" },
    object: { id: q.get("activity_id") }, result: { completion: true, success: true, score: { scaled: 0.9 } },
    context: { registration: q.get("registration") } }) });
</script>"""
STORY = """<!doctype html><meta charset="utf-8"><title>Bài giảng Storyline</title><iframe src="nội dung/khung.html"></iframe>
<script>localStorage.setItem("trang", "3"); const w = new Worker("w.js"); w.onmessage = e => document.title = e.data;
w.postMessage(1);</script>"""

LOADED = (
    "one => new Promise(done => one.readyState ? done(true) : one.addEventListener('loadedmetadata', () => done(true)))"
)


def zipped(files: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def opened(api: Api, visitor: Any, tmp_path: Path) -> Any:
    """``opened(name, content)`` uploads a file, launches it for a learner, and gives page, registration and version."""

    def open_(name: str, content: bytes, before: Any = None) -> tuple[Any, str, Any]:
        path = tmp_path / name
        path.write_bytes(content)
        version = api.version(api.upload(path))
        registration, launched = api.launch(version, "hv-loai")
        page = visitor().page
        if before:
            before(page)
        page.goto(launched["url"])
        return page, registration, version

    return open_


def status(api: Api, registration: str) -> Any:
    return next(one for one in api("GET", f"/registrations/{registration}")["units"] if one["kind"] != "course")


def test_an_xapi_package_is_launched_as_the_guideline_says(api: Api, opened: Any) -> None:
    page, registration, version = opened("goi.zip", zipped({"tincan.xml": TINCAN, "bai/mo.html": LAUNCHED}))
    assert version["kind"] == "xapi"
    with page.expect_response(says("/xapi/statements", "verbs/completed")):
        page.get_by_role("button", name="Xong").click()
    unit = status(api, registration)
    assert unit["completed_at"] and unit["passed_at"] and unit["score"] == 0.9


def test_a_web_package_keeps_its_folders_workers_and_storage(api: Api, opened: Any) -> None:
    frame = normalize("NFD", "nội dung/khung.html")
    files = {"index.html": STORY, frame: "<p>Khung bên trong</p>", "w.js": "onmessage = () => postMessage('đã chạy');"}
    page, registration, version = opened("story.zip", zipped({f"Bài giảng/{k}": v for k, v in files.items()}))
    assert version["kind"] == "html"
    page.wait_for_function("document.title === 'đã chạy'")
    page.frame_locator("iframe").get_by_text("Khung bên trong").wait_for()
    assert page.evaluate("localStorage.getItem('trang')") == "3"
    assert status(api, registration)["completed_at"]


def test_a_video_is_played_in_ranges_and_noted(api: Api, opened: Any) -> None:
    asked: list[str] = []
    listen = lambda page: page.on("request", lambda one: asked.append(one.headers.get("range", "")))  # noqa: E731
    page, registration, version = opened("phim.mp4", media.MP4.read_bytes(), listen)
    assert version["kind"] == "video"
    page.locator("video").evaluate(LOADED)
    with page.expect_response(says("/xapi/statements", "video/verbs/played")):
        page.evaluate("document.querySelector('video').muted = true; document.querySelector('video').play()")
    assert any(one.startswith("bytes=") for one in asked)
    assert status(api, registration)["completed_at"] is None


def test_a_recording_is_played(opened: Any) -> None:
    page, _, version = opened("bài nói.wav", media.wav(2))
    assert version["kind"] == "audio"
    page.locator("audio").evaluate(LOADED)


def test_a_picture_is_shown_and_done(api: Api, opened: Any) -> None:
    page, registration, version = opened("sơ đồ.png", media.png(40, 30))
    assert version["kind"] == "image"
    with page.expect_response(says("/xapi/statements", "verbs/completed")):
        assert page.locator("img").evaluate("one => one.decode().then(() => one.naturalWidth)") == 40
    assert status(api, registration)["completed_at"]


def test_an_svg_shows_but_its_script_does_not_run(opened: Any) -> None:
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'><script>top.x=1</script><rect width='9' height='9'/></svg>"
    page, _, _ = opened("hình.svg", drawing)
    assert page.locator("img").evaluate("one => one.decode().then(() => one.naturalWidth)") > 0
    assert page.evaluate("window.x") is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bài.md", "# Tiêu đề\n\nNội dung **đậm** <script>window.x = 1</script>".encode()),
        ("bài.html", b"<h1>Ti\xc3\xaau \xc4\x91\xe1\xbb\x81</h1><p onclick='x()'>a</p><script>window.x = 1</script>"),
    ],
)
def test_a_page_is_cleaned_and_read(opened: Any, name: str, content: bytes) -> None:
    page, _, version = opened(name, content)
    assert version["kind"] == "page"
    page.get_by_role("heading", name="Tiêu đề").wait_for()
    assert page.evaluate("window.x") is None and page.locator("[onclick]").count() == 0


def test_an_office_document_is_offered(opened: Any) -> None:
    page, _, version = opened("quy trình.docx", media.docx())
    assert version["kind"] == "office"
    page.locator("a[download], .pages").first.wait_for()


def test_a_cartridge_of_pages_and_links_is_played(api: Api, opened: Any) -> None:
    manifest = """<?xml version="1.0" encoding="utf-8"?>
<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"><metadata><schema>IMS Common Cartridge</schema>
<schemaversion>1.3.0</schemaversion></metadata><organizations><organization identifier="o" structure="rooted-hierarchy">
<item identifier="r"><item identifier="i" identifierref="a"><title>Trang một</title></item></item></organization></organizations>
<resources><resource identifier="a" type="webcontent" href="trang 1.html"><file href="trang 1.html"/></resource></resources></manifest>"""
    page, registration, version = opened(
        "khoa.imscc", zipped({"imsmanifest.xml": manifest, "trang 1.html": "<h1>Trang</h1>"})
    )
    assert version["kind"] == "cartridge"
    page.get_by_role("heading", name="Trang").wait_for()
    assert any(one["completed_at"] for one in api("GET", f"/registrations/{registration}")["units"])


def test_the_api_description_is_served(server: str, visitor: Any) -> None:
    answer = visitor().context.request.get(f"{server}/api/v1/openapi.json")
    assert json.loads(answer.body())["openapi"].startswith("3.1")
