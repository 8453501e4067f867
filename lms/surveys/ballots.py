"""Sealed ballots: a form is encrypted with its survey's key, opened with all others at closing, and then forgotten.

The private key is a file outside the database and its backups. Closing opens and shuffles all ballots, writes the
answers in one batch, deletes the sealed forms and destroys the key. This module knows no person
(docs/decisions/0005-sealed-ballots.md tells what that does and does not protect).
"""

import os
import random
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import orjson
from nacl.public import PrivateKey, PublicKey, SealedBox
from sqlalchemy import delete, insert, select

from lms.core.database import db
from lms.surveys.models import Response, ResponseComment, ResponseScore, SealedBallot
from lms.surveys.rules import Ballot

PADDING = 4096
"""Sealed forms are padded to a multiple of this many bytes, so that length tells nothing."""


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


def seal(survey_id: UUID, public_key: bytes, ballot: Ballot) -> None:
    """Put a form into the box, sealed."""
    plain = orjson.dumps({"scores": ballot.scores, "comments": ballot.comments})
    padded = plain + b" " * (-len(plain) % PADDING)
    db.session.execute(
        insert(SealedBallot).values(
            id=uuid4(), survey_id=survey_id, box=SealedBox(PublicKey(public_key)).encrypt(padded)
        )
    )


def open_all(folder: Path, survey_id: UUID) -> int:
    """Open, shuffle and write all forms of a survey, and delete the sealed ones; returns how many there were.

    :raises FileNotFoundError: the private key is gone
    """
    private = PrivateKey(_key_file(folder, survey_id).read_bytes())
    boxes = list(db.session.scalars(select(SealedBallot.box).where(SealedBallot.survey_id == survey_id)))
    forms = [orjson.loads(SealedBox(private).decrypt(box)) for box in boxes]
    chance = random.SystemRandom()
    chance.shuffle(forms)
    scores, comments, responses = [], [], []
    for form in forms:
        response_id = uuid4()
        responses.append({"id": response_id, "survey_id": survey_id})
        for name, value in form["scores"].items():
            item, _, teaching = name.partition(".")
            scores.append(
                {
                    "response_id": response_id,
                    "item": item,
                    "teaching": teaching,
                    "survey_id": survey_id,
                    "value": value,
                }
            )
        for name, text in form["comments"].items():
            item, _, teaching = name.partition(".")
            comments.append({"id": uuid4(), "survey_id": survey_id, "item": item, "teaching": teaching, "text": text})
    chance.shuffle(comments)
    for table, rows in ((Response, responses), (ResponseScore, scores), (ResponseComment, comments)):
        if rows:
            db.session.execute(insert(table), rows)
    db.session.execute(delete(SealedBallot).where(SealedBallot.survey_id == survey_id))
    return len(forms)


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
