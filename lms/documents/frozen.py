"""A document frozen as plain values, byte for byte; what was frozen once loads for ever: new fields have defaults."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from typing import Any

import msgspec
import orjson

from lms.documents.content import (
    Article,
    Block,
    Bullets,
    Centred,
    Heading,
    LegalBases,
    Official,
    Paragraph,
    Picture,
    Table,
)

_BLOCKS: Mapping[str, type[Block]] = {
    block.__name__: block for block in (Article, Bullets, Centred, Heading, LegalBases, Paragraph, Picture, Table)
}


def plain(document: Official) -> dict[str, Any]:
    """Return a document as plain values."""
    body = [{"type": type(block).__name__} | msgspec.to_builtins(block) for block in document.body]
    values: dict[str, Any] = msgspec.to_builtins(document)
    return values | {"body": body}


def read(values: Mapping[str, Any]) -> Official:
    """Read what :func:`plain` gave."""
    body = tuple(
        msgspec.convert({key: value for key, value in block.items() if key != "type"}, _BLOCKS[block["type"]])
        for block in values["body"]
    )
    day = values["date"]
    fields: dict[str, Any] = dict(values) | {"body": body, "recipients": tuple(values["recipients"])}
    return Official(**fields | {"date": date.fromisoformat(day) if day else None})


def dump(document: Official) -> str:
    """Return a document as one canonical text."""
    return orjson.dumps(plain(document), option=orjson.OPT_SORT_KEYS).decode()


def load(text: str) -> Official:
    """Read what :func:`dump` wrote."""
    return read(orjson.loads(text))


def stamp(text: str) -> str:
    """Return the SHA-256 of a frozen text."""
    return sha256(text.encode()).hexdigest()


def renderer(layout: int, *makers: str) -> str:
    """Name the versions of what makes files: of the layout and of the libraries."""
    return f"layout {layout}, " + ", ".join(f"{name} {version(name)}" for name in makers)
