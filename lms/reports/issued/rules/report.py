"""What a quality report consists of, before it becomes a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from lms.documents.issuers import Issuer
from lms.quality.rules.statistics import Way
from lms.reports.issued.rules.figures import Figures


@dataclass(frozen=True, slots=True)
class Head:
    """What the document is about and who issues it.

    :ivar facts: its first sentence: what was held by whom and when
    """

    kind: str
    issuer: Issuer
    subject: str
    facts: str

    @property
    def unit(self) -> str:
        """The issuing body within a sentence."""
        return self.issuer.authority.replace("\n", " ")


@dataclass(frozen=True, slots=True)
class Issue:
    """What a document carries when it is issued; each text is one line but that on whose behalf it is signed."""

    number: str
    issued_on: date
    place: str
    signer_on_behalf: str
    signer_title: str
    signer_name: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DueAdjustment:
    """An adjustment that the results ask for."""

    title: str
    lecturer: str
    class_code: str
    mean: float
    threshold: float
    state: str
    cause: str
    measure: str
    responsible: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class AdjustmentEffect:
    """An adjustment that was carried out, and whether the next evaluation differs by more than chance."""

    title: str
    lecturer: str
    class_code: str
    measure: str
    before: float
    after: float
    later_class: str
    way: Way


@dataclass(frozen=True, slots=True)
class Effectiveness:
    """What named forms after training say together: of the form :ivar title:, :ivar filled: of :ivar asked: came in."""

    title: str
    asked: int
    filled: int
    mean: float
    points: int


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a report says.

    :ivar adjustments: the adjustments that its own results ask for
    :ivar effects: those that were carried out and evaluated again
    """

    head: Head
    figures: Figures
    adjustments: tuple[DueAdjustment, ...]
    effects: tuple[AdjustmentEffect, ...]
    texts: Mapping[str, str]
    after: tuple[Effectiveness, ...] = ()
