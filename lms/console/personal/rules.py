"""When the law lets the link between a person and her learning records be removed: values in, an answer out.

Ground: Law on Personal Data Protection 91/2025/QH15, in force since 1 January 2026. Article 4 gives the right to ask
for one's data and for their erasure, and in clause 3 binds it to what the law asks of whoever keeps the data; clause 1
of Article 14 tells when data are erased; clause 2 of Article 25 has an employer keep a worker's data for the period
that the law sets. The period itself is a setting: docs/decisions/0008-erasure.md tells why, and who must confirm it.
"""

from datetime import date
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from lms.core.i18n import day
from lms.core.states import Acts

REQUEST = Acts(
    states=frozenset({"open", "withdrawn", "refused", "done"}),
    allowed={act: frozenset({"open"}) for act in ("withdraw", "refuse", "note_leaving", "carry_out")},
    reasons=dict.fromkeys(("withdrawn", "refused", "done"), "request-closed"),
    words={"request-closed": _l("This request has been answered already.")},
)
"""A request for erasure."""


class Verdict(NamedTuple):
    """Whether the link may be removed, and why.

    :ivar code: allowed, in-service, retention or class-running
    :ivar reason: a sentence for the person
    :ivar ground: the clause it rests on
    """

    code: str
    reason: Any
    ground: Any

    @property
    def to_herself(self) -> Any:
        """The reason in words for the person it is about."""
        return _TO_HERSELF.get(self.code, self.reason)

    @property
    def allowed(self) -> bool:
        """Whether the link may be removed."""
        return self.code == "allowed"


def may_remove_link(*, left_on: date | None, today: date, retention_years: int, open_classes: int) -> Verdict:
    """Decide on a request to remove the link between a person and her learning records.

    :param left_on: the day on which she left the city's service; none while she serves or nobody noted it
    :param open_classes: classes she studies or teaches in that are not over, or whose evaluation is open
    """
    if left_on is None or left_on > today:
        return Verdict(
            "in-service",
            _l(
                "The person is in service. Training records belong to the personnel file, which the employer must keep "
                "as long as somebody serves."
            ),
            _l(
                "Law on Personal Data Protection 91/2025/QH15, Article 4 clause 3 and Article 25 clause 2; law on "
                "officials, civil servants and public employees"
            ),
        )
    ends = retention_ends(left_on, retention_years)
    if today < ends:
        return Verdict(
            "retention",
            _l(
                "The records are kept for %(years)s years after somebody left the service. The period ends on %(day)s.",
                years=retention_years,
                day=day(ends),
            ),
            _l("Law on Personal Data Protection 91/2025/QH15, Article 14 clause 1 and Article 25 clause 2"),
        )
    if open_classes:
        return Verdict(
            "class-running",
            _l("A class of the person, or its evaluation, is not over yet. The results would be wrong without her."),
            _l("Law on Personal Data Protection 91/2025/QH15, Article 4 clause 3"),
        )
    return Verdict(
        "allowed",
        _l("The person has left the service and the period for keeping her records is over."),
        _l("Law on Personal Data Protection 91/2025/QH15, Article 4 and Article 14 clause 1"),
    )


_TO_HERSELF = {
    "in-service": _l(
        "You are in service. Training records belong to the personnel file, which the employer must keep as long as "
        "you serve."
    ),
    "class-running": _l(
        "A class of yours, or its evaluation, is not over yet. The results would be wrong without you."
    ),
}


def retention_ends(left_on: date, years: int) -> date:
    """Return the first day on which the records need no longer be kept under her name.

    >>> retention_ends(date(2020, 2, 29), 5)
    datetime.date(2025, 3, 1)
    """
    try:
        return left_on.replace(year=left_on.year + years)
    except ValueError:
        return date(left_on.year + years, 3, 1)
