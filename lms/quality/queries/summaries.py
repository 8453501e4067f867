"""Results over many evaluations: of an institution, of a programme, of a year.

Everything is a sum of what closing has stored, and nothing is stored of fewer than five answers: so no result here
minus others can tell of fewer (docs/decisions/0012).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import TypeVar

from lms.quality.queries import sums
from lms.quality.queries.effects import effects_of
from lms.quality.queries.scopes import Scope
from lms.quality.queries.sums import LecturerSums, Sections, TaughtSums, TopicSums
from lms.quality.rules import statistics
from lms.quality.rules.statistics import WHOLE, Figures, Sums
from lms.quality.rules.summaries import (
    ByLecturers,
    LecturerResult,
    Overview,
    Part,
    Question,
    Response,
    Results,
    TaughtResult,
    TopicResult,
    VersionResult,
    YearResult,
)
from lms.surveys.document import OBJECTS, Form, Section

Row = TypeVar("Row", TopicSums, LecturerSums, TaughtSums)
SPAN = 5
"""Years of a trend, the chosen one included."""


def results_of(scope: Scope, year: int | None = None) -> Results | None:
    """Return the results of a scope in a year, by default the newest with evaluations; None when nothing was closed.

    For a year without evaluations the overview says so, and the rest is empty. Its classes: :func:`sums.classes`.
    """
    overview = overview_of(scope, year)
    if overview is None:
        return None
    year, form = overview.year, overview.form
    topics = _together(sums.topics(scope, year, form.points))
    lecturers = _together(sums.lecturers(scope, year, form.points))
    return Results(
        overview,
        _questions(scope, year, form),
        tuple(TopicResult(row.programme, row.topic, row.title, told) for row, told in topics),
        tuple(LecturerResult(row.person_id, row.name, told) for row, told in lecturers),
        () if scope.kind == "institution" else sums.groups(scope, year, form.points, sums.INSTITUTION),
        () if scope.kind == "programme" else sums.groups(scope, year, form.points, sums.PROGRAMME),
        _versions(scope, form) if scope.kind == "programme" else (),
        tuple(effects_of(scope.condition, year=year, until=scope.until)),
        None if scope.kind == "programme" else _by_lecturers(scope, year, form.points),
    )


def overview_of(scope: Scope, year: int | None = None) -> Overview | None:
    """Return response and means of a scope in a year, beside the city's and those of the years before."""
    responses, forms = sums.responses(scope)
    if not responses:
        return None
    year = max(responses) if year is None else year
    form = forms[year if year in forms else max(forms)][0]
    every = list(chain.from_iterable(forms[form_year] for form_year in sorted(forms, reverse=True)))
    own, city = sums.sections(scope, year - SPAN + 1, year, form.points)
    alone = own == city
    stages = tuple(_stages(every, own[year], {} if alone else city[year]))
    return Overview(
        year,
        tuple(sorted(responses, reverse=True)),
        form,
        responses.get(year, Response()),
        _figures(own[year].get(WHOLE)),
        None if alone else _figures(city[year].get(WHOLE)),
        _objects(stages),
        stages,
        tuple(
            YearResult(
                earlier,
                responses.get(earlier, Response()),
                _figures(own[earlier].get(WHOLE)),
                None if alone else _figures(city[earlier].get(WHOLE)),
                _by_object(every, own[earlier]),
            )
            for earlier in range(max(min(responses), year - SPAN + 1), year + 1)
        ),
    )


def taught_in(scope: Scope, overview: Overview) -> tuple[TaughtResult, ...]:
    """Return each lecturer in each topic, by name (mục IV.5: each lecturer per topic)."""
    rows = sums.taught(scope, overview.year, overview.form.points)
    return tuple(
        TaughtResult(row.person_id, row.name, row.programme, row.topic, row.title, told)
        for row, told in _together(rows)
    )


def _figures(added: Sums | None) -> Figures | None:
    return None if added is None else statistics.figures(added)


def _stages(forms: Iterable[Form], own: Sections, city: Sections) -> Iterator[Part]:
    """Give the sections that hold results, as the newest form that has them words them, in order."""
    sections: dict[str, Section] = {}
    for form in forms:
        for section in form.sections:
            sections.setdefault(section.key, section)
    for key, section in sections.items():
        if key in own:
            yield Part(key, section.object, section.title, statistics.figures(own[key]), _figures(city.get(key)))


def _objects(stages: Iterable[Part]) -> tuple[Part, ...]:
    """Return the six objects of Thông tư 10/2017/TT-BNV, as far as they hold results."""
    by_object: dict[str, list[Part]] = {}
    for stage in stages:
        by_object.setdefault(stage.object, []).append(stage)
    return tuple(
        Part(key, key, None, statistics.merged([part.figures for part in parts]), _city(parts))
        for key in OBJECTS
        if (parts := by_object.get(key))
    )


def _city(parts: Sequence[Part]) -> Figures | None:
    known = [part.city for part in parts if part.city]
    return statistics.merged(known) if known else None


def _by_object(forms: Iterable[Form], own: Sections) -> dict[str, Figures]:
    return {part.key: part.figures for part in _objects(_stages(forms, own, {}))}


def _questions(scope: Scope, year: int, form: Form) -> tuple[Question, ...]:
    """Return the questions on scales of a form, over all topics where they are repeated."""
    added = sums.questions(scope, year, max(map(len, form.scales.values())))
    questions = []
    for section, item in form.items():
        if item.kind == "scale" and item.code in added:
            labels = tuple(form.labels(item))
            figures = statistics.figures(sums.read(added[item.code], len(labels)))
            questions.append(Question(section.key, item.code, item.text, labels, figures))
    return tuple(questions)


def _together(rows: Sequence[Row]) -> Iterator[tuple[Row, Figures]]:
    """Give what the sections say of the same thing as one: they are about the same people."""
    for _same, group in groupby(rows, lambda row: row.about):
        sections = list(group)
        yield sections[0], statistics.merged([statistics.figures(row.sums) for row in sections])


def _versions(scope: Scope, form: Form) -> tuple[VersionResult, ...]:
    return tuple(
        VersionResult(number, statistics.figures(own[WHOLE]), _by_object([form], own))
        for number, own in sums.versions(scope, form.points).items()
    )


def _by_lecturers(scope: Scope, year: int, points: int) -> ByLecturers | None:
    response, forms, own = sums.by_lecturers(scope, year, points)
    return ByLecturers(response, tuple(_stages(forms, own, {}))) if response.evaluations else None
