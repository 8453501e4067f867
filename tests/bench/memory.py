"""`make bench ARGS=memory`: what the whole product holds, database included, when it has started and after use.

Counted as PSS: a page that several processes share is there once, and each has its part of it.
"""

import os
import re
import signal
import subprocess
import sys
import urllib.error
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from lms.core.config import ROOT
from tests.bench.product import FLOOR_PORT, HOST, PORT, ready

ACCOUNTS = ("coso", "hocvien", "quantri", "sonoivu", "giangvien")
EACH = 90
"""Addresses that each account asks for, as links and pictures lead to them."""


def memory(browser: Callable[[], Any], instance: Path) -> None:
    """Start the product with two web processes as `make serve` does, use it, and print what it holds."""
    env = {name: value for name, value in os.environ.items() if name != "LMS_DATABASE_URL"}
    env |= {"LMS_DEMO": "1", "LMS_INSTANCE": str(instance), "LMS_HOST": HOST, "LMS_PORT": str(PORT)}
    env |= {
        "LMS_CONTENT_PORT": str(FLOOR_PORT),
        "LMS_LOG_LEVEL": "WARNING",
        "LMS_WEB_WORKERS": "2",
        "FLASK_APP": "wsgi",
    }
    command = [str(Path(sys.executable).parent / "flask"), "serve"]
    product = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        ready(product, f"http://{HOST}:{PORT}/healthz")
        print("\nmemory of the whole product with two web processes, MB (wanted: at most 500)")
        _tell("started", product.pid, instance)
        asked = sum(_use(browser, username) for _round in range(2) for username in ACCOUNTS)
        _tell(f"after {asked} requests", product.pid, instance)
    finally:
        product.send_signal(signal.SIGINT)
        product.wait()


def _use(browser: Callable[[], Any], username: str) -> int:
    own = browser()
    own.sign_in(username)
    waiting, known = ["/"], {"/"}
    for count in range(EACH):
        if not waiting:
            return count
        try:
            page = own.get(waiting.pop(0))
        except urllib.error.HTTPError:
            continue
        if page[:15].lower().startswith(b"<!doctype"):
            found = re.findall(r'(?:href|src)="(/[^"#]*)"', page.decode())
            fresh = [one.replace("&amp;", "&") for one in found if not one.startswith("/static")]
            waiting += [one for one in dict.fromkeys(fresh) if one not in known]
            known.update(fresh)
    return EACH


def _tell(when: str, root: int, instance: Path) -> None:
    """Print the sums of the product's processes and of the database's, which is a tree of its own."""
    sums: Counter[str] = Counter()
    for process in psutil.process_iter(["pid", "cmdline"]):
        line = " ".join(process.info["cmdline"] or ())
        parents = {one.pid for one in process.parents()} | {process.pid}
        kind = "product" if root in parents else "database" if _in_database(process, str(instance)) else ""
        if kind and "postgres" in line:
            kind = "database"
        if kind:
            sums[kind] += process.memory_full_info().pss
    whole = sum(sums.values()) / 1e6
    print(f"  {when:24} {whole:6.0f}  product {sums['product'] / 1e6:.0f}, database {sums['database'] / 1e6:.0f}")


def _in_database(process: psutil.Process, instance: str) -> bool:
    return any(instance in " ".join(one.cmdline()) for one in (process, *process.parents()[:1]))
