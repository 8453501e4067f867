"""The shape of results over many evaluations. Plain data, for pages, documents and workbooks alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lms.quality.rules import effects, statistics
from lms.quality.rules.effects import Effect, EffectCounts
from lms.quality.rules.statistics import Change, Extremes, Figures, Trust
from lms.surveys.document import Form, Words


@dataclass(frozen=True, slots=True)
class Response:
    """Who took part in closed evaluations.

    :ivar few: evaluations of which nothing is shown, because fewer than five valid forms came in
    :ivar answered: forms sent, out of :ivar invited:; :ivar invalid: of them have too many blanks to count
    """

    evaluations: int = 0
    few: int = 0
    invited: int = 0
    answered: int = 0
    valid: int = 0
    invalid: int = 0

    @property
    def shown(self) -> int:
        """Evaluations whose results are told."""
        return self.evaluations - self.few

    @property
    def share(self) -> float | None:
        """Forms sent, as a share of those invited."""
        return self.answered / self.invited if self.invited else None

    @property
    def trust(self) -> Trust | None:
        """How far the results may be trusted; None when there are none."""
        return statistics.trust(self.invited, self.valid) if self.shown else None

    def plus(self, other: "Response") -> "Response":
        """Return both together."""
        return Response(
            self.evaluations + other.evaluations,
            self.few + other.few,
            self.invited + other.invited,
            self.answered + other.answered,
            self.valid + other.valid,
            self.invalid + other.invalid,
        )


@dataclass(frozen=True, slots=True)
class Part:
    """One of the six objects of Thông tư 10/2017/TT-BNV, or a stage: a section of the form.

    :ivar key: of the object or of the section; :ivar title: None for an object
    :ivar city: the same over the whole city; None where the scope is the whole city
    """

    key: str
    object: str
    title: Words | None
    figures: Figures
    city: Figures | None


@dataclass(frozen=True, slots=True)
class Question:
    """A question on a scale, over all evaluations that asked it."""

    section: str
    code: str
    text: Words
    labels: tuple[Words, ...]
    figures: Figures


@dataclass(frozen=True, slots=True)
class Group:
    """An institution or a programme within the scope; :ivar key: its id; :ivar figures: None when nothing is shown."""

    key: str
    code: str
    name: Words
    response: Response
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class EvaluatedClass:
    """An evaluated class; :ivar figures: None when nothing is shown."""

    class_id: UUID
    code: str
    name: str
    institution: str
    programme: str
    starts_on: date
    ends_on: date
    response: Response
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class TopicResult:
    """A topic (chuyên đề) of a programme, over all its versions and lecturers."""

    programme: str
    code: str
    title: Words
    figures: Figures


@dataclass(frozen=True, slots=True)
class LecturerResult:
    """A lecturer over all topics; each of them in each class is an evaluation here."""

    person_id: UUID
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class TaughtResult:
    """A lecturer in a topic, over all classes."""

    person_id: UUID
    name: str
    programme: str
    code: str
    title: Words
    figures: Figures


@dataclass(frozen=True, slots=True)
class YearResult:
    """A year of a trend.

    :ivar figures: of the whole form, as :ivar city: is; None without results
    :ivar objects: object -> figures
    """

    year: int
    response: Response
    figures: Figures | None
    city: Figures | None
    objects: Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class VersionResult:
    """A version of a programme, over all years."""

    number: int
    figures: Figures
    objects: Mapping[str, Figures]


@dataclass(frozen=True, slots=True)
class Overview:
    """Response and means of a scope in a year.

    :ivar years: in which there are closed evaluations, the newest first
    :ivar form: the newest form used; all means are told on its scale
    :ivar whole: of the whole form; None without results. :ivar city: the same over the city, None where that is it
    :ivar series: the years up to this one, the oldest first
    """

    year: int
    years: tuple[int, ...]
    form: Form
    response: Response
    whole: Figures | None
    city: Figures | None
    objects: tuple[Part, ...]
    stages: tuple[Part, ...]
    series: tuple[YearResult, ...]

    @property
    def trend(self) -> Change | None:
        """From the first year with results to this one; None without results in this year or another."""
        return statistics.trend(result.figures for result in self.series) if self.whole else None

    @property
    def extremes(self) -> Extremes[Part] | None:
        """The objects with the highest and the lowest mean."""
        return statistics.extremes(self.objects, lambda part: part.figures.mean)

    @property
    def since(self) -> int:
        """The first year with results."""
        return next((result.year for result in self.series if result.figures), self.year)


@dataclass(frozen=True, slots=True)
class ByLecturers:
    """What lecturers said in the half-years of the year."""

    response: Response
    stages: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """All results of a scope in a year; lists that make no sense for the scope are empty.

    :ivar effects: of adjustments carried out and what the next evaluation said
    """

    overview: Overview
    questions: tuple[Question, ...]
    topics: tuple[TopicResult, ...]
    lecturers: tuple[LecturerResult, ...]
    institutions: tuple[Group, ...]
    programmes: tuple[Group, ...]
    versions: tuple[VersionResult, ...]
    effects: tuple[Effect, ...]
    by_lecturers: ByLecturers | None

    def extremes(self, groups: Sequence[Group]) -> Extremes[Group] | None:
        """Return the institutions, or the programmes, with the highest and the lowest mean."""
        return statistics.extremes(groups, lambda group: group.figures.mean if group.figures else None)

    @property
    def effect_counts(self) -> EffectCounts:
        """What became of the adjustments carried out."""
        return effects.counts(self.effects)

    @property
    def between_versions(self) -> Change | None:
        """From the programme's first version with results to its last."""
        return statistics.trend(version.figures for version in self.versions)
