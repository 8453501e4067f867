"""`make bench`: the product against bare floors, in one run, on the demonstration's data.

Starts its own embedded database and servers, prints tables, stops everything. A ratio is our requests per second over the
floor's for a page of the same size, on the same server with the same settings, measured right after one another. Beside
an empty page stands the fair floor, which asks and shows what the page does (:mod:`tests.bench.fair`).
"""

import argparse
import http.cookiejar
import os
import re
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lms.console import demo
from lms.console.demo_people import PASSWORD
from lms.core.database import db, utcnow
from tests.bench import fair, load
from tests.bench.costly import costly
from tests.bench.crowd import crowd
from tests.bench.memory import memory
from tests.bench.product import FAIR_PORT, FLOOR_PORT, HOST, PORT, THREADS, WORKERS, Product, own_product


class Browser:
    """Signs in as a person would and keeps the cookies."""

    def __init__(self) -> None:
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, path: str, **headers: str) -> bytes:
        request = urllib.request.Request(f"http://{HOST}:{PORT}{path}", headers=headers)
        with self.opener.open(request, timeout=30) as answer:
            return bytes(answer.read())

    def sign_in(self, username: str) -> None:
        page = self.get("/account/sign-in").decode()
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        fields = {"csrf_token": token.group(1), "username": username, "password": PASSWORD}
        request = urllib.request.Request(
            f"http://{HOST}:{PORT}/account/sign-in", data=urllib.parse.urlencode(fields).encode()
        )
        with self.opener.open(request, timeout=30) as answer:
            answer.read()
            assert not answer.url.endswith("/account/sign-in"), "sign-in failed"

    @property
    def cookie(self) -> str:
        return "; ".join(f"{c.name}={c.value}" for c in self.jar)


def measured_pages() -> list[tuple[str, str, str, float | None, float | None]]:
    """Return name, path and cookie of each page, and the ratios wanted to the empty and to the fair floor."""
    trainee, staff = Browser(), Browser()
    trainee.sign_in("hocvien")
    staff.sign_in("coso")
    learn = trainee.get("/learn").decode()
    course = re.search(r"/learn/[0-9a-f-]{36}", learn)
    assert course is not None
    lesson = re.search(r"/learn/[0-9a-f-]{36}/lessons/[0-9a-f-]{36}", trainee.get(course.group()).decode())
    reports = re.findall(r"/reports/classes/[0-9a-f-]{36}/quality", staff.get("/reports/quality").decode())
    assert lesson is not None
    report = max(reports, key=lambda path: len(staff.get(path)))
    known = {
        path: staff.get(path).decode() for path in re.findall(r"/classes/[0-9a-f-]{36}", staff.get("/classes").decode())
    }
    run = max(known, key=lambda path: len(known[path]))
    sheets = [re.search(r"/classes/[0-9a-f-]{36}/sessions/[0-9a-f-]{36}/attendance", page) for page in known.values()]
    sheet = max((found.group() for found in sheets if found), key=lambda path: len(staff.get(path)))
    return [
        ("catalogue (stranger)", "/programmes", "", 0.5, None),
        ("sign-in page (stranger)", "/account/sign-in", "", 0.5, None),
        ("dashboard (trainee)", "/learn", trainee.cookie, 0.3, 0.6),
        ("lesson (trainee)", lesson.group(), trainee.cookie, 0.5, 0.6),
        ("class page (institution)", run, staff.cookie, None, 0.6),
        ("attendance sheet (institution)", sheet, staff.cookie, None, 0.6),
        ("class report (institution)", report, staff.cookie, None, None),
    ]


def pages(seconds: float, product: Product) -> None:
    """Print each page beside an empty page of its size, and beside the fair floor (:mod:`tests.bench.fair`)."""
    measured = measured_pages()
    recorded = [fair.record(product.app, path, cookie) for _name, path, cookie, *_wanted in measured]
    with tempfile.NamedTemporaryFile() as file:
        fair.save(recorded, Path(file.name))
        product.env[fair.FILE] = file.name
        product.serve("tests.bench.fair:app", FAIR_PORT, ready="")
    bare = fair.make(recorded, product.url)
    print(
        f"\n{'page':31} {'kB':>6} {'SQL':>4} {'req/s':>7} {'p95 ms':>7} {'empty':>7} {'ratio':>6} {'wanted':>7} "
        f"{'fair':>7} {'ratio':>6} {'wanted':>7} {'CPU ms':>7} {'fair':>6} {'ratio':>6}"
    )
    for number, (name, path, cookie, wanted, wanted_fair) in enumerate(measured):
        load.run(HOST, PORT, path, cookie=cookie, seconds=1)
        load.run(HOST, FAIR_PORT, f"/{number}", cookie=cookie, seconds=1)
        ours = load.run(HOST, PORT, path, cookie=cookie, seconds=seconds)
        beside = load.run(HOST, FAIR_PORT, f"/{number}", cookie=cookie, seconds=seconds)
        floor = load.run(HOST, FLOOR_PORT, f"/?size={ours.size}", seconds=seconds)
        own_cpu = fair.cpu(product.app, path, cookie, seconds=seconds / 3)
        fair_cpu = fair.cpu(bare, f"/{number}", cookie, seconds=seconds / 3)
        print(
            f"{name:31} {ours.size / 1000:6.1f} {len(recorded[number].statements):4} {ours.per_second:7.0f} "
            f"{ours.p95_ms:7.1f} {floor.per_second:7.0f} {ours.per_second / floor.per_second:6.2f} {wanted or '':>7} "
            f"{beside.per_second:7.0f} {ours.per_second / beside.per_second:6.2f} {wanted_fair or '':>7} "
            f"{own_cpu:7.2f} {fair_cpu:6.2f} {fair_cpu / own_cpu:6.2f}"
        )


def sign_ins(seconds: float) -> None:
    def one(username: str) -> int:
        count, end = 0, time.perf_counter() + seconds
        while time.perf_counter() < end:
            Browser().sign_in(username)
            count += 1
        return count

    names = [account.username for account in demo.ACCOUNTS[:8]]
    begin = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        total = sum(pool.map(one, names))
    elapsed = time.perf_counter() - begin
    print(f"\ncomplete sign-ins (form, password, first page), 8 clients: {total / elapsed:.1f} a second")


def first_load() -> None:
    browser = Browser()
    browser.sign_in("hocvien")
    compressed = {"Accept-Encoding": "br"}
    page = browser.get("/learn", **compressed)
    plain = browser.get("/learn").decode()
    names = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', plain))
    css = next(name for name in names if name.endswith(".css"))
    names |= {f"/static/{font}" for font in re.findall(r'url\("([^":]+\.woff2)"\)', browser.get(css).decode())}
    sizes = {name: len(browser.get(name, **compressed)) for name in sorted(names)}
    print("\nfirst load of the trainee's dashboard, compressed, fonts included (wanted: at most 150 kB)")
    for name, size in {"/learn": len(page), **sizes}.items():
        print(f"  {size / 1000:7.1f} kB  {name}")
    print(f"  {(len(page) + sum(sizes.values())) / 1000:7.1f} kB  in all")


def roster(url: str) -> None:
    from tests.bench import roster as bench_roster

    os.environ["LMS_DATABASE_URL"] = url
    print("\nroster of 140,408 rows")
    for label, seconds, note in bench_roster.run():
        print(f"  {label:52} {seconds:8.2f} s  {note}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("parts", nargs="*", default=["pages", "signins", "firstload", "crowd", "roster"])
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    with own_product() as product:
        demo.load(at=utcnow())
        db.session.remove()
        print(
            f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, granian {WORKERS} × {THREADS}, {time.strftime('%d.%m.%Y')}"
        )
        if {"pages", "signins", "firstload", "crowd"} & set(options.parts):
            product.serve()
            product.serve("tests.bench.floor:app", FLOOR_PORT, ready="?size=1000")
            if "pages" in options.parts:
                pages(options.seconds, product)
            if "signins" in options.parts:
                sign_ins(options.seconds)
            if "firstload" in options.parts:
                first_load()
            if "crowd" in options.parts:
                crowd(options.seconds)
            product.stop()
        if "costly" in options.parts:
            product.serve()
            costly(product, Browser, options.seconds)
            product.stop()
        if "memory" in options.parts:
            product.stop()
            memory(Browser, Path(product.env["LMS_INSTANCE"]).with_name("memory"))
        if "roster" in options.parts:
            roster(product.server.url("roster"))


if __name__ == "__main__":
    main()
