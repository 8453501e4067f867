"""`python -m tests.bench.surveys_sending`: sending an evaluation form against a bare insert of the same rows.

Both over HTTP, at servers with the same settings (granian), on one database, from eight connections, in turns; each form
is that of another trainee. The floor is described in :mod:`tests.bench.surveys_floor`. Durability is that of the product:
a form is answered when it is on the disk.
"""

import os
import time
from statistics import median, quantiles

from sqlalchemy import text

from lms.core.database import db
from lms.surveys.ballots import CAPACITY
from tests.bench import load
from tests.bench.product import FLOOR_PORT, HOST, PORT, THREADS, WORKERS, own_product
from tests.bench.surveys_crowd import Crowd, gather
from tests.bench.surveys_floor import BOX, SCHEMA

ROUNDS, EACH, WARM = 5, 300, 400
WANTED = 2


def main() -> None:
    assert CAPACITY + 48 == BOX, "the floor writes boxes of another size"
    with own_product() as product:
        crowd = gather(product.app, WARM + ROUNDS * EACH)
        db.session.execute(text(SCHEMA))
        db.session.commit()
        db.session.remove()
        product.serve(port=PORT)
        product.serve("tests.bench.surveys_floor:app", FLOOR_PORT, ready="?size=1000")
        measure(crowd)


def measure(crowd: Crowd) -> None:
    """Send everybody's form to both, in turns, and print the table."""
    size = len(crowd.members[0].body)
    print(
        f"\nsending a form of {size / 1000:.1f} kB, 8 connections, granian {WORKERS} × {THREADS}, {os.cpu_count()} cores"
    )
    print(
        f"{'round':8} {'ours/s':>8} {'p50 ms':>8} {'p95 ms':>8} {'floor/s':>8} {'p50 ms':>8} {'p95 ms':>8} {'ratio of p95':>13}"
    )
    ratios = []
    slices = [crowd.members[:WARM], *(crowd.members[WARM + n * EACH : WARM + (n + 1) * EACH] for n in range(ROUNDS))]
    for number, members in enumerate(slices):
        ours = _run(PORT, [one.request(HOST, crowd.path) for one in members], 302)
        floor = _run(FLOOR_PORT, [one.request(HOST, f"{crowd.path}/{one.person_id}") for one in members], 200)
        if number:
            ratios.append(ours[2] / floor[2])
            line = " ".join(f"{figure:8.1f}" for figure in (*ours, *floor))
            print(f"{number:<8} {line} {ratios[-1]:13.2f}")
    print(f"median ratio {median(ratios):.2f} (wanted: at most {WANTED})")


def _run(port: int, requests: list[bytes], wanted: int) -> tuple[float, float, float]:
    begin = time.perf_counter()
    answers = load.each((HOST, port), requests)
    seconds = time.perf_counter() - begin
    assert {status for status, _ in answers} == {wanted}, answers[:3]
    times = [millis for _, millis in answers]
    return len(times) / seconds, median(times), quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
