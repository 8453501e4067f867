"""Keep the gettext catalogues of all domains: ``update`` extracts messages, ``check`` fails on a missing translation.

Message ids are English, so English needs no catalogue of its own; Vietnamese must be complete. All catalogues become
one at run time, so that a message, with its context (``pgettext("button", "Class")``), means one thing in all domains.
"""

import re
import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1] / "lms"
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
OPTIONS = {
    "**/templates/**.html": {"encoding": "utf-8", "trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
}
KEYWORDS: dict[str, Any] = {
    "_": None,
    "_l": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def extracted(domain: Path) -> Catalog:
    catalog = Catalog(locale="vi", charset="utf-8", fuzzy=False, project="khue", copyright_holder="Khuê")
    for name, line, message, comments, context in extract_from_dir(domain, METHODS, OPTIONS, KEYWORDS):
        catalog.add(message, None, [(f"{domain.name}/{name}", line)], auto_comments=comments, context=context)
    return catalog


def domains() -> list[Path]:
    return sorted(p for p in ROOT.iterdir() if (p / "__init__.py").exists())


def catalogue(domain: Path) -> Catalog:
    path = domain / "translations/vi/LC_MESSAGES/messages.po"
    if not path.exists():
        return Catalog(locale="vi")
    with path.open("rb") as file:
        return read_po(file, locale="vi")


def update() -> None:
    for domain in domains():
        fresh = extracted(domain)
        if len(fresh) == 0:
            continue
        path = domain / "translations/vi/LC_MESSAGES/messages.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        old = catalogue(domain)
        fresh.creation_date = old.creation_date  # the same messages make the same file
        for message in fresh:
            known = old.get(message.id, message.context) if message.id else None  # type: ignore[arg-type]
            if known is not None:
                message.string = known.string
        with path.open("wb") as out:
            write_po(out, fresh, width=120, omit_header=False, no_location=True, sort_output=True, ignore_obsolete=True)


def check() -> int:
    known = {domain: catalogue(domain) for domain in domains()}
    faults = [f"{domain.name}: {fault}" for domain in known for fault in missing(extracted(domain), known[domain])]
    faults += two_meanings({domain.name: messages for domain, messages in known.items()})
    print("\n".join(faults), end="\n" if faults else "")
    return len(faults)


def missing(wanted: Catalog, known: Catalog) -> list[str]:
    """Tell of messages without a translation, and of translations with other places for values."""
    faults = []
    for message in wanted:
        if not message.id:
            continue
        found = known.get(message.id, message.context)  # type: ignore[arg-type]
        texts = strings(found) if found else ()
        first = message.id[-1] if isinstance(message.id, (list, tuple)) else message.id
        places = set(PLACEHOLDER.findall(str(first)))
        if not texts or not all(texts) or (found and found.fuzzy):
            faults.append(f"not translated: {message.id!r}")
        elif any(set(PLACEHOLDER.findall(text)) != places for text in texts):
            faults.append(f"other placeholders in: {message.id!r}")
    return faults


def two_meanings(catalogues: dict[str, Catalog]) -> list[str]:
    """Tell of messages that domains translate differently: whichever is read last would speak for all."""
    said: dict[tuple[str | None, str, bool], dict[tuple[str, ...], list[str]]] = {}
    for domain, known in catalogues.items():
        for message in known:
            if message.id:
                plural = isinstance(message.id, (list, tuple))
                key = (message.context, str(message.id[0] if plural else message.id), plural)
                said.setdefault(key, {}).setdefault(strings(message), []).append(domain)
    return [
        f"two meanings of {key[1]!r}: " + "; ".join(f"{text[0]!r} in {', '.join(at)}" for text, at in meanings.items())
        for key, meanings in said.items()
        if len(meanings) > 1
    ]


def strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        update()
    else:
        sys.exit(1 if check() else 0)
