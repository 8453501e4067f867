"""What the form of a quiz may contain: fields by question, the unknown refused."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from lms.assessment import rules
from lms.assessment.queries import AskedQuestion

_KNOWN = frozenset({"csrf_token", "action", "confirmed"})


class UnknownFieldError(ValueError):
    """The form holds a field or key that is not part of the quiz."""


class SentForm(NamedTuple):
    """The responses of a form, what is wrong with some, and what was typed there."""

    responses: dict[UUID, Any]
    faults: dict[UUID, Any]
    typed: dict[UUID, Any]
    signs: dict[UUID, str]
    """What the page was given of each question (:func:`lms.assessment.rules.as_read`)."""

    def touched(self, question: UUID) -> bool:
        """Tell whether this question's answer was changed in the page."""
        sign = self.signs.get(question, rules.NOTHING_READ)
        return question in self.faults or rules.touched(sign, self.responses.get(question))


def read_form(questions: Sequence[AskedQuestion], form: MultiDict[str, str]) -> SentForm:
    """Read a sent quiz.

    :raises UnknownFieldError: a field or a key is not of this quiz; nothing of it is used.
    """
    sent = SentForm({}, {}, {}, {})
    names = set(_KNOWN)
    for question in questions:
        fields, sign = _fields(question), f"read-{question.id}"
        names.update(fields, [sign])
        if sign in form:
            sent.signs[question.id] = form[sign]
        _read(question, fields, form, sent)
    if set(form) - names:
        raise UnknownFieldError
    return sent


def _fields(question: AskedQuestion) -> dict[str, str]:
    """Field name -> key of the line it belongs to (empty where the question has one field)."""
    name, body = f"q-{question.id}", question.body
    lines = body["items"] if question.kind == "ordering" else body["left"] if question.kind == "matching" else []
    return {f"{name}-{line['key']}": line["key"] for line in lines} or {name: ""}


def _read(question: AskedQuestion, fields: dict[str, str], form: MultiDict[str, str], sent: SentForm) -> None:
    name = next(iter(fields))
    response: Any
    match question.kind:
        case "multiple":
            response = form.getlist(name)
        case "true_false":
            response = {"true": True, "false": False, "": None}.get(form.get(name, ""), form.get(name))
        case "ordering":
            response = _places(question, fields, form, sent)
        case "matching":
            response = {key: form[field] for field, key in fields.items() if form.get(field)} or None
        case _:
            response = form.get(name) or None
    try:
        sent.responses[question.id] = rules.read_response(question.kind, question.body, response)
    except rules.MalformedResponseError:
        if question.kind != "numeric":
            raise UnknownFieldError from None
        sent.faults[question.id] = _l("Please write a number, such as 12,5.")
        sent.typed[question.id] = str(response)[:60]


def _places(
    question: AskedQuestion, fields: dict[str, str], form: MultiDict[str, str], sent: SentForm
) -> list[str | None] | None:
    """Turn the chosen places into an order; two items in one place are told, not guessed at."""
    order: list[str | None] = [None] * len(fields)
    chosen: dict[str, int] = {}
    for field, key in fields.items():
        value = form.get(field, "")
        if not value:
            continue
        if not (value.isascii() and value.isdigit() and len(value) < 3 and 1 <= int(value) <= len(order)):
            raise UnknownFieldError
        chosen[key] = int(value)
        order[int(value) - 1] = key
    if len(set(chosen.values())) < len(chosen):
        sent.faults[question.id] = _l("Two items have the same place. Please give each a place of its own.")
        sent.typed[question.id] = chosen
        return None
    return order if chosen else None
