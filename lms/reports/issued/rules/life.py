"""The life of a quality report, who may decide on it, and what must be written in it."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from flask_babel import lazy_gettext as _l

from lms.core.states import Acts
from lms.core.text import prose

KINDS = ("class", "institution", "programme", "year")
_DRAFT = frozenset({"draft"})
REPORT = Acts(
    states=frozenset({"draft", "submitted", "approved", "issued"}),
    allowed={
        "write": _DRAFT,
        "discard": _DRAFT,
        "submit": _DRAFT,
        "approve": frozenset({"submitted"}),
        "send_back": frozenset({"submitted", "approved"}),
        "issue": frozenset({"approved"}),
        "correct": frozenset({"issued"}),
    },
    reasons=dict.fromkeys(("draft", "submitted", "approved", "issued"), "not-now"),
    by_act={("correct", state): "not-issued" for state in ("draft", "submitted", "approved")},
    words={
        "not-now": _l("The report is at another step; this is not possible now."),
        "not-issued": _l("Only an issued report is replaced; this one can still be changed."),
    },
)
"""Nothing leads away from ``issued``: such a report is replaced by another."""

PARTS: Mapping[str, tuple[str, ...]] = {
    "class": ("basis", "organisation", "assessment", "causes", "measures", "proposals"),
    "institution": ("basis", "organisation", "assessment", "causes", "measures", "proposals"),
    "programme": ("basis", "assessment", "causes", "content", "measures", "proposals"),
    "year": ("basis", "organisation", "assessment", "use", "causes", "measures", "proposals"),
}
"""The written parts of each kind, in their order.

After each course: assessment and, where needed, adjustment (mục IV.5). Contents of a programme are supplemented and
adjusted year by year (mục IV.3). The city's report sums up quality and the use of trained staff (mục V.2.1).
"""
LONGEST = 10_000
"""Characters of a written part."""


def plain(text: str) -> str:
    """Return clean text: nothing invisible, no marks that turn the direction of writing."""
    return prose(text)


def missing(kind: str, texts: Mapping[str, str], below: int) -> list[str]:
    """Return the parts that must still be written before a report is submitted.

    Each report says on what it rests and what it makes of the figures; where something lies below its threshold, also
    why, and what is done ("tổng hợp đánh giá và điều chỉnh (nếu cần)", mục IV.5).
    """
    needed = {"basis", "assessment", *(("causes", "measures") if below else ())}
    return [part for part in PARTS[kind] if part in needed and not texts.get(part, "").strip()]


def may_decide(account_id: UUID | None, writers: Sequence[str]) -> bool:
    """Tell whether somebody may approve a report or send it back: nobody decides on what she wrote herself."""
    return account_id is not None and str(account_id) not in writers


def deciding_path(kind: str, unit_path: str) -> str:
    """Return the path over which the right to approve must be held.

    A class's report is approved by the head of its institution; all others by Home Affairs, which sums them up for the
    whole city (mục V.2.1).

    >>> deciding_path("institution", "/1/7/")
    '/1/'
    """
    return unit_path if kind == "class" else city_path(unit_path)


def city_path(unit_path: str) -> str:
    """Return the path of the root above a unit.

    >>> city_path("/1/7/")
    '/1/'
    """
    return f"/{unit_path.split('/')[1]}/"


def year_fits(year: int, today: date) -> bool:
    """Tell whether a report can be about a year: one of the scheme's (2022 on), not one to come."""
    return 2022 <= year <= today.year


def date_fits(on: date, approved: date, today: date) -> bool:
    """Tell whether a report may carry this date: not before it was approved, and not in the future."""
    return approved <= on <= today
