"""What only looking tells: the database, the file store, the worker, what was built."""

import io
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from lms.console.doctor.findings import Finding, fault, warning
from lms.core import assets, files, forwarded, outward, schema
from lms.core.config import ROOT, Settings
from lms.core.database import db
from lms.people.services.founding import ROLE as ADMINISTRATOR
from lms.records.forward import queries as forwarding

CLOCK = timedelta(seconds=5)
HEARTBEAT = timedelta(seconds=60)
"""A worker tells every ten seconds that it lives."""
WAITING = timedelta(minutes=15)
LEAST_FREE = 2 * 1024**3


def around(settings: Settings, *, at: datetime) -> Iterator[Finding]:
    """Yield what is wrong with what the product stands on."""
    yield from built()
    yield from store()
    try:
        with db.engine.connect() as connection:
            yield from _database(settings, connection, at=at)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        yield fault("database", f"it does not answer: {reason}", "start it, and look at LMS_DATABASE_URL")


def built() -> Iterator[Finding]:
    """Style sheets, scripts and catalogues are made at set-up, not when they are asked for."""
    if not (assets.FOLDER / "manifest.json").exists():
        yield fault("assets", "the browser assets are not built", "use a release archive, or make setup")
    missing = [po for po in (ROOT / "lms").glob("*/translations/*/*/*.po") if not _made(po)]
    if missing:
        what = f"{len(missing)} catalogues are not compiled: pages are in English"
        yield fault("catalogues", what, "use a release archive, or make setup")


def _made(po: Path) -> bool:
    return po.with_suffix(".mo").exists()


def store() -> Iterator[Finding]:
    """A file can be written, read and removed, and there is room for more."""
    name = f"doctor-{uuid4().hex}"
    content = b"a visit of the doctor"
    try:
        files.put_piece(name, io.BytesIO(content), len(content))
        same = files.Joined([name]).read() == content
        files.remove_pieces([name])
    except Exception as error:  # noqa: BLE001 - whatever a store of any kind raises, it cannot be used
        what = f"it cannot be used: {type(error).__name__}: {error}"
        yield fault("file store", what, "look at LMS_FILES_URL and its rights")
        return
    if not same:
        yield fault("file store", "what was written came back changed", "do not use this store")
    folder = files.local_folder()
    if folder is not None and (free := shutil.disk_usage(folder).free) < LEAST_FREE:
        yield warning("file store", f"{free / 1e9:.1f} GB are free on its disk", "make room before uploads are refused")


def _database(settings: Settings, connection: Connection, *, at: datetime) -> Iterator[Finding]:
    ask = _asking(connection)
    if (server := int(ask("SHOW server_version_num"))) < 150000:
        yield fault("database", f"PostgreSQL {server // 10000} is too old", "use PostgreSQL 15 or later")
    if (encoding := ask("SHOW server_encoding")) != "UTF8":
        yield fault("database", f"its encoding is {encoding}", "make it anew with ENCODING 'UTF8'")
    if not settings.demo and "off" in (ask("SHOW fsync"), ask("SHOW full_page_writes")):
        yield fault("database", "fsync or full_page_writes is off: a power cut destroys it", "turn them on")
    drift = abs(ask("SELECT clock_timestamp()") - at)
    if drift > CLOCK:
        what = f"this machine and the database differ by {drift.total_seconds():.0f} s"
        yield fault("clock", what, "run chrony or systemd-timesyncd on both")
    stands, newest = schema.current(), schema.newest()
    if stands != newest:
        what = f"the database stands at migration {stands or 'none'}, this version at {newest}"
        yield fault("migrations", what, "flask prepare (after a backup)")
        return
    yield from _worker(ask, at=ask("SELECT now()"))
    seen = ask("SELECT window_ends_at FROM throttles WHERE key = :key AND window_ends_at > now()", key=forwarded.KEY)
    if seen is not None and not settings.trusted_proxies:
        yield fault(
            "LMS_TRUSTED_PROXIES",
            "requests come with forwarded headers, which are not trusted: all visitors count as one address, and wrong "
            "tries of one lock out all",
            "set LMS_TRUSTED_PROXIES to the number of proxies in front that set X-Forwarded-For",
        )
    yield from forwarders(settings, connection)
    if not ask("SELECT EXISTS (SELECT FROM role_holdings WHERE role = :role)", role=ADMINISTRATOR):
        yield warning("people", "nobody administers this installation", "flask people first-administrator")


def forwarders(settings: Settings, connection: Connection) -> Iterator[Finding]:
    """Forwarders lead to the open network, or to what LMS_FORWARD_ALLOW lists; and it lists nothing else."""
    allowed, used = settings.forward_allow, set()
    for name, endpoint, resting in forwarding.addresses(connection):
        parts = urlsplit(endpoint)
        host = (parts.hostname or "").rstrip(".")
        if host in allowed.hosts:
            used.add(host)
        try:
            inward = outward.inward(host, parts.port or (443 if parts.scheme == "https" else 80))
        except (OSError, ValueError):
            yield warning("forwarders", f"“{name}”: there is no host {host}", "correct its address, or delete it")
            continue
        used |= {str(network) for network in allowed.networks for one in inward if one in network}
        barred = [str(one) for one in inward if not allowed.covers(host, one)]
        if barred and not resting:
            yield fault(
                "forwarders",
                f"“{name}” leads inward ({host}: {', '.join(barred)}) and sends nothing",
                f"list {host} in LMS_FORWARD_ALLOW if it is meant, otherwise delete the forwarder",
            )
    for entry in sorted({*allowed.hosts, *map(str, allowed.networks)} - used):
        yield warning("LMS_FORWARD_ALLOW", f"no forwarder needs {entry}", "take it out of the list")


def _worker(ask: Callable[..., Any], *, at: datetime) -> Iterator[Finding]:
    beat = ask("SELECT max(last_heartbeat) FROM procrastinate_workers")
    waiting = ask(
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND COALESCE(scheduled_at, :old) <= :old "
        "AND id IN (SELECT job_id FROM procrastinate_events WHERE type = 'deferred' AND at <= :old)",
        old=at - WAITING,
    )
    if beat is None or at - beat > HEARTBEAT:
        since = "never" if beat is None else f"last {beat.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        yield fault("worker", f"none works ({since}); {waiting} jobs wait", "start flask worker (khue-worker.service)")
    elif waiting:
        what = f"{waiting} jobs have waited for over 15 minutes"
        yield warning("worker", what, "look at its log, or start a second one")
    failed = ask("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")
    if failed:
        yield warning("worker", f"{failed} jobs have failed", "look for their names in the worker's log")


def _asking(connection: Connection) -> Callable[..., Any]:
    def ask(statement: str, **values: object) -> Any:
        return connection.scalar(text(statement), values)

    return ask
