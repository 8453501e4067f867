"""Restoring a backup: checked whole before anything is touched, and the result checked afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from lms.console.backup import checking, keys, postgres
from lms.console.backup.manifest import DUMP, BackupError, Manifest, listed, place
from lms.core import audit, files
from lms.core.database import db

SCHEMAS = ("public", "ballots")
TOGETHER = 500
"""Files that are brought onto the disk at once: one by one took ten times as long."""
_ASIDE = "before_restore_"
Tell = Callable[[str], None]


def restore(
    url: str, folder: Path, *, keys_dir: Path, keys_from: Path | None, over: bool, expected: str, tell: Tell
) -> tuple[Manifest, list[str]]:
    """Put a backup's files and database back, and its keys if their copy is given.

    :param over: replace what the database holds
    :param expected: the newest migration that this version knows
    :returns: the manifest, and what the check afterwards found
    :raises BackupError: it cannot be restored here; nothing was changed, or the database is as it was
    """
    tell("checking every sum")
    manifest = checking.read_whole(folder, tell)
    if manifest.revision != expected:
        raise BackupError(
            f"the backup stands at migration {manifest.revision} (version {manifest.product}), "
            f"this version at {expected}: restore with version {manifest.product}, then upgrade"
        )
    held = keys.copied(keys_from) if keys_from else {}
    _check_server(url, manifest, over=over)
    program = postgres.tool("pg_restore", max(manifest.dumper, manifest.server))
    _put_files(folder, manifest, tell)
    tell("database")
    _put_database(url, folder / DUMP, program)
    with psycopg.connect(postgres.plain(url)) as connection:
        tell(f"keys {keys.put_back(held, keys_dir, connection)}")
    tell("checking what was restored")
    return manifest, list(faults(url, manifest, keys_dir))


def _check_server(url: str, manifest: Manifest, *, over: bool) -> None:
    with psycopg.connect(postgres.plain(url), autocommit=True) as connection:
        server = connection.info.server_version // 10000
        if server < manifest.server:
            raise BackupError(f"the backup is of PostgreSQL {manifest.server}, this server is {server}")
        if not postgres.tables(connection):
            return
        if not over:
            raise BackupError("the database is not empty; --over replaces everything in it")
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        ).fetchone()
        if row and row[0]:
            raise BackupError(f"{row[0]} other connections use the database; stop web, content and worker first")


def _put_files(folder: Path, manifest: Manifest, tell: Tell) -> None:
    waiting: list[files.Staged] = []
    try:
        for number, (sha256, _size) in enumerate(listed(folder), 1):
            if not _holds(sha256):
                files.remove(sha256)
                with place(folder, sha256).open("rb") as content:
                    waiting.append(files.stage(content))
            if len(waiting) == TOGETHER or number == manifest.files:
                files.keep(waiting)
                waiting.clear()
                tell(f"files {number} of {manifest.files}")
    finally:
        files.discard(waiting)


def _holds(sha256: str) -> bool:
    """Tell whether the store holds this content under its address."""
    try:
        return files.sum_of(sha256) == sha256
    except FileNotFoundError:
        return False


def _put_database(url: str, dump: Path, program: postgres.Tool) -> None:
    """Load the dump in one transaction; what was there waits under another name until that has succeeded."""
    with psycopg.connect(postgres.plain(url), autocommit=True) as connection:
        _aside(connection)
    try:
        postgres.run(
            url, program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges",
            f"--dbname={_name(url)}", str(dump),
        )  # fmt: skip
    except BaseException:
        with psycopg.connect(postgres.plain(url), autocommit=True) as connection:
            _back(connection)
        raise
    with psycopg.connect(postgres.plain(url), autocommit=True) as connection:
        _drop(connection, _ASIDE)
        connection.execute("ANALYZE")


def _name(url: str) -> str:
    return str(psycopg.conninfo.conninfo_to_dict(postgres.plain(url)).get("dbname", ""))


def _schemas(connection: psycopg.Connection[Any], prefix: str = "") -> list[str]:
    names = [prefix + name for name in SCHEMAS]
    rows = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname = ANY(%s)", [names]).fetchall()
    return [row[0] for row in rows]


def _drop(connection: psycopg.Connection[Any], prefix: str) -> None:
    for name in _schemas(connection, prefix):
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))


def _aside(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction():
        _drop(connection, _ASIDE)
        for name in _schemas(connection):
            _rename(connection, name, _ASIDE + name)
        connection.execute("CREATE SCHEMA public")


def _back(connection: psycopg.Connection[Any]) -> None:
    with connection.transaction():
        _drop(connection, "")
        for name in _schemas(connection, _ASIDE):
            _rename(connection, name, name.removeprefix(_ASIDE))


def _rename(connection: psycopg.Connection[Any], name: str, new: str) -> None:
    statement = sql.SQL("ALTER SCHEMA {} RENAME TO {}")
    connection.execute(statement.format(sql.Identifier(name), sql.Identifier(new)))


def faults(url: str, manifest: Manifest, keys_dir: Path) -> Iterator[str]:
    """Yield what in the restored product is not as the manifest says: rows, audit trail, files, keys."""
    with psycopg.connect(postgres.plain(url)) as connection:
        now = postgres.counts(connection)
        for table in sorted(manifest.tables.keys() | now.keys()):
            if now.get(table) != manifest.tables.get(table):
                yield f"{table}: {now.get(table)} rows, should be {manifest.tables.get(table)}"
        lost = {file.sha256 for file in manifest.lost}
        for sha256 in postgres.references(connection):
            if sha256 not in lost and not files.exists(sha256):
                yield f"a row names file {sha256}, which is not in the store"
        for name in keys.read(keys_dir, connection)[1]:
            yield f"key {name} of an open evaluation is not in LMS_KEYS_DIR, its forms cannot be opened (--keys-from)"
    for fault in audit.verify():
        yield f"audit trail, entry {fault.entry_id or '-'}: {fault.reason}"
    head = db.session.get(audit.AuditHead, 1)
    if head is None or (head.count, head.hash.hex()) != (manifest.audit_count, manifest.audit_hash):
        yield "the audit trail does not end where the manifest says"
