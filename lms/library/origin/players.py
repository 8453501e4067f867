"""Player pages of ours on the content origin: one small document a kind, with its configuration in it."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import abort
from markupsafe import escape
from sqlalchemy import select

from lms.core import files
from lms.core.database import db
from lms.library import addresses, queries
from lms.library.models import ContentUnit, PackageVersion, Registration, ScormState
from lms.library.origin import delivery
from lms.library.origin.access import Facts
from lms.library.services.launches import basic
from lms.library.services.scorm import COURSE

FOLDER = Path(__file__).resolve().parents[1] / "players"
_PAGES = {"video": "media", "audio": "media"}
_PAGE_LIMIT = 4 * 1024 * 1024


def page(facts: Facts, *, token: str, base: str) -> tuple[str, str]:
    """Return which player shows a launch's unit, and its page.

    :param base: path under which the package's files are
    """
    del token
    unit = db.session.get_one(ContentUnit, facts.unit_id)
    kind = "scorm" if facts.package_kind.startswith("scorm") else unit.kind
    if kind == "office" and unit.properties.get("pdf"):
        kind = "pdf"
    name = _PAGES.get(kind, kind)
    if not (FOLDER / f"{name}.html").exists():
        abort(404)
    language = _language(facts.registration_id)
    config = _config(facts, unit, kind, base, language)
    values = {
        "config": _for_script(config),
        "title": str(escape(config["title"])),
        "lang": language,
        "content": _content(facts, unit) if kind == "page" else "",
    }
    text = _template(name)
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", value)
    return kind, text


def _config(facts: Facts, unit: ContentUnit, kind: str, base: str, language: str) -> dict[str, Any]:
    registration = db.session.get_one(Registration, facts.registration_id)
    shown = unit.properties.get("pdf") or unit.href or ""
    config: dict[str, Any] = {
        "kind": kind,
        "lang": language,
        "title": _in(unit.title, language),
        "base": base,
        "file": addresses.path_of(shown),
        "mode": facts.mode,
        "app": facts.application,
        "xapi": {
            "endpoint": f"{facts.application}/xapi/",
            "auth": f"Basic {basic(facts.session_id)}",
            "actor": registration.agent,
            "registration": str(registration.id),
            "activity": unit.iri,
        },
        "properties": unit.properties,
        "words": _words(kind, language),
    }
    return config | (_scorm(facts, unit, registration, language) if kind == "scorm" else {})


def _scorm(facts: Facts, unit: ContentUnit, registration: Registration, language: str) -> dict[str, Any]:
    version = db.session.get_one(PackageVersion, facts.version_id)
    kept = {row.identifier: row for row in db.session.scalars(_states(registration.id))}
    course = kept.pop(COURSE, None)
    return {
        "edition": version.properties.get("edition", "1.2"),
        "commit": "commit",
        "unit": None if unit.parent_id is None else unit.identifier,
        "units": [_item(row, level, language) for row, level in _levels(facts.version_id)],
        "sequencing": version.properties.get("sequencing"),
        "state": {name: {"cmi": row.data, "sequence": row.sequence} for name, row in kept.items()},
        "course": course.data if course else None,
        "session": str(facts.session_id),
        "learner": {"id": registration.account_name, "name": "Học viên" if language == "vi" else "Learner"},
    }


def _item(row: ContentUnit, level: int, language: str) -> dict[str, Any]:
    return {
        "identifier": row.identifier,
        "title": _in(row.title, language),
        "href": None if row.href is None else addresses.path_of(row.href),
        "visible": row.properties.get("isVisible", True),
        "kind": row.kind,
        "level": level,
        "properties": {key: value for key, value in row.properties.items() if key != "sequencing"},
    }


def _levels(version_id: UUID) -> list[tuple[ContentUnit, int]]:
    found: list[tuple[ContentUnit, int]] = []
    levels: dict[UUID, int] = {}
    for row in queries.units(version_id):
        level = levels[row.id] = 0 if row.parent_id is None else levels[row.parent_id] + 1
        if row.parent_id is not None:
            found.append((row, level))
    return found


def _states(registration_id: UUID) -> Any:
    return select(ScormState).where(ScormState.registration_id == registration_id)


def _content(facts: Facts, unit: ContentUnit) -> str:
    """Return a page's HTML, which was made safe when it was taken in."""
    found = delivery.find(facts.version_id, unit.href or "")
    if found is None or found.size > _PAGE_LIMIT:
        abort(404)
    return b"".join(files.read(found.sha256)).decode()


def _language(registration_id: UUID) -> str:
    locale = db.session.execute(queries.LOCALE, {"registration": registration_id}).scalar()
    return "en" if locale == "en" else "vi"


def _in(texts: dict[str, Any], language: str) -> str:
    """Return the text in the reader's language, or the nearest there is."""
    for wanted in (language, "vi", "en", "und"):
        for tag, text in texts.items():
            if tag.lower().split("-")[0] == wanted:
                return str(text)
    return str(next(iter(texts.values()), ""))


def _for_script(value: Any) -> str:
    """Return JSON that cannot end the element it stands in."""
    text = json.dumps(value, ensure_ascii=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _template(name: str) -> str:
    return (FOLDER / f"{name}.html").read_text("utf-8")


@cache
def _words(kind: str, language: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for path in sorted(FOLDER.glob("words_*.json")):
        of = path.stem.removeprefix("words_")
        if of in (kind, "single"):
            words |= {key: texts[language] for key, texts in json.loads(path.read_text("utf-8")).items()}
    return words
