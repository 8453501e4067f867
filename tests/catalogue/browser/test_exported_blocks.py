"""An exported lesson in another system: its blocks work there, and what was done is there again."""

import functools
import http.server
import json
import threading

import pytest

from lms.catalogue.content import drawing
from lms.packages.course import Course, FileItem, Lesson, Module
from lms.packages.exports import pages
from tests.catalogue import sample

API = """
window.data = %s;
window.API = {
  LMSInitialize: () => "true", LMSCommit: () => "true", LMSFinish: () => "true", LMSGetLastError: () => "0",
  LMSGetValue: (key) => data[key] || "", LMSSetValue: (key, value) => { data[key] = value; return "true"; },
};
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exported")
    read, _ = sample.read(sample.COURSE)
    html = drawing.EXPORTED_HEAD + read.html.replace('"figure:', '"files/')
    files = [FileItem(file.name, file.path.read_bytes(), file.media_type) for file in read.figures]
    files += [FileItem(name, content) for name, content in drawing.exported().items()]
    lesson = Lesson("l1", "Bài", html, tuple(file.name for file in read.figures))
    course = Course("https://example.org/1", "Khóa", (Module("m1", "Học phần", (lesson,)),), files=tuple(files))
    for name, content in pages.pages(course, "scorm12.js"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{next(folder.glob('*.html')).name}"
    server.shutdown()
    server.server_close()
    thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_args):
        pass


def opened(browser, address, data):
    page = browser.new_context(viewport={"width": 360, "height": 780}).new_page()
    page.add_init_script(API % json.dumps(data))
    page.goto(address)
    page.wait_for_selector("khue-sort.is-live")
    return page


def test_what_was_done_is_kept_by_the_other_system_and_shown_again(browser, address):
    page = opened(browser, address, {})
    for row in range(4):
        page.locator(f"khue-sort fieldset:nth-of-type({row + 1}) input").first.check(force=True)
    page.locator("khue-sort .btn").click()
    page.wait_for_function("(data['cmi.suspend_data'] || '').includes('phan-loai-1')")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    again = opened(browser, address, page.evaluate("data"))
    assert again.locator("khue-sort [role=status]").inner_text() == "Đúng 1/4 mục."
