"""Keep the gettext catalogues of all domains: ``update`` extracts messages, ``check`` fails on a missing translation.

Message ids are English, so English needs no catalogue of its own; Vietnamese must be complete.
"""

import re
import sys
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
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
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def extracted(domain: Path) -> Catalog:
    catalog = Catalog(locale="vi", charset="utf-8", fuzzy=False, project="khue", copyright_holder="Khuê")
    for name, line, message, comments, context in extract_from_dir(domain, METHODS, OPTIONS, KEYWORDS):
        catalog.add(message, None, [(f"{domain.name}/{name}", line)], auto_comments=comments, context=context)
    return catalog


def domains() -> list[Path]:
    return sorted(p for p in ROOT.iterdir() if (p / "__init__.py").exists())


def update() -> None:
    for domain in domains():
        fresh = extracted(domain)
        if len(fresh) == 0:
            continue
        path = domain / "translations/vi/LC_MESSAGES/messages.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        old = read_po(path.open("rb"), locale="vi") if path.exists() else Catalog(locale="vi")
        fresh.creation_date = old.creation_date  # the same messages make the same file
        for message in fresh:
            if message.id and message.id in old and old[message.id] is not None:
                message.string = old[message.id].string  # type: ignore[union-attr]
        with path.open("wb") as out:
            write_po(out, fresh, width=120, omit_header=False, no_location=True, sort_output=True, ignore_obsolete=True)


def check() -> int:
    faults = 0
    for domain in domains():
        path = domain / "translations/vi/LC_MESSAGES/messages.po"
        known = read_po(path.open("rb"), locale="vi") if path.exists() else Catalog(locale="vi")
        for message in extracted(domain):
            if not message.id:
                continue
            found = known.get(message.id)
            texts = [found.string] if found and isinstance(found.string, str) else list(found.string) if found else []
            plural = isinstance(message.id, (list, tuple))
            first = message.id[-1] if plural else message.id
            wanted = set(PLACEHOLDER.findall(str(first)))
            if not texts or not all(texts) or (found and found.fuzzy):
                print(f"{domain.name}: not translated: {message.id!r}")
                faults += 1
            elif any(set(PLACEHOLDER.findall(t)) != wanted for t in texts):
                print(f"{domain.name}: other placeholders in: {message.id!r}")
                faults += 1
    return faults


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        update()
    else:
        sys.exit(1 if check() else 0)
