"""Results over many evaluations: of an institution, of a programme, of a year.

Everything is a sum of what closing has stored, and nothing is stored of fewer than five answers: so no result here
minus others can tell of fewer (docs/decisions/0012).
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, groupby
from typing import Any

from lms.quality import rules, totals
from lms.quality.moved import moved
from lms.quality.outcomes import (
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
from lms.quality.rules import Figures, Sums
from lms.quality.scopes import Scope
from lms.quality.totals import WHOLE, LecturerSums, Sections, TaughtSums, TopicSums
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
    topics = _together(totals.topics(scope, year, form.points))
    lecturers = _together(totals.lecturers(scope, year, form.points))
    return Results(
        overview,
        _questions(scope, year, form),
        tuple(TopicResult(*one) for one in topics),
        tuple(LecturerResult(*one) for one in lecturers),
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


def taught_in(scope: Scope, overview: Overview) -> tuple[TaughtResult, ...]:
    """Return each lecturer in each topic, by name (Phần IV.5: each lecturer per topic)."""
    rows = totals.taught(scope, overview.year, overview.form.points)
    return tuple(TaughtResult(*one) for one in _together(rows))


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


def _together(rows: Sequence[TopicSums | LecturerSums | TaughtSums]) -> Iterator[list[Any]]:
    """Give what the sections say of the same thing as one: they are about the same people."""
    for _id, same in groupby(rows, lambda row: [part for part in row[:-2] if not isinstance(part, dict)]):
        own = list(same)
        yield [*own[0][:-2], rules.merged([rules.figures(one.sums) for one in own])]


def _versions(scope: Scope, form: Form) -> tuple[VersionResult, ...]:
    return tuple(
        VersionResult(number, rules.figures(own[WHOLE]), _by_object([form], own))
        for number, own in totals.versions(scope, form.points).items()
    )


def _by_lecturers(scope: Scope, year: int, points: int) -> ByLecturers | None:
    response, forms, own = totals.by_lecturers(scope, year, points)
    return ByLecturers(response, tuple(_stages(forms, own, {}))) if response.evaluations else None
