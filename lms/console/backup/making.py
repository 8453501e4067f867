"""Taking a backup while the product runs.

The files come first, without haste; then a moment of the database is held, what it names and is not there yet is
fetched, and the database is written as of that moment. A file that was removed in between belongs to no row of a later
moment: then a new moment is taken. The manifest is written last, and the folder gets its name after that.
"""

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg

from lms.console.backup import keys, postgres
from lms.console.backup.manifest import (
    DUMP,
    FILES,
    FORMAT,
    LIST,
    NAME,
    BackupError,
    Lost,
    Manifest,
    listed,
    place,
    private_folder,
    summed,
)
from lms.core import disk, files
from lms.core.config import version

ATTEMPTS = 5
PAUSE = 0.2
"""Seconds before another moment is taken, longer each time."""
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Taken:
    """A finished backup."""

    folder: Path
    manifest: Manifest


class _Changed(Exception):
    """Files or keys were removed while a moment was taken."""


def create(url: str, folder: Path, *, keys_dir: Path, keys_to: Path | None, expected: str, tell: Tell) -> Taken:
    """Take a backup into a new folder below ``folder``.

    :param url: of the database
    :param keys_to: where the keys of open evaluations are copied to; none leaves them out
    :param expected: the newest migration that this version knows
    :param tell: is told how far it is
    :raises BackupError: it cannot be taken; nothing is left of it
    """
    keys.check_apart(keys_to, folder, keys_dir)
    private_folder(folder)
    with _alone(folder):
        for left in folder.glob("khue-*.partial"):  # of one that was killed: nobody else is at work here
            shutil.rmtree(left)
        partial = folder / f"khue-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.partial"
        final = partial.with_suffix("")
        if final.exists():
            raise BackupError(f"{final} is there already")
        private_folder(partial)
        private_folder(partial / FILES)
        try:
            manifest = _take(url, partial, _newest(folder), keys_dir, keys_to, expected, tell)
            partial.rename(final)
            disk.settle([folder])
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    return Taken(final, manifest)


def prune(folder: Path, keep: int, *, spare: Path) -> list[Path]:
    """Remove all but the newest ``keep`` backups of a folder; returns which."""
    complete = sorted(path for path in folder.glob("khue-*Z") if (path / NAME).exists())
    old = [path for path in complete[: max(0, len(complete) - keep)] if path != spare]
    for path in old:
        (path / NAME).unlink()  # what is half removed is no backup any more
        shutil.rmtree(path)
    return old


def _take(
    url: str, partial: Path, earlier: Path | None, keys_dir: Path, keys_to: Path | None, expected: str, tell: Tell
) -> Manifest:
    with psycopg.connect(postgres.plain(url)) as connection:
        if (has := postgres.revision(connection)) != expected:
            raise BackupError(
                f"the database stands at migration {has}, this version at {expected}: take the backup with the version "
                "that runs, or run flask prepare first"
            )
        dumper = postgres.tool("pg_dump", connection.info.server_version // 10000)
        fetch = _Fetching(partial, earlier, tell)
        for sha256 in postgres.references(connection):
            fetch.get(sha256)
    for attempt in range(1, ATTEMPTS + 1):
        with suppress(_Changed), postgres.snapshot(url) as moment:
            return _of(moment, url, partial, fetch, dumper, keys_dir, keys_to, tell, last=attempt == ATTEMPTS)
        tell("files or keys were removed meanwhile: once more")
        time.sleep(PAUSE * attempt)
    raise AssertionError("the last attempt takes what there is")


def _of(
    moment: postgres.Snapshot,
    url: str,
    partial: Path,
    fetch: "_Fetching",
    dumper: postgres.Tool,
    keys_dir: Path,
    keys_to: Path | None,
    tell: Tell,
    *,
    last: bool,
) -> Manifest:
    held, lost_keys = keys.read(keys_dir, moment.connection) if keys_to else ({}, [])
    if lost_keys and not last:
        raise _Changed
    lost: list[Lost] = []
    count = size = 0
    with (partial / LIST).open("w") as listing:
        for sha256 in moment.files():
            got = fetch.get(sha256)
            if isinstance(got, Lost):
                if not last:
                    raise _Changed
                lost.append(got)
                continue
            listing.write(f"{sha256} {got}\n")
            count, size = count + 1, size + got
    fetch.remove_others({sha256 for sha256, _ in listed(partial)})
    tell(f"files {count} ({size / 1e6:.1f} MB)")
    tell("database")
    audit_count, audit_hash = moment.audit_head()
    dump = partial / DUMP
    arguments = ("--format=custom", "--no-owner", "--no-privileges", "--lock-wait-timeout=60s", f"--file={dump}")
    postgres.run(url, dumper, *arguments, f"--snapshot={moment.name}")
    manifest = Manifest(
        format=FORMAT,
        id=str(uuid4()),
        taken_at=moment.taken_at,
        product=version(),
        revision=postgres.revision(moment.connection) or "",
        server=moment.server,
        dumper=dumper.major,
        database=summed(dump),
        tables=moment.counts(),
        audit_count=audit_count,
        audit_hash=audit_hash,
        listing=summed(partial / LIST),
        files=count,
        bytes=size,
        lost=lost,
        lost_keys=lost_keys,
    )
    os.sync()  # thousands of files: all at once
    if keys_to:
        keys.write(keys_to, manifest.id, held)
        tell(f"keys {len(held)} (apart)")
    manifest.write(partial)
    return manifest


class _Fetching:
    """Brings files of the store into a backup, once each; an earlier backup's file is linked, not copied."""

    def __init__(self, folder: Path, earlier: Path | None, tell: Tell) -> None:
        self.folder = folder
        self.earlier = earlier
        self.tell = tell
        self.count = 0
        self.told = time.monotonic()

    def get(self, sha256: str) -> int | Lost:
        """Return the size of a file that is in the backup now, or why it is not."""
        path = place(self.folder, sha256)
        with suppress(FileNotFoundError):
            return path.stat().st_size
        path.parent.mkdir(parents=True, exist_ok=True)
        linked = self._linked(sha256, path)
        size = self._copied(sha256, path) if linked is None else linked
        self.count += 1
        if time.monotonic() - self.told > 2:
            self.told = time.monotonic()
            self.tell(f"files {self.count} …")
        return size

    def _linked(self, sha256: str, path: Path) -> int | None:
        if self.earlier is None:
            return None
        before = place(self.earlier, sha256)
        with suppress(OSError):
            held = summed(before)
            if held.sha256 == sha256:
                os.link(before, path)
                return held.size
        return None

    def _copied(self, sha256: str, path: Path) -> int | Lost:
        digest, size = hashlib.sha256(), 0
        arriving = path.with_suffix(".part")
        try:
            with arriving.open("wb") as out:
                for chunk in files.read(sha256):
                    digest.update(chunk)
                    size += len(chunk)
                    out.write(chunk)
        except FileNotFoundError:
            arriving.unlink(missing_ok=True)
            return Lost(sha256, "missing")
        if digest.hexdigest() != sha256:
            arriving.unlink()
            return Lost(sha256, "damaged")
        arriving.rename(path)
        return size

    def remove_others(self, wanted: set[str]) -> None:
        """Remove what no row of the moment names."""
        for path in (self.folder / FILES).glob("*/*/*"):
            if path.name not in wanted:
                path.unlink()


def _newest(folder: Path) -> Path | None:
    complete = sorted(path for path in folder.glob("khue-*Z") if (path / NAME).exists())
    return complete[-1] if complete else None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one backup at a time work in a folder."""
    with (folder / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"another backup is being taken into {folder}") from None
        yield
