"""Costly work: every view that makes or reads a document is marked, few are done at one time, others wait aside."""

import ast
import asyncio
import inspect
import io
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from lxml import html

from lms.core import admission
from lms.core.admission import TURN, Gate
from lms.core.errors import DomainError
from lms.core.serving import busy
from lms.core.serving.bodies import BodyRules
from lms.core.serving.bridge import Bridge
from tests import factories as make

MAKERS = {
    "downloads.workbook", "downloads.made", "downloads.saved", "downloads.svg", "send_file", "sent",
    "documents.pdf", "documents.docx", "frozen.make", "wording.chart", "verifying.verify", "_source",
    "charts.means_chart", "charts.distribution_chart", "charts.trend_chart",
    "services.check_roster", "uploads.check", "exports.as_workbook", "services.issue",
}  # fmt: skip
"""What makes or reads a document, as views call it; ``downloads.attachment`` sends a file that is there already."""


def _code(view):
    view = inspect.unwrap(view)
    return inspect.getmodule(view), ast.parse(inspect.getsource(view))


def _called(view):
    """Name what a view calls, also by way of functions of its own module."""
    module, tree = _code(view)
    own = {node.name: node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.FunctionDef)}
    names, looked_at, waiting = set(), set(), [tree]
    while waiting:
        nodes = list(ast.walk(waiting.pop()))
        looked_at |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        for node in nodes:
            if isinstance(node, ast.Call):
                names.add(ast.unparse(node.func))
            if isinstance(node, ast.Name) and node.id in own and node.id not in looked_at:
                looked_at.add(node.id)
                waiting.append(own[node.id])
    return names


def _makers(app):
    views = {rule.endpoint: app.view_functions[rule.endpoint] for rule in app.url_map.iter_rules()}
    return {name: view for name, view in views.items() if name != "static" and _called(view) & MAKERS}


def test_every_view_that_makes_or_reads_a_document_is_costly(app):
    makers = _makers(app)
    assert len(makers) > 20, "the views are found"
    assert sorted(name for name, view in makers.items() if not getattr(view, "costly", False)) == []


def test_addresses_that_end_like_documents_are_costly(app):
    """Whatever their views call."""
    ends = (".xlsx", ".svg", ".pdf", ".docx", ".zip")
    declared = app.extensions["lms_routes"]
    documents = [name for name, route in declared.items() if route.rule.endswith(ends)]
    assert documents
    assert sorted(name for name in documents if not getattr(app.view_functions[name], "costly", False)) == []


def test_every_view_that_reads_a_file_may_be_sent_one(app):
    """Its route takes what the page promises, not only as much as a form may have."""
    taking = {
        name
        for name, view in app.view_functions.items()
        if name in app.extensions["lms_routes"]
        and re.search(r"request\.files|form\.file\.data", inspect.getsource(inspect.unwrap(view)))
    }
    assert "people.import_page" in taking
    declared = app.extensions["lms_routes"]
    assert sorted(name for name in taking if not (declared[name].upload or declared[name].largest)) == []


@pytest.fixture
def full(app):
    """All places are taken; ``full.leave()`` gives one back."""
    gate = app.extensions["lms_gate"]
    taken = 0
    while gate.enter():
        taken += 1
    yield gate
    for _ in range(taken):
        gate.leave()


def test_who_finds_no_place_is_told_to_come_back(full, sign_in):
    client = sign_in(make.holder("administrator", make.city()))
    answer = client.get("/admin/people/import/template")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "vui lòng thử lại sau ít giây" in answer.text
    assert client.get("/admin/people/import").status_code == 200, "other pages are as ever"


def test_the_file_that_was_not_read_is_named(full, sign_in, submit):
    client = sign_in(make.holder("administrator", make.city()))
    data = {"file": (io.BytesIO(b"x"), "Danh sách <2026>.xlsx")}
    answer = submit(client, "/admin/people/import", data, content_type="multipart/form-data")
    assert answer.status_code == 503
    assert "Danh sách &lt;2026&gt;.xlsx" in answer.text


def test_a_place_is_given_back_whatever_happens(app, sign_in):
    client = sign_in(make.holder("administrator", make.city()))
    for _ in range(10):
        assert client.get("/admin/people/import/template").status_code == 200
        assert client.post("/admin/people/import/problems", data={}).status_code == 400


# -- waiting at the server ---------------------------------------------------------------------------------------------


class _Answer:
    """What granian gives to answer with."""

    def __init__(self):
        self.status = None

    def response_bytes(self, status, _headers, body):
        self.status, self.body = status, body

    async def client_disconnect(self):
        await asyncio.Event().wait()


def _request(path):
    return SimpleNamespace(
        server="h:80", method="GET", path=path, query_string="", http_version="1.1", client="127.0.0.1:1",
        scheme="http", headers={},
    )  # fmt: skip


class _Application:
    """One place; ``/costly`` keeps it until ``done`` is set, ``/free`` needs none."""

    def __init__(self):
        self.gate, self.begun, self.done = Gate(1), threading.Event(), threading.Event()
        self.refused = threading.Semaphore(0)

    def __call__(self, environ, start_response):
        status = "200 OK"
        if environ["PATH_INFO"] == "/costly":
            if self.gate.enter():
                self.begun.set()
                self.done.wait()
                self.gate.leave()
            else:
                status = "503 Busy"
                if TURN in environ:
                    environ[TURN].gate = self.gate
                self.refused.release()
        start_response(status, [("Content-Length", "0")])
        return [b""]


async def _ask(bridge, path):
    answer = _Answer()
    await bridge.__rsgi__(_request(path), answer)
    return answer.status


def _serve(application, script):
    async def run():
        loop = asyncio.get_running_loop()
        bridge = Bridge(application, threads=2, admit=lambda _environ: 0, rules=BodyRules())
        bridge.__rsgi_init__(loop)
        try:
            return await script(bridge)
        finally:
            application.done.set()
            bridge.__rsgi_del__(loop)

    with ThreadPoolExecutor(1) as apart:  # a browser's test may have left its loop with this thread
        return apart.submit(asyncio.run, run()).result()


def test_who_waits_for_a_place_takes_no_thread():
    application = _Application()

    async def script(bridge):
        costly = [asyncio.create_task(_ask(bridge, "/costly")) for _ in range(6)]
        await asyncio.to_thread(application.begun.wait)
        for _ in range(5):
            await asyncio.to_thread(application.refused.acquire)
        free = await _ask(bridge, "/free")
        application.done.set()
        return free, await asyncio.gather(*costly)

    assert _serve(application, script) == (200, [200] * 6)


def test_patience_has_an_end(monkeypatch):
    monkeypatch.setattr(admission, "PATIENCE", 0.0)
    application = _Application()

    async def script(bridge):
        first = asyncio.create_task(_ask(bridge, "/costly"))
        await asyncio.to_thread(application.begun.wait)
        second = await _ask(bridge, "/costly")
        application.done.set()
        return second, await first

    assert _serve(application, script) == (503, 200)


def test_who_has_waited_goes_before_who_has_not():
    gate, order = Gate(1), []
    assert gate.enter()
    gate.wait(lambda: order.append("second"), first=False)
    gate.wait(lambda: order.append("first"), first=True)
    gate.leave()
    gate.leave()
    assert order == ["first", "second"]


def test_who_waits_no_longer_is_not_called():
    gate, called = Gate(1), []
    assert gate.enter()
    call = lambda: called.append(1)  # noqa: E731
    gate.wait(call, first=False)
    assert gate.forget(call) and not gate.forget(call)
    gate.leave()
    assert called == []


# -- a form that was not taken is sent again -------------------------------------------------------------------------

BROWSER = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin", "Accept": "text/html"}


def _again(page):
    """The fields of the form of a page that offers to send again."""
    forms = html.fromstring(page).xpath("//main//form[@method='post']")
    return dict(forms[0].form_values()) if forms else None


def test_a_form_that_met_an_overload_can_be_sent_again(app, monkeypatch, sign_in, submit):
    """Without a script, with all that was typed; the number of the draft goes along, so that it is forgotten then."""
    client = sign_in(make.holder("administrator", make.city()))
    typed = {"name": "Đơn vị <mới>", "draft": "d-1", "note": ""}

    def overloaded(**_args):
        raise DomainError("busy", "Bận", 503)

    monkeypatch.setitem(app.view_functions, "people.new_unit", overloaded)
    headers = BROWSER | {"Referer": "http://localhost/admin/units/new"}
    answer = submit(client, "/admin/units/new?x=1", typed, page="/admin/units", headers=headers)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    fields = _again(answer.text)
    assert fields.pop("csrf_token")
    assert fields == typed
    assert 'action="/admin/units/new?x=1"' in answer.text


@pytest.mark.parametrize(
    ("headers", "typed"),
    [
        (BROWSER | {"Sec-Fetch-Site": "cross-site"}, {"name": "x"}),
        (BROWSER, {"name": "x", "password": "secret-of-hers"}),
        ({"Accept": "text/html"}, {"name": "x"}),
    ],
)
def test_what_others_sent_and_secrets_are_not_given_back(app, monkeypatch, sign_in, submit, headers, typed):
    client = sign_in(make.holder("administrator", make.city()))

    def overloaded(**_args):
        raise DomainError("busy", "Bận", 503)

    monkeypatch.setitem(app.view_functions, "people.new_unit", overloaded)
    headers = headers | {"Referer": "http://localhost/admin/units/new"}
    answer = submit(client, "/admin/units/new", typed, page="/admin/units", headers=headers)
    assert answer.status_code == 503
    assert _again(answer.text) is None
    assert "secret-of-hers" not in answer.text


def _busy(fields, **headers):
    environ = {"wsgi.input": io.BytesIO(urlencode(fields).encode()), "HTTP_ACCEPT": "text/html"}
    environ |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_SEC_FETCH_SITE": "same-origin"}
    return busy.answer(environ | headers)


def test_a_server_without_a_free_thread_gives_the_form_back():
    typed = {"note": 'Ghi chú "<b>" & dấu', "csrf_token": "t"}
    headers, page = _busy(typed)
    assert _again(page) == typed
    assert dict(headers)["Retry-After"]
    assert _again(_busy(typed, HTTP_SEC_FETCH_SITE="cross-site")[1]) is None
    assert _again(_busy(typed | {"password": "x"})[1]) is None
    assert _again(_busy({"note": "x" * busy.MOST})[1]) is None
    assert "<" not in _busy(typed, HTTP_ACCEPT="application/json")[1]
