"""Player pages of ours on the content origin: one small document a kind, with its configuration in it."""

import json
import re
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
from lms.library.kinds import KINDS, UNIT_KINDS
from lms.library.kinds.kind import Player
from lms.library.models import ContentUnit, PackageVersion, Registration, ScormState
from lms.library.origin import delivery
from lms.library.origin.access import Facts
from lms.library.services.launches import basic
from lms.library.services.scorm import COURSE

_HALVES = re.compile("[\ud800-\udfff]")
_PAGE_LIMIT = 4 * 1024 * 1024


def page(facts: Facts, *, base: str) -> tuple[Player, str]:
    """Return which player shows a launch's unit, and its page.

    :param base: path under which the package's files are
    """
    unit = db.session.get_one(ContentUnit, facts.unit_id)
    player = _player(facts, unit)
    language = _language(facts.registration_id)
    config = _config(facts, unit, player, base, language)
    values = {
        "config": _for_script(config),
        "title": str(escape(config["title"])),
        "lang": language,
        "content": _content(facts, unit) if player.content else "",
    }
    text = _template(player.page)
    for key, value in values.items():
        text = text.replace("{{" + key + "}}", value)
    return player, text


def _player(facts: Facts, unit: ContentUnit) -> Player:
    of_unit = UNIT_KINDS[unit.kind].player
    player = KINDS[facts.package_kind].player or (of_unit(unit.properties) if of_unit else None)
    return player or abort(404)


def _config(facts: Facts, unit: ContentUnit, player: Player, base: str, language: str) -> dict[str, Any]:
    registration = db.session.get_one(Registration, facts.registration_id)
    shown = unit.properties.get("pdf") or unit.href or ""
    config: dict[str, Any] = {
        "kind": player.name,
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
        "words": _words(player.words, language),
    }
    return config | (_scorm(facts, unit, registration, language) if player.run_time else {})


def _scorm(facts: Facts, unit: ContentUnit, registration: Registration, language: str) -> dict[str, Any]:
    version = db.session.get_one(PackageVersion, facts.version_id)
    states = {row.identifier: row for row in db.session.scalars(_states(registration.id))}
    course = states.pop(COURSE, None)
    return {
        "edition": version.properties.get("edition", "1.2"),
        "commit": "commit",
        "shown": addresses.browser_secret(facts.session_id),
        "unit": None if unit.parent_id is None else unit.identifier,
        "units": [_item(row, level, language) for row, level in _levels(facts.version_id)],
        "sequencing": version.properties.get("sequencing"),
        "state": {name: {"cmi": row.data, "sequence": row.sequence} for name, row in states.items()},
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
    nested: list[tuple[ContentUnit, int]] = []
    levels: dict[UUID, int] = {}
    for row in queries.units(version_id):
        level = levels[row.id] = 0 if row.parent_id is None else levels[row.parent_id] + 1
        if row.parent_id is not None:
            nested.append((row, level))
    return nested


def _states(registration_id: UUID) -> Any:
    return select(ScormState).where(ScormState.registration_id == registration_id)


def _content(facts: Facts, unit: ContentUnit) -> str:
    """Return a page's HTML, which was made safe when it was taken in."""
    file = delivery.find(facts.version_id, unit.href or "")
    if file is None or file.size > _PAGE_LIMIT:
        abort(404)
    return b"".join(files.read(file.sha256)).decode()


def _language(registration_id: UUID) -> str:
    locale = db.session.execute(queries.LOCALE, {"registration": registration_id}).scalar()
    return "en" if locale == "en" else "vi"


def _in(texts: dict[str, Any], language: str) -> str:
    """Return the text in the reader's language, or the nearest there is."""
    for preferred in (language, "vi", "en", "und"):
        for tag, text in texts.items():
            if tag.lower().split("-")[0] == preferred:
                return str(text)
    return str(next(iter(texts.values()), ""))


def _for_script(value: Any) -> str:
    """Return JSON that cannot end the element it stands in."""
    text = _HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", json.dumps(value, ensure_ascii=False))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _template(page: Path) -> str:
    return page.read_text("utf-8")


@cache
def _words(paths: tuple[Path, ...], language: str) -> dict[str, str]:
    words: dict[str, str] = {}
    for path in paths:
        words |= {key: texts[language] for key, texts in json.loads(path.read_text("utf-8")).items()}
    return words
