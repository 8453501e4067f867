"""What the results of a class are compared with."""

from dataclasses import dataclass

from lms.quality.rules import statistics
from lms.quality.rules.statistics import WHOLE, Change, Figures

Averages = dict[str, Figures]
"""Section ("" for the whole form) -> figures."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All evaluations by trainees in the city, those of a class's programme, and those of each version of it."""

    city: Averages
    programme: Averages
    versions: dict[int, Averages]

    @property
    def between_versions(self) -> Change | None:
        """From the programme's first version with results to its last."""
        return statistics.trend(sections.get(WHOLE) for sections in self.versions.values())
