"""The archive of one person: a ZIP that a program and a person can read, written piece by piece.

``statements.jsonl`` holds her statements as the store has them, a line each (line ends between the parts of a
statement, which JSON allows, become blanks). They are read once, into a file beside, so that lines and page tell the
same.
"""

import json
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, NamedTuple

import orjson
from flask import current_app
from sqlalchemy import select

from lms.console.personal import collecting, words
from lms.console.personal.collecting import Row, Subject
from lms.console.statements.lines import happened
from lms.console.statements.sentences import Reader, sentence
from lms.core import files
from lms.core.database import db
from lms.core.i18n import ZONE
from lms.records import queries as records
from lms.records.models import Attachment
from lms.records.parameters import StatementQuery

CHUNK = 500
_STEM_MAX, _ENDING_MAX = 80, 10
_KEPT = " ._-()"

Tell = Callable[[int], None]


class Said(NamedTuple):
    """A statement on the readable page."""

    happened: datetime | None
    timestamp: str
    sentence: str
    voided: bool


@dataclass(slots=True)
class _Entries:
    """The ZIP in the making."""

    zip: zipfile.ZipFile
    at: datetime

    def open(self, name: str) -> IO[bytes]:
        """Start an entry of any size."""
        info = zipfile.ZipInfo(name, self.at.astimezone(ZONE).timetuple()[:6])
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        return self.zip.open(info, "w", force_zip64=True)

    def copy(self, name: str, sha256: str) -> bool:
        """Copy a stored file; returns whether it is there."""
        try:
            chunks = files.read(sha256)
        except OSError:
            return False
        with self.open(name) as entry:
            for chunk in chunks:
                entry.write(chunk)
        return True


def write(file: IO[bytes], of: Subject, *, at: datetime, tell: Tell = lambda number: None) -> None:
    """Write the archive of a person into a file, in bounded memory.

    :param tell: hears the number of statements read so far, from time to time
    """
    with tempfile.TemporaryFile() as spool, zipfile.ZipFile(file, "w") as archive:
        entries = _Entries(archive, at)
        attached = _spool(spool, of, at, tell)
        with entries.open("statements.jsonl") as entry:
            for line in _lines(spool):
                entry.write(line[1:])
        extra = {
            "attachments": list(_attachments(entries, attached)),
            "documents": list(_documents(entries, of)),
            "essays": list(_essays(entries, of)),
        }
        with entries.open("data.json") as entry:
            _data(entry, of, extra, at)
        with entries.open("index.html") as entry:
            _page(entry, of, extra, spool, at)


def clean_name(filename: str, number: int) -> str:
    """Return a name that every system can unpack within its folder: a number, letters and digits, a short ending.

    >>> clean_name("../../Bài thu hoạch.pdf", 1), clean_name("con.\\x00exe", 2)
    ('001-Bài thu hoạch.pdf', '002-con.exe')
    """
    plain = unicodedata.normalize("NFC", filename.replace("\\", "/").rpartition("/")[2])
    kept = "".join(c for c in plain if c.isalnum() or c in _KEPT).strip(_KEPT)
    stem, dot, ending = kept.rpartition(".")
    if not dot or not ending.isascii() or len(ending) > _ENDING_MAX:
        stem, ending = kept, ""
    stem = stem[:_STEM_MAX].strip(_KEPT) or "tep"
    return f"{number:03d}-{stem}.{ending}" if ending else f"{number:03d}-{stem}"


# -- statements -------------------------------------------------------------------------------------------------------


def _spool(spool: IO[bytes], of: Subject, at: datetime, tell: Tell) -> dict[str, str]:
    """Write all her statements beside, oldest first, ``1`` before a voided one; returns what is attached to them."""
    query = StatementQuery(until=at, limit=CHUNK, ascending=True)
    attached: dict[str, str] = {}
    number = 0
    while page := records.browse(query, by=of.actor_name):
        shown = page[: query.limit]
        for row in shown:
            raw = row.raw.replace("\r", " ").replace("\n", " ")
            spool.write(f"{row.voided:d}{raw}\n".encode())
            listed = json.loads(raw).get("attachments", ())
            came = records.contents_of([row.id]) if listed else {}
            for statement in listed:
                if statement["sha2"].lower() in came:
                    attached[statement["sha2"].lower()] = statement["contentType"]
        number += len(shown)
        tell(number)
        if len(page) <= query.limit:
            break
        query = replace(query, after=shown[-1].seq)
    return attached


def _lines(spool: IO[bytes]) -> Iterator[bytes]:
    spool.seek(0)
    yield from spool


def _said(spool: IO[bytes], of: Subject) -> Iterator[Said]:
    reader = Reader("vi", you=of.actor_name)
    for line in _lines(spool):
        statement = json.loads(line[1:])
        told = sentence(statement, reader)
        yield Said(happened(statement), statement["timestamp"], told, line.startswith(b"1"))


# -- files ------------------------------------------------------------------------------------------------------------


def _essays(entries: _Entries, of: Subject) -> Iterator[Row]:
    for number, row in enumerate(collecting.rows(of, "essays"), 1):
        sha256, name = row.pop("sha256"), f"files/{clean_name(row['filename'], number)}"
        yield row | {"file": name if sha256 and entries.copy(name, sha256) else None}


def _attachments(entries: _Entries, attached: dict[str, str]) -> Iterator[Row]:
    """Contents that launched programs attached to her statements, as far as they were sent along."""
    for sha2, content_type in attached.items():
        stored = db.session.scalar(select(Attachment.file).where(Attachment.sha2 == sha2))
        name = f"attachments/{''.join(c for c in sha2 if c in '0123456789abcdef')}"
        if stored and entries.copy(name, stored):
            yield {"sha2": sha2, "content_type": content_type, "file": name}


def _documents(entries: _Entries, of: Subject) -> Iterator[Row]:
    for number, row in enumerate(collecting.documents(of), 1):
        name = f"documents/{number:04d}.{'json' if 'json' in row['content_type'] else 'bin'}"
        content = row.pop("content")
        with entries.open(name) as entry:
            entry.write(content)
        yield row | {"file": name}


# -- the two pages: for programs and for people -----------------------------------------------------------------------


def _sections(of: Subject, extra: dict[str, list[Row]]) -> dict[str, Iterator[Row]]:
    own = {name: collecting.rows(of, name) for name in collecting.sections() if name not in extra}
    return own | {name: iter(rows) for name, rows in extra.items()}


def _data(entry: IO[bytes], of: Subject, extra: dict[str, list[Row]], at: datetime) -> None:
    """Write all sections as one JSON object, row by row."""
    entry.write(b'{"made_at": ' + orjson.dumps(at))
    for name, rows in _sections(of, extra).items():
        entry.write(b",\n\n" + orjson.dumps(name) + b": [")
        for number, row in enumerate(rows):
            entry.write((b",\n" if number else b"\n") + orjson.dumps(row))
        entry.write(b"\n]")
    entry.write(b"\n}\n")


def _page(entry: IO[bytes], of: Subject, extra: dict[str, list[Row]], spool: IO[bytes], at: datetime) -> None:
    (account,), person = collecting.rows(of, "account"), next(iter([*collecting.rows(of, "person")]), None)
    template = current_app.jinja_env.get_template("console/personal/archive.html")
    page = template.stream(
        name=of.name,
        person=person,
        account=account,
        data=_sections(of, extra),
        said=_said(spool, of),
        at=at,
        words=words,
    )
    page.enable_buffering(200)
    page.dump(entry, encoding="utf-8")
