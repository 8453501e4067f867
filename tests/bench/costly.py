"""`make bench ARGS=costly`: what others notice of eight clients who ask for the costliest documents and roster checks.

Each kind of work is asked of the product, and of the product with as many places as clients, in turns: that is what a
process does without a gate. The figures are ratios to the same page alone.
"""

import io
import re
import threading
import urllib.error
import urllib.request
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.bench import load
from tests.bench.product import FLOOR_PORT, HOST, PORT, Product

CLIENTS, CELLS, LINE = 8, 1_000_000, 1_800_000
OPEN = "tests.bench.costly:without_gate"
Ask = Callable[[int], urllib.request.Request]
"""Makes a request to the product at a port."""


def __getattr__(name: str) -> Any:
    if name != "without_gate":
        raise AttributeError(name)
    from lms import create_app
    from lms.core.admission import Gate

    app = create_app()
    app.extensions["lms_gate"] = Gate(1000)
    return app


def empty_cells() -> bytes:
    """A workbook of less than 300 kB with a million cells that hold nothing but a format."""
    from lms.people.roster import template

    with zipfile.ZipFile(io.BytesIO(template.build())) as plain:
        parts = {name: plain.read(name) for name in plain.namelist()}
    rows = b"".join(b'<row r="%d">%s</row>' % (number, b'<c s="1"/>' * 20) for number in range(10, 10 + CELLS // 20))
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(
        b"</sheetData>", rows + b"</sheetData>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def long_line() -> bytes:
    """A CSV file of one line."""
    return b"Ma," + b"x" * LINE


def posting(browser: Any, content: bytes, filename: str) -> Ask:
    """Return what sends a roster to be checked."""
    page = browser.get("/admin/people/import").decode()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token[1]}\r\n--{mark}\r\n'
    head += f'Content-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\n'
    body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
    kind = f"multipart/form-data; boundary={mark}"

    def ask(port: int) -> urllib.request.Request:
        headers = {"Cookie": browser.cookie, "Content-Type": kind}
        return urllib.request.Request(f"http://{HOST}:{port}/admin/people/import", body, headers)

    return ask


def getting(browser: Any, path: str) -> Ask:
    """Return what asks for a document."""
    return lambda port: urllib.request.Request(f"http://{HOST}:{port}{path}", headers={"Cookie": browser.cookie})


@contextmanager
def asking(ask: Ask, port: int, answers: Counter[int]) -> Iterator[None]:
    """Let all clients ask, each again as soon as it is answered."""
    over = threading.Event()

    def client() -> None:
        while not over.is_set():
            try:
                with urllib.request.urlopen(ask(port), timeout=120) as answer:
                    answer.read()
                    answers[answer.status] += 1
            except urllib.error.HTTPError as refused:
                refused.read()
                answers[refused.code] += 1

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    try:
        yield
    finally:
        over.set()
        for one in clients:
            one.join()


def costly(product: Product, browser: Callable[[], Any], seconds: float) -> None:
    """Print p50 and p95 of the dashboard alone and beside each kind of work, with and without the gate, in turns."""
    product.serve(OPEN, FLOOR_PORT, ready="healthz")
    trainee, staff, officer = browser(), browser(), browser()
    for one, name in ((trainee, "hocvien"), (staff, "coso"), (officer, "sonoivu")):
        one.sign_in(name)
    reports = re.findall(r"/reports/classes/[0-9a-f-]{36}/quality", staff.get("/reports/quality").decode())
    year = re.search(r"/reports/campaigns/\d{4}", officer.get("/reports/campaigns").decode())
    works = {
        "XLSX of a class's results": getting(staff, f"{max(reports, key=lambda path: len(staff.get(path)))}.xlsx"),
        "roster, a million empty cells": posting(officer, empty_cells(), "a.xlsx"),
        "roster, a line of 1.8 MB": posting(officer, long_line(), "a.csv"),
    }
    if year is not None:
        works["PDF of the units' reports"] = getting(officer, f"{year[0]}/summary.pdf")
    print(f"\n{'dashboard, 2 clients, beside 8 who ask for':44} {'p50 ms':>8} {'p95 ms':>8} {'of alone':>14}  answers")
    for port in (PORT, FLOOR_PORT):
        load.run(HOST, port, "/learn", cookie=trainee.cookie, clients=2, seconds=1)
    for name, ask in works.items():
        for port, label in ((PORT, name), (FLOOR_PORT, f"  {name}, no gate")):
            alone = load.run(HOST, port, "/learn", cookie=trainee.cookie, clients=2, seconds=seconds)
            answers: Counter[int] = Counter()
            with asking(ask, port, answers):
                beside = load.run(HOST, port, "/learn", cookie=trainee.cookie, clients=2, seconds=seconds)
            ratio = f"{beside.p50_ms / alone.p50_ms:5.1f} / {beside.p95_ms / alone.p95_ms:.1f}"
            print(f"{label:44} {beside.p50_ms:8.1f} {beside.p95_ms:8.1f} {ratio:>14}  {dict(answers)}", flush=True)
