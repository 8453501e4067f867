"""Sealed ballots: a form is encrypted with its survey's key, opened and counted with all others at closing, forgotten.

The private key is a file outside the database and its backups. Closing opens all ballots, keeps counts and shuffled
comments, deletes the sealed forms and destroys the key. All boxes have one size, whatever is in them. This module knows
no person (docs/decisions/0012 tells what that does and does not protect).
"""

import os
import random
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

import msgspec
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


class Sealed(msgspec.Struct):
    """What a box holds.

    :ivar valid: whether it counts
    :ivar paper: whether it was typed in
    """

    values: dict[str, Value]
    valid: bool
    paper: bool


def seal(public_key: bytes, form: Sealed) -> bytes:
    """Seal a form; returns its box.

    :raises TooLongError: its comments are longer together than a box holds
    """
    packed = zlib.compress(msgspec.json.encode(form), 9)
    if not _fits(packed):
        raise TooLongError
    plain = (len(packed).to_bytes(4, "big") + packed).ljust(CAPACITY, b"\0")
    return bytes(SealedBox(PublicKey(public_key)).encrypt(plain))


def _fits(packed: bytes) -> bool:
    return len(packed) <= CAPACITY - 4


def open_all(folder: Path, survey_id: UUID, form: Form, *, surplus: int = 0) -> Counted:
    """Open and count all forms of a survey, write counts and shuffled comments, and delete the sealed ones.

    :param surplus: so many forms on paper, whichever they are, stand beside a form that the same person sent
    :raises FileNotFoundError: the private key is gone
    """
    private = SealedBox(PrivateKey(_key_file(folder, survey_id).read_bytes()))
    boxes = db.session.scalars(select(SealedBallot.box).where(SealedBallot.survey_id == survey_id))
    different = dict.fromkeys(boxes)  # a copy of a box is not another person's form
    forms = [_opened(private.decrypt(box)) for box in different]
    forms = _without_surplus(forms, surplus)
    counting = [form for form in forms if form.valid]
    write(
        survey_id,
        form,
        [form.values for form in counting if not form.paper],
        [form.values for form in counting if form.paper],
    )
    db.session.execute(delete(SealedBallot).where(SealedBallot.survey_id == survey_id))
    return Counted(len(counting), len(forms) - len(counting))


def _without_surplus(forms: list[Sealed], surplus: int) -> list[Sealed]:
    on_paper = [form for form in forms if form.paper]
    random.SystemRandom().shuffle(on_paper)
    return [form for form in forms if not form.paper] + on_paper[surplus:]


def _opened(plain: bytes) -> Sealed:
    length = int.from_bytes(plain[:4], "big")
    return msgspec.json.decode(zlib.decompress(plain[4 : 4 + length]), type=Sealed)


def write(survey_id: UUID, form: Form, sent: rules.Filled, on_paper: rules.Filled = ()) -> None:
    """Count forms and write what enough people were asked.

    The rest is forgotten unread, and not even the database isolates them.
    """
    chance, everybody = random.SystemRandom(), [*sent, *on_paper]
    told = rules.told(form, sent, on_paper, chance)
    counted = rules.count(form, everybody, told)
    tallies = [
        {"item": item, "teaching": teaching, "section": tally.section, "kind": tally.kind}
        | {"n": tally.n, "na": tally.na, "counts": tally.counts}
        for (item, teaching), tally in counted.items()
    ]
    means = [
        {"section": mean.section, "teaching": mean.teaching, "n": mean.n, "mean": mean.mean}
        | {"points": form.points, "counts": list(mean.counts)}
        for mean in rules.means(form, counted)
    ]
    comments = [
        {"id": uuid4(), "item": item, "teaching": teaching, "text": said}
        for number, values in enumerate(everybody)
        for (item, teaching), said in _comments(form, values)
        if number in told.get((item, teaching), ())
    ]
    chance.shuffle(comments)
    for table, rows in ((Tally, tallies), (SectionMean, means), (Comment, comments)):
        if rows:
            db.session.execute(insert(table), [{"survey_id": survey_id} | row for row in rows])


def _comments(form: Form, values: Mapping[str, Value]) -> Iterator[tuple[rules.Cell, Value]]:
    free = {item.code for _section, item in form.items() if item.kind == "text"}
    for name, text in values.items():
        item, _, teaching = name.partition(".")
        if item in free:
            yield (item, UUID(teaching) if teaching else rules.NONE), text


def keys_in(folder: Path) -> list[UUID]:
    """Return the surveys whose private keys are there."""
    return [UUID(path.stem) for path in folder.glob("*.key")]


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
