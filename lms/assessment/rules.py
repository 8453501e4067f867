"""Decisions about answers: what a response may be, when it is right, and in which order options are shown."""

import hashlib
import json
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from lms.core.rounding import weighted
from lms.core.states import Acts
from lms.core.text import one_line

Body = dict[str, Any]

_PLAIN = re.compile(r"[+-]?\d{1,18}(?:[.,]\d{1,9})?")
_GROUPED = re.compile(r"([+-]?\d{1,3})((?:([., ])\d{3})(?:\3\d{3}){0,4})(?:([.,])(\d{1,9}))?")


QUIZ = Acts(
    states=frozenset({"untried", "open", "failed", "passed", "used-up"}),
    allowed={"start_quiz": frozenset({"untried", "open", "failed"})},
    reasons={"passed": "quiz-passed", "used-up": "no-attempt-left"},
    words={
        "quiz-passed": _l("You have passed this quiz already."),
        "no-attempt-left": _l("All attempts at this quiz have been used."),
    },
)
"""A trainee's standing at a quiz; ``open``: the attempt that is open is gone on with."""

ATTEMPT = Acts(
    states=frozenset({"open", "handed-in"}),
    allowed={"answer": frozenset({"open"}), "hand_in_quiz": frozenset({"open"})},
    reasons={"handed-in": "already-submitted"},
    words={"already-submitted": _l("This attempt has been handed in, so its answers no longer change.")},
)

ESSAY = Acts(
    states=frozenset({"missing", "waiting", "failed", "passed"}),
    allowed={
        "hand_in_essay": frozenset({"missing", "waiting", "failed"}),
        "mark": frozenset({"waiting", "failed", "passed"}),
    },
    reasons={"passed": "already-passed", "missing": "not-found"},
    words={
        "already-passed": _l("Your essay has passed, so it can no longer be replaced."),
        "not-found": _l("Nothing has been handed in."),
    },
)
"""A trainee's essay: its newest file. A file that was replaced can no longer be marked (``replaced``)."""


def quiz_state(results: Sequence[bool | None], allowed: int) -> str:
    """Return a trainee's standing at a quiz.

    :param results: of her attempts: whether it was passed, None for one that is open
    :param allowed: how many attempts a trainee has
    """
    if None in results:
        return "open"
    if True in results:
        return "passed"
    return "used-up" if len(results) >= allowed else "failed" if results else "untried"


def shows_answers(state: str) -> bool:
    """Tell whether right answers and explanations are shown: when it was passed or no attempt is left.

    Before that they would be the answers to the next attempt, and who learns them by heart has learnt nothing else.
    """
    return state in ("passed", "used-up")


FILES_KEPT = 5
"""Files that a trainee handed in for one essay and that are kept, the newest among them, besides those marked."""


def essay_state(marks: bool | None, *, handed_in: bool) -> str:
    """Return the state of an essay by the mark of its newest file (None: it waits for one)."""
    if not handed_in:
        return "missing"
    return "waiting" if marks is None else "passed" if marks else "failed"


def drawn(seed: int, bank: Sequence[UUID], count: int, before: Sequence[UUID] = ()) -> list[UUID]:
    """Return the questions of an attempt in the order in which they are asked, drawn from the seed.

    Those that were not asked in an earlier attempt come first into the draw, then those asked longest ago.

    :param count: how many are asked
    :param before: questions asked in earlier attempts, the oldest first
    """
    last = {question: place for place, question in enumerate(before)}
    chance = {question: hashlib.sha256(f"{seed}:{question}".encode()).digest() for question in bank}
    chosen = sorted(bank, key=lambda question: (last.get(question, -1), chance[question]))[:count]
    return sorted(chosen, key=lambda question: chance[question][::-1])


class MalformedResponseError(ValueError):
    """The response is not one that this question can have."""


def as_read(response: Any, revision: int) -> str:
    """Return the sign of an answer that a page was given: its revision, and what it was, so that a form can tell."""
    plain = None if is_blank(response) else response
    return f"{revision}.{hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:16]}"


NOTHING_READ = "0"
"""The sign of a page that gives none: it was given a question without an answer."""


def touched(sign: str, response: Any) -> bool:
    """Tell whether a form's answer is another than the page was given."""
    known = sign if sign != NOTHING_READ else as_read(None, 0)
    return as_read(response, 0).partition(".")[2] != known.partition(".")[2]


def revision_read(sign: str) -> int:
    """Return the revision that a page was given; 0 for a sign that is none."""
    number = sign.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 11 else 0


def read_response(kind: str, body: Body, response: Any) -> Any:
    """Return a response in the form in which it is stored; None is 'not answered'.

    single: a key · multiple: keys in order · true_false: a boolean · numeric: a number as text · ordering: a key or
    None for each place · matching: a map of left key to right key.

    :raises MalformedResponseError: not of the question's kind, an unknown key, or a key twice.
    """
    if response is None:
        return None
    return _READERS[kind](body, response)


def is_blank(response: Any) -> bool:
    """Tell whether nothing was answered."""
    return response is None or response in ("", [], {}) or (isinstance(response, list) and not any(response))


def is_right(kind: str, body: Body, response: Any) -> bool:
    """Tell whether a stored response is the right answer, wholly."""
    if is_blank(response):
        return False
    right = body["right"]
    if kind == "numeric":
        target, tolerance = Decimal(right), Decimal(body["tolerance"])
        return any(abs(value - target) <= tolerance for value in readings(response))
    if kind == "multiple":
        return set(response) == set(right)
    return bool(response == right)


def has_passed(score: int, max_score: int, pass_percent: int) -> bool:
    """Tell whether a score reaches the share that passes."""
    return max_score > 0 and score * 100 >= pass_percent * max_score


def readings(text: str) -> set[Decimal]:
    """Return what a typed number can mean: ``12,5`` and ``12.5`` are 12.5; ``3.216`` is 3216 or 3.216.

    Vietnamese writes 3.216,5 and English 3,216.5, and people type both; where a text has two meanings, both count.
    """
    readings: set[Decimal] = set()
    if _PLAIN.fullmatch(text):
        readings.add(Decimal(text.replace(",", ".")))
    grouped = _GROUPED.fullmatch(text)
    if grouped and grouped[3] != grouped[4] and grouped[1].lstrip("+-").lstrip("0"):
        whole = grouped[1] + re.sub(r"[., ]", "", grouped[2])
        readings.add(Decimal(f"{whole}.{grouped[5]}" if grouped[5] else whole))
    return readings


def seed_of(attempt_id: UUID) -> int:
    """Return the seed of an attempt: the low 31 bits of its id, which are random."""
    return attempt_id.int & 0x7FFFFFFF


def shuffled(seed: int, question_id: UUID, keys: Sequence[str], right: Sequence[str] | None = None) -> list[str]:
    """Return the keys in the order of an attempt: drawn from its seed, the same on every device.

    ``right`` is an order that must not come out (that of an ordering question).
    """
    order = sorted(keys, key=lambda key: hashlib.sha256(f"{seed}:{question_id}:{key}".encode()).digest())
    if right is not None and order == list(right):
        order = order[1:] + order[:1]
    return order


STEP = 0.25
"""Marks are given in quarter points."""


def weighted_score(points: Sequence[float], weights: Sequence[int]) -> float:
    """Return the score that the points of a rubric's criteria give by their weights, to the nearest quarter point."""
    return weighted(points, weights, STEP)


def mark_fields(score: float | None, comment: str | None, marks: Sequence[Body] | None) -> dict[str, Any]:
    """Return a stored mark as the fields of its form: as a whole, and by criterion."""
    fields: dict[str, Any] = {"score": score, "comment": comment or ""}
    for number, mark in enumerate(marks or (), 1):
        fields |= {f"points-{number}": mark["points"], f"remark-{number}": mark["remark"] or ""}
    return fields


def mark_fault(score: float | None, max_score: int) -> str | None:
    """Return why a mark is none: outside 0..max, or not a multiple of a quarter point; None when it is one."""
    if score is None or score != score or not 0 <= score <= max_score:  # noqa: PLR0124 - not a number
        return "range"
    return None if float(score * 4).is_integer() else "step"


def _read_single(body: Body, response: Any) -> str:
    return _key(response, [option["key"] for option in body["options"]])


def _read_multiple(body: Body, response: Any) -> list[str]:
    keys = [option["key"] for option in body["options"]]
    chosen = [_key(key, keys) for key in _list(response, len(keys))]
    if len(set(chosen)) < len(chosen):
        raise MalformedResponseError("a key is given twice")
    return sorted(chosen)


def _read_true_false(_body: Body, response: Any) -> bool:
    if not isinstance(response, bool):
        raise MalformedResponseError("true or false expected")
    return response


def _read_numeric(_body: Body, response: Any) -> str:
    if not isinstance(response, str) or len(response) > 60:
        raise MalformedResponseError("a number as text expected")
    text = one_line(response)
    if text and not readings(text):
        raise MalformedResponseError("not a number")
    return text


def _read_ordering(body: Body, response: Any) -> list[str | None]:
    keys = [item["key"] for item in body["items"]]
    order = [None if key is None else _key(key, keys) for key in _list(response, len(keys))]
    placed = [key for key in order if key is not None]
    if len(order) != len(keys) or len(set(placed)) < len(placed):
        raise MalformedResponseError("each item once, one for each place")
    return order


def _read_matching(body: Body, response: Any) -> dict[str, str]:
    if not isinstance(response, dict):
        raise MalformedResponseError("a map expected")
    left = [item["key"] for item in body["left"]]
    right = [item["key"] for item in body["right_side"]]
    return {_key(key, left): _key(value, right) for key, value in response.items()}


def _key(value: Any, keys: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in keys:
        raise MalformedResponseError("unknown key")
    return value


def _list(value: Any, longest: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > longest:
        raise MalformedResponseError("a list of keys expected")
    return value


_READERS = {
    "single": _read_single,
    "multiple": _read_multiple,
    "true_false": _read_true_false,
    "numeric": _read_numeric,
    "ordering": _read_ordering,
    "matching": _read_matching,
}
