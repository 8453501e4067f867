"""Results over many evaluations: of an institution, of a programme, of a year.

Everything is a sum of what closing has stored, and nothing is stored of fewer than five answers: so no result here
minus others can tell of fewer (docs/decisions/0012).
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain
from uuid import UUID

from lms.reports.quality import rules, totals
from lms.reports.quality.moved import moved
from lms.reports.quality.outcomes import (
    ByLecturers,
    LecturerResult,
    Overview,
    Part,
    Question,
    Response,
    Results,
    TopicResult,
    VersionResult,
    YearResult,
)
from lms.reports.quality.rules import Figures, Sums
from lms.reports.quality.scopes import Scope
from lms.reports.quality.totals import WHOLE, Sections, TaughtSums
from lms.surveys.document import OBJECTS, Form, Section

SPAN = 5
"""Years of a trend, the chosen one included."""


def results_of(scope: Scope, year: int | None = None) -> Results | None:
    """Return the results of a scope in a year, by default the newest with evaluations; None when nothing was closed.

    For a year without evaluations the overview says so, and the rest is empty. Its classes: :func:`totals.classes`.
    """
    overview = overview_of(scope, year)
    if overview is None:
        return None
    year, form = overview.year, overview.form
    topics, lecturers = _taught(totals.taught(scope, year, form.points))
    return Results(
        overview,
        _questions(scope, year, form),
        topics,
        lecturers,
        () if scope.kind == "institution" else totals.groups(scope, year, form.points, totals.INSTITUTION),
        () if scope.kind == "programme" else totals.groups(scope, year, form.points, totals.PROGRAMME),
        _versions(scope, form) if scope.kind == "programme" else (),
        tuple(moved(scope.condition, year=year, until=scope.until)),
        None if scope.kind == "programme" else _by_lecturers(scope, year, form.points),
    )


def overview_of(scope: Scope, year: int | None = None) -> Overview | None:
    """Return response and means of a scope in a year, beside the city's and those of the years before."""
    responses, forms = totals.responses(scope)
    if not responses:
        return None
    year = max(responses) if year is None else year
    form = forms[year if year in forms else max(forms)][0]
    every = list(chain.from_iterable(forms[one] for one in sorted(forms, reverse=True)))
    own, city = totals.sections(scope, year - SPAN + 1, year, form.points)
    alone = own == city
    stages = tuple(_stages(every, own[year], {} if alone else city[year]))
    return Overview(
        scope,
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
                one,
                responses.get(one, Response()),
                _figures(own[one].get(WHOLE)),
                None if alone else _figures(city[one].get(WHOLE)),
                _by_object(every, own[one]),
            )
            for one in range(max(min(responses), year - SPAN + 1), year + 1)
        ),
    )


def _figures(added: Sums | None) -> Figures | None:
    return None if added is None else rules.figures(added)


def _stages(forms: Iterable[Form], own: Sections, city: Sections) -> Iterator[Part]:
    """Give the sections that hold results, as the newest form that has them words them, in order."""
    sections: dict[str, Section] = {}
    for form in forms:
        for one in form.sections:
            sections.setdefault(one.key, one)
    for key, one in sections.items():
        if key in own:
            yield Part(key, one.object, one.title, rules.figures(own[key]), _figures(city.get(key)))


def _objects(stages: Iterable[Part]) -> tuple[Part, ...]:
    """Return the six objects of Thông tư 10/2017/TT-BNV, as far as they hold results."""
    by_object: dict[str, list[Part]] = {}
    for one in stages:
        by_object.setdefault(one.object, []).append(one)
    return tuple(
        Part(key, key, None, rules.merged([one.figures for one in parts]), _city(parts))
        for key in OBJECTS
        if (parts := by_object.get(key))
    )


def _city(parts: Sequence[Part]) -> Figures | None:
    known = [one.city for one in parts if one.city]
    return rules.merged(known) if known else None


def _by_object(forms: Iterable[Form], own: Sections) -> dict[str, Figures]:
    return {part.key: part.figures for part in _objects(_stages(forms, own, {}))}


def _questions(scope: Scope, year: int, form: Form) -> tuple[Question, ...]:
    """Return the questions on scales of a form, over all topics where they are repeated."""
    added = totals.questions(scope, year, max(map(len, form.scales.values())))
    found = []
    for section, item in form.items():
        if item.kind == "scale" and item.code in added:
            labels = tuple(form.labels(item))
            figures = rules.figures(totals.read(added[item.code][: 6 + len(labels)]))
            found.append(Question(section.key, item.code, item.text, labels, figures))
    return tuple(found)


def _taught(rows: Sequence[TaughtSums]) -> tuple[tuple[TopicResult, ...], tuple[LecturerResult, ...]]:
    """Return topics, and lecturers by name."""
    by_lecturer: dict[UUID, list[TaughtSums]] = {}
    for one in sorted(rows, key=lambda row: (row.folded, row.person_id)):
        by_lecturer.setdefault(one.person_id, []).append(one)
    lecturers = (LecturerResult(key, own[0].name, _together(own), _topics(own)) for key, own in by_lecturer.items())
    return _topics(rows), tuple(lecturers)


def _topics(rows: Sequence[TaughtSums]) -> tuple[TopicResult, ...]:
    by_topic: dict[tuple[str, str], list[TaughtSums]] = {}
    for one in rows:
        by_topic.setdefault((one.programme, one.topic), []).append(one)
    return tuple(
        TopicResult(programme, code, own[0].title, _together(own)) for (programme, code), own in by_topic.items()
    )


def _together(rows: Sequence[TaughtSums]) -> Figures:
    """Add up within each section; sections are about the same people."""
    by_section: dict[str, list[Sums]] = {}
    for one in rows:
        by_section.setdefault(one.section, []).append(one.sums)
    return rules.merged([rules.figures(reduce(Sums.plus, each)) for each in by_section.values()])


def _versions(scope: Scope, form: Form) -> tuple[VersionResult, ...]:
    return tuple(
        VersionResult(number, rules.figures(own[WHOLE]), _by_object([form], own))
        for number, own in totals.versions(scope, form.points).items()
    )


def _by_lecturers(scope: Scope, year: int, points: int) -> ByLecturers | None:
    response, forms, own = totals.by_lecturers(scope, year, points)
    return ByLecturers(response, tuple(_stages(forms, own, {}))) if response.evaluations else None
