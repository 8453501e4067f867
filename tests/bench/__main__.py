"""`make bench`: the product against bare floors, in one run, on the demonstration's data.

Starts its own embedded database and servers, prints tables, stops everything. A ratio is our requests per second over the
floor's for a page of the same size, on the same server with the same settings, measured right after one another.
"""

import argparse
import http.cookiejar
import os
import re
import sys
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from lms.console import demo
from lms.console.demo_people import PASSWORD
from lms.core.database import db, utcnow
from tests.bench import load
from tests.bench.costly import costly
from tests.bench.crowd import crowd
from tests.bench.product import FLOOR_PORT, HOST, PORT, THREADS, WORKERS, own_product


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


def pages(seconds: float) -> None:
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
    measured = [
        ("catalogue (stranger)", "/programmes", "", 0.5),
        ("sign-in page (stranger)", "/account/sign-in", "", None),
        ("dashboard (trainee)", "/learn", trainee.cookie, 0.3),
        ("lesson (trainee)", lesson.group(), trainee.cookie, 0.5),
        ("class report (institution)", report, staff.cookie, None),
    ]
    print(
        f"\n{'page':28} {'kB':>6} {'req/s':>8} {'p95 ms':>8} {'floor req/s':>12} {'floor p95':>10} {'ratio':>6} {'wanted':>7}  req/s with br"
    )
    for name, path, cookie, wanted in measured:
        load.run(HOST, PORT, path, cookie=cookie, seconds=1)
        ours = load.run(HOST, PORT, path, cookie=cookie, seconds=seconds)
        compressed = load.run(HOST, PORT, path, cookie=cookie, seconds=seconds / 2, br=True)
        floor = load.run(HOST, FLOOR_PORT, f"/?size={ours.size}", seconds=seconds)
        ratio = ours.per_second / floor.per_second
        print(
            f"{name:28} {ours.size / 1000:6.1f} {ours.per_second:8.0f} {ours.p95_ms:8.1f} {floor.per_second:12.0f} "
            f"{floor.p95_ms:10.1f} {ratio:6.2f} {wanted or '':>7}  {compressed.per_second:8.0f}"
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
                pages(options.seconds)
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
        if "roster" in options.parts:
            roster(product.server.url("roster"))


if __name__ == "__main__":
    main()
