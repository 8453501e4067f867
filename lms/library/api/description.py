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
    payloads = (type_ for operation in listed for type_ in (*operation.gives.values(), operation.takes))
    types = {type_ for type_ in payloads if type_ not in (None, bytes)}
    ordered = [shapes.Problem, *sorted(types, key=lambda type_: type_.__name__)]
    references, components = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    schemas = dict(zip(ordered, references, strict=True))
    paths: dict[str, Any] = {}
    for operation in listed:
        place = PREFIX + _PARAMETER.sub(r"{\1}", operation.path)
        paths.setdefault(place, {})[operation.method.lower()] = _operation(operation, schemas)
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


def _operation(operation: Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.view.__name__,
        "summary": operation.words,
        "description": f"Scope: `{operation.scope}`.",
        "parameters": [*_in_path(operation), *_in_query(operation), *_in_headers(operation)],
        "responses": _answers(operation, schemas),
    }
    if operation.takes is bytes:
        content = {operation.media_type: {"schema": {"type": "string", "format": "binary"}}}
        described["requestBody"] = {"required": not operation.bare, "content": content}
    elif operation.takes is not None:
        content = {"application/json": {"schema": schemas[operation.takes]}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    schema = {"type": "string", "format": "uuid"}
    return [
        {"name": name, "in": "path", "required": True, "schema": schema} for name in _PARAMETER.findall(operation.path)
    ]


def _in_query(operation: Operation) -> list[dict[str, Any]]:
    described = msgspec.json.schema_components([operation.query])[1][operation.query.__name__]
    return [
        {"name": name, "in": "query", "description": schema.pop("description"), "schema": schema}
        for name, schema in described["properties"].items()
    ]


def _in_headers(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "header",
            "required": header.required,
            "schema": dict(header.schema),
            "description": header.words,
        }
        for name, header in operation.headers.items()
    ]


def _answers(operation: Operation, schemas: dict[Any, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    headers = {name: {"description": words, "schema": {"type": "string"}} for name, words in operation.answered.items()}
    for status, type_ in operation.gives.items():
        answers[str(status)] = {"description": operation.words} | _content(schemas[type_] if type_ else None)
        if headers:
            answers[str(status)]["headers"] = headers
    for status, words in sorted({**_COMMON, **operation.refuses}.items()):
        schema = schemas[shapes.Upload] if status == 422 else schemas[shapes.Problem]
        answers[str(status)] = {"description": words} | _content(schema)
    return answers


def _content(schema: Any) -> dict[str, Any]:
    return {} if schema is None else {"content": {"application/json": {"schema": schema}}}
