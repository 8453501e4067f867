"""`make bench-records`: the record store against a bare table fed by psycopg, on one database in one run.

Floor: `CREATE TABLE (id uuid PRIMARY KEY, body jsonb, verb text, actor text, stored timestamptz)` with an index on each of
the last three, one statement (or batch of 50) a commit, from as many connections. Queries: p95 over many statements as a
ratio of the p95 over 50,000, both over HTTP with the first page of 20.
"""

import argparse
import json
import os
import shutil
import tempfile
import threading
import time
from base64 import b64encode
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import psycopg
from flask_migrate import upgrade
from sqlalchemy import text

from lms import create_app
from lms.core.config import Settings
from lms.core.database import db, utcnow
from lms.core.embedded import EmbeddedDatabase
from lms.core.guard import SYSTEM
from lms.records.services import make_credential
from tests.bench import load
from tests.bench.product import HOST, PORT, WORKERS, serve
from tests.bench.records_hostile import hostile

STATEMENT = {
    "actor": {
        "objectType": "Agent",
        "account": {"homePage": "https://khue.example/xapi/accounts", "name": str(UUID(int=9))},
    },
    "verb": {"id": "http://adlnet.gov/expapi/verbs/completed", "display": {"vi": "đã hoàn thành", "en": "completed"}},
    "object": {
        "id": "https://khue.example/xapi/activities/lesson/a2.1-m1-1",
        "definition": {
            "type": "http://adlnet.gov/expapi/activities/lesson",
            "name": {"vi": "Bài 1. Đô thị thông minh là gì"},
        },
    },
    "result": {"completion": True, "duration": "PT12M30S", "score": {"scaled": 0.85}},
    "context": {
        "registration": str(UUID(int=5, version=4)),
        "platform": "Khuê",
        "language": "vi",
        "contextActivities": {
            "parent": [{"id": "https://khue.example/xapi/activities/module/a2.1-m1"}],
            "grouping": [{"id": "https://khue.example/xapi/activities/class/1"}],
        },
    },
    "timestamp": "2026-11-23T02:00:00.000Z",
}
FILL = """
WITH n AS (
    SELECT g, ((extract(epoch FROM timestamptz '2026-01-01') * 1000000)::bigint + g * 1000::bigint) << 10 AS seq,
           'http://e.vn/verbs/' || g %% 12 AS verb, 'https://e.vn/people/' || g %% 140000 AS agent,
           'http://e.vn/activities/' || (g * 7) %% 5000 AS activity, 'http://e.vn/courses/' || g %% 500 AS course,
           lpad(to_hex(g %% 400000), 32, '0')::uuid AS registration
    FROM generate_series(%(low)s::bigint, %(high)s::bigint) g
), stored AS (
    INSERT INTO statements (seq, id, voiding, raw)
    SELECT seq, gen_random_uuid(), false,
           '{"actor":{"openid":"' || agent || '"},"verb":{"id":"' || verb || '"},"object":{"id":"' || activity || '"},"context":{"registration":"' || registration || '","contextActivities":{"parent":[{"id":"' || course || '"}]}},"result":{"completion":true,"duration":"PT12M30S","response":"' || repeat('x', 250) || '"},"stored":"2026-01-01T00:00:00Z"}'
    FROM n
)
INSERT INTO statement_mentions (mention, direct, seq)
SELECT encode(substring(sha256(convert_to(m.name, 'UTF8')) FROM 1 FOR 16), 'hex')::uuid, m.direct, n.seq
FROM n, LATERAL (VALUES ('agent|openid|' || agent, true), ('verb|' || verb, true), ('activity|' || activity, true),
                        ('activity|' || course, false), ('registration|' || registration, true)) AS m (name, direct)
"""
QUERIES = {
    "agent": lambda n: f"agent={quote(json.dumps({'openid': f'https://e.vn/people/{n * 37 % 140000}'}))}",
    "verb": lambda n: f"verb=http://e.vn/verbs/{n % 12}",
    "activity": lambda n: f"activity=http://e.vn/activities/{n * 11 % 5000}",
    "activity, related": lambda n: f"activity=http://e.vn/courses/{n % 500}&related_activities=true",
    "activity and verb": lambda n: f"activity=http://e.vn/activities/{n * 11 % 5000}&verb=http://e.vn/verbs/{n % 12}",
    "registration": lambda n: f"registration={UUID(int=n * 13 % 50000)}",
    "since": lambda n: f"since=2026-01-01T00:00:{n % 50:02}Z&ascending=true",
    "until": lambda n: f"until=2026-01-01T00:00:{n % 50:02}Z",
    "all, newest": lambda n: "",
}


def floor_table(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS floor")
        connection.execute(
            "CREATE TABLE floor (id uuid PRIMARY KEY, body jsonb, verb text, actor text, stored timestamptz)"
        )
        for column in ("verb", "actor", "stored"):
            connection.execute(f"CREATE INDEX ON floor ({column}, stored)")


def floor(url: str, *, clients: int, batch: int, seconds: float) -> tuple[float, float]:
    """Return rows a second and the p95 of a commit in ms."""
    body, times, ending = json.dumps(STATEMENT), [], threading.Event()
    insert = "INSERT INTO floor VALUES (%s, %s, %s, %s, clock_timestamp())"

    def feed() -> None:
        with psycopg.connect(url) as connection:
            while not ending.is_set():
                started = time.perf_counter()
                rows = [(uuid4(), body, STATEMENT["verb"]["id"], "a") for _ in range(batch)]  # type: ignore[index]
                with connection.cursor() as cursor:
                    if batch == 1:
                        cursor.execute(insert, rows[0])
                    else:
                        cursor.executemany(insert, rows)
                connection.commit()
                times.append(time.perf_counter() - started)

    threads = [threading.Thread(target=feed) for _ in range(clients)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    ending.set()
    for thread in threads:
        thread.join()
    return len(times) * batch / (time.perf_counter() - begin), quantiles(times, n=20)[-1] * 1000


def writing(url: str, headers: dict[str, str], seconds: float) -> None:
    print(
        "\n| writing | ours | p95 ms | floor | p95 ms | ratio | wanted |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    floor_table(url)
    for label, clients, batch, wanted in (
        ("single, 8 clients", 8, 1, 0.5),
        ("single, 1 client", 1, 1, 0),
        ("batches of 50, 4 clients", 4, 50, 0.35),
    ):
        bare, bare_p95 = floor(url, clients=clients, batch=batch, seconds=seconds)
        body = json.dumps(STATEMENT if batch == 1 else [STATEMENT] * batch, ensure_ascii=False).encode()
        found = load.run(HOST, PORT, "/xapi/statements", clients=clients, seconds=seconds, headers=headers, body=body)
        ours = found.per_second * batch
        ratio = ours / bare if wanted else found.p95_ms / bare_p95
        met = ratio >= wanted if wanted else ratio <= 3
        goal = f">= {wanted}" if wanted else "p95 <= 3"
        print(
            f"| {label} | {ours:,.0f}/s | {found.p95_ms:.1f} | {bare:,.0f}/s | {bare_p95:.1f} | {ratio:.2f} | {goal}{'' if met else ' NOT MET'} |"
        )


def resident(server: int) -> list[int]:
    """Return the resident memory of the web processes in kB."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    sizes = []
    for child in children:
        status = Path(f"/proc/{child}/status").read_text()
        sizes.append(int(status.split("VmRSS:")[1].split()[0]))
    return sorted(sizes)


def memory(server: int, headers: dict[str, str], requests: int) -> None:
    """Print what web processes hold before and after so many POSTs."""
    body = json.dumps(STATEMENT, ensure_ascii=False).encode()
    done = 0
    before: list[int] = []
    while done < requests:
        done += load.run(HOST, PORT, "/xapi/statements", clients=8, seconds=5, headers=headers, body=body).requests
        before = before or resident(server)
    after = resident(server)
    print(
        f"\nmemory of the web processes after the first 5 s: {before} kB; after {done:,} POSTs: {after} kB", flush=True
    )


def fill(url: str, low: int, high: int) -> None:
    started = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as connection:
        for first in range(low, high, 50_000):
            connection.execute(FILL, {"low": first, "high": min(first + 50_000, high) - 1})
        connection.execute("VACUUM ANALYZE statements")
        connection.execute("VACUUM ANALYZE statement_mentions")
        connection.execute("CHECKPOINT")
    print(f"filled to {high:,} statements in {time.perf_counter() - started:.0f} s", flush=True)


def asking(headers: dict[str, str]) -> dict[str, float]:
    """Return each query's p95 in ms over 300 different questions, one client."""
    import http.client

    connection, found = http.client.HTTPConnection(HOST, PORT), {}
    for label, query in QUERIES.items():
        times = []
        for number in range(320):
            started = time.perf_counter()
            connection.request("GET", f"/xapi/statements?limit=20&{query(number)}".rstrip("&"), headers=headers)
            answer = connection.getresponse()
            content = answer.read()
            times.append(time.perf_counter() - started)
            assert answer.status == 200, content
        found[label] = quantiles(times[20:], n=20)[-1] * 1000
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--hostile", action="store_true", help="only the batches made to cost much")
    arguments = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="khue-records-"))
    database = EmbeddedDatabase(folder / "pg")
    web: Any = None
    try:
        address = database.url("lms")
        plain = address.replace("+psycopg", "")
        env = os.environ | {
            "LMS_DEMO": "1",
            "LMS_DATABASE_URL": address,
            "LMS_INSTANCE": str(folder),
            "LMS_LOG_LEVEL": "WARNING",
        }
        app = create_app(Settings.from_environment(env))
        with app.app_context():
            upgrade()
            made, secret = make_credential(SYSTEM, name="bench", scopes=["all"], at=utcnow())
            token = b64encode(f"{made.key}:{secret}".encode()).decode()
            db.session.execute(text("SELECT 1"))
            db.session.remove()
            db.engine.dispose()
        headers = {
            "Authorization": f"Basic {token}",
            "X-Experience-API-Version": "1.0.3",
            "Content-Type": "application/json",
        }
        web = serve("wsgi:app", PORT, env)
        print(f"{os.cpu_count()} cores, {WORKERS} web processes, {arguments.seconds:.0f} s a measurement")
        if not arguments.hostile:
            writing(plain, headers, arguments.seconds)
        hostile(headers)
        if arguments.hostile:
            return
        if arguments.requests:
            memory(web.pid, headers, arguments.requests)
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("TRUNCATE statements, statement_mentions, statement_references, floor")
        fill(plain, 0, 50_000)
        few = asking(headers)
        fill(plain, 50_000, arguments.rows)
        many = asking(headers)
        print(
            f"\n| first page of 20 by | p95 ms at 50,000 | p95 ms at {arguments.rows:,} | ratio (wanted <= 1.5) |\n| --- | --- | --- | --- |"
        )
        for label, value in few.items():
            print(
                f"| {label} | {value:.1f} | {many[label]:.1f} | {many[label] / value:.2f}{' NOT MET' if many[label] > value * 1.5 else ''} |"
            )
    finally:
        if web:
            web.terminate()
            web.wait()
        database.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
