"""What came of an adjustment (Quyết định 1698, mục IV.5): the result that asked for it, beside the next one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from lms.quality.rules import statistics
from lms.quality.rules.statistics import Change, Figures
from lms.surveys.document import Words


@dataclass(frozen=True, slots=True)
class Effect:
    """An adjustment that was carried out.

    :ivar title: of the section
    :ivar topic: with :ivar lecturer:, when it is about a lecturer's topic
    :ivar later: name of the class that was evaluated next, :ivar later_id: its id; None while there is none
    """

    adjustment_id: UUID
    class_id: UUID
    class_code: str
    class_name: str
    institution: str
    programme: str
    topic: Words | None
    lecturer: str | None
    measure: str
    done_at: datetime
    title: Words
    before: Figures
    later_id: UUID | None
    later: str | None
    after: Figures | None

    @property
    def change(self) -> Change | None:
        """From the one to the other."""
        return None if self.after is None else statistics.change(self.before, self.after)


class EffectCounts(NamedTuple):
    """How many adjustments were carried out, and what the next evaluation said.

    :ivar evaluated: of :ivar better:, :ivar worse: and :ivar unclear:, within what chance explains
    :ivar awaited: not evaluated again yet
    """

    evaluated: int
    better: int
    worse: int
    unclear: int
    awaited: int


def counts(effects: Sequence[Effect]) -> EffectCounts:
    """Count what the next evaluations said."""
    ways = [effect.change.way for effect in effects if effect.change is not None]
    better, worse = ways.count("up"), ways.count("down")
    return EffectCounts(len(ways), better, worse, len(ways) - better - worse, len(effects) - len(ways))


class NextResult(NamedTuple):
    """What the next evaluation said of the same thing, on the adjustment's scale."""

    class_name: str
    mean: float
