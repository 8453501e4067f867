"""Whether an issued report still is what it was, and whether its figures and files come out the same once more."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from lms.core import files
from lms.reports.issued.models import QualityReport
from lms.reports.issued.papers import frozen
from lms.reports.issued.queries import gathering
from lms.reports.issued.queries import reports as queries
from lms.reports.issued.rules import figures


@dataclass(frozen=True, slots=True)
class FileCheck:
    """A file of a report: whether the kept one is there, and whether it is the same when it is made again."""

    form: str
    kept: bool
    same: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of verifying a report.

    :ivar whole: the frozen text has the stamp it had at issue
    :ivar recomputed: whether there still are counts from which figures can be made
    :ivar differences: place, value at issue, value now
    :ivar renderer: versions of what makes files now, where they are others than at issue
    """

    whole: bool
    recomputed: bool
    differences: tuple[tuple[str, Any, Any], ...]
    files: tuple[FileCheck, ...]
    renderer: str

    @property
    def good(self) -> bool:
        """Whether everything is as it was."""
        same_files = all(file.kept and file.same for file in self.files)
        return self.whole and self.recomputed and not self.differences and same_files


def verify(report: QualityReport) -> Verdict:
    """Make figures and files of an issued report again and compare."""
    if report.frozen is None or report.as_of is None:
        raise LookupError(report.id)
    kept = frozen.load(report.frozen)
    now = gathering.figures_of(report, report.as_of)
    before = figures.plain(kept.figures)
    return Verdict(
        frozen.stamp(report.frozen) == report.stamp,
        now is not None,
        tuple(figures.differences(before, figures.plain(now))) if now else (),
        tuple(_file(kept, row.form, row.sha256) for row in queries.kept_files(report.id).values()),
        "" if frozen.renderer() == report.renderer else frozen.renderer(),
    )


def _file(kept: frozen.Frozen, form: str, digest: str) -> FileCheck:
    return FileCheck(form, files.exists(digest), sha256(frozen.make(kept, form)).hexdigest() == digest)
