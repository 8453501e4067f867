"""A filled-in form: what is asked of whom, what an answer may be, whether it counts. No database, no person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from lms.core.text import prose
from lms.surveys.document import NA, Form, Item, Section, answers_of

MAX_COMMENT = 2000
"""Characters of one comment."""

Value = int | str | list[str]
"""A point; a key, a comment or ``na``; keys in the order of their rank."""


class MalformedError(ValueError):
    """The answers hold a question that was not asked, or an answer that it does not have."""


class TooLongError(ValueError):
    """A comment, which the error names, or all of them together are longer than a form holds."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question as one person sees it; :ivar teaching: the topic and lecturer it is about, or empty."""

    section: Section
    item: Item
    teaching: str = ""

    @property
    def name(self) -> str:
        """The name of its form field."""
        return f"{self.item.code}.{self.teaching}" if self.teaching else self.item.code

    @property
    def indicator(self) -> bool:
        """Whether it counts towards the validity of a form (Thông tư 10/2017/TT-BNV); comments do not."""
        return self.item.kind != "text"


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a form counts.

    :ivar blank: names of the indicators that were asked and left unanswered
    :ivar required: names of those without which a form is not taken
    """

    indicators: int
    blank: tuple[str, ...]
    required: tuple[str, ...]
    limit_percent: float

    @property
    def valid(self) -> bool:
        """At most the limit is left blank (5% by Thông tư 10/2017/TT-BNV)."""
        return len(self.blank) * 100 <= self.limit_percent * self.indicators


def questions(form: Form, teachings: Sequence[UUID]) -> list[Question]:
    """Lay out the form of someone taught by ``teachings``: repeated sections once for each (Quyết định, mục IV.5)."""
    return [
        Question(section, item, teaching)
        for section in form.sections
        for teaching in ([str(teaching_id) for teaching_id in teachings] if section.repeat else [""])
        for item in section.items
    ]


def read(form: Form, asked: Iterable[Question], submitted: Mapping[str, Sequence[str]]) -> dict[str, Value]:
    """Check what was sent against what was asked; blank fields are no answers, answers to unasked conditions fall away.

    :param given: field name -> values; a ranking's fields are ``<name>/<option>`` with a place each
    :raises MalformedError: a question that was not asked, or an answer that it does not have
    :raises TooLongError: a comment of more than MAX_COMMENT characters
    """
    listed = list(asked)
    known = {name for question in listed for name in _fields(question)}
    for name in submitted:
        if name not in known:
            raise MalformedError(name)
    values: dict[str, Value] = {}
    for question in listed:
        value = _value(form, question, submitted)
        if value is not None and applies(question, values):
            values[question.name] = value
    return values


def applies(question: Question, values: Mapping[str, Value]) -> bool:
    """Tell whether a question's condition is met by the answers so far."""
    when = question.item.when
    if when is None:
        return True
    said = values.get(f"{when.item}.{question.teaching}" if question.teaching else when.item, values.get(when.item))
    return said is not None and str(said) in when.values


def check(form: Form, asked: Iterable[Question], values: Mapping[str, Value]) -> Check:
    """Count what was left blank of the indicators that apply."""
    listed = [question for question in asked if applies(question, values)]
    indicators = [question.name for question in listed if question.indicator]
    return Check(
        len(indicators),
        tuple(name for name in indicators if name not in values),
        tuple(question.name for question in listed if question.item.required and question.name not in values),
        form.blank_limit_percent,
    )


def unfinished(
    asked: Iterable[Question], submitted: Mapping[str, Sequence[str]], values: Mapping[str, Value]
) -> tuple[str, ...]:
    """Return the names of the rankings that were begun and leave a line without a place of its own."""
    return tuple(
        question.name
        for question in asked
        if question.item.kind == "ranking" and question.name not in values and applies(question, values)
        if any(text.strip() for name in _fields(question) for text in submitted.get(name, ()))
    )


def _fields(question: Question) -> list[str]:
    if question.item.kind == "ranking":
        return [f"{question.name}/{option.key}" for option in question.item.options]
    return [question.name]


def _value(form: Form, question: Question, submitted: Mapping[str, Sequence[str]]) -> Value | None:
    item, name = question.item, question.name
    if item.kind == "ranking":
        return _ranking(question, submitted)
    said = [text for text in submitted.get(name, ()) if text.strip()]
    if not said:
        return None
    if item.kind == "multiple":
        keys = [option.key for option in item.options]
        if not set(said) <= set(keys) or len(set(said)) < len(said):
            raise MalformedError(name)
        return [key for key in keys if key in said]
    if len(said) > 1:
        raise MalformedError(name)
    if item.kind == "text":
        if len(said[0]) > MAX_COMMENT:
            raise TooLongError(name)
        return prose(said[0])
    if said[0] not in answers_of(form, item):
        raise MalformedError(name)
    return int(said[0]) if item.kind == "scale" and said[0] != NA else said[0]


def _ranking(question: Question, submitted: Mapping[str, Sequence[str]]) -> Value | None:
    """Return the keys in order when every option has a place of its own; an incomplete ranking is no answer."""
    places: dict[int, str] = {}
    for option in question.item.options:
        said = [text for text in submitted.get(f"{question.name}/{option.key}", ()) if text.strip()]
        allowed = [str(place) for place in range(1, len(question.item.options) + 1)]
        if len(said) > 1 or not set(said) <= set(allowed):
            raise MalformedError(question.name)
        if said:
            places[int(said[0])] = option.key
    return [places[place] for place in sorted(places)] if len(places) == len(question.item.options) else None
