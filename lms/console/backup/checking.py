"""Checking a backup against its manifest: every byte is read."""

from collections.abc import Callable, Iterator
from pathlib import Path

from lms.console.backup.manifest import DUMP, FILES, LIST, BackupError, Manifest, Summed, listed, place, summed


def faults(folder: Path, manifest: Manifest, tell: Callable[[str], None]) -> Iterator[str]:
    """Yield what in a backup is not as its manifest says."""
    tell("database")
    yield from _against(folder / DUMP, manifest.database)
    wrong = list(_against(folder / LIST, manifest.listing))
    yield from wrong
    if wrong:
        return
    for number, (sha256, size) in enumerate(listed(folder), 1):
        yield from _against(place(folder, sha256), Summed(size, sha256))
        if number % 5000 == 0:
            tell(f"files {number} of {manifest.files} …")
    present = sum(1 for _ in (folder / FILES).glob("*/*/*"))
    if present != manifest.files:
        yield f"{present} files lie there, the manifest tells of {manifest.files}"
    tell(f"files {manifest.files}")


def _against(path: Path, told: Summed) -> Iterator[str]:
    try:
        is_now = summed(path)
    except OSError as error:
        yield f"{path}: {error.strerror}"
        return
    if is_now != told:
        yield f"{path}: {is_now.size} bytes, sum {is_now.sha256[:12]}…; should be {told.size}, {told.sha256[:12]}…"


def read_whole(folder: Path, tell: Callable[[str], None]) -> Manifest:
    """Return the manifest of a backup whose every byte is as it says.

    :raises BackupError: one is not
    """
    manifest = Manifest.read(folder)
    if wrong := list(faults(folder, manifest, tell)):
        raise BackupError("the backup is damaged:\n  " + "\n  ".join(wrong[:20]))
    return manifest
