"""The OpenAPI 3.1 description, made from the operations and their shapes."""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from lms.library.api import shapes
from lms.library.api.operations import PREFIX, Operation
from lms.library.scopes import SCOPES

_PARAMETER = re.compile(r"<uuid:(\w+)>")
_COMMON = {
    400: "What was sent cannot be read; the answer names it.",
    401: "There is no key, or it opens nothing.",
    403: "The key is not good for this.",
    429: "Too many wrong keys from this address.",
}


def openapi(operations: Iterable[Operation]) -> dict[str, Any]:
    """Return the description."""
    listed = list(operations)
    types = {type_ for one in listed for type_ in (*one.gives.values(), one.takes) if type_ not in (None, bytes)}
    ordered = [shapes.Problem, *sorted(types, key=lambda one: one.__name__)]
    references, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    schemas = dict(zip(ordered, references, strict=True))
    paths: dict[str, Any] = {}
    for one in listed:
        place = PREFIX + _PARAMETER.sub(r"{\1}", one.path)
        paths.setdefault(place, {})[one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Khuê: materials",
            "version": "1",
            "description": "Upload packages, register learners, open units, read what came of it. "
            "Keys are made by the institution's staff; their scopes: "
            + "; ".join(f"`{name}`" for name in SCOPES)
            + ".",
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": one.view.__name__,
        "summary": one.words,
        "description": f"Scope: `{one.scope}`.",
        "parameters": [*_in_path(one), *_in_query(one), *_in_headers(one)],
        "responses": _answers(one, schemas),
    }
    if one.takes is bytes:
        content = {one.media_type: {"schema": {"type": "string", "format": "binary"}}}
        described["requestBody"] = {"required": not one.bare, "content": content}
    elif one.takes is not None:
        content = {"application/json": {"schema": schemas[one.takes]}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _in_path(one: Operation) -> list[dict[str, Any]]:
    schema = {"type": "string", "format": "uuid"}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in _PARAMETER.findall(one.path)]


def _in_query(one: Operation) -> list[dict[str, Any]]:
    described = msgspec.json.schema_components([one.query])[1][one.query.__name__]
    return [
        {"name": name, "in": "query", "description": schema.pop("description"), "schema": schema}
        for name, schema in described["properties"].items()
    ]


def _in_headers(one: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "header",
            "required": given.required,
            "schema": dict(given.schema),
            "description": given.words,
        }
        for name, given in one.headers.items()
    ]


def _answers(one: Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    headers = {name: {"description": words, "schema": {"type": "string"}} for name, words in one.answered.items()}
    for status, type_ in one.gives.items():
        answers[str(status)] = {"description": one.words} | _content(schemas[type_] if type_ else None)
        if headers:
            answers[str(status)]["headers"] = headers
    for status, words in sorted({**_COMMON, **one.refuses}.items()):
        schema = schemas[shapes.Upload] if status == 422 else schemas[shapes.Problem]
        answers[str(status)] = {"description": words} | _content(schema)
    return answers


def _content(schema: Any) -> dict[str, Any]:
    return {} if schema is None else {"content": {"application/json": {"schema": schema}}}
