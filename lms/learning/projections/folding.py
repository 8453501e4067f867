"""From statements to rows: pure functions, one for each kind of activity.

A row stands under a key of its table's name and the codes that statements use (a lesson has the same code in every
version of its programme), and holds the columns that statements tell; a column that they do not tell is absent.

==========================================  ==========================================================================
key                                         statements
==========================================  ==========================================================================
``("lesson", module, lesson)``              lesson: initialized, progressed, experienced, completed
``("attempt", quiz, number)``               quiz: initialized, passed, failed
``("answer", quiz, number, question)``      question: answered
``("submission", assignment, number)``      assignment: submitted, scored
``("attendance", session id)``              session: attended, missed, amended
``("enrolment",)``                          class: enrolled, completed, withdrew, amended
==========================================  ==========================================================================
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote
from uuid import UUID

from lms.assessment.rules import seed_of
from lms.records.values import span
from lms.records.vocabulary import ACCOUNTS, ACTIVITIES, AUTHORITY, EXTENSIONS, VERBS, VOIDED

Key = tuple[str, ...]
Row = dict[str, Any]
Rows = dict[Key, Row]
Projection = dict[UUID, Rows]
"""Rows by registration. Accounts (marked_by, recorded_by) stand under their opaque names in statements."""

_TOLD = {
    "lesson": {"initialized", "progressed", "experienced", "completed"},
    "quiz": {"initialized", "passed", "failed"},
    "question": {"answered"},
    "assignment": {"submitted", "scored"},
    "session": {"attended", "missed", "amended"},
    "class": {"enrolled", "completed", "withdrew", "amended"},
}
"""The verbs that count, by kind of activity."""

_VERBS = {term.iri: word for word, term in VERBS.items()}
_WORDS = {term.iri: word for word, term in EXTENSIONS.items()}


def project(statements: Iterable[Mapping[str, Any]]) -> Projection:
    """Return what the tables must hold by these statements.

    Left out are statements by another authority than the product, those that another of them voids, and those without a
    registration.

    :param statements: in the order in which they were stored
    """
    every = list(statements)
    voided = {statement["object"]["id"].lower() for statement in every if statement["verb"]["id"] == VOIDED}
    fold = Fold()
    for statement in every:
        if statement["id"].lower() not in voided:
            fold.add(statement)
    return fold.projection


class Fold:
    """A projection in the making; for streams from which voided statements are left out already.

    :ivar read: how many statements were taken in
    """

    def __init__(self) -> None:
        self.projection: Projection = {}
        self.read = 0

    def add(self, statement: Mapping[str, Any]) -> None:
        """Take in the next statement in stored order; one by another authority changes nothing."""
        registration = statement.get("context", {}).get("registration")
        if registration is None or statement.get("authority") != AUTHORITY:
            return
        said = _read(statement)
        if said is not None:
            self.read += 1
            _FOLDS[said.kind](self.projection.setdefault(UUID(registration), {}), said)


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement in short.

    :ivar key: what tells the activity from others of its kind
    :ivar words: extensions of result and context by their words in the vocabulary
    :ivar instructor: opaque name of who marked or recorded
    """

    id: UUID
    verb: str
    kind: str
    key: str
    parent: str
    at: datetime
    result: Mapping[str, Any]
    words: Mapping[str, Any]
    instructor: UUID | None

    @property
    def duration(self) -> timedelta:
        return span(self.result["duration"]) if "duration" in self.result else timedelta()


def _read(statement: Mapping[str, Any]) -> _Said | None:
    """Return a statement in short; None when it is about nothing that a table holds."""
    kind, key = _activity(statement["object"].get("id", ""))
    verb = _VERBS.get(statement["verb"]["id"], "")
    if verb not in _TOLD.get(kind, ()):
        return None
    context, result = statement["context"], statement.get("result", {})
    parents = context.get("contextActivities", {}).get("parent", [])
    extensions = {**context.get("extensions", {}), **result.get("extensions", {})}
    account = context.get("instructor", {}).get("account", {})
    return _Said(
        id=UUID(statement["id"]),
        verb=verb,
        kind=kind,
        key=key,
        parent=_activity(parents[0]["id"])[1] if parents else "",
        at=datetime.fromisoformat(statement["timestamp"]),
        result=result,
        words={_WORDS[iri]: value for iri, value in extensions.items() if iri in _WORDS},
        instructor=UUID(account["name"]) if account.get("homePage") == ACCOUNTS else None,
    )


def _activity(iri: str) -> tuple[str, str]:
    kind, _, key = iri.removeprefix(f"{ACTIVITIES}/").partition("/")
    return kind, unquote(key)


# -- one function a kind of activity ----------------------------------------------------------------------------------


def _lesson(rows: Rows, said: _Said) -> None:
    row = rows.setdefault(
        ("lesson", said.parent, said.key),
        {"percent": 0, "anchor": None, "seconds": 0, "started_at": said.at, "seen_at": said.at, "completed_at": None},
    )
    row["percent"] = max(row["percent"], said.words.get("progress", 0))
    row["anchor"] = said.words.get("position", row["anchor"])
    row["seen_at"] = said.at
    seconds = int(said.duration.total_seconds())
    if said.verb == "completed":
        row |= {"percent": 100, "seconds": seconds, "completed_at": row["completed_at"] or said.at}
    else:
        row["seconds"] += seconds


def _quiz(rows: Rows, said: _Said) -> None:
    row = rows.setdefault(
        ("attempt", said.key, str(said.words["attempt"])),
        {"started_at": said.at - said.duration, "submitted_at": None, "score": None, "passed": None},
    )
    if said.verb == "initialized":
        row |= {"id": said.id, "seed": seed_of(said.id), "started_at": said.at, "max_score": said.words["questions"]}
    else:
        score = said.result["score"]
        row |= {"submitted_at": said.at, "score": score["raw"], "max_score": score["max"]}
        row["passed"] = said.result["success"]


def _question(rows: Rows, said: _Said) -> None:
    rows["answer", said.parent, str(said.words["attempt"]), said.key] = {"correct": said.result["success"]}


def _assignment(rows: Rows, said: _Said) -> None:
    row = rows.setdefault(
        ("submission", said.key, str(said.words["attempt"])),
        {"score": None, "passed": None, "marked_at": None, "marked_by": None},
    )
    if said.verb == "submitted":
        row |= {"id": said.id, "submitted_at": said.at}
    else:
        row |= {"score": said.result["score"]["raw"], "passed": said.result["success"]}
        row |= {"marked_at": said.at, "marked_by": said.instructor}


def _session(rows: Rows, said: _Said) -> None:
    row = {"status": said.words["status"], "recorded_at": said.at, "recorded_by": said.instructor}
    rows["attendance", said.key] = row


def _class(rows: Rows, said: _Said) -> None:
    row = rows.setdefault(("enrolment",), {"status": "enrolled", "completed_at": None})
    match said.verb:
        case "enrolled":
            row["enrolled_at"] = said.at
        case "completed":
            row |= {"status": "completed", "completed_at": said.at}
        case "amended":
            row |= {"status": said.words["status"], "completed_at": None}
        case "withdrew":
            row["status"] = "withdrawn"


_FOLDS: dict[str, Callable[[Rows, _Said], None]] = {
    "lesson": _lesson,
    "quiz": _quiz,
    "question": _question,
    "assignment": _assignment,
    "session": _session,
    "class": _class,
}
