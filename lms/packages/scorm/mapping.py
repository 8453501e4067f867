"""From SCORM run-time data to outcomes and xAPI statements (ADL, xAPI SCORM Profile, sections 5 and 6)."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from lms.packages.scorm import responses, terms
from lms.packages.scorm.cmi import CMI, Data, Interaction, Objective, Score, read
from lms.packages.scorm.markup import is_language
from lms.packages.scorm.spans import iso

Part = dict[str, Any]
"""A statement without actor, context and times: ``verb`` (IRI), ``display``, ``result``; with ``object``, when it is
about something within the unit: ``suffix`` (to be added to the unit's IRI) and ``definition``."""


class HasProperties(Protocol):
    """What is to be known of a unit; :class:`lms.packages.structure.Unit` has it."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """What its manifest says, see :class:`lms.packages.scorm.items.Items`."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a unit so far.

    :ivar completed: None while it is not known, as is ``passed``
    :ivar scaled: -1 to 1
    :ivar progress: percent
    :ivar seconds: of the attempt once the session has ended, before that of the session
    :ivar exit: ``cmi.exit``
    :ivar bookmark: ``cmi.location``
    """

    completed: bool | None
    passed: bool | None
    scaled: float | None
    progress: int | None
    seconds: int
    exit: str
    bookmark: str


def outcome(cmi: CMI, edition: str, unit: HasProperties) -> Outcome:
    """Return what came of a unit.

    SCORM 1.2: a score and a masteryScore replace lesson_status, except ``incomplete`` and without credit (Conformance
    Requirements, 2.2.5), and before LMSFinish only a status that is final. ``failed`` is completed too (RTE, 3.4.4).
    SCORM 2004: measures replace the statuses where there are thresholds (RTE, 4.2.4.1 and 4.2.22.1), but too low a
    score counts as failed only when the unit says that it is done.

    :raises ValueError: the data have not the shape of a commit.
    """
    return _outcome(read(cmi, edition), edition, unit)


def statements(before: CMI | None, after: CMI, *, edition: str, unit: HasProperties, mode: str) -> list[Part]:
    """Return what happened between two commits of a unit, in order.

    :param before: the commit before, of this or of an earlier session; None for the first of all
    :param mode: ``Normal``; in ``Browse`` and ``Review`` nothing is reported
    :raises ValueError: the data have not the shape of a commit.
    """
    if mode != "Normal":
        return []
    now, earlier = read(after, edition), None if before is None else read(before, edition)
    if now == earlier:
        return []
    return list(_Change(edition, unit, earlier, now).parts())


def _outcome(data: Data, edition: str, unit: HasProperties) -> Outcome:
    completed, passed = (_statuses_12 if edition == "1.2" else _statuses_2004)(data, unit.properties)
    spent = data.total if data.total is not None else data.session
    return Outcome(
        completed=completed,
        passed=passed,
        scaled=_scaled(data.score, edition),
        progress=None if data.progress is None else round(data.progress * 100),
        seconds=round(spent or 0),
        exit=data.exit,
        bookmark=data.location,
    )


_KNOWN = {"completed": True, "passed": True, "failed": True, "incomplete": False}
_PASSED = {"passed": True, "failed": False}


def _statuses_12(data: Data, properties: Mapping[str, Any]) -> tuple[bool | None, bool | None]:
    status, needed = data.completion, _first(properties.get("masteryScore"), data.passing)
    judged = status in {"completed", "passed", "failed"} or (data.ended and status not in {"incomplete", "browsed"})
    if data.credit and judged and needed is not None and data.score.raw is not None:
        return True, data.score.raw >= needed
    return _KNOWN.get(status), _PASSED.get(status)


def _statuses_2004(data: Data, properties: Mapping[str, Any]) -> tuple[bool | None, bool | None]:
    threshold = _first(properties.get("completionThreshold"), data.threshold)
    completed = {"completed": True, "incomplete": False}.get(data.completion)
    if threshold is not None and data.progress is not None:
        completed = data.progress >= threshold
    needed, passed = _first(properties.get("scaledPassingScore"), data.passing), _PASSED.get(data.success)
    if needed is None or data.score.scaled is None:
        return completed, passed
    if data.score.scaled >= needed:
        return completed, True
    done = completed or passed is not None or (data.ended and data.exit != "suspend")
    return completed, False if done else None


def _first(*values: Any) -> float | None:
    return next((float(value) for value in values if isinstance(value, int | float)), None)


def _scaled(score: Score, edition: str) -> float | None:
    """Return a score from -1 to 1; one of SCORM 1.2 without bounds lies between 0 and 100."""
    if score.scaled is not None and edition != "1.2":
        return score.scaled
    low, high = score.min, score.max
    if edition == "1.2":
        low, high = 0.0 if low is None else low, 100.0 if high is None else high
    if score.raw is None or low is None or high is None or low >= high:
        return None
    return round(max(-1.0, min(1.0, (score.raw - low) / (high - low))), 6)


def _xapi_score(score: Score, edition: str) -> dict[str, float]:
    """Return a score as a result has it; bounds that it does not keep stay away (xAPI 1.0.3, Data, 2.4.5.1)."""
    result, low, high = {"scaled": _scaled(score, edition), "raw": score.raw}, score.min, score.max
    if None not in (score.raw, low, high) and low < high and low <= score.raw <= high:  # type: ignore[operator]
        result |= {"min": low, "max": high}
    return {name: value for name, value in result.items() if value is not None}


class _Change:
    """What happened between two commits."""

    def __init__(self, edition: str, unit: HasProperties, before: Data | None, now: Data) -> None:
        self._edition, self._now = edition, now
        self._begins = before is None or before.ended
        paused = before is not None and before.exit == "suspend" and now.entry != "ab-initio"
        self._resumes = self._begins and (now.entry == "resume" or paused)
        self._before = before if not self._begins or self._resumes else None
        self._objectives = {objective.key: objective for objective in self._before.objectives} if self._before else {}
        self._is = _outcome(now, edition, unit)
        self._was = None if self._before is None else _outcome(self._before, edition, unit)

    def parts(self) -> Iterator[Part]:
        """Give the statements."""
        if self._begins:
            yield _part("resumed" if self._resumes else "initialized")
        yield from self._answers()
        for objective in self._now.objectives:
            yield from self._objective(objective)
        yield from self._unit()
        if self._now.ended:
            yield _part("suspended" if self._now.exit == "suspend" else "terminated", result=self._result())

    def _unit(self) -> Iterator[Part]:
        now, was = self._is, self._was
        score = _xapi_score(self._now.score, self._edition)
        if now.progress and (was is None or now.progress != was.progress):
            yield _part("progressed", result={"extensions": {terms.PROGRESS: now.progress}})
        if score and (self._before is None or score != _xapi_score(self._before.score, self._edition)):
            yield _part("scored", result={"score": score})
        if now.completed and (was is None or not was.completed):
            yield _part("completed", result={"completion": True})
        if now.passed is not None and (was is None or now.passed != was.passed):
            yield _verdict(now.passed, score)

    def _result(self) -> dict[str, Any]:
        result = {
            "success": self._is.passed,
            "completion": self._is.completed,
            "score": _xapi_score(self._now.score, self._edition) or None,
            "duration": None if self._now.session is None else iso(self._now.session),
        }
        return {name: value for name, value in result.items() if value is not None}

    def _answers(self) -> Iterator[Part]:
        before = () if self._before is None else self._before.interactions
        answered = {interaction.place: _answer(interaction) for interaction in before}
        for interaction in self._now.interactions:
            if (interaction.response or interaction.result) and answered.get(interaction.place) != _answer(interaction):
                yield self._responded(interaction)

    def _responded(self, interaction: Interaction) -> Part:
        name = interaction.id or str(interaction.place)
        definition = {"type": terms.INTERACTION, "name": {"und": name}, **_described(interaction.description)}
        result: dict[str, Any] = {
            "response": responses.response(interaction, interaction.response, edition=self._edition)
            if interaction.response
            else None,
            "success": responses.success(interaction),
            "duration": None if interaction.latency is None else iso(interaction.latency),
        }
        return _part(
            "responded",
            result={key: value for key, value in result.items() if value is not None},
            target={
                "suffix": _suffix("interactions", name),
                "definition": definition | responses.definition(interaction, edition=self._edition),
            },
        )

    def _objective(self, now: Objective) -> Iterator[Part]:
        was = self._objectives.get(now.key)
        definition = {"type": terms.OBJECTIVE, "name": {"und": now.key}, **_described(now.description)}
        target = {"suffix": _suffix("objectives", now.key), "definition": definition}
        score = _xapi_score(now.score, self._edition)
        if score and (was is None or score != _xapi_score(was.score, self._edition)):
            yield _part("scored", result={"score": score}, target=target)
        if now.completion == "completed" and (was is None or was.completion != "completed"):
            yield _part("completed", result={"completion": True}, target=target)
        if now.success in _PASSED and (was is None or was.success != now.success):
            yield _verdict(_PASSED[now.success], score, target)


def _part(word: str, *, result: Mapping[str, Any] | None = None, target: Mapping[str, Any] | None = None) -> Part:
    part: Part = {"verb": terms.iri(word), "display": terms.VERBS[word]}
    return part | ({"object": target} if target else {}) | ({"result": result} if result else {})


def _verdict(passed: bool, score: Mapping[str, float], target: Mapping[str, Any] | None = None) -> Part:
    result = {"success": passed} | ({"score": score} if score else {})
    return _part("passed" if passed else "failed", result=result, target=target)


def _answer(interaction: Interaction) -> tuple[str, ...]:
    return interaction.id, interaction.type, interaction.response, interaction.result, interaction.time


def _suffix(folder: str, name: str) -> str:
    """Return the end of an IRI; a long name keeps its beginning and is told apart by its digest."""
    if len(name) > 200:
        name = f"{name[:150]}-{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return f"/{folder}/{quote(name, safe='')}"


def _described(text: str) -> dict[str, dict[str, str]]:
    """Return a description; SCORM 2004 writes its language before it: ``{lang=vi}``."""
    if not text:
        return {}
    tag, mark, description = text.removeprefix("{lang=").partition("}")
    if not text.startswith("{lang=") or not mark or not is_language(tag):
        return {"description": {"und": text}}
    return {"description": {tag: description}}
