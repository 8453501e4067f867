"""`make bench-surveys`: reports of evaluations against the plain SQL behind them, on an embedded database of its own.

The plain SQL of a page is the page's own statements with their values, run anew by one bare psycopg connection (autocommit,
prepared), every row fetched: the same figures, and nothing else. Pages are measured in process (Flask's test client: guard,
figures and template, no network) and over HTTP (granian, one client). Times are medians of
rounds in which the three take turns.
"""

import argparse
import http.client
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from statistics import median
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import event

from lms.classes.models import ClassRun
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.people import services as people
from lms.people.sessions import open_session
from lms.quality.queries import classes as queries
from lms.quality.queries.comparison import comparison_of
from lms.quality.queries.effects import effects_of
from lms.surveys.queries.rights import document_of
from lms.surveys.services import instruments
from tests.bench import surveys_rows as rows
from tests.bench.product import HOST, PORT, WORKERS, own_product

YEAR = 2026
SIZES = (500, 1000, 2000)
WARM = 8
"""Rounds until each web process has read the forms and the database has settled on its plans."""
Measured = tuple[float, float, float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-surveys", description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    options = parser.parse_args()
    with own_product() as product:
        url = product.url
        token, form, instrument = _prepare()
        rows.world(url)
        product.serve()
        reader = Reader(product.app, url, token, options.rounds)
        print(
            f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, granian {WORKERS} processes, medians of {options.rounds}\n"
        )
        done = 0
        print("| report of a year | answers stored | in process ms | over HTTP ms | plain SQL ms | kB |")
        print("| --- | --- | --- | --- | --- | --- |")
        for size in SIZES:
            rows.classes(url, YEAR, done + 1, size, form, instrument)
            done = size
            reader.line(f"{size:,} classes", url, f"/reports/results?year={YEAR}")
        one = _a_class(url)
        told = reader.figures(one)
        class_before = reader.page(f"/reports/classes/{one}/quality")
        school = reader.page(f"/reports/results/institutions/{_an_institution(url)}?year={YEAR}")
        rows.ten_times(url)
        reader.line(f"{done:,} classes, ten times the answers", url, f"/reports/results?year={YEAR}")
        for year in range(YEAR - 4, YEAR):
            rows.classes(url, year, 1, done, form, instrument)
        reader.line(
            f"{done:,} classes, and {done:,} in each of four years before", url, f"/reports/results?year={YEAR}"
        )
        print(
            "\n| page, of 2,000 classes in the city | in process ms | over HTTP ms | plain SQL ms | in process / SQL |"
        )
        print("| --- | --- | --- | --- | --- |")
        print(f"| a class, its figures without the page | {told[0]:.1f} | | {told[1]:.1f} | {told[0] / told[1]:.2f} |")
        for label, (inside, outside, plain) in (("a class", class_before), ("an institution, 50 classes", school)):
            print(f"| {label} | {inside:.1f} | {outside:.1f} | {plain:.1f} | {inside / plain:.2f} |")


class Reader:
    """Reads pages as an officer of Home Affairs."""

    def __init__(self, app: Flask, url: str, token: str, rounds: int) -> None:
        self.rounds, self.app, self.url = rounds, app, url
        self.client = app.test_client()
        with self.client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        name = app.config["SESSION_COOKIE_NAME"]
        found = self.client.get_cookie(name)
        assert found is not None
        self.cookie = f"{name}={found.value}"

    def line(self, label: str, url: str, path: str) -> None:
        inside, outside, plain = self.page(path)
        size = len(self.client.get(path).data) / 1000
        print(
            f"| {label} | {rows.answers(url):,} | {inside:.0f} | {outside:.0f} | {plain:.0f} | {size:.0f} |", flush=True
        )

    def page(self, path: str) -> Measured:
        """Milliseconds in process, over HTTP, and of the plain SQL."""

        def inside() -> None:
            self._check(self.client.get(path).status_code)

        with self._plain(inside) as plain, closing(http.client.HTTPConnection(HOST, PORT)) as web:
            found = self._medians(inside, lambda: self._fetch(web, path), plain)
        return found[0], found[1], found[2]

    def figures(self, class_id: Any) -> tuple[float, float]:
        """Milliseconds of a class's figures put together, without the page, and of their plain SQL."""

        def told() -> None:
            report = queries.report_of(class_id)
            assert report is not None and report.shown
            comparison_of(class_id, report.points)
            effects_of(ClassRun.id == class_id)
            db.session.rollback()

        with self.app.app_context(), self._plain(told) as plain:
            found = self._medians(told, plain)
        return found[0], found[1]

    @contextmanager
    def _plain(self, act: Callable[[], object]) -> Iterator[Callable[[], object]]:
        """An act's SQL statements alone."""
        seen: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
            seen.append((statement, values))

        act()
        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        act()
        event.remove(engine, "before_cursor_execute", note)
        with psycopg.connect(self.url, autocommit=True, prepare_threshold=0) as connection:
            yield lambda: [connection.execute(*one).fetchall() for one in seen]

    def _fetch(self, web: http.client.HTTPConnection, path: str) -> None:
        web.request("GET", path, headers={"Cookie": self.cookie})
        answer = web.getresponse()
        answer.read()
        self._check(answer.status)

    @staticmethod
    def _check(status: int) -> None:
        assert status == 200, status

    def _medians(self, *acts: Callable[[], object]) -> list[float]:
        """Milliseconds of each, in turns, so that what else the machine does weighs on all alike."""
        times: list[list[float]] = [[] for _ in acts]
        for number in range(self.rounds + WARM):
            for act, own in zip(acts, times, strict=True):
                begin = time.perf_counter()
                act()
                if number >= WARM:
                    own.append(time.perf_counter() - begin)
        return [median(own) * 1000 for own in times]


def _prepare() -> tuple[str, list[tuple[str, str, bool]], object]:
    """A reader's session, the trainees' form, and its instrument."""
    at = utcnow()
    city = people.create_unit(SYSTEM, code="HN", name="Thành phố", kind="city", valid_from=at.date(), at=at)
    account = people.create_account(SYSTEM, username="officer", display_name="Officer", person_id=None, at=at)
    people.give_role(SYSTEM, account.id, "home_affairs_officer", city.id, at=at)
    _, token = open_session(account.id, at=at, user_agent="bench", address=None)
    instrument = instruments.for_audience("trainee")
    form = document_of(instrument.id)
    scales = [(item.code, section.key, bool(section.repeat)) for section, item in form.items() if item.kind == "scale"]
    found = token, scales, instrument.id
    db.session.commit()
    db.session.remove()
    return found


def _a_class(url: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT class_id FROM adjustments ORDER BY class_id LIMIT 1").fetchone()
    assert row is not None
    return row[0]


def _an_institution(url: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT min(institution_id) FROM class_runs").fetchone()
    assert row is not None
    return row[0]


if __name__ == "__main__":
    main()
