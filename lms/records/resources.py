"""The resources that only tell: Agents, Activities and About (1.0.3, Communication 2.4, 2.5, 2.8)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, request

from lms.records import parameters, protocol, queries
from lms.records.access import client
from lms.records.parameters import single
from lms.records.shapes import every_agent, ifi
from lms.records.statement_rules import IDENTIFIERS
from lms.records.vocabulary import profile_document

_LOOKED_AT = 100
"""How many of the newest statements are asked for names and definitions."""


def about() -> Any:
    """Tell which versions of xAPI the store speaks."""
    single(request.args, frozenset())
    return {"version": protocol.VERSIONS, "extensions": {}}


def profile() -> Any:
    """Answer the xAPI profile of the product's own statements at the path of its IRI (xAPI Profiles 1.0)."""
    return Response(json.dumps(profile_document(), ensure_ascii=False), mimetype="application/ld+json")


def agents() -> Any:
    """Answer a Person: what is known of an agent."""
    protocol.version()
    agent = parameters.agent(single(request.args, frozenset({"agent"}), "agent")) or {}
    name = ifi(agent) or ""
    if bound := client().binding:
        bound.check_address(agent=name, activity=None, registration=None)
    descriptions = [
        agent,
        *_agents_named(queries.naming("agent", name, size=_LOOKED_AT, only_of=client().only_of), name),
    ]
    person: dict[str, Any] = {"objectType": "Person"}
    names = list(dict.fromkeys(description["name"] for description in descriptions if description.get("name")))
    if names:
        person["name"] = names
    for key in IDENTIFIERS:
        if key in agent:
            person[key] = [agent[key]]
    return person


def activities() -> Any:
    """Answer an activity with all that statements have told of it, the newest last."""
    protocol.version()
    arguments = single(request.args, frozenset({"activityId"}), "activityId")
    wanted = str(parameters.iri(arguments, "activityId"))
    if bound := client().binding:
        bound.check_address(agent=None, activity=wanted, registration=None)
    definition: dict[str, Any] = {}
    for told in _definitions(
        reversed(queries.naming("activity", wanted, size=_LOOKED_AT, only_of=client().only_of)), wanted
    ):
        for key, value in told.items():
            known = definition.get(key)
            both = key in ("name", "description", "extensions") and isinstance(known, dict)
            definition[key] = known | value if both else value
    return {"objectType": "Activity", "id": wanted} | ({"definition": definition} if definition else {})


def _agents_named(statements: Any, name: str) -> Iterator[Mapping[str, Any]]:
    yield from (agent for statement in statements for agent in every_agent(statement) if ifi(agent) == name)


def _definitions(statements: Any, iri: str) -> Iterator[dict[str, Any]]:
    yield from (item["definition"] for item in _objects(statements) if item.get("id") == iri and "definition" in item)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield all objects within, extensions left out."""
    if isinstance(value, dict):
        yield value
        for key, part in value.items():
            if key != "extensions":
                yield from _objects(part)
    elif not isinstance(value, str):
        for part in value if hasattr(value, "__iter__") else ():
            yield from _objects(part)
