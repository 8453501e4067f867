"""The players of single files in Chromium, with a content origin, a record store and the page around of our own."""

import json
import re
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID, uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.core.config import ROOT
from lms.packages.formats.single import page_html
from tests.data import media

PLAYERS = ROOT / "lms" / "library" / "players"
PDFJS = ROOT / "node_modules" / "pdfjs-dist"
WORDS = json.loads((PLAYERS / "words_single.json").read_text("utf-8"))
TITLE = "Chuyển đổi số ở cơ sở: hướng dẫn dành cho cán bộ, công chức phường và xã của thành phố"
ACTOR = {"objectType": "Agent", "account": {"homePage": "https://khue.example/xapi/accounts", "name": "an"}}
REGISTRATION = "6f0b1f4e-5d50-4d7e-9f43-1b1f4e5d504d"
ACTIVITY = "https://khue.example/xapi/activities/unit/1"
SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-modals allow-downloads allow-presentation"
TYPES = {
    **{".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8"},
    **{".pdf": "application/pdf", ".mp4": "video/mp4", ".webm": "video/webm", ".wav": "audio/wav", ".vtt": "text/vtt"},
    **{".svg": "image/svg+xml", ".png": "image/png", ".wasm": "application/wasm"},
}
X = "https://w3id.org/xapi/video/extensions/"
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


# -- servers ----------------------------------------------------------------------------------------------------------


class Origins:
    """What the two servers serve, and what the record store was told."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.requests: list[tuple[str, str | None, int]] = []
        self.changed = threading.Condition()
        self.content = self._serve(Content)
        self.store = self._serve(Store)
        self.forget()

    def forget(self) -> None:
        self.statements: list[dict] = []
        self.states: dict[str, dict] = {}
        self.answer = 200
        self.key = f"Basic {uuid4().hex}"  # what a page of an earlier test still sends is refused
        self.requests.clear()
        self.files.clear()

    def _serve(self, handler: type) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, self))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.servers = [*getattr(self, "servers", []), server]
        return f"http://127.0.0.1:{server.server_port}"

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def policy(self) -> str:
        return (
            "default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
            "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; "
            f"connect-src 'self' blob: {self.store}/xapi/; worker-src 'self' blob:; frame-src 'self' https:; "
            f"frame-ancestors {self.store}"
        )

    def verbs(self) -> list[str]:
        return [statement["verb"]["id"].rpartition("/")[2] for statement in self.statements]

    def said(self, verb: str) -> list[dict]:
        return [one for one in self.statements if one["verb"]["id"].endswith(f"/{verb}")]

    def wait(self, condition, seconds: float = 20) -> None:
        """Wait until the record store has been told what makes the condition true."""
        with self.changed:
            assert self.changed.wait_for(condition, seconds), (self.verbs(), self.states)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, origins: Origins, *args) -> None:
        self.origins = origins
        super().__init__(*args)

    def log_message(self, *args) -> None:
        pass

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Content(Handler):
    """Files with ranges, as the content origin serves them."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        body = self.find(path)
        if body is None:
            return self.send(404)
        headers = {"Content_Type": TYPES.get(Path(path).suffix, "text/html; charset=utf-8"), "Accept_Ranges": "bytes"}
        headers |= {"Content_Security_Policy": self.origins.policy(), "X_Content_Type_Options": "nosniff"}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not wanted:
            self.origins.requests.append((path, None, len(body)))
            return self.send(200, body, **headers)
        first, last = int(wanted[1]), min(int(wanted[2] or len(body) - 1), len(body) - 1)
        self.origins.requests.append((path, wanted[0], last - first + 1))
        headers["Content_Range"] = f"bytes {first}-{last}/{len(body)}"
        return self.send(206, body[first : last + 1], **headers)

    def find(self, path: str) -> bytes | None:
        if path.startswith("/_khue/pdfjs/"):
            return _file(PDFJS, path.removeprefix("/_khue/pdfjs/"))
        if path.startswith("/_khue/"):
            return _file(PLAYERS, path.removeprefix("/_khue/"))
        return self.origins.files.get(path)


def _file(folder: Path, name: str) -> bytes | None:
    path = folder / name
    return path.read_bytes() if path.is_file() and ".." not in name else None


class Store(Handler):
    """The record store, and the page around the player."""

    CORS = {
        "Access_Control_Allow_Origin": "*",
        "Access_Control_Allow_Headers": "Authorization, Content-Type, X-Experience-API-Version",
        "Access_Control_Allow_Methods": "GET, PUT, POST",
    }

    def do_OPTIONS(self) -> None:
        self.send(204, **self.CORS)

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/xapi/activities/state":
            document = self.origins.states.get(self.query()["stateId"])
            if self.origins.answer != 200 or document is None:
                return self.send(404 if self.origins.answer == 200 else self.origins.answer, **self.CORS)
            return self.send(200, json.dumps(document).encode(), **self.CORS)
        source = parse_qs(address.query).get("u", ["about:blank"])[0]
        page = (
            "<!doctype html><html lang=vi><title>Khuê</title><style>html,body,iframe{margin:0;width:100%;height:100%;"
            f"border:0;display:block}}</style><iframe title=bai sandbox='{SANDBOX}' src='{source}'></iframe>"
            "<script>window.told=[];addEventListener('message',event=>told.push(event.data))</script>"
        )
        return self.send(200, page.encode(), Content_Type="text/html; charset=utf-8")

    def do_POST(self) -> None:
        body = self.body()
        if not self.allowed():
            return
        with self.origins.changed:
            known = {one["id"] for one in self.origins.statements}
            self.origins.statements += [one for one in body if one["id"] not in known]
            self.origins.changed.notify_all()
        self.send(200, b"[]", **self.CORS)

    def do_PUT(self) -> None:
        body = self.body()
        if not self.allowed():
            return
        query = self.query()
        assert json.loads(query["agent"]) == ACTOR
        assert (query["registration"], query["activityId"]) == (REGISTRATION, ACTIVITY)
        with self.origins.changed:
            self.origins.states[query["stateId"]] = body
            self.origins.changed.notify_all()
        self.send(204, **self.CORS)

    def allowed(self) -> bool:
        fine = self.headers["Authorization"] == self.origins.key and self.headers["X-Experience-API-Version"] == "1.0.3"
        status = self.origins.answer if fine else 401
        if status != 200:
            self.send(status, **self.CORS)
        return status == 200

    def body(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


@pytest.fixture(scope="module")
def all_origins() -> Iterator[Origins]:
    origins = Origins()
    yield origins
    origins.close()


@pytest.fixture
def origins(all_origins: Origins) -> Origins:
    all_origins.forget()
    return all_origins


class Learner:
    """Somebody at a device with the page around the player open."""

    def __init__(self, origins: Origins, browser, **device) -> None:
        self.origins = origins
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "vi-VN"}
        self.context = browser.new_context(**(options | device))
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", lambda one: self.faults.append(one.text) if _fault(one) else None)

    def play(self, kind, name, content=b"", /, *, player="", mode="Normal", lang="vi", title=TITLE, **properties):
        """Launch a unit; gives the frame of the player."""
        article = properties.pop("article", "")
        config = {
            **{"kind": kind, "lang": lang, "title": title, "base": "/t0/", "file": quote(name), "mode": mode},
            **{"app": self.origins.store, "properties": properties},
            "words": {key: texts[lang] for key, texts in WORDS.items()},
            "xapi": {
                **{"endpoint": f"{self.origins.store}/xapi/", "auth": self.origins.key, "actor": ACTOR},
                **{"registration": REGISTRATION, "activity": ACTIVITY},
            },
        }
        page = (PLAYERS / f"{player or kind}.html").read_text("utf-8")
        safe = json.dumps(config, ensure_ascii=False).replace("<", "\\u003c")
        for key, value in {"config": safe, "title": title, "lang": lang, "content": article}.items():
            page = page.replace("{{" + key + "}}", value)
        assert "{{" not in page
        self.origins.files[f"/t0/{quote(name)}"] = content
        self.origins.files["/t0/_khue/play"] = page.encode()
        self.page.goto(f"{self.origins.store}/app?u={self.origins.content}/t0/_khue/play")
        return self.page.frames[1]

    def leave(self) -> None:
        """Close the tab as a person does."""
        self.page.close(run_before_unload=True)

    def told(self) -> list[dict]:
        return self.page.evaluate("told")


def _fault(message) -> bool:
    harmless = ("Failed to load resource", "net::ERR", "statement refused", "fetch")
    return message.type == "error" and not any(one in message.text for one in harmless)


@pytest.fixture
def learner(origins: Origins, browser):
    opened: list[Learner] = []

    def come(**device) -> Learner:
        opened.append(Learner(origins, browser, **device))
        return opened[-1]

    yield come
    for one in opened:
        one.context.close()
    assert [fault for one in opened for fault in one.faults] == []


def holds(frame, expression: str, seconds: float = 15) -> None:
    """Wait until an expression is true; Playwright's own way needs eval, which the players' policy forbids."""
    page = getattr(frame, "page", frame)
    deadline = time.monotonic() + seconds
    while not frame.evaluate(f"Boolean({expression})"):
        assert time.monotonic() < deadline, expression
        page.wait_for_timeout(30)


def ready(frame):
    frame.wait_for_selector(".leaf canvas + .textLayer")
    return frame


# -- PDF --------------------------------------------------------------------------------------------------------------


def test_a_pdf_is_read_to_its_end_on_two_devices(origins, learner):
    desk = learner()
    frame = ready(desk.play("pdf", "Tài liệu 1.pdf", media.pdf(), pages=3))
    origins.wait(lambda: origins.states.get("reading", {}).get("seen") == "1")
    frame.focus(".pages")
    desk.page.keyboard.press("PageDown")
    origins.wait(lambda: origins.states["reading"].get("seen") == "1-2")
    desk.leave()
    origins.wait(lambda: "terminated" in origins.verbs())
    assert origins.verbs() == ["initialized", "progressed", "progressed", "terminated"]
    assert "completed" not in origins.verbs()

    phone = learner(viewport={"width": 360, "height": 640}, has_touch=True)
    frame = ready(phone.play("pdf", "Tài liệu 1.pdf", media.pdf(), pages=3))
    holds(frame, "document.querySelector('#page-number').value === '2'")
    phone.page.keyboard.press("End")
    frame.click("[aria-label='Trang sau']")
    origins.wait(lambda: "completed" in origins.verbs())
    shares = [one["result"]["extensions"][PROGRESS] for one in origins.statements if one.get("result")]
    assert shares == sorted(shares)
    (completed,) = origins.said("completed")
    assert completed["result"]["completion"] is True
    assert re.fullmatch(r"PT[\d.]+S", completed["result"]["duration"])
    assert completed["object"]["id"] == ACTIVITY
    assert completed["context"]["registration"] == REGISTRATION
    assert completed["actor"] == ACTOR
    holds(phone.page, "told.some(one => one.completed === true && one.progress === 100)")

    again = learner()
    ready(again.play("pdf", "Tài liệu 1.pdf", media.pdf(), pages=3))
    holds(again.page, "told.some(one => one.completed === true)")
    again.leave()
    origins.wait(lambda: len(origins.said("terminated")) >= 2)
    assert len(origins.said("completed")) == 1


def test_a_pdf_is_walked_by_keyboard_in_both_ways_of_showing(origins, learner):
    one = learner()
    frame = ready(one.play("pdf", "a.pdf", media.pdf()))
    number = frame.locator("#page-number")

    def press(key, page):
        one.page.keyboard.press(key)
        holds(frame, f"document.querySelector('#page-number').value === '{page}'")

    frame.focus(".pages")
    for key, page in [("End", 3), ("Home", 1), ("ArrowRight", 2), ("PageUp", 1), ("ArrowLeft", 1)]:
        press(key, page)
    one.page.keyboard.press("ArrowDown")
    holds(frame, "document.querySelector('.pages').scrollTop > 40")
    number.fill("3")
    press("Enter", 3)
    frame.focus("[aria-label='Xem từng trang']")
    one.page.keyboard.press("Enter")
    assert frame.locator(".leaf:visible").count() == 1
    frame.focus(".pages")
    for key, page in [("PageUp", 2), ("Home", 1), ("ArrowRight", 2)]:
        press(key, page)
        assert frame.locator(".leaf:visible").get_attribute("aria-label") == f"Trang {page} trên 3"
    before = frame.locator("output.size").inner_text()
    frame.click("[aria-label='Phóng to']")
    assert frame.locator("output.size").inner_text() != before
    assert frame.locator(".leaf:visible").get_attribute("aria-label") == "Trang 2 trên 3"


def test_text_of_a_pdf_can_be_found_without_marks_and_read_by_machines(origins, learner):
    one = learner()
    frame = ready(one.play("pdf", "a.pdf", media.pdf()))
    assert "Trang mot" in frame.locator(".textLayer").first.inner_text()
    frame.focus(".pages")
    one.page.keyboard.press("Control+f")
    frame.fill("#finder-text", "DAO TAO")
    one.page.keyboard.press("Enter")
    frame.wait_for_selector(".hit:has-text('Dao tao')")
    assert frame.locator("#finder output").inner_text() == "1/1"
    assert frame.locator("#page-number").input_value() == "2"
    frame.fill("#finder-text", "không có")
    one.page.keyboard.press("Enter")
    holds(frame, "document.querySelector('#finder output').textContent === 'Không tìm thấy'")
    one.page.keyboard.press("Escape")
    assert frame.locator("#finder").is_hidden()
    assert frame.locator(".hit").count() == 0


def test_links_of_a_pdf_lead_to_the_web_in_a_window_of_their_own_or_within(origins, learner):
    one = learner()
    links = ["https://hanoi.gov.vn/", "javascript:alert\\(1\\)", "file:///etc/passwd", "#"]
    frame = ready(one.play("pdf", "a.pdf", media.pdf(links=links)))
    frame.wait_for_selector(".link")
    assert frame.locator(".link").count() == 2
    web = frame.locator(".link").first
    assert (web.get_attribute("href"), web.get_attribute("target")) == ("https://hanoi.gov.vn/", "_blank")
    assert "noopener" in web.get_attribute("rel")
    frame.locator(".link").last.click()
    holds(frame, "document.querySelector('#page-number').value === '3'")


def test_a_large_pdf_is_loaded_in_parts(origins, learner):
    one = learner()
    content = media.pdf(padding=8_000_000)
    ready(one.play("pdf", "a.pdf", content))
    parts = [request for request in origins.requests if request[0] == "/t0/a.pdf"]
    assert [request for request in parts if request[1]]
    assert sum(size for _, wanted, size in parts if wanted) < 2_000_000


def test_download_is_offered_only_where_it_is_allowed_and_a_broken_pdf_explained(origins, learner):
    one = learner()
    frame = ready(one.play("pdf", "a.pdf", media.pdf()))
    assert frame.locator("a[download]").count() == 0
    frame = ready(one.play("pdf", "a.pdf", media.pdf(), download=True))
    assert frame.locator("a[download]").get_attribute("href") == "/t0/a.pdf"
    frame = one.play("pdf", "b.pdf", b"%PDF-1.7 nothing")
    frame.wait_for_selector("[role=alert]:has-text('Không mở được tài liệu này')")
    assert origins.said("completed") == []


def test_nothing_is_told_in_browse_and_review(origins, learner):
    one = learner()
    for mode in ("Browse", "Review"):
        frame = ready(one.play("pdf", "a.pdf", media.pdf(["Mot"]), mode=mode))
        frame.wait_for_selector("#notice:has-text('đã xem hết')")
        frame = one.play("video", "a.webm", media.WEBM.read_bytes(), player="media", mode=mode)
        frame.evaluate("document.querySelector('video').play()")
        holds(frame, "document.querySelector('video').currentTime > 0.3")
    told = one.told()
    one.leave()
    assert (told, origins.statements, origins.states) == ([], [], {})


# -- recordings -------------------------------------------------------------------------------------------------------


def video(one, name="clip.webm", **more):
    frame = one.play(
        "video", name, (media.MP4 if name.endswith("mp4") else media.WEBM).read_bytes(), player="media", **more
    )
    holds(frame, "document.querySelector('video').readyState >= 2")
    one.origins.wait(lambda: "initialized" in one.origins.verbs())
    return frame


def until(frame, seconds):
    holds(frame, f"document.querySelector('video').currentTime >= {seconds}")


def test_a_video_is_told_as_the_profile_asks(origins, learner):
    one = learner()
    frame = video(one)
    frame.evaluate("document.querySelector('video').play()")
    until(frame, 0.8)
    frame.evaluate("document.querySelector('video').currentTime = 4")
    origins.wait(lambda: "seeked" in origins.verbs())
    holds(frame, "document.querySelector('video').ended")
    origins.wait(lambda: "paused" in origins.verbs())
    one.leave()
    origins.wait(lambda: "terminated" in origins.verbs())

    assert origins.verbs() == ["initialized", "played", "seeked", "paused", "terminated"]
    first, played, seeked, paused, terminated = origins.statements
    assert all(UUID(statement["id"]).version == 4 for statement in origins.statements)
    for statement in origins.statements:
        assert statement["object"]["definition"] == {"type": "https://w3id.org/xapi/video/activity-type/video"}
        assert statement["context"]["contextActivities"] == {"category": [{"id": "https://w3id.org/xapi/video"}]}
        assert statement["context"]["extensions"][f"{X}session-id"] == first["id"]
        assert statement["context"]["extensions"][f"{X}length"] == pytest.approx(5, abs=0.1)
        assert "completion" not in statement.get("result", {})
        assert statement["timestamp"]
    assert first["context"]["extensions"][f"{X}speed"] == "1x"
    for statement in (first, paused, terminated):
        assert statement["context"]["extensions"][f"{X}completion-threshold"] == 0.95
    start = played["result"]["extensions"][f"{X}time"]
    jump = seeked["result"]["extensions"]
    parts = paused["result"]["extensions"][f"{X}played-segments"]
    assert jump[f"{X}time-to"] == 4
    assert 0.7 < jump[f"{X}time-from"] < 2
    end = paused["result"]["extensions"][f"{X}time"]
    assert parts == f"{start:g}[.]{jump[f'{X}time-from']:g}[,]4[.]{end:g}"
    watched = (jump[f"{X}time-from"] - start + end - 4) / 5
    assert paused["result"]["extensions"][f"{X}progress"] == pytest.approx(watched, abs=0.03)
    assert terminated["result"]["extensions"][f"{X}played-segments"] == parts


def test_watching_the_rest_later_completes_a_video_once(origins, learner):
    origins.states["played"] = {"time": 3, "segments": "0[.]2.9", "spent": 40, "completed": False, "rate": 1}
    one = learner()
    frame = video(one, "clip.mp4")
    assert frame.evaluate("document.querySelector('video').currentTime") == pytest.approx(3, abs=0.1)
    frame.evaluate("document.querySelector('video').play()")
    origins.wait(lambda: "completed" in origins.verbs())
    (completed,) = origins.said("completed")
    assert completed["result"]["completion"] is True
    assert 41 <= float(completed["result"]["duration"][2:-1]) < 60
    assert completed["result"]["extensions"][f"{X}progress"] >= 0.95
    assert completed["result"]["extensions"][f"{X}played-segments"].startswith("0[.]2.9[,]3")
    holds(one.page, "told.some(one => one.completed === true && one.progress === 100)")
    holds(frame, "document.querySelector('video').ended")
    origins.wait(lambda: "paused" in origins.verbs() and origins.states["played"]["completed"])
    frame = video(one, "clip.mp4")
    frame.evaluate("document.querySelector('video').play()")
    until(frame, 0.5)
    one.leave()
    origins.wait(lambda: len(origins.said("terminated")) == 2)
    assert len(origins.said("completed")) == 1


def test_skipping_to_the_end_does_not_complete_a_video(origins, learner):
    one = learner()
    frame = video(one)
    frame.evaluate("document.querySelector('video').currentTime = 4.7; document.querySelector('video').play()")
    holds(frame, "document.querySelector('video').ended")
    origins.wait(lambda: "paused" in origins.verbs())
    assert origins.said("paused")[-1]["result"]["extensions"][f"{X}progress"] < 0.2
    assert origins.said("completed") == []


def test_closing_the_tab_while_playing_pauses_then_terminates(origins, learner):
    one = learner()
    frame = video(one)
    frame.evaluate("document.querySelector('video').play()")
    until(frame, 0.6)
    one.leave()
    origins.wait(lambda: "terminated" in origins.verbs())
    assert origins.verbs() == ["initialized", "played", "paused", "terminated"]
    origins.wait(lambda: origins.states.get("played", {}).get("time", 0) >= 0.4)


def test_subtitles_are_shown_and_speed_is_kept(origins, learner):
    one = learner()
    origins.files["/t0/phu%20%C4%91%E1%BB%81.vtt"] = media.VTT.encode()
    tracks = [
        {"src": "en.vtt", "srclang": "en", "label": "English", "kind": "subtitles"},
        {"src": "phu đề.vtt", "srclang": "vi", "label": "Tiếng Việt", "kind": "subtitles"},
    ]
    frame = video(one, tracks=tracks)
    frame.evaluate("document.querySelector('video').play()")
    holds(frame, "document.querySelectorAll('track')[1].track.activeCues?.length === 1")
    assert frame.evaluate("[...document.querySelector('video').textTracks].map(one => one.mode)") == [
        "disabled",
        "showing",
    ]
    frame.select_option("#speed", "1.5")
    origins.wait(lambda: origins.states.get("played", {}).get("rate") == 1.5)
    origins.wait(lambda: "interacted" in origins.verbs())
    around = origins.said("interacted")[0]["context"]["extensions"]
    assert (around[f"{X}speed"], around[f"{X}cc-subtitle-lang"]) == ("1.5x", "vi")


def test_a_sound_has_its_words_below(origins, learner):
    one = learner()
    origins.files["/t0/a.vtt"] = media.VTT.encode()
    tracks = [{"src": "a.vtt", "srclang": "vi", "label": "Tiếng Việt"}]
    frame = one.play("audio", "a.wav", media.wav(2), player="media", tracks=tracks)
    holds(frame, "document.querySelector('audio').readyState >= 2")
    frame.evaluate("document.querySelector('audio').play()")
    frame.wait_for_selector(".cue:has-text('Xin chào các học viên')")
    origins.wait(lambda: "completed" in origins.verbs())


def test_what_cannot_be_played_is_explained(origins, learner):
    one = learner()
    frame = one.play("video", "a.mp4", b"nothing", player="media")
    frame.wait_for_selector("[role=alert]:has-text('không phát được')")
    assert origins.statements == []


def test_what_was_told_without_a_connection_is_sent_later(origins, learner):
    one = learner()
    frame = video(one)
    origins.answer = 503
    frame.evaluate("document.querySelector('video').play()")
    frame.wait_for_selector("#notice:has-text('Đang mất kết nối')")
    until(frame, 1)
    frame.evaluate("document.querySelector('video').pause()")
    assert origins.verbs() == ["initialized"]
    origins.answer = 200
    frame.evaluate("dispatchEvent(new Event('online'))")
    origins.wait(lambda: "paused" in origins.verbs())
    assert origins.verbs() == ["initialized", "played", "paused"]
    frame.wait_for_selector("#notice", state="hidden")


def test_what_could_not_be_sent_before_the_tab_closed_is_sent_at_the_next_visit(origins, learner):
    one = learner()
    frame = one.play("image", "a.png", media.png())
    origins.wait(lambda: "initialized" in origins.verbs())
    origins.answer = 503
    frame.wait_for_selector("#notice:has-text('Đang mất kết nối')")
    one.page.goto("about:blank")
    origins.answer = 200
    one.play("image", "a.png", media.png())
    origins.wait(lambda: origins.verbs().count("initialized") == 2)
    assert origins.verbs() == ["initialized", "completed", "terminated", "initialized"]


def test_a_state_that_could_not_be_read_is_not_overwritten(origins, learner):
    origins.states["reading"] = {"page": 3, "seen": "2-3", "completed": False}
    origins.answer = 503
    one = learner()
    frame = ready(one.play("pdf", "a.pdf", media.pdf()))
    frame.wait_for_selector("#notice:has-text('Đang mất kết nối')")
    origins.answer = 200
    frame.evaluate("dispatchEvent(new Event('online'))")
    origins.wait(lambda: origins.states["reading"]["seen"] == "1-3")


def test_a_session_that_is_over_is_said_so(origins, learner):
    one = learner()
    frame = video(one)
    origins.answer = 403
    frame.evaluate("document.querySelector('video').play()")
    frame.wait_for_selector("#notice:has-text('Phiên học đã kết thúc')")


# -- pictures, pages, Office ------------------------------------------------------------------------------------------


def test_a_drawing_is_shown_and_its_scripts_are_not_run(origins, learner):
    one = learner()
    frame = one.play("image", "Sơ đồ.svg", media.SVG.encode())
    assert frame.locator("main img").get_attribute("alt") == TITLE
    frame.click("[aria-label='Phóng to']")
    assert frame.locator("main img").bounding_box()["width"] > 330
    frame.click("[aria-label='Vừa khung']")
    origins.wait(lambda: "completed" in origins.verbs())
    assert "broken out" not in one.told()
    one.leave()
    origins.wait(lambda: "terminated" in origins.verbs())
    assert origins.states["seen"] == {"completed": True}


def page_of(tmp_path, text, written) -> str:
    (tmp_path / "page").write_text(text, "utf-8")
    return page_html(tmp_path / "page", written)


def test_a_page_is_done_at_its_end_and_found_again_where_it_was_left(origins, learner, tmp_path):
    long = media.MARKDOWN + "\n\n".join(f"## Mục {n}\n\n" + "Nội dung bồi dưỡng. " * 60 for n in range(20))
    article = page_of(tmp_path, long, "markdown")
    one = learner()
    frame = one.play("page", "a.md", article=article)
    assert frame.locator("article a").get_attribute("rel") == "noopener noreferrer"
    origins.wait(lambda: "initialized" in origins.verbs())
    frame.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
    origins.wait(lambda: origins.states.get("reading", {}).get("furthest", 0) > 40)
    assert origins.said("completed") == []
    one.page.goto("about:blank")
    frame = one.play("page", "a.md", article=article)
    holds(frame, "scrollY > 500")
    frame.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    origins.wait(lambda: "completed" in origins.verbs())
    assert origins.said("completed")[0]["result"]["extensions"][PROGRESS] == 100


def test_scripts_of_a_page_are_gone(origins, learner, tmp_path):
    one = learner()
    frame = one.play("page", "a.html", article=page_of(tmp_path, media.HTML, "html"))
    assert "Đoạn thứ hai." in frame.locator("article").inner_text()
    assert frame.locator("h1").inner_text() == TITLE
    origins.wait(lambda: "completed" in origins.verbs())


def test_an_office_document_is_shown_as_pdf_or_offered(origins, learner):
    one = learner()
    origins.files["/t0/_made/a.pdf"] = media.pdf()
    ready(one.play("office", "a.docx", media.docx(), pdf="_made/a.pdf", name="a.docx"))
    frame = one.play("office", "b.docx", media.docx(), name="Quy trình.docx", size=1_234_567, format="docx")
    assert "Quy trình.docx · Word · 1,2 MB" in frame.locator(".card").inner_text()
    with one.page.expect_download() as caught:
        frame.click("text=Tải về")
    assert caught.value.suggested_filename == "Quy trình.docx"
    origins.wait(lambda: "completed" in origins.verbs())


# -- everywhere -------------------------------------------------------------------------------------------------------


def every_player(one, tmp_path):
    yield "pdf", ready(one.play("pdf", "a.pdf", media.pdf(links=["https://hanoi.gov.vn/", "#"]), download=True))
    tracks = [{"src": "a.vtt", "srclang": "vi", "label": "Tiếng Việt"}]
    one.origins.files["/t0/a.vtt"] = media.VTT.encode()
    yield "video", one.play("video", "a.webm", media.WEBM.read_bytes(), player="media", tracks=tracks)
    yield "audio", one.play("audio", "a.wav", media.wav(), player="media", tracks=tracks)
    yield "image", one.play("image", "a.svg", media.SVG.encode())
    yield "page", one.play("page", "a.md", article=page_of(tmp_path, media.MARKDOWN, "markdown"))
    yield "office", one.play("office", "a.docx", media.docx(), name="Quy trình.docx", size=12_345, format="docx")
    yield "broken", one.play("pdf", "b.pdf", b"no", download=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_every_player_is_accessible_and_fits(origins, learner, tmp_path, scheme, width, request):
    one = learner(viewport={"width": width, "height": 740}, color_scheme=scheme)
    found = {}
    for name, frame in every_player(one, tmp_path):
        frame.wait_for_selector("main *")
        if name == "pdf":
            frame.click("[aria-label='Tìm trong tài liệu']")
        if name == "video":
            holds(frame, "document.querySelector('video').readyState >= 2")
        answer = Axe().run(frame, options=RULES)
        assert [rule for rule in answer.response["passes"] if rule["id"] == "color-contrast"] or name in (
            "video",
            "image",
        )
        found[name] = [
            (fault["id"], [node["html"][:120] for node in fault["nodes"]]) for fault in answer.response["violations"]
        ]
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        if folder := request.config.getoption("--basetemp", None):
            one.page.screenshot(path=str(Path(folder).parent / f"single-{name}-{width}-{scheme}.png"))
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_words_are_complete():
    used = set()
    for path in PLAYERS.glob("*.js"):
        text = path.read_text("utf-8")
        if "dom.js" in text or path.name == "dom.js":
            used |= set(re.findall(r"\bword\(\"(\w+)\"", text)) | set(re.findall(r"tool\(\"\w+\", \"(\w+)\"", text))
            used |= set(re.findall(r"fault\(\w+, \"(\w+)\"", text))
    words = {}
    for path in PLAYERS.glob("words_*.json"):
        words |= json.loads(path.read_text("utf-8"))
    assert used - {"word"} <= words.keys()
    assert all(texts.keys() == {"vi", "en"} and all(texts.values()) for texts in words.values())


# -- watched segments -------------------------------------------------------------------------------------------------

segment = st.tuples(st.integers(0, 400), st.integers(0, 400)).map(lambda pair: [pair[0] / 4, pair[1] / 4])


def test_watched_segments(origins, browser):
    page = browser.new_page()
    page.goto(f"{origins.content}/_khue/segments.js")
    module = page.evaluate_handle(f"import('{origins.content}/_khue/segments.js')")

    @settings(max_examples=150, deadline=None)
    @given(st.lists(segment, max_size=12), st.integers(1, 120))
    def check(segments, length):
        merged, share, text, back = module.evaluate(
            "(m, [s, l]) => [m.merge(s), m.progress(s, l), m.written(m.merge(s)), m.parsed(m.written(m.merge(s)))]",
            [segments, length],
        )
        watched = {quarter for start, end in segments for quarter in range(int(start * 4), int(end * 4))}
        assert {q for start, end in merged for q in range(int(start * 4), int(end * 4))} == watched
        assert all(one[1] < other[0] for one, other in pairwise(merged))
        inside = len([quarter for quarter in watched if quarter < length * 4])
        assert share == pytest.approx(inside / (length * 4), abs=0.001)
        assert share <= inside / (length * 4) + 1e-6
        assert back == merged
        assert text.count("[.]") == len(merged)

    @settings(max_examples=50, deadline=None)
    @given(st.sets(st.integers(1, 300)))
    def check_ranges(numbers):
        assert module.evaluate("(m, n) => [...m.numbers(m.ranges(n), 300)]", sorted(numbers)) == sorted(numbers)

    check()
    check_ranges()
    page.close()
