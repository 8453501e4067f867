"""Sums over evaluations, made by the database from what closing has stored: never from single answers."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Row, Select, Text, and_, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from lms.catalogue.models import Programme, ProgrammeVersion, Topic
from lms.classes.models import ClassRun, Teaching
from lms.core.database import db
from lms.people.models import Person, Unit
from lms.quality.queries.scopes import YEAR, Scope, evaluations, in_year, written
from lms.quality.rules import statistics
from lms.quality.rules.statistics import WHOLE, Sums
from lms.quality.rules.summaries import EvaluatedClass, Group, Response
from lms.surveys.document import Form, Words
from lms.surveys.models import Instrument, SectionMean, Survey, Tally
from lms.surveys.queries.rights import document_of
from lms.surveys.rules import MINIMUM_RESPONSES, NONE

Sections = dict[str, Sums]
INSTITUTION = (Unit.id, Unit.code, Unit.name)
PROGRAMME = (Programme.id, Programme.code, Programme.name)


def responses(scope: Scope) -> tuple[dict[int, Response], dict[int, list[Form]]]:
    """By year: the response, and the forms used, the newest first."""
    rows = db.session.execute(
        evaluations(YEAR, Instrument.id, *_RESPONSE)
        .join(Instrument, Instrument.id == Survey.instrument_id)
        .where(scope.condition)
        .group_by(YEAR, Instrument.id)
        .order_by(Instrument.loaded_at.desc(), Instrument.id)
    )
    responses: dict[int, Response] = {}
    forms: dict[int, list[Form]] = defaultdict(list)
    for row in rows:
        responses[row.year] = responses.get(row.year, Response()).plus(_response(row))
        forms[row.year].append(document_of(row.id))
    return responses, forms


def sections(scope: Scope, since: int, year: int, points: int) -> tuple[dict[int, Sections], dict[int, Sections]]:
    """By year and section: the sums of the scope, and of the whole city."""
    inside = scope.condition.label("inside")
    rows = db.session.execute(
        evaluations(YEAR, SectionMean.section, inside, *sums(points))
        .join(SectionMean, SectionMean.survey_id == Survey.id)
        .where(of_no_teaching(), in_year(year, since), scope.closed)
        .group_by(YEAR, SectionMean.section, inside)
    )
    own: dict[int, Sections] = defaultdict(dict)
    city: dict[int, Sections] = defaultdict(dict)
    for row in rows:
        added = read(row, points)
        if row.inside:
            own[row.year][row.section] = added
        add(city[row.year], row.section, added)
    return own, city


def add(totals: Sections, section: str, added: Sums) -> None:
    """Add what belongs to a section."""
    totals[section] = totals[section].plus(added) if section in totals else added


def versions(scope: Scope, points: int) -> dict[int, Sections]:
    """By version of the programme, in order, and section."""
    rows = db.session.execute(
        evaluations(ProgrammeVersion.number, SectionMean.section, *sums(points))
        .join(SectionMean, SectionMean.survey_id == Survey.id)
        .where(of_no_teaching(), scope.condition)
        .group_by(ProgrammeVersion.number, SectionMean.section)
        .order_by(ProgrammeVersion.number)
    )
    by_version: dict[int, Sections] = defaultdict(dict)
    for row in rows:
        by_version[row.number][row.section] = read(row, points)
    return by_version


def by_lecturers(scope: Scope, year: int, points: int) -> tuple[Response, list[Form], Sections]:
    """What lecturers said in the half-years of a year: the response, the forms, and the sums by section."""
    rows = db.session.execute(
        select(Instrument.id, SectionMean.section, *_RESPONSE, *sums(points))
        .select_from(Survey)
        .join(Unit, Unit.id == Survey.institution_id)
        .join(Instrument, Instrument.id == Survey.instrument_id)
        .outerjoin(SectionMean, and_(SectionMean.survey_id == Survey.id, of_no_teaching()))
        .where(Survey.audience == "lecturer", Survey.state != "open", scope.of_institutions, scope.closed)
        .where(Survey.period.in_((f"{year}-1", f"{year}-2")))
        .group_by(Instrument.id, SectionMean.section)
        .order_by(Instrument.loaded_at.desc(), Instrument.id)
    )
    response, totals, used = Response(), Sections(), dict[UUID, Form]()
    for row in rows:
        used[row.id] = document_of(row.id)
        if row.section in (WHOLE, None):
            response = response.plus(_response(row))
        if row.section is not None:
            add(totals, row.section, read(row, points))
    return response, list(used.values()), totals


def questions(scope: Scope, year: int, most: int) -> dict[str, Row[Any]]:
    """By question on a scale, over all topics: a row for :func:`read`, with counts up to ``most`` points."""
    places = range(1, most + 1)
    people, total = Tally.n, cast(sum(k * func.coalesce(Tally.counts[k], 0) for k in places), Float)
    weights = (people, total, people * people, people * total, total * total)
    counts = [func.coalesce(Tally.counts[k], 0) for k in places]
    rows = db.session.execute(
        evaluations(Tally.item, *_labelled(func.count(), weights, [func.sum(count) for count in counts]))
        .join(Tally, Tally.survey_id == Survey.id)
        .where(Tally.kind == written("scale"), scope.condition, in_year(year))
        .group_by(Tally.item)
    )
    return {row.item: row for row in rows}


class TopicSums(NamedTuple):
    """A topic in one section of the form."""

    programme: str
    topic: str
    title: Words
    section: str
    sums: Sums

    @property
    def about(self) -> tuple[object, ...]:
        """What it is about, whatever the section."""
        return self.programme, self.topic


class LecturerSums(NamedTuple):
    """A lecturer in one section of the form."""

    person_id: UUID
    name: str
    section: str
    sums: Sums

    @property
    def about(self) -> tuple[object, ...]:
        """What it is about, whatever the section."""
        return (self.person_id,)


class TaughtSums(NamedTuple):
    """A lecturer in a topic, in one section of the form."""

    person_id: UUID
    name: str
    programme: str
    topic: str
    title: Words
    section: str
    sums: Sums

    @property
    def about(self) -> tuple[object, ...]:
        """What it is about, whatever the section."""
        return self.person_id, self.programme, self.topic


_TITLE = func.max(func.concat(func.lpad(cast(ProgrammeVersion.number, Text), 6, "0"), cast(Topic.title, Text)))
"""The title in the newest version that was taught, after the version's number."""
_TOPIC = (
    Programme.code.label("programme"),
    Topic.code.label("topic"),
    cast(func.substr(_TITLE, 7), JSONB).label("title"),
)
_LECTURER = (Person.id.label("person_id"), Person.full_name.label("name"))
_TOPIC_KEYS = (Programme.id, Topic.code)
_TOPIC_ORDER = (Programme.position, func.min(Topic.position), Topic.code)


def topics(scope: Scope, year: int, points: int) -> list[TopicSums]:
    """What was said of topics, in the order of the Decision."""
    statement = _taught(scope, year, points, *_TOPIC).group_by(*_TOPIC_KEYS).order_by(*_TOPIC_ORDER)
    return [
        TopicSums(row.programme, row.topic, row.title, row.section, read(row, points))
        for row in db.session.execute(statement)
    ]


def lecturers(scope: Scope, year: int, points: int) -> list[LecturerSums]:
    """What was said of lecturers, by name."""
    statement = _taught(scope, year, points, *_LECTURER).group_by(Person.id)
    rows = db.session.execute(statement.order_by(Person.sort_key, Person.id))
    return [LecturerSums(row.person_id, row.name, row.section, read(row, points)) for row in rows]


def taught(scope: Scope, year: int, points: int) -> list[TaughtSums]:
    """What was said of each lecturer in each topic, by name."""
    statement = _taught(scope, year, points, *_LECTURER, *_TOPIC).group_by(Person.id, *_TOPIC_KEYS)
    rows = db.session.execute(statement.order_by(Person.sort_key, Person.id, *_TOPIC_ORDER))
    return [
        TaughtSums(row.person_id, row.name, row.programme, row.topic, row.title, row.section, read(row, points))
        for row in rows
    ]


def _taught(scope: Scope, year: int, points: int, *keys: Any) -> Select[Any]:
    return (
        evaluations(*keys, SectionMean.section, *sums(points))
        .join(SectionMean, SectionMean.survey_id == Survey.id)
        .join(Teaching, Teaching.id == SectionMean.teaching)
        .join(Topic, Topic.id == Teaching.topic_id)
        .join(Person, Person.id == Teaching.lecturer_id)
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .where(scope.condition, in_year(year))
        .group_by(SectionMean.section)
    )


def groups(scope: Scope, year: int, points: int, by: Sequence[Any]) -> tuple[Group, ...]:
    """The results of each institution, or of each programme, in the scope: by name, or as the Decision lists them.

    :param by: INSTITUTION or PROGRAMME
    """
    rows = db.session.execute(
        evaluations(*by, *_RESPONSE, *sums(points))
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .outerjoin(SectionMean, and_(SectionMean.survey_id == Survey.id, _whole()))
        .where(scope.condition, in_year(year))
        .group_by(by[0])
        .order_by(Unit.sort_key if by is INSTITUTION else Programme.position)
    )
    return tuple(
        Group(
            str(row.id),
            row.code,
            {"vi": row.name} if isinstance(row.name, str) else row.name,
            _response(row),
            statistics.figures(read(row, points)) if row.sums_evaluations else None,
        )
        for row in rows
    )


def classes(scope: Scope, year: int) -> tuple[EvaluatedClass, ...]:
    """Return the evaluated classes of a scope in a year, by code; those with too few forms without figures."""
    rows = db.session.execute(
        evaluations(
            ClassRun.id.label("class_id"),
            ClassRun.code,
            ClassRun.name,
            Unit.name.label("institution"),
            Programme.code.label("programme"),
            ClassRun.starts_on,
            ClassRun.ends_on,
            Survey.invited,
            Survey.answered,
            Survey.valid,
            Survey.invalid,
            SectionMean.n,
            SectionMean.mean,
            SectionMean.counts,
        )
        .join(Programme, Programme.id == ProgrammeVersion.programme_id)
        .outerjoin(SectionMean, and_(SectionMean.survey_id == Survey.id, _whole()))
        .where(scope.condition, in_year(year))
        .order_by(ClassRun.sort_key, ClassRun.id)
    )
    return tuple(_class(row) for row in rows)


def _class(row: Any) -> EvaluatedClass:
    few = int(row.valid < MINIMUM_RESPONSES)
    return EvaluatedClass(
        class_id=row.class_id,
        code=row.code,
        name=row.name,
        institution=row.institution,
        programme=row.programme,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        response=Response(1, few, row.invited, row.answered, row.valid, row.invalid),
        figures=None if row.n is None else statistics.figures(statistics.sums(row.n, row.mean, row.counts)),
    )


_RESPONSE = (
    func.count().label("evaluations"),
    func.count().filter(Survey.valid < MINIMUM_RESPONSES).label("few"),
    *(
        func.coalesce(func.sum(column), 0).label(column.key)
        for column in (Survey.invited, Survey.answered, Survey.valid, Survey.invalid)
    ),
)
"""The columns of :class:`Response`, by name."""


def _response(row: Any) -> Response:
    return Response(**{field.name: row._mapping[field.name] for field in fields(Response)})


def on_scale(points: int) -> ColumnElement[float]:
    """Return the stored mean as one on a scale of so many points: the ends meet the ends."""
    return 1 + (SectionMean.mean - 1) * (points - 1) / (SectionMean.points - 1)


def sums(points: int) -> list[ColumnElement[Any]]:
    """The columns for :func:`read`, on a scale of so many points; of answers, those given on that very scale."""
    same = SectionMean.points == points
    counts = [func.coalesce(func.sum(SectionMean.counts[k]).filter(same), 0) for k in range(1, points + 1)]
    people, total = SectionMean.n, SectionMean.n * on_scale(points)
    weights = (people, total, people * people, people * total, total * total)
    return _labelled(func.count(people), weights, counts)


def _labelled(
    number: ColumnElement[int], weights: Sequence[Any], counts: Sequence[ColumnElement[Any]]
) -> list[ColumnElement[Any]]:
    """Name the columns of :class:`Sums`: ``sums_`` and the name, a count by its point."""
    summed = zip(("people", "mean", "people2", "mean2", "square2"), weights, strict=True)
    return [
        number.label("sums_evaluations"),
        *(func.sum(weight).label(f"sums_{name}") for name, weight in summed),
        *(count.label(f"sums_{point}") for point, count in enumerate(counts, 1)),
    ]


def read(row: Any, points: int) -> Sums:
    """Read the columns of :class:`Sums` from a row, with the counts of so many points."""
    named = row._mapping
    return Sums(
        evaluations=named["sums_evaluations"],
        people=named["sums_people"],
        mean=float(named["sums_mean"]),
        people2=float(named["sums_people2"]),
        mean2=float(named["sums_mean2"]),
        square2=float(named["sums_square2"]),
        counts=tuple(named[f"sums_{point}"] for point in range(1, points + 1)),
    )


def of_no_teaching() -> ColumnElement[bool]:
    """Tell of a section mean whether it is that of a section as a whole."""
    whole: ColumnElement[bool] = SectionMean.teaching == written(NONE)
    return whole


def _whole() -> ColumnElement[bool]:
    return and_(SectionMean.section == written(WHOLE), of_no_teaching())
