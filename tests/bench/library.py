"""`make bench-library`: ranges against nginx, intake against unzip and sha256sum, the player against a plain page.

All in one run on one machine. nginx and unzip are Debian's; without nginx the first part says so and is left out.
"""

import argparse
import hashlib
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import sync_playwright
from sqlalchemy import select

from lms import create_app
from lms.catalogue.models import Module
from lms.classes.models import ClassRun, Enrolment
from lms.console import demo, setup
from lms.console.demo_people import PASSWORD
from lms.core import files
from lms.core.config import ROOT, Settings
from lms.core.database import db, utcnow
from lms.core.embedded import EmbeddedDatabase
from lms.core.guard import SYSTEM
from lms.learning.materials import services as materials
from lms.library import queries
from lms.library.models import Upload
from lms.library.services import intake, launches, registrations, uploads
from lms.library.services.registrations import Learner
from lms.packages.structure import Unit
from lms.people.models import Account, Person
from tests import factories
from tests.bench.product import HOST, WORKERS
from tests.ports import own_ports

PORT, CONTENT_PORT, NGINX_PORT, PLAIN_PORT = own_ports(4)
GB = 1024**3
SPANS = (64 * 1024, 1024**2, 16 * 1024**2)
"""Bytes of one range."""
ROUNDS = 5
"""Turns of both servers, since the machine's other work comes and goes."""


READY = (
    "() => new Promise(done => { const look = () => window.ready ? done(window.ready) : setTimeout(look, 1); look() })"
)
"""Milliseconds from the beginning of the navigation until the frame's script has run."""


# -- ranges ------------------------------------------------------------------------------------------------------------


def ranges(app: Flask, folder: Path, content: subprocess.Popen[bytes], seconds: float) -> None:
    """Read ranges of a 1 GB file over several connections from us and from nginx."""
    if shutil.which("nginx") is None:
        print("\nnginx is not installed (apt install nginx-light): ranges are left out")
        return
    sha256, address = _large_file(app, folder)
    with app.app_context(), files.local(sha256) as path, _nginx(folder, path.parent) as port:
        print(f"\n{'ranges of 1 GB':24} {'clients':>7} {'ours MB/s':>10} {'nginx MB/s':>10} {'ratio':>6} {'wanted':>7}")
        lowest = _memory(content)
        for span in SPANS:
            for clients in (1, 4, 8):
                pairs = [
                    (
                        _read(CONTENT_PORT, address.path, address.netloc, span, clients, seconds / ROUNDS),
                        _read(port, f"/{path.name}", "localhost", span, clients, seconds / ROUNDS),
                    )
                    for _ in range(ROUNDS)
                ]
                ours, floor = (median(one) for one in zip(*pairs, strict=True))
                name = f"{span // 1024} kB"
                memory = _memory(content)
                print(
                    f"{name:24} {clients:7} {ours / 1e6:10.0f} {floor / 1e6:10.0f} {ours / floor:6.2f} {'0.5':>7}  {memory}"
                )
        print(f"memory of the content processes, MB: {lowest} before, {_memory(content)} after")


def _large_file(app: Flask, folder: Path) -> tuple[str, Any]:
    """Store 1 GB as a video and launch it; returns its address in the store and on the content origin."""
    source = folder / "large"
    block = os.urandom(1024**2)
    with source.open("wb") as out:
        for n in range(1024):
            out.write(n.to_bytes(8, "big") + block[8:])
    with app.app_context():
        version = factories.package_version(
            Unit("course", "course", {"vi": "Phim"}, children=(Unit("video", "v", {"vi": "Phim"}, "phim.mp4"),)),
            kind="video",
            files={},
        )
        with source.open("rb") as stream:
            stored = files.put(stream)
        source.unlink()
        row = {"version_id": version.id, "path": "phim.mp4", "sha256": stored.sha256, "size": stored.size}
        from lms.library.models import PackageFile

        db.session.add(PackageFile(**row, media_type="video/mp4"))
        taken = registrations.register(version.id, Learner("https://ngoai.example", "hv"), at=utcnow())
        unit = next(one for one in queries.units(version.id) if one.href)
        launched = launches.launch(taken.id, unit.id, application=f"http://{HOST}:{PORT}", at=utcnow())
        db.session.commit()
        return stored.sha256, urlsplit(launched.url.replace("_khue/play", "phim.mp4"))


@contextmanager
def _nginx(folder: Path, root: Path) -> Iterator[int]:
    config = folder / "nginx.conf"
    config.write_text(
        f"worker_processes {WORKERS}; pid {folder}/nginx.pid; error_log {folder}/nginx.log; daemon off;\n"
        f"events {{ worker_connections 256; }}\nhttp {{ sendfile on; access_log off; "
        f"client_body_temp_path {folder}/nb; proxy_temp_path {folder}/np; fastcgi_temp_path {folder}/nf; "
        f"uwsgi_temp_path {folder}/nu; scgi_temp_path {folder}/ns;\n"
        f"server {{ listen {HOST}:{NGINX_PORT}; root {root}; }} }}\n"
    )
    # the store may lie where nginx's own user cannot look
    user = "user root;\n" if os.geteuid() == 0 else ""
    config.write_text(user + config.read_text())
    process = subprocess.Popen(["nginx", "-c", str(config)])
    try:
        _wait_for(NGINX_PORT)
        yield NGINX_PORT
    finally:
        process.terminate()
        process.wait()


def _read(port: int, path: str, host: str, span: int, clients: int, seconds: float) -> float:
    """Return bytes a second, read in ranges at random places by clients of one process."""
    script = Path(__file__).with_name("reader.py")
    command = [sys.executable, str(script), HOST, str(port), path, host, str(span), str(clients), str(seconds)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout)


def _memory(process: subprocess.Popen[bytes]) -> str:
    """Return the resident memory of a process's children without what they share with others' files."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    sizes = []
    for child in children:
        lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
        sizes += [int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss_Anon:")]
    return ", ".join(f"{size:.1f}" for size in sizes)


# -- intake ------------------------------------------------------------------------------------------------------------


def intakes(app: Flask, folder: Path) -> None:
    """Take a 500 MB package in, and unpack and sum the same file by unzip and sha256sum."""
    print(f"\n{'package of 500 MB':40} {'seconds':>8} {'floor':>8} {'ratio':>6} {'wanted':>7}")
    for name, make in (("60 videos of 8.5 MB", _videos), ("12,000 pages and pictures", _pages)):
        package = folder / "package.zip"
        make(package)
        floor = min(_floor(folder, package) for _ in range(3))
        ours = min(_taken(app, package) for _ in range(3))
        print(f"{name:40} {ours:8.2f} {floor:8.2f} {ours / floor:6.2f} {'2':>7}")
        package.unlink()


def _videos(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("index.html", "<title>Phim</title>")
        for n in range(60):
            archive.writestr(f"phim/{n}.mp4", os.urandom(8_500_000))


def _pages(path: Path) -> None:
    rng = random.Random(4)
    words = [hashlib.md5(str(n).encode()).hexdigest()[: rng.randint(2, 9)] for n in range(5000)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        archive.writestr("index.html", "<title>Trang</title>")
        for n in range(6000):
            archive.writestr(f"trang/{n}.html", " ".join(rng.choices(words, k=3000)))
            archive.writestr(f"anh/{n}.jpg", b"\xff\xd8\xff" + os.urandom(72_000))


def _floor(folder: Path, package: Path) -> float:
    target = folder / "unpacked"
    begin = time.perf_counter()
    subprocess.run(["unzip", "-q", str(package), "-d", str(target)], check=True)
    subprocess.run(["sha256sum", str(package)], check=True, capture_output=True)
    spent = time.perf_counter() - begin
    shutil.rmtree(target)
    return spent


def _taken(app: Flask, package: Path) -> float:
    """Return the seconds from the last byte's arrival until the package is there; then remove it again."""
    with app.app_context():
        institution = factories.institution()
        at, size = utcnow(), package.stat().st_size
        upload = uploads.begin(SYSTEM, institution.id, filename=package.name, size=size, at=at)
        with package.open("rb") as stream:
            uploads.receive_all(SYSTEM, upload.id, cast(Any, stream), at=at, enqueue=False)
        db.session.commit()
        begin = time.perf_counter()
        done: Upload = intake.take_in(SYSTEM, upload.id, tell=lambda **_: None, at=at)
        spent = time.perf_counter() - begin
        assert done.state == "taken", done.report
        from lms.library.models import PackageVersion
        from lms.library.services import packages

        package_id = db.session.get_one(PackageVersion, done.version_id).package_id
        packages.remove(SYSTEM, package_id, at=utcnow())
        db.session.commit()
        db.session.remove()
        return spent


# -- the player --------------------------------------------------------------------------------------------------------


def player(app: Flask, tries: int) -> None:
    """Open a trainee's player page and a plain page with the same frame, in turn, in one browser."""
    page = b"<!doctype html><title>B\xc3\xa0i</title><script>parent.postMessage('here', '*')</script>" + b"x" * 20_000
    path = _placed(app, page)
    with _plain(page) as port, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        one = browser.new_page()
        one.goto(f"http://localhost:{PORT}/account/sign-in")
        one.fill("[name=username]", "hocvien")
        one.fill("[name=password]", PASSWORD)
        one.click("main form button[type=submit]")
        one.wait_for_url(lambda url: "sign-in" not in url)
        one.add_init_script(
            "addEventListener('message', e => { if (e.data === 'here') window.ready = performance.now() })"
        )
        ours, floor = [], []
        for n in range(tries + 3):
            for address, spent in ((f"http://localhost:{PORT}{path}", ours), (f"http://localhost:{port}/", floor)):
                one.goto(address, wait_until="commit")
                took = one.evaluate(READY)
                if n >= 3:
                    spent.append(took)
        browser.close()
    print(f"\n{'page ready with its frame':40} {'median ms':>9} {'p95 ms':>8} {'ratio':>6} {'wanted':>7}")
    print(f"{'plain page with one frame':40} {median(floor):9.1f} {quantiles(floor, n=20)[-1]:8.1f}")
    ratio = median(ours) / median(floor)
    print(f"{'player, trainee':40} {median(ours):9.1f} {quantiles(ours, n=20)[-1]:8.1f} {ratio:6.2f} {'1.5':>7}")


def _placed(app: Flask, page: bytes) -> str:
    """Put a page into a module of a class of the demonstration's trainee; returns the address of its player."""
    with app.app_context():
        trainee = db.session.scalars(select(Person).join(Account).where(Account.username == "hocvien")).one()
        enrolment = db.session.scalars(select(Enrolment).where(Enrolment.person_id == trainee.id)).first()
        assert enrolment is not None
        run = db.session.get_one(ClassRun, enrolment.class_id)
        module = db.session.scalars(select(Module).where(Module.version_id == run.version_id)).first()
        assert module is not None
        unit = Unit("web", "index.html", {"vi": "Trang"}, "index.html")
        root = Unit("course", "course", {"vi": "Trang"}, children=(unit,))
        from lms.people.models import Unit as Institution

        at = db.session.get_one(Institution, run.institution_id)
        version = factories.package_version(root, at, "html", {"index.html": page})
        placed = materials.place(SYSTEM, module.id, version.package_id, required=False, at=utcnow())
        db.session.commit()
        return f"/learn/{enrolment.id}/materials/{placed.id}"


@contextmanager
def _plain(page: bytes) -> Iterator[int]:
    """A page with one frame from another origin, by the standard library's server."""
    outer = b"<!doctype html><title>Khung</title><iframe src='http://127.0.0.1:%d/in'></iframe>" % PLAIN_PORT

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = page if self.path == "/in" else outer
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: Any) -> None:
            pass

    with ThreadingHTTPServer((HOST, PLAIN_PORT), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield PLAIN_PORT
        server.shutdown()


# -- the run -----------------------------------------------------------------------------------------------------------


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {port}")


def _start(env: dict[str, str], command: str, port: int) -> subprocess.Popen[bytes]:
    flask = Path(sys.executable).with_name("flask")
    process = subprocess.Popen([str(flask), command], cwd=ROOT, env=env)
    _wait_for(port)
    return process


def main() -> None:
    """Run the parts asked for, all by default."""
    parser = argparse.ArgumentParser(prog="make bench-library")
    parser.add_argument("parts", nargs="*", default=["ranges", "intake", "player"])
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--tries", type=int, default=40)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="khue-bench-"))
    server = EmbeddedDatabase(folder / "pg")
    processes: list[subprocess.Popen[bytes]] = []
    try:
        env = os.environ | {"LMS_DEMO": "1", "LMS_INSTANCE": str(folder / "instance"), "LMS_LOG_LEVEL": "WARNING"}
        env |= {"LMS_DATABASE_URL": server.url("lms"), "FLASK_APP": "wsgi", "LMS_HOST": HOST, "LMS_PORT": str(PORT)}
        env["LMS_CONTENT_PORT"] = str(CONTENT_PORT)
        app = create_app(Settings.from_environment(env))
        with app.app_context():
            upgrade()
            setup.load_repository(at=utcnow())
            demo.load(at=utcnow())
            db.session.remove()
            db.engine.dispose()
        print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {time.strftime('%d.%m.%Y')}")
        parts: dict[str, Callable[[], None]] = {"intake": lambda: intakes(app, folder)}
        if {"ranges", "player"} & set(options.parts):
            processes = [_start(env, "web", PORT), _start(env, "content", CONTENT_PORT)]
            parts["ranges"] = lambda: ranges(app, folder, processes[1], options.seconds)
            parts["player"] = lambda: player(app, options.tries)
        for part in options.parts:
            parts[part]()
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
