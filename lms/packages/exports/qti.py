"""Quizzes as IMS QTI 1.2 in the profile of Common Cartridges (Common Cartridge 1.3, section 6)."""

from collections.abc import Iterator
from typing import Any

from lxml.builder import ElementMaker  # type: ignore[import-not-found]  # it has no types
from lxml.etree import tostring

from lms.packages.course import Option, Question, Quiz

NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
TYPE = "imsqti_xmlv1p2/imscc_xmlv1p3/assessment"
_PROFILES = {
    "single": "multiple_choice",
    "multiple": "multiple_response",
    "true_false": "true_false",
    "short": "fib",
    "numeric": "fib",
    "essay": "essay",
}
_RESPONSE = "response"
PASS_MARK = "khue_pass_percent"  # noqa: S105 - a mark, no password
"""The profile knows no pass mark; this field of ours carries it where a cartridge comes back in."""


def exportable(quiz: Quiz) -> Quiz:
    """Return a quiz with the questions that the profile knows: neither orders, nor pairs, nor numbers within bounds."""
    supported = tuple(question for question in quiz.questions if question.kind in _PROFILES and not question.tolerance)
    return Quiz(quiz.key, quiz.title, quiz.pass_percent, supported)


def assessment(quiz: Quiz, name: str) -> bytes:
    """Return a quiz as an XML document; of its questions only those that are :func:`exportable`."""
    q = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
    questions = exportable(quiz).questions
    items = [_item(q, f"{name}-{number:03}", question) for number, question in enumerate(questions, 1)]
    about = {"cc_profile": "cc.exam.v0p1", "qmd_assessmenttype": "Examination", "cc_maxattempts": "unlimited"}
    if quiz.pass_percent is not None:
        about[PASS_MARK] = str(quiz.pass_percent)
    element = q.assessment(
        q.qtimetadata(*_fields(q, about)), q.section(*items, ident=f"{name}-all"), ident=name, title=quiz.title
    )
    return tostring(q.questestinterop(element), xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _item(q: Any, name: str, question: Question) -> Any:
    about = {"cc_profile": f"cc.{_PROFILES[question.kind]}.v0p1"}
    if question.kind == "essay":
        about["qmd_computerscored"] = "No"
    return q.item(
        q.itemmetadata(q.qtimetadata(*_fields(q, about))),
        q.presentation(_material(q, question.prompt), _response(q, question)),
        *_processing(q, question),
        *_feedback(q, question),
        ident=name,
        title=f"Câu {int(name[-3:])}",
    )


def _fields(q: Any, fields: dict[str, str]) -> Iterator[Any]:
    for label, entry in fields.items():
        yield q.qtimetadatafield(q.fieldlabel(label), q.fieldentry(entry))


def _material(q: Any, text: str) -> Any:
    return q.material(q.mattext(text, texttype="text/plain"))


def _response(q: Any, question: Question) -> Any:
    if not question.options:
        size = {"rows": "8"} if question.kind == "essay" else {}
        return q.response_str(q.render_fib(prompt="Box", **size), ident=_RESPONSE, rcardinality="Single")
    labels = [q.response_label(_material(q, option.text), ident=option.key) for option in question.options]
    cardinality = "Multiple" if question.kind == "multiple" else "Single"
    return q.response_lid(q.render_choice(*labels), ident=_RESPONSE, rcardinality=cardinality)


def _processing(q: Any, question: Question) -> Iterator[Any]:
    """Give what is right, last; before it, what each option answers and what is said in any case."""
    if question.kind == "essay":
        return
    shown = [
        q.respcondition(q.conditionvar(_equal(q, option.key)), _shows(q, _feedback_ident(option)), {"continue": "Yes"})
        for option in question.options
        if option.explanation
    ]
    if question.explanation:
        shown.append(q.respcondition(q.conditionvar(q.other()), _shows(q, "general"), {"continue": "Yes"}))
    right = q.conditionvar(*_right(q, question))
    full = q.respcondition(right, q.setvar("100", action="Set", varname="SCORE"), {"continue": "No"})
    score = q.decvar(maxvalue="100", minvalue="0", varname="SCORE", vartype="Decimal")
    yield q.resprocessing(q.outcomes(score), *shown, full)


def _right(q: Any, question: Question) -> list[Any]:
    if question.kind == "multiple":
        chosen = (
            _equal(q, option.key) if option.right else getattr(q, "not")(_equal(q, option.key))
            for option in question.options
        )
        return [getattr(q, "and")(*chosen)]
    if question.options:
        return [_equal(q, option.key) for option in question.options if option.right]
    return [_equal(q, answer, case="No") for answer in question.answers]


def _equal(q: Any, value: str, **attributes: str) -> Any:
    return q.varequal(value, respident=_RESPONSE, **attributes)


def _shows(q: Any, feedback: str) -> Any:
    return q.displayfeedback(feedbacktype="Response", linkrefid=feedback)


def _feedback_ident(option: Option) -> str:
    return f"said-{option.key}"


def _feedback(q: Any, question: Question) -> Iterator[Any]:
    if question.kind == "essay" or question.explanation:
        yield q.itemfeedback(_material(q, question.explanation), ident="general")
    for option in question.options:
        if option.explanation:
            yield q.itemfeedback(_material(q, option.explanation), ident=_feedback_ident(option))
