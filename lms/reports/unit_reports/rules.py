"""Who reports for whom, what a report must hold, and when it is late."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from lms.core.states import Acts

LEVELS = ("department", "district")
"""mục V.2.4: "Các sở, cơ quan tương đương sở, UBND quận, huyện, thị xã và các cơ quan, đơn vị có liên quan"; the
latter are those that had people in classes."""
QUOTA_PERIOD = (2026, 2030)
"""mục V.2.4: "Đề xuất chỉ tiêu ĐTBD giai đoạn 2026 - 2030 báo cáo UBND Thành phố qua Sở Nội vụ"."""
USES = ("placed", "promoted", "moved", "departed")
DECLARED = ("quality", *USES, "quota")
"""What a unit says of each programme; see Declaration."""
POINTS = 5
_REMINDERS = (timedelta(days=-14), timedelta(days=-3), timedelta(days=1), timedelta(days=14))


CAMPAIGN = Acts(
    states=frozenset({"open", "closed"}),
    allowed=dict.fromkeys(("bring_up_to_date", "remind", "close", "save", "submit", "give_back"), frozenset({"open"}))
    | dict.fromkeys(("extend", "accept"), frozenset({"open", "closed"})),
    reasons={"closed": "campaign-closed"},
    words={"campaign-closed": _l("The collection of this year's reports is closed.")},
)
"""A year's campaign; to extend a closed one opens it again. A closed one takes no report back to be written anew."""

_AWAITED = frozenset({"due", "draft", "returned"})
REPORT = Acts(
    states=_AWAITED | {"submitted", "accepted"},
    allowed={
        "save": _AWAITED,
        "submit": _AWAITED,
        "give_back": frozenset({"submitted"}),
        "accept": frozenset({"submitted"}),
    },
    reasons=dict.fromkeys(_AWAITED, "not-submitted") | {"submitted": "submitted", "accepted": "submitted"},
    by_act=dict.fromkeys((("give_back", "accepted"), ("accept", "accepted")), "not-submitted"),
    words={
        "submitted": _l("This report has been submitted and can no longer be changed."),
        "not-submitted": _l("Only a submitted report can be accepted or returned."),
    },
)
"""A unit's report."""


def campaign_state(*, closed: bool) -> str:
    """Return the state of a campaign."""
    return "closed" if closed else "open"


class Unit(NamedTuple):
    """A unit as far as its duty to report goes; :ivar ends: the first day on which it no longer exists."""

    id: int
    kind: str
    begins: date
    ends: date | None

    def exists(self, day: date) -> bool:
        """Whether it exists on a day."""
        return self.begins <= day and (self.ends is None or day < self.ends)

    def existed_in(self, year: int) -> bool:
        """Whether it existed on any day of a year."""
        return self.begins <= date(year, 12, 31) and (self.ends is None or self.ends > date(year, 1, 1))


class Succession(NamedTuple):
    """A unit went over into another."""

    predecessor: int
    successor: int
    on: date


class Duties(NamedTuple):
    """Who reports for whom.

    :ivar reporters: unit concerned -> unit that reports about its people
    :ivar orphans: units concerned that no longer exist and have no successor that does
    """

    reporters: dict[int, int]
    orphans: frozenset[int]


def duties(
    year: int,
    day: date,
    levels: Collection[str],
    units: Iterable[Unit],
    successions: Iterable[Succession],
    sent: Collection[int],
) -> Duties:
    """Tell who reports on a year, as of a day.

    Concerned are the units of the levels that existed in the year, and those that sent people to its classes (Phần
    IV.1: "Hàng năm cơ quan, đơn vị đánh giá chất lượng đào tạo, bồi dưỡng; việc sử dụng CBCCVC sau đào tạo, bồi
    dưỡng"). For one that no longer exists its successor reports.
    """
    by_id = {unit.id: unit for unit in units}
    heirs = _heirs(successions)
    concerned = [
        unit.id for unit in by_id.values() if unit.id in sent or (unit.kind in levels and unit.existed_in(year))
    ]
    reporters = {unit_id: heir(unit_id, day, by_id, heirs) for unit_id in concerned}
    return Duties(
        {unit_id: reporter for unit_id, reporter in reporters.items() if reporter is not None},
        frozenset(unit_id for unit_id, reporter in reporters.items() if reporter is None),
    )


def heir(unit_id: int, day: date, units: Mapping[int, Unit], heirs: Mapping[int, Sequence[int]]) -> int | None:
    """Return the unit that stands for another on a day: itself while it exists, else the nearest successor that does.

    Of several that are equally near it is the first by day of succession, then by id, so that nobody is counted twice.
    """
    generation, seen = [unit_id], {unit_id}
    while generation:
        for candidate in generation:
            if candidate in units and units[candidate].exists(day):
                return candidate
        following = [successor for predecessor in generation for successor in heirs.get(predecessor, ())]
        generation = [successor for successor in dict.fromkeys(following) if successor not in seen]
        seen.update(generation)
    return None


def _heirs(successions: Iterable[Succession]) -> dict[int, list[int]]:
    heirs: dict[int, list[int]] = defaultdict(list)
    for succession in sorted(successions, key=lambda succession: (succession.on, succession.successor)):
        heirs[succession.predecessor].append(succession.successor)
    return heirs


class Declaration(NamedTuple):
    """What a unit says about a programme, beside how many of its people completed it in the year."""

    completed: int = 0
    quality: int | None = None
    placed: int | None = None
    promoted: int | None = None
    moved: int | None = None
    departed: int | None = None
    quota: int | None = None

    @property
    def used(self) -> int:
        """How many are accounted for; each counts once."""
        return sum(getattr(self, name) or 0 for name in USES)

    @property
    def unchanged(self) -> int:
        """How many do the work they did before."""
        return self.completed - self.used


class Fault(NamedTuple):
    """Why a report cannot be submitted yet.

    :ivar code: the programme's code; empty for the report as a whole
    :ivar field: name of the field
    :ivar kind: missing, or too-many
    """

    code: str
    field: str
    kind: str


def faults(texts: Mapping[str, str], lines: Mapping[str, Declaration]) -> list[Fault]:
    """Return what is missing or contradicts the figures, by programme code.

    mục IV.1 asks for both: "đánh giá chất lượng đào tạo, bồi dưỡng; việc sử dụng CBCCVC sau đào tạo, bồi dưỡng".
    Where nobody completed a programme there is nothing to say about its use.
    """
    needed = ("quality_text", "use_text", "signer_title", "signer_name")
    faults = [Fault("", name, "missing") for name in needed if not texts.get(name)]
    for code, line in lines.items():
        if line.completed:
            asked = ("quality", *USES)
            faults += [Fault(code, name, "missing") for name in asked if getattr(line, name) is None]
        if line.used > line.completed:
            faults.append(Fault(code, "placed", "too-many"))
    return faults


def is_late(submitted_on: date | None, due_on: date, today: date) -> bool:
    """Tell whether a report came, or is still awaited, after its last day."""
    return (submitted_on or today) > due_on


def reminder_days(opened_on: date, due_on: date) -> list[date]:
    """Return the days on which those who are missing are reminded: two before the last day and two after it."""
    return [due_on + offset for offset in _REMINDERS if due_on + offset > opened_on]
