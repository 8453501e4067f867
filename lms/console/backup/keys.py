"""Keys of open evaluations, kept apart: who holds a backup and these keys can open the forms.

The copy is always that of the newest backup: the key of an evaluation that has been closed must outlive it nowhere
(docs/decisions/0012-evaluation.md).
"""

import os
from pathlib import Path
from typing import Any

import msgspec
import psycopg
from nacl.public import PrivateKey

from lms.console.backup.manifest import BackupError, private_folder, write_private
from lms.core import disk

NAME = "keys.json"


class Copied(msgspec.Struct):
    """What lies in a folder of copied keys: the backup it belongs to, and its files."""

    backup: str
    names: list[str]


def check_apart(keys_to: Path | None, backups: Path, keys_dir: Path) -> None:
    """Make sure that keys are copied to a place of their own.

    :raises BackupError: they would lie in the backup, or the folder holds something else
    """
    if keys_to is None:
        return
    target, others = keys_to.resolve(), (backups.resolve(), keys_dir.resolve())
    if any(target.is_relative_to(other) or other.is_relative_to(target) for other in others):
        raise BackupError(f"{keys_to} must lie apart from the backups and from LMS_KEYS_DIR")
    if keys_to.exists() and any(keys_to.iterdir()) and not (keys_to / NAME).exists():
        raise BackupError(f"{keys_to} holds other files; give a folder of its own")


def read(keys_dir: Path, connection: psycopg.Connection[Any]) -> tuple[dict[str, bytes], list[str]]:
    """Return the keys of the evaluations that are open at a moment, and the names of those that are not there."""
    held: dict[str, bytes] = {}
    lost: list[str] = []
    for survey_id, public in _open(connection):
        path = keys_dir / f"{survey_id}.key"
        private = path.read_bytes() if path.exists() else b""
        if fits(private, public):
            held[path.name] = private
        else:
            lost.append(path.name)
    return held, lost


def fits(private: bytes, public: bytes) -> bool:
    """Tell whether a private key is the other half of a public one; one that is being destroyed is not."""
    return len(private) == PrivateKey.SIZE and bytes(PrivateKey(private).public_key) == bytes(public)


def write(folder: Path, backup: str, held: dict[str, bytes]) -> None:
    """Make a folder the copy of these keys; keys of evaluations that were closed since go."""
    private_folder(folder)
    for name, private in held.items():
        write_private(folder / name, private)
    write_private(folder / NAME, msgspec.json.encode(Copied(backup, sorted(held))))
    for path in folder.glob("*.key"):
        if path.name not in held:
            with path.open("r+b") as key:
                key.write(os.urandom(PrivateKey.SIZE))
                key.flush()
                os.fsync(key.fileno())
            path.unlink()
    disk.settle([folder])


def copied(folder: Path) -> dict[str, bytes]:
    """Return the keys that lie in a folder of copied keys.

    :raises BackupError: it is none, or they are not all there
    """
    try:
        names = msgspec.json.decode((folder / NAME).read_bytes(), type=Copied).names
        return {name: (folder / name).read_bytes() for name in names}
    except (FileNotFoundError, msgspec.DecodeError):
        raise BackupError(f"{folder} holds no copied keys, or not all of them") from None


def put_back(held: dict[str, bytes], keys_dir: Path, connection: psycopg.Connection[Any]) -> int:
    """Write the keys of evaluations that are open to where the product looks for them; returns how many.

    An evaluation keeps its key as long as it is open, so those copied with a later backup serve an earlier one too.
    """
    fitting = {
        name: held[name]
        for survey_id, public in _open(connection)
        if (name := f"{survey_id}.key") in held and fits(held[name], public)
    }
    private_folder(keys_dir)
    for name, private in fitting.items():
        write_private(keys_dir / name, private)
    return len(fitting)


def _open(connection: psycopg.Connection[Any]) -> list[tuple[Any, bytes]]:
    return connection.execute("SELECT id, public_key FROM surveys WHERE state = 'open' ORDER BY id").fetchall()
