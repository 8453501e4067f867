"""The shapes of the repository's files: what an author may write, key by key."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, to_builtins

Line = Annotated[str, Meta(min_length=1, max_length=300)]
Long = Annotated[str, Meta(min_length=1, max_length=20_000)]
Code = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
Count = Annotated[int, Meta(ge=1, le=100_000)]
Percent = Annotated[int, Meta(ge=1, le=100)]

Group = Literal["A1", "A2", "B", "C", "D"]
Form = Literal["full_time", "part_time", "online", "field_study_domestic", "field_study_abroad"]
AudienceKind = Literal[
    "division_head",
    "civil_servant",
    "commune_official",
    "commune_officer",
    "school_leader",
    "hospital_leader",
    "data_centre_staff",
    "public_employee",
]
Field = Literal[
    "finance_planning",
    "urban_development",
    "digital_transformation",
    "information_security",
    "science_technology",
    "human_resources",
    "education",
    "health",
    "land",
    "records_archives",
    "local_government",
    "postgraduate",
]
StrandKind = Literal[
    "deepening",
    "updating",
    "experience_abroad",
    "capacity",
    "study",
    "finance_planning",
    "transport",
    "architecture_planning",
    "natural_resources_environment",
    "construction",
]


class Shape(Struct, forbid_unknown_fields=True, kw_only=True):
    """The base of all shapes."""


class Short(Shape):
    """One line in both languages."""

    vi: Line
    en: Line


class Text(Shape):
    """Text of any length in both languages."""

    vi: Long
    en: Long


class Audience(Shape):
    """To whom a programme is open."""

    kinds: Annotated[list[AudienceKind], Meta(min_length=1)]
    text: Text


class Strand(Shape):
    """A strand of a programme in the Decision's words."""

    kind: StrandKind
    text: Text


class Aims(Shape):
    """The Decision's aim for a programme, and where it stands."""

    text: Text
    clause: Line


class Target(Shape):
    """The target to 2025; postgraduate schemes have no percentage."""

    percent: Percent | None
    text: Text
    clause: Line


class Eligibility(Shape):
    """Numbers that a person must satisfy to be sent, and their clause."""

    min_service_years_left: Count | None = None
    max_age: Count | None = None
    first_time_only: bool = False
    clause: Line | None = None


class Topic(Shape):
    """A topic (chuyên đề)."""

    code: Code
    title: Short
    hours: Count
    objectives: Annotated[list[Text], Meta(min_length=1)]


class SessionPlan(Shape):
    """A meeting of the version: which topic, how long, what is done."""

    kind: Literal["classroom", "field_study"]
    topic: Code
    title: Short
    hours: Count
    plan: Text


class Criterion(Shape):
    """A marking criterion of the essay and its weight in percent."""

    weight: Percent
    text: Short


class Essay(Shape):
    """The closing essay (thu hoạch)."""

    code: Code
    title: Short
    hours: Count
    instructions: Text
    criteria: Annotated[list[Criterion], Meta(min_length=1)]
    file_kinds: Annotated[list[Literal["pdf", "docx"]], Meta(min_length=1)]
    max_score: Count
    pass_score: Count


class Version(Shape):
    """What a programme teaches, as laid down at one time. Approval is an act in the product, not a line in a file."""

    number: Count
    status: Literal["proposed"]
    notice: Text
    content: Annotated[str, Meta(pattern=r"^content/[A-Za-z0-9.-]+$")]
    hours: Count
    attendance_min_percent: Percent
    modules: Annotated[list[Code], Meta(min_length=1)]
    topics: Annotated[list[Topic], Meta(min_length=1)]
    sessions: Annotated[list[SessionPlan], Meta(min_length=1)]
    essay: Essay


class ProgrammeFile(Shape):
    """``courses/<code>-<slug>/programme.yaml``."""

    code: Annotated[str, Meta(pattern=r"^[A-D][0-9](\.[0-9]{1,2})?$")]
    group: Group
    kind: Literal["in_service", "postgraduate"]
    name: Short
    field: Field
    audience: Audience
    strands: Annotated[list[Strand], Meta(min_length=1)]
    aims: Aims
    forms: Annotated[list[Form], Meta(min_length=1)]
    quota: Count
    quota_breakdown: dict[Literal["doctorate", "master"], Count]
    target: Target
    clause: Line
    eligibility: Eligibility
    notes: list[Text] = []
    """What a reader must know of the Decision's words: where its clauses do not agree."""
    version: Version | None = None


class ModuleFile(Shape):
    """``content/<code>/<module>/module.yaml``."""

    id: Code
    title: Short
    hours: Count
    outcomes: Annotated[list[Text], Meta(min_length=1)]
    lessons: Annotated[list[Annotated[str, Meta(pattern=r"^[a-z0-9-]+\.md$")]], Meta(min_length=1)]
    quiz: Annotated[str, Meta(pattern=r"^[a-z0-9-]+\.yaml$")]


class Source(Shape):
    """Where a lesson's statements come from."""

    title: Annotated[str, Meta(min_length=1, max_length=600)]
    kind: Annotated[str, Meta(pattern=r"^[a-z_]{2,30}$")]
    url: Annotated[str, Meta(pattern=r"^https://")] | None = None


class LessonHead(Shape):
    """The front matter of a lesson."""

    id: Code
    title: Short
    minutes: Annotated[int, Meta(ge=1, le=240)]
    summary: Text
    sources: list[Code | Source] = []
    """Codes of ``content/can-cu.yaml``, or sources written out."""
    outcomes: list[Short] = []
    terms: list[Line] = []


def plain(shape: Any) -> Any:
    """Return a shape as JSON-ready values."""
    return to_builtins(shape)
