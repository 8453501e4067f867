"""The rules of a statement (xAPI 1.0.3, Data, section 2; xAPI 2.0, 4.2): which properties, of which kind, when.

A check takes a value and raises :class:`Invalid`; on the way out each level adds its key, so a valid statement pays
nothing for the path that an error names.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from lms.records import values
from lms.records.errors import Invalid
from lms.records.vocabulary import VOIDED

Check = Callable[[Any], None]
IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_INTERACTIONS = frozenset(
    (
        *("true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert"),
        *("numeric", "other"),
    )
)
_COMPONENTS = ("choices", "scale", "source", "target", "steps")


def check(statement: Any, version: str) -> None:
    """Check a statement.

    :param version: the version of the request, ``1.0.3`` or ``2.0.0``
    :raises Invalid: names the first property that breaks a rule.
    """
    _STATEMENT[version](statement)


def check_agent(agent: Any) -> None:
    """Check an Agent or identified Group, as parameters name it."""
    _actor(agent)


def _object(properties: Mapping[str, Check], required: tuple[str, ...], then: Check | None, value: Any) -> None:
    if type(value) is not dict:
        raise Invalid("must be an object")
    for key, part in value.items():
        check = properties.get(key)
        if check is None:
            raise Invalid("unknown property", key)
        try:
            check(part)
        except Invalid as error:
            error.path.append(key)
            raise
    for key in required:
        if key not in value:
            raise Invalid("is required", key)
    if then is not None:
        then(value)


def an_object(properties: Mapping[str, Check], *required: str, then: Check | None = None) -> Check:
    """Return the check of an object with these properties and no others."""
    return partial(_object, properties, required, then)


def a_list(of: Check, *, least: int = 0) -> Check:
    """Return the check of a list."""

    def listed(value: Any) -> None:
        if type(value) is not list or len(value) < least:
            raise Invalid("must be a list" + (" with at least one entry" if least else ""))
        for place, part in enumerate(value):
            try:
                of(part)
            except Invalid as error:
                error.path.append(place)
                raise

    return listed


def exactly(word: str) -> Check:
    """Return the check of a value that can only be this word, in this case."""

    def word_only(value: Any) -> None:
        if value != word:
            raise Invalid(f"must be {word!r}")

    return word_only


# -- agents and groups (Data 2.4.2) ------------------------------------------------------------------------------------

_ACCOUNT = an_object({"homePage": values.iri, "name": values.text}, "homePage", "name")
_WHO: dict[str, Check] = {
    "name": values.text,
    "mbox": values.mbox,
    "mbox_sha1sum": values.sha1,
    "openid": values.iri,
    "account": _ACCOUNT,
}


def _one_identifier(value: Any) -> None:
    if sum(key in value for key in IDENTIFIERS) != 1:
        raise Invalid("must have exactly one of mbox, mbox_sha1sum, openid, account")


_agent = an_object(_WHO | {"objectType": exactly("Agent")}, then=_one_identifier)


def _identified_or_members(value: Any) -> None:
    count = sum(key in value for key in IDENTIFIERS)
    if count > 1:
        raise Invalid("must have at most one of mbox, mbox_sha1sum, openid, account")
    if count == 0 and not value.get("member"):
        raise Invalid("of an anonymous group must be a list of at least one agent", "member")


_group = an_object(
    _WHO | {"objectType": exactly("Group"), "member": a_list(_agent)}, "objectType", then=_identified_or_members
)


def _actor(value: Any) -> None:
    kind = value.get("objectType", "Agent") if type(value) is dict else "Agent"
    if kind != "Agent" and kind != "Group":  # noqa: PLR1714 - it may be of a type that a set cannot hold
        raise Invalid('must be "Agent" or "Group"', "objectType")
    (_group if kind == "Group" else _agent)(value)


def _authority(value: Any) -> None:
    _actor(value)
    if value.get("objectType") == "Group":
        if any(key in value for key in IDENTIFIERS):
            raise Invalid("must be an agent or an anonymous group of two agents")
        if len(value["member"]) != 2:
            raise Invalid("of an authority has exactly two agents", "member")


# -- verb and activity (Data 2.4.3, 2.4.4.1) ---------------------------------------------------------------------------

_VERB = an_object({"id": values.iri, "display": values.language_map}, "id")
_COMPONENT = an_object({"id": values.text, "description": values.language_map}, "id")


def _components(value: Any) -> None:
    _COMPONENT_LIST(value)
    if len({part["id"] for part in value}) != len(value):
        raise Invalid("must not repeat an id")


_COMPONENT_LIST = a_list(_COMPONENT)


def _interaction(value: Any) -> None:
    if type(value) is not str or value not in _INTERACTIONS:
        raise Invalid("is no interaction type of the specification")


def _with_its_type(value: Any) -> None:
    if "interactionType" not in value and any(key in value for key in ("correctResponsesPattern", *_COMPONENTS)):
        raise Invalid("is required with the properties of an interaction", "interactionType")


_DEFINITION = an_object(
    {
        "name": values.language_map,
        "description": values.language_map,
        "type": values.iri,
        "moreInfo": values.iri,
        "extensions": values.extensions,
        "interactionType": _interaction,
        "correctResponsesPattern": a_list(values.text),
        **dict.fromkeys(_COMPONENTS, _components),
    },
    then=_with_its_type,
)
_ACTIVITY = an_object({"objectType": exactly("Activity"), "id": values.iri, "definition": _DEFINITION}, "id")
_REFERENCE = an_object({"objectType": exactly("StatementRef"), "id": values.uuid}, "objectType", "id")

# -- result (Data 2.4.5) -----------------------------------------------------------------------------------------------


def _within_bounds(score: Any) -> None:
    low, high, raw = score.get("min"), score.get("max"), score.get("raw")
    if "scaled" in score and not -1 <= score["scaled"] <= 1:
        raise Invalid("lies between -1 and 1", "scaled")
    if low is not None and high is not None and low >= high:
        raise Invalid("must be less than max", "min")
    if raw is not None and ((low is not None and raw < low) or (high is not None and raw > high)):
        raise Invalid("lies between min and max", "raw")


_RESULT = an_object(
    {
        "score": an_object(dict.fromkeys(("scaled", "raw", "min", "max"), values.number), then=_within_bounds),
        "success": values.boolean,
        "completion": values.boolean,
        "response": values.text,
        "duration": values.duration,
        "extensions": values.extensions,
    }
)

# -- context (Data 2.4.6; 2.0, 4.2.2.5) --------------------------------------------------------------------------------


def _one_or_more(value: Any) -> None:
    (_ACTIVITIES if type(value) is list else _ACTIVITY)(value)


_ACTIVITIES = a_list(_ACTIVITY)
_RELEVANT = a_list(values.iri, least=1)
_CONTEXT_1: dict[str, Check] = {
    "registration": values.uuid,
    "instructor": _actor,
    "team": _group,
    "contextActivities": an_object(dict.fromkeys(("parent", "grouping", "category", "other"), _one_or_more)),
    "revision": values.text,
    "platform": values.text,
    "language": values.language,
    "statement": _REFERENCE,
    "extensions": values.extensions,
}
_CONTEXT_2 = _CONTEXT_1 | {
    "contextAgents": a_list(
        an_object(
            {"objectType": exactly("contextAgent"), "agent": _agent, "relevantTypes": _RELEVANT}, "objectType", "agent"
        )
    ),
    "contextGroups": a_list(
        an_object(
            {"objectType": exactly("contextGroup"), "group": _group, "relevantTypes": _RELEVANT}, "objectType", "group"
        )
    ),
}

# -- attachments (Data 2.4.11) -----------------------------------------------------------------------------------------

_ATTACHMENT = an_object(
    {
        "usageType": values.iri,
        "display": values.language_map,
        "description": values.language_map,
        "contentType": values.media_type,
        "length": values.length,
        "sha2": values.sha2,
        "fileUrl": values.iri,
    },
    *("usageType", "display", "contentType", "length", "sha2"),
)

# -- statements --------------------------------------------------------------------------------------------------------


def _context_suits_object(statement: Any) -> None:
    if statement["object"].get("objectType", "Activity") != "Activity":
        for key in ("revision", "platform"):
            if key in statement.get("context", ()):
                raise Invalid("goes only with an activity as object", "context", key)


def _consistent(statement: Any) -> None:
    _context_suits_object(statement)
    if statement["verb"]["id"] == VOIDED and statement["object"].get("objectType") != "StatementRef":
        raise Invalid("of a voiding statement must be a StatementRef", "object")


def _objects(kinds: Mapping[str, Check]) -> Check:
    def choose(value: Any) -> None:
        kind = value.get("objectType", "Activity") if type(value) is dict else "Activity"
        check = kinds.get(kind) if type(kind) is str else None
        if check is None:
            raise Invalid("is no kind of object for this place", "objectType")
        check(value)

    return choose


def _statement(version: str) -> Check:
    timestamp = values.timestamp if version == "1.0.3" else values.timestamp_with_zone
    kinds: dict[str, Check] = {"Activity": _ACTIVITY, "Agent": _agent, "Group": _group, "StatementRef": _REFERENCE}
    inner: dict[str, Check] = {
        "actor": _actor,
        "verb": _VERB,
        "object": _objects(kinds),
        "result": _RESULT,
        "context": an_object(_CONTEXT_1 if version == "1.0.3" else _CONTEXT_2),
        "timestamp": timestamp,
        "attachments": a_list(_ATTACHMENT),
    }
    required = ("actor", "verb", "object")
    sub = an_object(inner | {"objectType": exactly("SubStatement")}, *required, then=_context_suits_object)
    outer = inner | {
        "object": _objects(kinds | {"SubStatement": sub}),
        "id": values.uuid,
        "stored": values.timestamp,
        "authority": _authority,
        "version": values.version_of(version),
    }
    return an_object(outer, *required, then=_consistent)


_STATEMENT = {version: _statement(version) for version in ("1.0.3", "2.0.0")}
