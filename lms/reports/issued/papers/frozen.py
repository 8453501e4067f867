"""What is frozen at issue, as one text: figures, document and sheets; the files are made from it and nothing else."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import msgspec
import orjson

from lms.documents import LAYOUT, Official, docx, frozen, pdf
from lms.reports.issued.papers.sheets import Sheet, workbook
from lms.reports.issued.rules import figures
from lms.reports.issued.rules.figures import Figures

FORMS = ("docx", "pdf", "xlsx")
_MAKERS = ("typst", "python-docx", "xlsxwriter")


@dataclass(frozen=True, slots=True)
class Frozen:
    """A report as it was issued."""

    figures: Figures
    document: Official
    sheets: tuple[Sheet, ...]


def dump(report: Frozen) -> str:
    """Return a report as canonical JSON."""
    document = frozen.plain(report.document)
    sheets = msgspec.to_builtins(report.sheets)
    return figures.canonical({"figures": figures.plain(report.figures), "document": document, "sheets": sheets})


def load(text: str) -> Frozen:
    """Read what :func:`dump` wrote."""
    values = orjson.loads(text)
    return Frozen(
        figures.read(values["figures"]),
        frozen.read(values["document"]),
        msgspec.convert(values["sheets"], tuple[Sheet, ...]),
    )


def stamp(text: str) -> str:
    """Return the SHA-256 of a frozen report."""
    return frozen.stamp(text)


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
    return frozen.renderer(LAYOUT, *_MAKERS)
