"""A question as it is put on the page: options in the attempt's order, what was answered, what is right."""

from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import gettext as _

from lms.assessment import rules
from lms.assessment.queries import AskedQuestion


class Line(NamedTuple):
    """An option, an item to place, or the left side of a pair."""

    key: str
    text: str
    explanation: str | None = None
    chosen: Any = None
    """Whether it was chosen; its place (from 1); or the key matched to it."""
    right: Any = None
    """The same, as it would be right."""


class Sheet(NamedTuple):
    """One question on the page."""

    id: UUID
    number: int
    kind: str
    prompt: str
    lines: list[Line]
    partners: list[Line]
    """The right sides of a matching question."""
    text: str
    """What was typed (numeric)."""
    right_text: str
    unit: str
    explanation: str
    lesson: str
    revision: int
    blank: bool
    correct: bool | None
    read: str
    """What the page is given, which its form sends back (:func:`lms.assessment.rules.as_read`)."""
    fault: Any = None
    newer: str = ""
    """An answer saved elsewhere meanwhile, in words."""

    @property
    def field(self) -> str:
        """The name of its field in the form."""
        return f"q-{self.id}"


def sheet(question: AskedQuestion, seed: int, fault: Any = None, *, read: str = "", newer: str = "") -> Sheet:
    """Lay out a question with its response; ``fault`` is what is wrong with that."""
    response = question.response
    lines, partners = _LINES[question.kind](question, response, seed)
    body = question.body
    return Sheet(
        id=question.id,
        number=question.position,
        kind=question.kind,
        prompt=body["prompt"],
        lines=lines,
        partners=partners,
        text=response if question.kind == "numeric" and isinstance(response, str) else "",
        right_text=body["right"] if question.kind == "numeric" else "",
        unit=body.get("unit", ""),
        explanation=body["explanation"],
        lesson=body["lesson"],
        revision=question.revision,
        blank=rules.is_blank(response),
        correct=question.correct,
        read=read or rules.as_read(response, question.revision),
        fault=fault,
        newer=newer,
    )


def in_words(question: AskedQuestion, response: Any) -> str:
    """Return an answer as it is read: the texts chosen, the order or the pairs; a dash for none."""
    if rules.is_blank(response):
        return "–"
    body = question.body
    match question.kind:
        case "single" | "multiple":
            texts = {option["key"]: option["text"] for option in body["options"]}
            return "; ".join(texts[key] for key in sorted(_set(response)))
        case "true_false":
            return str(_("True") if response else _("False"))
        case "ordering":
            texts = {item["key"]: item["text"] for item in body["items"]}
            return "; ".join(f"{place}. {texts[key]}" for place, key in enumerate(response, 1) if key)
        case "matching":
            left, right = ({item["key"]: item["text"] for item in body[side]} for side in ("left", "right_side"))
            return "; ".join(f"{left[key]} – {right[value]}" for key, value in response.items())
        case _:
            return f"{response} {body.get('unit', '')}".strip()


_Lines = tuple[list[Line], list[Line]]


def _options(question: AskedQuestion, response: Any, seed: int) -> _Lines:
    right, chosen = _set(question.body["right"]), _set(response)
    options = {option["key"]: option for option in question.body["options"]}
    order = rules.shuffled(seed, question.id, list(options))
    return [
        Line(key, options[key]["text"], options[key]["explanation"], key in chosen, key in right) for key in order
    ], []


def _truth(question: AskedQuestion, response: Any, _seed: int) -> _Lines:
    explanations, right = question.body["explanations"], question.body["right"]
    return [
        Line("true", "", explanations["true"], response is True, right is True),
        Line("false", "", explanations["false"], response is False, right is False),
    ], []


def _number(_question: AskedQuestion, _response: Any, _seed: int) -> _Lines:
    return [], []


def _places(question: AskedQuestion, response: Any, seed: int) -> _Lines:
    right = question.body["right"]
    ordered = response if isinstance(response, list) else []
    places = {key: place for place, key in enumerate(ordered, 1) if key is not None}
    if isinstance(response, dict):  # a refused form: place by key, as typed
        places = response
    texts = {item["key"]: item["text"] for item in question.body["items"]}
    order = rules.shuffled(seed, question.id, list(texts), right)
    order.sort(key=lambda key: places.get(key, len(texts) + 1))
    return [Line(key, texts[key], None, places.get(key), right.index(key) + 1) for key in order], []


def _pairs(question: AskedQuestion, response: Any, seed: int) -> _Lines:
    matched = response if isinstance(response, dict) else {}
    right = question.body["right"]
    partners = {side["key"]: side["text"] for side in question.body["right_side"]}
    order = rules.shuffled(seed, question.id, list(partners))
    lines = [
        Line(item["key"], item["text"], None, matched.get(item["key"]), right[item["key"]])
        for item in question.body["left"]
    ]
    return lines, [Line(key, partners[key]) for key in order]


def _set(value: Any) -> set[str]:
    return set(value) if isinstance(value, list) else {value} if isinstance(value, str) else set()


_LINES = {
    "single": _options,
    "multiple": _options,
    "true_false": _truth,
    "numeric": _number,
    "ordering": _places,
    "matching": _pairs,
}
