"""Page furniture: navigation, assets, keyset pages."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

from flask import Flask, g, request, url_for
from flask_babel import gettext

from lms.core.assets import asset_url
from lms.core.guard import Actor, current_actor
from lms.core.html import markdown_filter
from lms.core.security import nonce

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the main menu, shown to those who hold the permission."""

    label: str
    """English msgid, marked with ``N_`` where it is declared."""
    endpoint: str
    permission: str
    order: int = 50
    needs_person: bool = False
    """Show only to accounts of a staff member (a trainee's pages)."""
    group: str = ""
    """English msgid of the group it stands in; a group of one is no group."""
    covers: tuple[str, ...] = ()
    """Addresses besides its own, as routes write them, with all below, on whose pages it is the current entry."""
    when: Callable[[Actor], bool] | None = None
    """Shows it to some of those who hold the permission."""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the menu as one person sees it: an address, or a group of them."""

    label: str
    url: str
    current: str
    """As aria-current has it: ``page``, ``true`` for a page below it, or empty."""
    entries: "tuple[MenuEntry, ...]" = ()


def N_(message: str) -> str:  # noqa: N802 - gettext's name for 'translate later'
    """Mark a message for extraction; it is translated where it is shown."""
    return message


def add_navigation(app: Flask, *items: NavItem) -> None:
    """Add entries to the main menu."""
    menu: list[NavItem] = app.extensions.setdefault("lms_navigation", [])
    menu.extend(items)
    menu.sort(key=lambda item: item.order)


def navigation(app: Flask, actor: Actor) -> list[MenuEntry]:
    """Return the menu of this person, the current entry marked; a group stands where its first entry would."""
    items = [item for item in app.extensions.get("lms_navigation", []) if _is_shown(item, actor)]
    urls = [url_for(item.endpoint) for item in items]
    at = _current(app, items, urls)
    groups: dict[str, list[MenuEntry]] = {}
    for number, (item, url) in enumerate(zip(items, urls, strict=True)):
        current = "" if number != at else "page" if url == request.path else "true"
        groups.setdefault(item.group or item.endpoint, []).append(MenuEntry(gettext(item.label), url, current))
    return [
        entries[0]
        if len(entries) == 1
        else MenuEntry(gettext(name), "", max(entry.current for entry in entries), tuple(entries))
        for name, entries in groups.items()
    ]


def cover(app: Flask, endpoint: str, *addresses: str) -> None:
    """Make an entry of the menu, also one of a domain below, the current one on pages at and below these addresses."""
    app.extensions.setdefault("lms_covered", {}).setdefault(endpoint, []).extend(addresses)


def _current(app: Flask, items: Sequence[NavItem], urls: Sequence[str]) -> int:
    """Return which entry covers most of this page's address, as its route writes it; its own before others; or -1."""
    page = request.url_rule.rule if request.url_rule else request.path
    added: dict[str, list[str]] = app.extensions.get("lms_covered", {})
    best, at = (0, False), -1
    for number, (item, url) in enumerate(zip(items, urls, strict=True)):
        for top in (url, *item.covers, *added.get(item.endpoint, ())):
            if f"{page}/".startswith(f"{top}/") and (len(top), top == url) > best:
                best, at = (len(top), top == url), number
    return at


def _is_shown(item: NavItem, actor: Actor) -> bool:
    allowed = actor.may(item.permission) and (actor.person_id or not item.needs_person)
    return bool(allowed) and (item.when is None or item.when(actor))


def own_address() -> str:
    """Return this page's address with its query, to come back to."""
    if request.url_rule is not None and "GET" not in (request.url_rule.methods or ()):
        return "/"
    return request.full_path if request.query_string else request.path


def add_footer(app: Flask, *links: tuple[str, str]) -> None:
    """Add links to the foot of every page: English msgid and endpoint."""
    app.extensions.setdefault("lms_footer", []).extend(links)


def footer(app: Flask) -> list[MenuEntry]:
    """Return the links at the foot of this page."""
    return [
        MenuEntry(gettext(name), url_for(endpoint), "page" if request.endpoint == endpoint else "")
        for name, endpoint in app.extensions.get("lms_footer", [])
    ]


def _draft_owner() -> str:
    """Return a mark of whoever is signed in, by which a browser tells her drafts from others'; empty for strangers."""
    account = current_actor().account_id
    return hashlib.sha256(f"drafts:{account}".encode()).hexdigest()[:16] if account else ""


def init_app(app: Flask) -> None:
    """Give the templates their globals."""
    app.jinja_env.globals |= {
        "asset": asset_url,
        "nonce": nonce,
        "actor": current_actor,
        "navigation": lambda: navigation(app, current_actor()),
        "own_address": own_address,
        "footer": lambda: footer(app),
        "request_id": lambda: g.get("request_id", ""),
        "draft_owner": _draft_owner,
        "asked_besides": asked_besides,
        "next_url": next_url,
        "page_url": page_url,
        "demo": app.config["DEMO"],
    }
    app.jinja_env.filters["markdown"] = markdown_filter
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A stretch of a long list: its rows and the key after which the next stretch starts.

    Of a list that nobody counts (the audit trail, all people) the next stretch is known; of one that is counted
    (:func:`lms.core.lists.numbered`) also its number, and how many rows there are.
    """

    rows: Sequence[T]
    next_key: str | None
    number: int = 1
    size: int = 0
    total: int | None = None
    """How many rows the whole list has; None where they are not counted."""
    name: str = "after"
    """Under which name the address says where the stretch begins."""
    anchor: str | None = None
    """Of the list within a page that holds more than the list."""

    @classmethod
    def cut(cls, rows: Sequence[T], size: int, key: Any) -> "Page[T]":
        """Make a page of ``size`` rows out of ``size + 1`` fetched ones; ``key(row)`` gives a row's key.

        A key of several values is a tuple; :func:`lms.core.arguments.cursor` reads it again.
        """
        if len(rows) <= size:
            return cls(rows, None)
        last = key(rows[size - 1])
        return cls(rows[:size], "|".join(map(str, last)) if isinstance(last, tuple) else str(last))

    @property
    def last(self) -> int:
        """The number of the last stretch of a counted list."""
        return max(1, -(-(self.total or 0) // self.size)) if self.size else 1

    @property
    def first_row(self) -> int:
        """The place of its first row in a counted list, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def begins(self) -> bool:
        """Whether it is the first stretch."""
        return not request.args.get(self.name) if self.total is None else self.number == 1


def here(**changes: Any) -> str:
    """Return this page's own address with what was asked of it, some of it changed; None takes a name away."""
    asked = {name: value for name, value in (request.args.to_dict() | changes).items() if value is not None}
    path = request.script_root + quote(request.path, safe="/:@")
    return f"{path}?{urlencode(asked)}" if asked else path


def page_url(page: Page[Any], key: Any) -> str:
    """Return this page's own address with what was asked of it, from another stretch on; the first for None."""
    address = here(**{page.name: key})
    return f"{address}#{page.anchor}" if page.anchor else address


def next_url(page: Page[Any]) -> str:
    """Return this page's own address with what was asked of it, from the next stretch on."""
    return page_url(page, page.next_key)


def asked_besides(*names: str) -> list[tuple[str, str]]:
    """Return what the address asks besides these names, for a form of search to keep; never a place in the list."""
    return [(key, value) for key, value in request.args.items() if key not in (*names, "after", "page") and value]
