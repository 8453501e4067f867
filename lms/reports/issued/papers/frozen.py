"""What is frozen at issue, as one text: figures, document and sheets; the files are made from it and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import msgspec
import orjson

from lms.documents import LAYOUT, Block, Bullets, Heading, LegalBases, Official, Paragraph, Picture, Table, docx, pdf
from lms.reports.issued.papers.sheets import Sheet, workbook
from lms.reports.issued.rules import figures
from lms.reports.issued.rules.figures import Figures

FORMS = ("docx", "pdf", "xlsx")
_BLOCKS: Mapping[str, type[Block]] = {
    block.__name__: block for block in (Bullets, Heading, LegalBases, Paragraph, Picture, Table)
}
_MAKERS = ("typst", "python-docx", "xlsxwriter")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A report as it was issued."""

    figures: Figures
    document: Official
    sheets: tuple[Sheet, ...]


def dump(report: Frozen) -> str:
    """Return a report as canonical JSON."""
    body = [{"type": type(block).__name__} | msgspec.to_builtins(block) for block in report.document.body]
    document = msgspec.to_builtins(report.document) | {"body": body}
    sheets = msgspec.to_builtins(report.sheets)
    return figures.canonical({"figures": figures.plain(report.figures), "document": document, "sheets": sheets})


def load(text: str) -> Frozen:
    """Read what :func:`dump` wrote."""
    values = orjson.loads(text)
    document = values["document"]
    body = tuple(msgspec.convert(block, _BLOCKS[block.pop("type")]) for block in document["body"])
    fields: dict[str, Any] = document | {"body": body, "recipients": tuple(document["recipients"])}
    day = document["date"]
    return Frozen(
        figures.read(values["figures"]),
        Official(**fields | {"date": date.fromisoformat(day) if day else None}),
        msgspec.convert(values["sheets"], tuple[Sheet, ...]),
    )


def stamp(text: str) -> str:
    """Return the SHA-256 of a frozen report."""
    return sha256(text.encode()).hexdigest()


def make(report: Frozen, form: str) -> bytes:
    """Make a file of a report: the same report gives the same bytes."""
    if form == "docx":
        return docx(report.document)
    if form == "pdf":
        return pdf(report.document)
    created = datetime.combine(report.document.date or date(2020, 1, 1), time(), UTC)
    return workbook(report.document.subject, report.sheets, created)


def renderer() -> str:
    """Name the versions of what makes the files: of the layout and of the libraries."""
    return f"layout {LAYOUT}, " + ", ".join(f"{name} {version(name)}" for name in _MAKERS)
