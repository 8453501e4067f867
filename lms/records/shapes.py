"""The shape of a statement: whom and what it names, when two are the same, and its three formats. Pure functions."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from lms.records.values import UUID_FORM, moment
from lms.records.vocabulary import ACCOUNTS

_THOUSANDTHS = re.compile(r"(\.\d\d)\d+(?=S)")
"""What Data 4.6 lets two durations differ in: more than hundredths of a second."""
_LANGUAGES = 20
"""So many of a reader's languages are looked for: a page has many language maps, and a header may name thousands."""


@lru_cache(maxsize=16384)
def mention(kind: str, name: str) -> str:
    """Return the key under which queries find what a statement names: 128 bits of SHA-256, hexadecimal.

    :param kind: ``agent``, ``activity``, ``verb``, ``registration`` or ``credential``
    """
    return hashlib.sha256(f"{kind}|{name}".encode()).hexdigest()[:32]


def mentions_of(statement: Mapping[str, Any]) -> dict[str, bool]:
    """Return the keys of all that a statement names, each with whether it is named directly (Communication 2.1.3)."""
    mentions = {mention("agent", name): direct for name, direct in agents_of(statement).items()}
    mentions.update((mention("activity", iri), direct) for iri, direct in activities_of(statement).items())
    mentions[mention("verb", statement["verb"]["id"])] = True
    registration = statement.get("context", {}).get("registration")
    if registration:
        mentions[mention("registration", registration.lower())] = True
    return mentions


def ifi(agent: Mapping[str, Any]) -> str | None:
    """Return an agent's or group's inverse functional identifier in one form; None for an anonymous group."""
    for kind in ("mbox", "mbox_sha1sum", "openid"):
        if kind in agent:
            return f"{kind}|{agent[kind]}"
    if "account" in agent:
        return f"account|{agent['account']['homePage']}|{agent['account']['name']}"
    return None


def account_ifi(name: UUID) -> str:
    """Return the identifier of a person of the product."""
    return f"account|{ACCOUNTS}|{name}"


def agents_of(statement: Mapping[str, Any]) -> dict[str, bool]:
    """Return the identifiers of all agents named, each with whether it is actor or object (Communication 2.1.3)."""
    named: dict[str, bool] = {}
    for agent, direct in _agents(statement):
        for member in (agent, *agent.get("member", ())):
            if (name := ifi(member)) is not None:
                named[name] = named.get(name, False) or direct
    return named


def every_agent(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield all agents and groups that a statement names, and the members of groups."""
    for agent, _ in _agents(statement):
        yield from (agent, *agent.get("member", ()))


def activities_of(statement: Mapping[str, Any]) -> dict[str, bool]:
    """Return the IRIs of all activities named, each with whether it is the object (Communication 2.1.3)."""
    named: dict[str, bool] = {}
    for activity, direct in _activities(statement):
        named[activity["id"]] = named.get(activity["id"], False) or direct
    return named


def as_lists(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the statement with each context activity in a list, as it must be answered (Data 2.4.6.2)."""
    result = dict(statement)
    target = result["object"]
    if target.get("objectType") == "SubStatement":
        result["object"] = as_lists(target)
    activities = result.get("context", {}).get("contextActivities")
    if activities and not all(isinstance(value, list) for value in activities.values()):
        lists = {key: value if isinstance(value, list) else [value] for key, value in activities.items()}
        result["context"] = result["context"] | {"contextActivities": lists}
    return result


def same(sent: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    """Tell whether a statement that was sent is the one that is kept under its id (Data 2.3.1).

    Left out: what the store sets (id, stored, authority, version, and the timestamp where the sender gave none),
    displays of verbs and attachments, and definitions of activities. Not told apart: case of UUIDs and hashes, one
    number in two forms (``1`` and ``1.0``), one moment in two zones, order of group members and of context activities,
    a single context activity and a list of one.
    """
    left_out = {"id", "stored", "authority", "version"} | (set() if "timestamp" in sent else {"timestamp"})
    first, second = (
        _comparable({key: value for key, value in statement.items() if key not in left_out})
        for statement in (sent, kept)
    )
    return _text(first) == _text(second)


def in_format(statement: dict[str, Any], format_: str, languages: list[tuple[str, float]]) -> dict[str, Any]:
    """Return a stored statement in the format ``ids`` or ``canonical`` (Communication 2.1.3).

    :param languages: ranges of Accept-Language, the best first, each with its quality; 0 is not wanted (RFC 9110,
        12.4.2)
    """
    if format_ == "ids":
        return _walk(statement, _identity, lambda verb: {"id": verb["id"]})
    wanted = languages[:_LANGUAGES]
    return _walk(
        statement,
        lambda item, kind: _in_language(item, wanted) if kind == "activity" else item,
        lambda verb: verb | {"display": _best(verb["display"], wanted)} if verb.get("display") else verb,
    )


# -- walking ----------------------------------------------------------------------------------------------------------


def _agents(statement: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], bool]]:
    target, context = statement["object"], statement.get("context", {})
    yield statement["actor"], True
    if target.get("objectType") in ("Agent", "Group"):
        yield target, True
    if target.get("objectType") == "SubStatement":
        yield from ((agent, False) for agent, _ in _agents(target))
    for holder, key in ((statement, "authority"), (context, "instructor"), (context, "team")):
        if key in holder:
            yield holder[key], False
    for held in context.get("contextAgents", ()):
        yield held["agent"], False
    for held in context.get("contextGroups", ()):
        yield held["group"], False


def _activities(statement: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], bool]]:
    target = statement["object"]
    if target.get("objectType", "Activity") == "Activity":
        yield target, True
    if target.get("objectType") == "SubStatement":
        yield from ((activity, False) for activity, _ in _activities(target))
    for value in statement.get("context", {}).get("contextActivities", {}).values():
        for activity in value if isinstance(value, list) else [value]:
            yield activity, False


def _walk(statement: dict[str, Any], change: Any, verb: Any) -> dict[str, Any]:
    """Rebuild a statement with ``change(item, kind)`` on every agent and activity, and ``verb`` on verbs."""
    result = dict(statement)
    target = statement["object"]
    kind = target.get("objectType", "Activity")
    result["verb"] = verb(statement["verb"])
    result["actor"] = change(statement["actor"], "agent")
    if kind == "SubStatement":
        result["object"] = _walk(target, change, verb)
    elif kind != "StatementRef":
        result["object"] = change(target, "activity" if kind == "Activity" else "agent")
    if "authority" in statement:
        result["authority"] = change(statement["authority"], "agent")
    if "context" in statement:
        context = dict(statement["context"])
        for key in ("instructor", "team"):
            if key in context:
                context[key] = change(context[key], "agent")
        for key, held in (("contextAgents", "agent"), ("contextGroups", "group")):
            if key in context:
                context[key] = [entry | {held: change(entry[held], "agent")} for entry in context[key]]
        if "contextActivities" in context:
            context["contextActivities"] = {
                key: [change(activity, "activity") for activity in listed]
                for key, listed in context["contextActivities"].items()
            }
        result["context"] = context
    return result


# -- formats ----------------------------------------------------------------------------------------------------------


def _identity(item: dict[str, Any], kind: str) -> dict[str, Any]:
    """Only what identifies an agent or activity; an anonymous group keeps its members, each reduced."""
    if kind == "activity":
        return {"id": item["id"]}
    kept: dict[str, Any] = {
        key: item[key] for key in ("objectType", "mbox", "mbox_sha1sum", "openid", "account") if key in item
    }
    if "member" in item and ifi(item) is None:
        kept["member"] = [_identity(member, "agent") for member in item["member"]]
    return kept


def _in_language(activity: dict[str, Any], languages: list[tuple[str, float]]) -> dict[str, Any]:
    if "definition" not in activity:
        return activity
    definition = dict(activity["definition"])
    for key in ("name", "description"):
        if definition.get(key):
            definition[key] = _best(definition[key], languages)
    for key in ("choices", "scale", "source", "target", "steps"):
        if key in definition:
            definition[key] = [
                part | {"description": _best(part["description"], languages)} if part.get("description") else part
                for part in definition[key]
            ]
    return activity | {"definition": definition}


def _best(texts: dict[str, str], languages: list[tuple[str, float]]) -> dict[str, str]:
    """Return the one entry that suits the reader: by Accept-Language, then Vietnamese, then whatever is first.

    A range that nothing fits is shortened from its end (RFC 4647, 3.4): ``en-GB`` is content with ``en``. What has the
    quality 0 is answered only where there is nothing else: exactly one entry must be.
    """
    named = {wanted.lower() for wanted, _ in languages}
    barred = {wanted.lower() for wanted, quality in languages if not quality} - {"*"}
    allowed = {
        tag: text
        for tag, text in texts.items()
        if next((part for part in _shortened(tag.lower()) if part in named), "") not in barred
    } or texts
    for wanted in (*(wanted for wanted, quality in languages if quality), "vi"):
        for form in _shortened(wanted.lower()):
            for tag, text in allowed.items():
                if form == "*" or tag.lower() == form or tag.lower().startswith(f"{form}-"):
                    return {tag: text}
    return dict([next(iter(allowed.items()))])


def _shortened(tag: str) -> Iterator[str]:
    """Yield a language tag and what is left of it without its last parts, a single letter never being the last."""
    parts = tag.split("-")
    while parts:
        yield "-".join(parts)
        parts.pop()
        if len(parts) > 1 and len(parts[-1]) == 1:
            parts.pop()


# -- sameness ---------------------------------------------------------------------------------------------------------


def _comparable(value: Any, key: str = "") -> Any:  # noqa: PLR0911 - one line a rule
    if type(value) is float:
        return int(value) if value.is_integer() else value
    if key == "extensions":
        return _by_value(value)
    if key == "contextActivities":
        return {name: _unordered(part if isinstance(part, list) else [part], "object") for name, part in value.items()}
    if key == "member":
        return _unordered(value, "")
    if isinstance(value, Mapping):
        left_out = _left_out(value, key)
        return {name: _comparable(part, name) for name, part in value.items() if name not in left_out}
    if isinstance(value, list):
        return [_comparable(part, key) for part in value]
    if key == "timestamp":
        return moment(value).isoformat()
    if key == "duration":
        return _THOUSANDTHS.sub(r"\1", value.replace(",", "."))
    if key in ("mbox_sha1sum", "sha2"):
        return value.lower()
    if isinstance(value, str) and key in ("registration", "id") and UUID_FORM.fullmatch(value):
        return value.lower()
    return value


def _by_value(value: Any) -> Any:
    """Return any JSON with its whole numbers in one form."""
    if isinstance(value, Mapping):
        return {name: _by_value(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_by_value(part) for part in value]
    return int(value) if type(value) is float and value.is_integer() else value


def _left_out(value: Mapping[str, Any], key: str) -> set[str]:
    if key == "verb":
        return {"display"}
    if key == "attachments":
        return {"display", "description"}
    kind = value.get("objectType")
    if key == "object" and kind in (None, "Activity"):
        return {"definition", "objectType"}
    return {"objectType"} if kind == "Agent" else set()


def _unordered(values: list[Any], key: str) -> list[Any]:
    return sorted((_comparable(value, key) for value in values), key=_text)


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
