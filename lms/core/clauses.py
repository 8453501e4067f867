"""The clauses of Decision 1698/QĐ-UBND: one register of how each is cited and what it says.

The register is ``courses/decision-1698.yaml``. Code names a clause by its key (``IV.5``, ``II.2.1.a``); readers get
"mục IV.5, Đề án kèm theo Quyết định số 1698/QĐ-UBND". Some headings of the transcript are lost, and the numerals
below them follow from the order: a correction in the register mends every place.
"""

from functools import cache

from flask import Flask
from flask_babel import gettext as _
from msgspec import Struct, yaml

from lms.core.config import ROOT

SCHEME = "Đề án kèm theo Quyết định số 1698/QĐ-UBND ngày 19/5/2022 của Ủy ban nhân dân thành phố Hà Nội"
"""The scheme as an official document names it; official documents are in Vietnamese."""

REGISTER = ROOT / "courses/decision-1698.yaml"


class Clause(Struct, forbid_unknown_fields=True, frozen=True):
    """A numbered part of the scheme.

    :ivar inferred: whether its numeral is lost in the transcript and follows from the order
    :ivar cited: its place as readers are told, where that is not its key
    :ivar words: its heading and paragraphs, letter by letter
    """

    key: str
    inferred: bool = False
    cited: str | None = None
    words: tuple[str, ...] = ()

    @property
    def depth(self) -> int:
        """How many clauses it stands in."""
        return self.key.count(".")


class _File(Struct, forbid_unknown_fields=True):
    clauses: list[Clause]


@cache
def register() -> dict[str, Clause]:
    """Return every clause by its key, in the Decision's order."""
    return {clause.key: clause for clause in yaml.decode(REGISTER.read_bytes(), type=_File).clauses}


def is_inferred(key: str) -> bool:
    """Tell whether a clause's number contains a numeral that the transcript does not print."""
    parts = key.split(".")
    return any(clause.inferred for n in range(len(parts)) if (clause := register().get(".".join(parts[: n + 1]))))


def place(*keys: str) -> str:
    """Return where clauses stand, in the reader's language: "mục IV.1, mục IV.2", "điểm a mục II.2.1".

    :raises KeyError: when the register has no such clause.
    """
    return ", ".join(_place(register()[key]) for key in keys)


def cite(*keys: str) -> str:
    """Return a full citation: "mục IV.5, Đề án kèm theo Quyết định số 1698/QĐ-UBND".

    :raises KeyError: when the register has no such clause.
    """
    return str(_("%(place)s of the scheme issued with Decision 1698/QĐ-UBND", place=place(*keys)))


def _place(clause: Clause) -> str:
    number, _dot, last = (clause.cited or clause.key).rpartition(".")
    if number and last.islower():
        return str(_("point %(letter)s of section %(number)s", letter=last, number=number))
    return str(_("section %(number)s", number=clause.cited or clause.key))


def init_app(app: Flask) -> None:
    """Let templates cite."""
    app.jinja_env.globals |= {"cite": cite, "place": place}
