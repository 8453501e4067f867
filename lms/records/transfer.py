"""Export and import of statements as JSON lines: a statement a line, as it is answered; in bounded memory."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import IO, Any

from sqlalchemy import text

from lms.core.database import db
from lms.records import parsing, statement_rules
from lms.records.errors import Invalid
from lms.records.store import Sent, store

CHUNK = 500
_AFTER = text("SELECT seq, raw FROM statements WHERE seq > :after ORDER BY seq LIMIT 1000")
_SEQ_OF = text("SELECT seq FROM statements WHERE id = CAST(:id AS uuid)")


class BadLine(ValueError):
    """A line that cannot be stored; the message tells its number, where in the statement, and why."""


def lines_after(seq: int) -> Iterator[str]:
    """Yield the statements stored after ``seq``, the oldest first, voided ones included; each a line of JSON."""
    while rows := db.session.execute(_AFTER, {"after": seq}).all():
        for row in rows:
            # line ends are legal only between the parts of JSON, never within its strings
            yield row.raw.replace("\r", " ").replace("\n", " ") + "\n"
        seq = rows[-1].seq


def last_exported(file: IO[bytes]) -> tuple[int, int]:
    """Return where an interrupted export ends: the length of its whole lines in octets, and the ``seq`` of the last.

    :raises BadLine: the last line names no statement of this store.
    """
    last, length = b"", 0
    for line in file:
        if line.endswith(b"\n"):
            last, length = line, length + len(line)
    if not last:
        return 0, 0
    try:
        seq = db.session.scalar(_SEQ_OF, {"id": json.loads(last)["id"]})
    except (ValueError, KeyError, TypeError):
        seq = None
    if seq is None:
        raise BadLine("the last line of this file is no statement of this store")
    return length, seq


def take(file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Store the statements of a file, a chunk a transaction; yield octets and statements read after each chunk.

    Authorities stay as they are in the file: who imports vouches for them. What is stored already changes nothing, so
    an interrupted import is started again with the same file. Contents of attachments are not part of the lines.

    :raises BadLine: a line is no valid statement, or another statement is stored under its id; its chunk is not stored.
    """
    chunk: list[Sent] = []
    octets = number = 0
    for number, line in enumerate(file, 1):
        octets += len(line)
        if line.strip():
            chunk.append(_read(line, number))
        if len(chunk) == CHUNK:
            _store(chunk, number)
            yield octets, len(chunk)
            chunk = []
    if chunk:
        _store(chunk, number)
    yield octets, len(chunk)


def _read(line: bytes, number: int) -> Sent:
    try:
        ((statement, sent),) = parsing.statements_of(line)
        statement_rules.check(statement, _version(statement))
        for name in ("id", "authority"):
            if name not in statement:
                raise Invalid("is required to import a statement", name)
    except (Invalid, ValueError) as error:
        raise BadLine(f"line {number}: {getattr(error, 'message', 'one statement a line')}") from None
    return statement, sent


def _version(statement: Any) -> str:
    told = statement.get("version", "1.0.0") if isinstance(statement, dict) else "1.0.0"
    return "2.0.0" if isinstance(told, str) and told.startswith("2") else "1.0.3"


def _store(chunk: list[Sent], number: int) -> None:
    try:
        for (_, version), group in groupby(chunk, lambda item: (item[0]["authority"], _version(item[0]))):
            statements = list(group)
            store(statements, authority=statements[0][0]["authority"], version=version)
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        if hasattr(error, "message"):
            raise BadLine(f"within the {len(chunk)} lines up to {number}: {error.message}") from None
        raise
