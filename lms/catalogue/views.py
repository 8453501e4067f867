"""The catalogue, the page of a programme, its lessons for reviewers, and its pictures."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from flask import Response, abort, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from lms.catalogue import hooks, listing, queries, terms
from lms.catalogue.content.figures import DOWNLOADS, RECORDINGS
from lms.catalogue.content.registers import RegisteredSource
from lms.catalogue.listing import Filters, UnknownFilterError, grouped, select_rows, shelf
from lms.catalogue.queries import ProgrammeRow, VersionLine
from lms.core import arguments, clauses, downloads, files
from lms.core.database import utcnow
from lms.core.guard import Actor, current_actor
from lms.core.i18n import ZONE, select_language

_YEAR = 31_536_000
_NAME_MAX = 300


def index() -> Any:
    """The programmes of the Decision, searched and filtered."""
    try:
        filters = Filters.read(request.args)
    except UnknownFilterError:
        abort(400)

    def render(rows: list[ProgrammeRow]) -> str:
        selected = select_rows(rows, filters)
        return render_template(
            "catalogue/_list.html",
            filters=filters,
            choices=listing.CHOICES,
            terms=terms,
            labels=_labels(),
            count=len(selected),
            groups=grouped(selected, rows),
            totals=_totals(rows),
        )

    body = shelf().fragment(select_language(), filters, render)
    return render_template("catalogue/index.html", body=Markup(body))  # noqa: S704 - a rendered template


def programme(code: str) -> Any:
    """A programme: the Decision's words, and what its version teaches."""
    return _programme_page(code, arguments.number("version", largest=arguments.COUNT_MAX))


def decision() -> Any:
    """The clauses of the Decision that the product cites, in their own words."""
    return render_template("catalogue/decision.html", clauses=list(clauses.register().values()))


def review_lesson(code: str, number: int, lesson_code: str) -> Any:
    """A lesson as trainees read it, for those who review the programme."""
    version_id = queries.version_id(code, number) if _is_name(code + lesson_code) else None
    lesson = queries.lesson_by_code(version_id, lesson_code) if version_id else None
    if version_id is None or lesson is None:
        abort(404)
    lines = [line for module in queries.outline(version_id).modules for line in module.lessons]
    position = next(place for place, line in enumerate(lines) if line.code == lesson_code)
    return render_template(
        "catalogue/lesson.html",
        code=code,
        number=number,
        lesson=lesson,
        html=Markup(lesson.html),  # noqa: S704 - drawn of tokens when it was loaded
        alerts=_alerts(lesson.sources),
        before=lines[position - 1] if position else None,
        after=lines[position + 1] if position + 1 < len(lines) else None,
    )


def glossary() -> Any:
    """All terms that lessons explain."""
    return render_template("catalogue/glossary.html", terms=queries.glossary())


def figure(version_id: UUID, name: str) -> Any:
    """A picture, recording or download of a lesson; it never changes under its address.

    Downloads are only saved; a policy of its own keeps a picture a mere picture.
    """
    file = queries.figure(version_id, name) if _is_name(name) else None
    if file is None:
        abort(404)
    if file.media_type in DOWNLOADS.values():
        return downloads.attachment(file.sha256, name.rpartition("/")[2])
    if file.media_type in RECORDINGS.values():
        return downloads.played(file.sha256, file.media_type, _YEAR)
    response = Response(mimetype=file.media_type)
    response.set_etag(file.sha256)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Cache-Control"] = f"private, max-age={_YEAR}, immutable"
    response.make_conditional(request)
    if response.status_code != 304:
        try:
            response.set_data(b"".join(files.read(file.sha256)))
        except FileNotFoundError:
            abort(404)
    return response


def _alerts(sources: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Return titles of registered sources with what a reviewer must know of them before relying on the lesson."""
    today = utcnow().astimezone(ZONE).date()
    known = ((one["title"], msgspec.convert(one["register"], RegisteredSource)) for one in sources if "register" in one)
    return [(title, problems) for title, source in known if (problems := source.problems(today))]


def _programme_page(code: str, number: int | None) -> str:
    card = queries.programme(code) if _is_name(code) else None
    if card is None:
        abort(404)
    versions = queries.versions(card.id)
    if number is None:
        version = versions[0] if versions else None
    else:
        version = next((line for line in versions if line.number == number), None) or abort(404)
    actor = current_actor()
    return render_template(
        "catalogue/programme.html",
        programme=card,
        document=card.document,
        terms=terms,
        version=version,
        versions=versions,
        outline=queries.outline(version.id) if version else None,
        approved_on=_approved_on(version),
        reviewer=actor.may("catalogue.review"),
        notes=_notes(version, actor) if version and actor.may("catalogue.review") else [],
        exports=actor.may("library.manage"),
    )


def _notes(version: VersionLine, actor: Actor) -> list[hooks.VersionNote]:
    return [note for notes in hooks.version_notes.ask(version.id, actor) for note in notes]


def _is_name(text: str) -> bool:
    """Tell whether a part of the address can name something at all; the database refuses NUL and the like."""
    return len(text) <= _NAME_MAX and text.isprintable()


def _approved_on(version: VersionLine | None) -> date | None:
    approval = version.document.get("approval") if version else None
    return date.fromisoformat(approval["date"]) if approval else None


def _labels() -> dict[str, dict[str, str]]:
    """The choices of each filter as the reader reads them."""
    tables = {"field": terms.FIELDS, "audience": terms.AUDIENCES, "form": terms.FORMS}
    labels = {name: {key: _(text) for key, text in table.items()} for name, table in tables.items()}
    return labels | {"group": {key: f"{key}. {_(group.title)}" for key, group in terms.GROUPS.items()}}


def _totals(rows: list[ProgrammeRow]) -> dict[str, int]:
    training = [row for row in rows if row.group != "D"]
    return {
        "programmes": len(training),
        "quota": sum(row.quota for row in training),
        "trained": sum(row.trained for row in training),
        "postgraduate": sum(row.quota for row in rows if row.group == "D"),
    }
