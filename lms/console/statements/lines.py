"""A statement as the pages show it: the sentence, when, who vouches, what to filter by, and its own text."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from lms.console.statements.sentences import (
    Reader,
    activity_name,
    person_of,
    sentence,
    verb_word,
    what,
    who,
)
from lms.core.i18n import ZONE
from lms.records.parsing import exact
from lms.records.queries import Shown
from lms.records.shapes import ifi
from lms.records.values import moment
from lms.records.vocabulary import BASE

_HIDDEN = re.compile("[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""Characters that do not show, or turn the direction of what follows."""

LIST_MAX = 20_000
"""Characters of a statement's own text in a list; some have a million."""


class Link(NamedTuple):
    """A value, and the filter that finds its like; none where the reader may not ask."""

    text: str
    value: str | None


class Line(NamedTuple):
    """A statement in the pages' words."""

    row: Shown
    sentence: str
    happened: datetime | None
    """In Hà Nội; None when the calendar here does not reach it."""
    timestamp: str
    authority: str
    person: Link
    verb: Link
    activity: Link | None
    registration: str | None
    refers_to: UUID | None
    text: str | None
    """Its own text, laid out; None when the reader may not know whom it names."""
    cut: bool
    """Whether that is only its beginning."""


def parse(row: Shown) -> dict[str, Any]:
    """Return a stored statement; its numbers may be larger than others can read."""
    statement: dict[str, Any] = json.loads(row.raw)
    return statement


def line(row: Shown, statement: Mapping[str, Any], reader: Reader, *, limit: int | None = LIST_MAX) -> Line:
    """Return a statement for a page.

    :param limit: how many characters of its own text are shown
    """
    text = pretty(row.raw) if reader.strangers or not names_somebody(statement, reader.you) else None
    actor, target, verb = statement["actor"], statement["object"], statement["verb"]
    kind = target.get("objectType", "Activity")
    return Line(
        row=row,
        sentence=sentence(statement, reader),
        happened=happened(statement),
        timestamp=statement["timestamp"],
        authority=who(statement["authority"], reader, start=True),
        person=Link(who(actor, reader, start=True), _identifier(actor, reader)),
        verb=Link(verb_word(verb, reader.language), verb["id"]),
        activity=_activity(target, reader) if kind == "Activity" else None,
        registration=statement.get("context", {}).get("registration"),
        refers_to=UUID(target["id"]) if kind == "StatementRef" else None,
        text=text[:limit] if text else None,
        cut=text is not None and limit is not None and len(text) > limit,
    )


def happened(statement: Mapping[str, Any]) -> datetime | None:
    """Return when it happened, by the clock of Hà Nội."""
    try:
        return moment(statement["timestamp"]).astimezone(ZONE)
    except OverflowError:
        return None


def pretty(raw: str) -> str:
    """Return a statement's text laid out, its numbers as they stand; what does not show is written as ``\\u…``."""
    laid_out = orjson.dumps(exact(raw), option=orjson.OPT_INDENT_2).decode()
    return _HIDDEN.sub(lambda match: f"\\u{ord(match.group()):04x}", laid_out)


def names_somebody(value: Any, you: UUID | None = None) -> bool:
    """Tell whether any part of a statement may tell who a person is: a name, an address, an account elsewhere.

    :param you: this person may be named
    """
    if isinstance(value, list):
        return any(names_somebody(item, you) for item in value)
    if not isinstance(value, Mapping):
        return False
    if value.keys() & {"mbox", "mbox_sha1sum", "openid"}:
        return True
    if value.get("objectType") == "Group" and "name" in value:
        return True
    account = value.get("account")
    if isinstance(account, Mapping):
        itself = you is not None and account.get("name") == str(you)
        elsewhere = not str(account.get("homePage", "")).startswith(f"{BASE}/") and account.get("homePage") != BASE
        if elsewhere or ("name" in value and not itself):
            return True
    return any(names_somebody(item, you) for item in value.values())


def _identifier(agent: Mapping[str, Any], reader: Reader) -> str | None:
    person = person_of(agent)
    if person is not None:
        return str(person)
    return ifi(agent) if reader.strangers else None


def _activity(target: Mapping[str, Any], reader: Reader) -> Link:
    return Link(activity_name(target, reader.language) or what(target, reader), target["id"])
