"""The data that a SCORM unit commits, as scorm-again sends them (``dataCommitFormat: "json"``), read with suspicion.

SCORM 1.2 sends ``{"cmi": {"core": {…}, "interactions": {"0": {…}}, …}}``, SCORM 2004
``{"cmi": {"completion_status": …, "interactions": {"0": {…}}, …}}``; values are strings. Only the commit of LMSFinish
and Terminate has ``total_time``. What is no value of its kind counts as not set; what has another shape is refused.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lms.core.text import nfc
from lms.packages.scorm.spans import seconds

CMI = Mapping[str, Any]
MAX_TEXT = 70_000
MAX_ENTRIES = 1_000
"""Interactions, and objectives, at most; SCORM 2004 asks for 250 and 100."""
_DECIMAL = re.compile(r"-?(?:\d{1,10}(?:\.\d{0,18})?|\.\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Score:
    """A score as it was set; :ivar scaled: -1 to 1, of SCORM 2004 only."""

    raw: float | None = None
    min: float | None = None
    max: float | None = None
    scaled: float | None = None


@dataclass(frozen=True, slots=True)
class Objective:
    """An objective.

    :ivar key: its id, or its place when it has none
    :ivar completion: ``completion_status``; of SCORM 1.2 its ``status``, as is ``success``
    """

    key: str
    completion: str
    success: str
    score: Score
    description: str


@dataclass(frozen=True, slots=True)
class Interaction:
    """An interaction.

    :ivar place: its number in the collection
    :ivar time: when it was made available, as the content wrote it
    :ivar latency: seconds
    """

    place: int
    id: str
    type: str
    response: str
    result: str
    time: str
    latency: float | None
    patterns: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Data:
    """What a unit committed.

    :ivar completion: ``completion_status``; of SCORM 1.2 ``lesson_status``, as is ``success``
    :ivar progress: 0 to 1
    :ivar threshold: of completion, 0 to 1
    :ivar passing: score needed: ``mastery_score``, or ``scaled_passing_score``
    :ivar session: seconds of this session; so are ``total`` those of the attempt, known once the session has ended
    """

    completion: str
    success: str
    score: Score
    progress: float | None
    threshold: float | None
    passing: float | None
    credit: bool
    entry: str
    exit: str
    location: str
    session: float | None
    total: float | None
    interactions: tuple[Interaction, ...]
    objectives: tuple[Objective, ...]

    @property
    def ended(self) -> bool:
        """Whether the unit has ended its session."""
        return self.total is not None


def read(cmi: CMI, edition: str) -> Data:
    """Read what a unit committed.

    :param edition: a member of :data:`lms.packages.scorm.editions.EDITIONS`
    :raises ValueError: it has not the shape of a commit, or is too large; the message names the element.
    """
    data = _group({"cmi": cmi}, "cmi", "")
    if isinstance(data.get("cmi"), Mapping):
        data = data["cmi"]
    return _of_12(data) if edition == "1.2" else _of_2004(data)


def _of_12(data: CMI) -> Data:
    core, student = _group(data, "core"), _group(data, "student_data")
    status = _text(core, "lesson_status").lower()
    return Data(
        completion=status,
        success=status,
        score=_score(core),
        progress=None,
        threshold=None,
        passing=_number(student, "mastery_score"),
        location=_text(core, "lesson_location"),
        **_common(core),
        interactions=tuple(
            _interaction(place, entry, "student_response", "time") for place, entry in _interactions(data)
        ),
        objectives=tuple(_objective(place, entry, "status", "status") for place, entry in _entries(data, "objectives")),
    )


def _of_2004(data: CMI) -> Data:
    return Data(
        completion=_text(data, "completion_status").lower(),
        success=_text(data, "success_status").lower(),
        score=_score(data),
        progress=_number(data, "progress_measure", 0, 1),
        threshold=_number(data, "completion_threshold", 0, 1),
        passing=_number(data, "scaled_passing_score", -1, 1),
        location=_text(data, "location"),
        **_common(data),
        interactions=tuple(
            _interaction(place, entry, "learner_response", "timestamp") for place, entry in _interactions(data)
        ),
        objectives=tuple(
            _objective(place, entry, "completion_status", "success_status")
            for place, entry in _entries(data, "objectives")
        ),
    )


def _common(group: CMI) -> dict[str, Any]:
    return {
        "credit": _text(group, "credit").lower() != "no-credit",
        "entry": _text(group, "entry").lower(),
        "exit": _text(group, "exit").lower(),
        "session": seconds(_text(group, "session_time")),
        "total": (seconds(_text(group, "total_time")) or 0.0) if "total_time" in group else None,
    }


def _score(holder: CMI) -> Score:
    group = _group(holder, "score")
    raw, low, high = (_number(group, name) for name in ("raw", "min", "max"))
    return Score(raw, low, high, scaled=_number(group, "scaled", -1, 1))


def _interactions(data: CMI) -> Iterator[tuple[int, CMI]]:
    return _entries(data, "interactions")


def _interaction(place: int, group: CMI, response: str, time: str) -> Interaction:
    patterns = (_text(entry, "pattern") for _place, entry in _entries(group, "correct_responses"))
    return Interaction(
        place=place,
        id=_text(group, "id").strip(),
        type=_text(group, "type").lower(),
        response=_text(group, response),
        result=_text(group, "result").lower(),
        time=_text(group, time),
        latency=seconds(_text(group, "latency")),
        patterns=tuple(pattern for pattern in patterns if pattern),
        description=_text(group, "description"),
    )


def _objective(place: int, group: CMI, completion: str, success: str) -> Objective:
    return Objective(
        key=_text(group, "id").strip() or str(place),
        completion=_text(group, completion).lower(),
        success=_text(group, success).lower(),
        score=_score(group),
        description=_text(group, "description"),
    )


# -- shapes ------------------------------------------------------------------------------------------------------------


def _group(holder: CMI, name: str, shown: str = "cmi…") -> CMI:
    value = holder.get(name)
    if value is None or value == "":
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"{shown}{name}: must be an object")
    return value


def _entries(holder: CMI, name: str) -> Iterator[tuple[int, CMI]]:
    """Give the entries of a collection: ``{"0": {…}}``, or a list, in their order."""
    value = holder.get(name)
    pairs = list(_numbered(value, name))
    if len(pairs) > MAX_ENTRIES:
        raise ValueError(f"cmi…{name}: has more than {MAX_ENTRIES} entries")
    for place, entry in sorted(pairs, key=lambda pair: pair[0]):
        if not isinstance(entry, Mapping):
            raise ValueError(f"cmi…{name}.{place}: must be an object")
        yield place, entry


def _numbered(value: Any, name: str) -> Iterator[tuple[int, Any]]:
    if value is None or value == "":
        return
    if isinstance(value, list):
        yield from enumerate(value)
    elif isinstance(value, Mapping):
        yield from ((int(key), entry) for key, entry in value.items() if _is_place(key))
    else:
        raise ValueError(f"cmi…{name}: must be a collection")


def _is_place(key: Any) -> bool:
    return isinstance(key, str) and len(key) <= 9 and key.isascii() and key.isdigit()


def _text(group: CMI, name: str) -> str:
    value = group.get(name)
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value) if abs(value) < 1e15 else ""
    if not isinstance(value, str):
        raise ValueError(f"cmi…{name}: must be text")
    if len(value) > MAX_TEXT:
        raise ValueError(f"cmi…{name}: is longer than {MAX_TEXT} characters")
    return nfc(value)


def _number(group: CMI, name: str, low: float = -math.inf, high: float = math.inf) -> float | None:
    value = _text(group, name).strip()
    number = float(value) if _DECIMAL.fullmatch(value) else None
    return number if number is not None and low <= number <= high else None
