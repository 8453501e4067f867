"""Sealed ballots: a form is encrypted with its survey's key, opened and counted with all others at closing, forgotten.

The private key is a file outside the database and its backups. Closing opens all ballots, keeps counts and shuffled
comments, deletes the sealed forms and destroys the key. All boxes have one size, whatever is in them. This module knows
no person (docs/decisions/0012 tells what that does and does not protect).
"""

import os
import random
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import orjson
from nacl.public import PrivateKey, PublicKey, SealedBox
from sqlalchemy import delete, insert, select

from lms.core.database import db
from lms.surveys import rules
from lms.surveys.answers import TooLongError, Value
from lms.surveys.document import Form
from lms.surveys.models import Comment, SealedBallot, SectionMean, Tally

CAPACITY = 16 * 1024
"""Bytes of every sealed form before encryption: its compressed answers, then zeros."""


class Counted(NamedTuple):
    """How many forms were opened, by whether they count."""

    valid: int
    invalid: int


def make_keys(folder: Path, survey_id: UUID) -> bytes:
    """Make a survey's key pair; the private half is written to the folder, the public half returned."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = PrivateKey.generate()
    handle = os.open(_key_file(folder, survey_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(bytes(private))
        out.flush()
        os.fsync(out.fileno())
    return bytes(private.public_key)


def seal(public_key: bytes, values: dict[str, Value], *, valid: bool) -> bytes:
    """Seal a form; returns its box.

    :raises TooLongError: its comments are longer together than a box holds
    """
    packed = zlib.compress(orjson.dumps({"values": values, "valid": valid}), 9)
    if not _fits(packed):
        raise TooLongError
    plain = (len(packed).to_bytes(4, "big") + packed).ljust(CAPACITY, b"\0")
    return bytes(SealedBox(PublicKey(public_key)).encrypt(plain))


def _fits(packed: bytes) -> bool:
    return len(packed) <= CAPACITY - 4


def open_all(folder: Path, survey_id: UUID, form: Form) -> Counted:
    """Open and count all forms of a survey, write counts and shuffled comments, and delete the sealed ones.

    :raises FileNotFoundError: the private key is gone
    """
    private = SealedBox(PrivateKey(_key_file(folder, survey_id).read_bytes()))
    boxes = db.session.scalars(select(SealedBallot.box).where(SealedBallot.survey_id == survey_id))
    forms = [_opened(private.decrypt(box)) for box in boxes]
    counting = [one["values"] for one in forms if one["valid"]]
    _write(survey_id, form, counting)
    db.session.execute(delete(SealedBallot).where(SealedBallot.survey_id == survey_id))
    return Counted(len(counting), len(forms) - len(counting))


def _opened(plain: bytes) -> dict[str, dict[str, Value]]:
    length = int.from_bytes(plain[:4], "big")
    opened: dict[str, dict[str, Value]] = orjson.loads(zlib.decompress(plain[4 : 4 + length]))
    return opened


def _write(survey_id: UUID, form: Form, filled: list[dict[str, Value]]) -> None:
    """Write what enough people were asked; the rest is forgotten unread, and not even the database isolates them."""
    kept = rules.large_enough(form, filled)
    counted = {
        cell: one
        for cell, one in sorted(rules.count(form, filled).items())
        if cell in kept and rules.publishable(one.n)
    }
    tallies = [
        {"item": item, "teaching": teaching, "section": one.section, "kind": one.kind}
        | {"n": one.n, "na": one.na, "counts": one.counts}
        for (item, teaching), one in counted.items()
    ]
    means = [
        {"section": one.section, "teaching": one.teaching, "n": one.n, "mean": one.mean}
        | {"points": form.points, "counts": list(one.counts)}
        for one in rules.means(form, counted)
    ]
    comments = [
        {"id": uuid4(), "item": item, "teaching": teaching, "text": text}
        for (item, teaching), text in _comments(form, filled)
        if (item, teaching) in kept
    ]
    random.SystemRandom().shuffle(comments)
    for table, rows in ((Tally, tallies), (SectionMean, means), (Comment, comments)):
        if rows:
            db.session.execute(insert(table), [{"survey_id": survey_id} | row for row in rows])


def _comments(form: Form, filled: list[dict[str, Value]]) -> Iterator[tuple[rules.Cell, Value]]:
    free = {item.code for _section, item in form.items() if item.kind == "text"}
    for values in filled:
        for name, text in values.items():
            item, _, teaching = name.partition(".")
            if item in free:
                yield (item, UUID(teaching) if teaching else rules.NONE), text


def destroy_key(folder: Path, survey_id: UUID) -> None:
    """Overwrite and remove a survey's private key."""
    path = _key_file(folder, survey_id)
    with suppress(FileNotFoundError):
        with path.open("r+b") as key:
            key.write(os.urandom(32))
            key.flush()
            os.fsync(key.fileno())
        path.unlink()


def _key_file(folder: Path, survey_id: UUID) -> Path:
    return folder / f"{survey_id}.key"
