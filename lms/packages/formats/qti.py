"""Quizzes of Common Cartridges (IMS QTI 1.2 in their profile), read as practice quizzes."""

from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml.html import fromstring

from lms.core.text import one_line
from lms.packages.course import Option, Question, Quiz
from lms.packages.exports.qti import PASS_MARK
from lms.packages.messages import message as _l
from lms.packages.structure import Fault

_QUESTIONS, _OPTIONS, _LONG = 500, 50, 4_000
_KINDS = {
    "multiple_choice": "single",
    "true_false": "true_false",
    "multiple_response": "multiple",
    "fib": "short",
    "essay": "essay",
}


def read_quiz(document: Any, key: str, title: str) -> tuple[Quiz | None, list[Fault]]:
    """Read an assessment or a question bank.

    :param document: root element of the XML
    :returns: the quiz, or None when none of its questions can be asked here, and what was left out
    """
    notes: list[Fault] = []
    questions: list[Question] = []
    for number, item in enumerate(_all(document, "item"), 1):
        if len(questions) == _QUESTIONS:
            notes.append(Fault(title, _l("Only the first %(most)s questions of the quiz are taken.", most=_QUESTIONS)))
            break
        question = _question(item, f"q{number}")
        if question is None:
            words = _l("Question %(number)s is left out: questions of this kind are not taken.", number=number)
            notes.append(Fault(title, words))
        else:
            questions.append(question)
    head = next(_all(document, "assessment"), document)
    name = title or one_line(head.get("title") or "")[:500] or key
    return (Quiz(key, name, _pass_percent(document), tuple(questions)) if questions else None), notes


def _question(item: Any, key: str) -> Question | None:
    kind = _KINDS.get(_profile(item).removeprefix("cc.").partition(".")[0])
    presentation = next(_all(item, "presentation"), None)
    if kind is None or presentation is None:
        return None
    prompt = _words(presentation, skip="response_label")
    feedbacks = {feedback.get("ident"): _words(feedback) for feedback in _all(item, "itemfeedback")}
    shown, right = _processing(item)
    always = list(feedbacks) if kind == "essay" else shown.get("", ())
    explanation = " ".join(feedbacks[name] for name in always if feedbacks.get(name))
    if kind in ("short", "essay"):
        answers = tuple(dict.fromkeys(right))
        ok = prompt and (kind == "essay" or answers)
        return Question(key, kind, prompt, answers=answers, explanation=explanation) if ok else None
    options = tuple(
        Option(
            str(label.get("ident")),
            _words(label),
            right=label.get("ident") in right,
            explanation=" ".join(feedbacks[name] for name in shown.get(label.get("ident"), ()) if feedbacks.get(name)),
        )
        for label in list(_all(presentation, "response_label"))[:_OPTIONS]
    )
    count = sum(option.right for option in options)
    distinct = len({option.key for option in options}) == len(options)
    if not prompt or not distinct or len(options) < 2 or not count or (kind != "multiple" and count > 1):
        return None
    return Question(key, kind, prompt, options, explanation=explanation)


def _pass_percent(document: Any) -> int | None:
    """Return from how many percent the whole is passed, where it says so: by ``cutvalue``, or our own field."""
    marks = [
        (score.get("cutvalue"), score.get("maxvalue") or "100")
        for score in _all(document, "decvar")
        if score.get("cutvalue") and not _within(score, "item")
    ]
    marks += [(own, "100") for own in [_field(document, PASS_MARK)] if own]
    for least, most in marks:
        try:
            share = float(least) / float(most)
        except (ValueError, ZeroDivisionError):
            continue
        if 0 <= share <= 1:
            return round(share * 100)
    return None


def _profile(item: Any) -> str:
    return _field(item, "cc_profile")


def _field(element: Any, label: str) -> str:
    for field in _all(element, "qtimetadatafield"):
        words = {_local(child): one_line(child.text or "") for child in field}
        if words.get("fieldlabel") == label:
            return words.get("fieldentry", "")
    return ""


def _processing(item: Any) -> tuple[dict[str, list[str]], list[str]]:
    """Return the feedback by option (by "" what is shown in any case), and what is right."""
    shown: dict[str, list[str]] = {}
    right: list[str] = []
    for condition in _all(item, "respcondition"):
        values = [one_line(equal.text or "") for equal in _all(condition, "varequal") if not _within(equal, "not")]
        if any(_positive(setvar.text) for setvar in _all(condition, "setvar")):
            right += values
            continue
        for feedback in _all(condition, "displayfeedback"):
            for value in values or [""]:
                shown.setdefault(value, []).append(feedback.get("linkrefid") or "")
    return shown, right


def _positive(text: str | None) -> bool:
    try:
        return float(text or "") > 0
    except ValueError:
        return False


def _within(element: Any, name: str) -> bool:
    return any(_local(ancestor) == name for ancestor in element.iterancestors())


def _words(element: Any, skip: str = "") -> str:
    texts = [mattext for mattext in _all(element, "mattext") if not skip or not _within(mattext, skip)]
    return " ".join(_plain(text) for text in texts).strip()[:_LONG]


def _plain(text: Any) -> str:
    content = "".join(text.itertext())
    if text.get("texttype", "text/plain") == "text/plain":
        return one_line(content)
    try:
        return one_line("".join(str(part) for part in fromstring(content[: 4 * _LONG]).itertext()))
    except (etree.ParserError, ValueError):
        return ""


def _local(element: Any) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _all(element: Any, name: str) -> Iterator[Any]:
    return (descendant for descendant in element.iter() if _local(descendant) == name)
