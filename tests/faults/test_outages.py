"""What dies is started anew; meanwhile pages say that they are away, and nothing else."""

import signal
from typing import Any

import psutil
from sqlalchemy import text

from lms.core import jobs
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.core.jobs import JobProgress
from tests.faults.conftest import Site, until


def statuses_until_well(site: Site, cookie: str = "") -> set[int]:
    """Ask until three pages in a row are well; return every status on the way."""
    seen: list[tuple[int, dict[str, str]]] = []

    def well() -> bool:
        seen.append(site.get("/programmes", cookie))
        return len(seen) >= 3 and all(status == 200 for status, _ in seen[-3:])

    until(well, "pages are well again")
    assert all("retry-after" in headers for status, headers in seen if status == 503)
    return {status for status, _ in seen}


def does_jobs(site: Site) -> Any:
    """Enqueue a job and wait for its end."""
    with site.application():
        task = jobs.queue.tasks["personal.sweep_archives"]
        progress = jobs.enqueue(task, SYSTEM, at=utcnow())
        db.session.commit()

        def done() -> Any:
            db.session.rollback()
            found = db.session.get(JobProgress, progress)
            return found is not None and found.state == "done"

        return until(done, "the job is done")


def children(site: Site) -> list[psutil.Process]:
    return psutil.Process(site.process.pid).children()


def test_an_idle_connection_of_the_database_is_killed(site: Site) -> None:
    cookie = site.signed_in()
    with site.application():
        idle = db.session.scalar(
            text("SELECT pid FROM pg_stat_activity WHERE datname = 'lms' AND state = 'idle' LIMIT 1")
        )
    psutil.Process(idle).send_signal(signal.SIGKILL)
    assert statuses_until_well(site, cookie) <= {200, 503}
    assert does_jobs(site)
    assert site.process.poll() is None


def test_the_database_server_is_killed(site: Site) -> None:
    cookie = site.signed_in()
    site.postmaster.send_signal(signal.SIGKILL)
    until(lambda: site.get("/programmes", cookie)[0] == 503, "pages say that the database is away")
    assert statuses_until_well(site, cookie) <= {200, 503}
    assert does_jobs(site)


def test_every_process_of_the_product_is_killed_in_turn(site: Site) -> None:
    for child in children(site):
        child.send_signal(signal.SIGKILL)
        until(lambda gone=child: not gone.is_running() or gone.status() == psutil.STATUS_ZOMBIE, "it has ended")
        statuses_until_well(site)
        assert does_jobs(site)
    assert site.process.poll() is None


def test_the_workers_of_the_web_server_are_killed(site: Site) -> None:
    for child in children(site):
        for worker in child.children():
            worker.send_signal(signal.SIGKILL)
    statuses_until_well(site)
    assert does_jobs(site)


def test_it_stops_when_told_and_leaves_nothing(site: Site) -> None:
    family = [*psutil.Process(site.process.pid).children(recursive=True), site.postmaster]
    assert site.stop() == 0
    assert [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE] == []
