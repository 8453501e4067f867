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
    """A file of a report.

    :ivar kept: whether the kept one is there, with the bytes of its issue
    :ivar same: whether it is the same when it is made again; None where it was made by another layout or version
    """

    form: str
    kept: bool
    same: bool | None


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
        same_files = all(file.kept and file.same is not False for file in self.files)
        return self.whole and self.recomputed and not self.differences and same_files


def verify(report: QualityReport) -> Verdict:
    """Make figures and files of an issued report again and compare."""
    if report.frozen is None or report.as_of is None:
        raise LookupError(report.id)
    kept = frozen.load(report.frozen)
    renderer = frozen.renderer()
    again = renderer == report.renderer
    now = gathering.figures_of(report, report.as_of)
    before = figures.plain(kept.figures)
    return Verdict(
        frozen.stamp(report.frozen) == report.stamp,
        now is not None,
        tuple(figures.differences(before, figures.plain(now))) if now else (),
        tuple(_file(kept, row.form, row.sha256, again) for row in queries.kept_files(report.id).values()),
        "" if again else renderer,
    )


def _file(kept: frozen.Frozen, form: str, digest: str, again: bool) -> FileCheck:
    same = sha256(frozen.make(kept, form)).hexdigest() == digest if again else None
    return FileCheck(form, _kept(digest), same)


def _kept(digest: str) -> bool:
    """Tell whether the file of a digest is there and has it."""
    try:
        return sha256(b"".join(files.read(digest))).hexdigest() == digest
    except FileNotFoundError:
        return False
