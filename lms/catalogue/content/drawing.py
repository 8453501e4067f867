"""Draws a lesson: its blocks, the terms it explains and the sources it names, as one piece of HTML."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import orjson
from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

from lms.catalogue.content import formulas, situations
from lms.catalogue.content.blocks import Block, Calculator, Decision, Document, Ordering, Recall, Sorting, TryIt, Words
from lms.catalogue.content.markup import Page, cites_html, html, inline, source_id, term_id
from lms.catalogue.content.registers import Registers, locator

_TEMPLATES = Path(__file__).parent.parent / "templates" / "catalogue"
_TEMPLATE = "lesson_blocks.html"
_ANSWERED = (TryIt, Sorting, Ordering, Recall)
_NAMES = {"try": "Tự làm", "sorting": "Phân loại", "ordering": "Trình tự", "recall": "Nhớ lại"}


@dataclass(frozen=True, slots=True)
class Drawn:
    """A lesson's HTML, its headings, and what it explains and names.

    :ivar sources: ``{"title", "kind", "url"?}``, of the register also ``code``, ``id``, ``places``, ``note``, and its
        whole entry as ``register``
    :ivar terms: names of the glossary's terms
    """

    html: str
    headings: list[dict[str, Any]]
    sources: list[dict[str, Any]]
    terms: list[str]


def draw(document: Document, page: Page, others: list[dict[str, Any]]) -> Drawn:
    """Draw a lesson; what is at fault in its words is told through ``page.fault``.

    :param others: sources written out in the lesson's head
    """
    for code in document.sources:
        if code in page.registers.sources:
            page.cites.setdefault(code, [])
    page.terms.update(dict.fromkeys(name for name in document.terms if name in page.registers.terms))
    sources: list[dict[str, Any]] = []

    def listed() -> list[dict[str, Any]]:
        """Called by the template when all blocks are drawn, since drawing them finds what is cited."""
        if not sources:
            sources.extend([*_registered(page), *others])
        return sources

    words = (
        _environment()
        .get_template(_TEMPLATE)
        .render(
            blocks=document.blocks,
            outcomes=document.outcomes,
            answered=[block for block in document.blocks if isinstance(block, _ANSWERED)],
            names=_NAMES,
            html=lambda text, headings=False: Markup(html(page, text, headings=headings)),  # noqa: S704 - made of tokens
            inline=lambda text: Markup(inline(page, text if isinstance(text, Words) else Words(text, 0))),  # noqa: S704
            markdown=lambda text: Markup(html(page, Words(text, 0))),  # noqa: S704
            line=lambda text: Markup(inline(page, Words(text, 0))),  # noqa: S704
            cites=lambda block: Markup(cites_html(page.cite("; ".join(block.cited), block.line))),  # noqa: S704
            file_of=page.file,
            base=page.base,
            kind=_kind,
            order=_order,
            computed=_computed,
            number=number,
            terms=lambda: _terms(page),
            sources=listed,
        )
    )
    return Drawn(words, page.headings, listed(), list(page.terms))


def version(registers: Registers) -> str:
    """Return a value that changes with anything but the lesson itself that a drawn lesson shows."""
    parts = (msgspec.to_builtins(registers.sources), msgspec.to_builtins(registers.terms))
    digest = hashlib.sha256((_TEMPLATES / _TEMPLATE).read_bytes())
    digest.update(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()


def number(value: float, digits: int | None = None) -> str:
    """Write a number as Vietnamese does: ``1.234,5``.

    >>> number(1234.5), number(2.0), number(2, 1)
    ('1.234,5', '2', '2,0')
    """
    text = f"{value:,.{digits}f}" if digits is not None else f"{value:,.10g}"
    return text.replace(",", " ").replace(".", ",").replace(" ", ".")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["plain_number"] = lambda value: f"{value:.10g}"
    return environment


def _kind(block: Block) -> str:
    return str(block.__struct_config__.tag)


def _order(block: Decision) -> list[str]:
    return situations.in_order(block.file["start"], block.file["nodes"])


def _computed(block: Calculator, result: dict[str, Any]) -> float:
    return formulas.value(result["tree"], {one["name"]: one["value"] for one in block.inputs})


def _terms(page: Page) -> list[dict[str, Any]]:
    found = []
    for name in sorted(page.terms, key=str.lower):
        term = page.registers.terms[name]
        source = Markup(cites_html(page.cite(term.source, 0))) if term.source else ""  # noqa: S704 - escaped there
        found.append({"id": term_id(name), "name": name[:1].upper() + name[1:], "vi": term.vi, "source": source})
    return found


def _registered(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for code, places in page.cites.items():
        source = page.registers.sources[code]
        words = [locator(place) for place in places]
        entry: dict[str, str | None] = {"code": code, "id": source_id(code), "title": source.full, "kind": source.kind}
        entry |= {"url": source.url, "note": source.note, "places": "; ".join(word for word in words if word)}
        kept = {key: value for key, value in entry.items() if value}
        known = page.registers.sources
        later = [known[name].short if name in known else name for name in source.replaced_by]
        found.append(kept | {"register": msgspec.to_builtins(source) | {"replaced_by": later}})
    return found


def exported() -> dict[str, bytes]:
    """Return the script and the style sheet that a lesson's blocks need on a page outside the product, by name."""
    sheet = (_STATIC / "blocks.css").read_bytes()
    return {"khue-blocks.js": (_STATIC / "blocks.js").read_bytes(), "khue-blocks.css": _PALETTE.encode() + sheet}


EXPORTED_HEAD = (
    '<link rel="stylesheet" href="files/khue-blocks.css"><script type="module" src="files/khue-blocks.js"></script>\n'
)
_STATIC = Path(__file__).parent.parent / "static"
_PALETTE = """:root { --jade: #0f5f5c; --jade-pale: #dcebe7; --son: #a8321f; --line: #d9d5c7; --muted: #565f5e;
  --sheet: #fff; --paper: #fff; --ok: #1f6b3a; --bs-tertiary-bg: #f3f0e6; --bs-link-color: #0f5f5c;
  --bs-heading-color: #12302f; --bs-body-color: #1b1f24; }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.btn-outline-primary { color: #0b4f9e; background: none; border: 1px solid; } .picks label { padding-block: .3rem; }
"""
