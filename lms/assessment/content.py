"""Quizzes as files: read and checked with their module, and laid into the database with a new version.

What is stored of a question (``Question.body``): ``prompt``, ``explanation`` (Markdown), ``lesson`` (code), ``right``
(the key, in the form of a response) and, by kind, ``options`` or ``items`` (``[{"key", "text", "explanation"}]``),
``left`` and ``right_side`` for matching, ``explanations`` for true_false, ``tolerance`` and ``unit`` for numeric.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from string import ascii_lowercase
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from msgspec import Meta
from sqlalchemy import insert, select

from lms.assessment.models import Assignment, Question, Quiz
from lms.catalogue.content import Code, ContentError, Line, Long, Reader, VersionFolder, plain
from lms.catalogue.content.formulas import BadFormulaError
from lms.catalogue.content.formulas import read as read_formula
from lms.catalogue.content.formulas import value as compute
from lms.catalogue.content.shapes import Percent, Shape, Short
from lms.catalogue.models import Module, ProgrammeVersion
from lms.core.database import db


class QuizFile(Shape):
    """``quiz.yaml``; its questions have a shape by kind."""

    id: Code
    title: Short
    pass_percent: Percent
    attempts: Annotated[int, Meta(ge=1, le=20)]
    questions: Annotated[list[dict[str, Any]], Meta(min_length=1, max_length=100)]
    draw: Annotated[int, Meta(ge=1, le=100)] | None = None
    """How many of the questions an attempt asks, drawn anew each time; all in their order where it is left out."""


class _Asked(Shape, kw_only=True):
    """What all questions have."""

    id: Code
    prompt: Long
    explanation: Long
    lesson: Code
    outcome: Annotated[int, Meta(ge=1, le=50)] | None = None
    """Which of the module's outcomes it tests, counted from 1."""


class Option(Shape):
    """An option, whether it is right, and why."""

    text: Line
    correct: bool
    explanation: Long


class Choice(_Asked):
    """One right option, or several."""

    kind: Literal["single", "multiple"]
    options: Annotated[list[Option], Meta(min_length=2, max_length=10)]


class TrueFalse(_Asked):
    """A statement to judge."""

    kind: Literal["true_false"]
    answer: bool
    explanations: dict[bool, Long]


class Numeric(_Asked):
    """A number within a tolerance."""

    kind: Literal["numeric"]
    answer: int | float
    tolerance: Annotated[float, Meta(ge=0)]
    unit: Line
    formula: Line | None = None
    """What the answer is computed by, as in a ``bảng-tính`` without variables."""
    mistakes: Annotated[list[Line], Meta(max_length=5)] = []
    """Computations by which learners go wrong; none of them may give the answer."""


class Ordering(_Asked):
    """Items to put in order, given in the right one."""

    kind: Literal["ordering"]
    items: Annotated[list[Line], Meta(min_length=3, max_length=10)]


class Pair(Shape):
    """What belongs together."""

    left: Line
    right: Line


class Matching(_Asked):
    """Pairs to match."""

    kind: Literal["matching"]
    pairs: Annotated[list[Pair], Meta(min_length=3, max_length=10)]


_SHAPES: dict[str, type[_Asked]] = {
    "single": Choice,
    "multiple": Choice,
    "true_false": TrueFalse,
    "numeric": Numeric,
    "ordering": Ordering,
    "matching": Matching,
}


def read_quiz(
    reader: Reader, path: Path, lessons: set[str], outcomes: int | None = None
) -> tuple[QuizFile, list[_Asked]] | None:
    """Read a quiz; faults go to the reader.

    :param lessons: the codes its questions may point to
    :param outcomes: how many outcomes its module has; not looked at where it is left out
    """
    document = reader.document(path)
    file: QuizFile | None = reader.shape(path, QuizFile, document) if document is not None else None
    if file is None:
        return None
    asked: list[_Asked] = []
    seen: set[str] = set()
    for number, raw in enumerate(file.questions):
        key = f"questions[{number}]"
        kind = _SHAPES.get(str(raw.get("kind")))
        if kind is None:
            reader.fault(path, f"{key}.kind", f"one of {', '.join(_SHAPES)}")
            continue
        question = reader.shape(path, kind, raw, f"{key}.")
        if question is None:
            continue
        _check(question, lessons, partial(_tell, reader, path, key))
        if outcomes is not None and (question.outcome or 0) > outcomes:
            reader.fault(path, f"{key}.outcome", f"at most {outcomes}, the number of the module's outcomes")
        if question.id in seen:
            reader.fault(path, f"{key}.id", "an id of its own")
        seen.add(question.id)
        asked.append(question)
    if file.draw is not None and file.draw > len(file.questions):
        reader.fault(path, "draw", f"at most {len(file.questions)}, the number of questions")
        return None
    return (file, asked) if len(asked) == len(file.questions) else None


def check_version(version: VersionFolder, *, reader: Reader) -> None:
    """Check the quizzes of a version that is being read (signal version_read)."""
    for module in version.modules:
        if module.quiz_path.is_file():
            lessons = {lesson.head.id for lesson in module.lessons}
            read_quiz(reader, module.quiz_path, lessons, len(module.file.outcomes))


def load_version(_sender: Any, *, version: ProgrammeVersion, loaded: VersionFolder) -> None:
    """Write the quizzes and the assignment of a new version (signal version_loaded).

    :raises ContentError: a quiz is at fault.
    """
    reader = Reader(loaded.folder)
    rows = db.session.execute(select(Module.code, Module.id).where(Module.version_id == version.id)).all()
    ids: dict[str, UUID] = {row.code: row.id for row in rows}
    for module in loaded.modules:
        read = read_quiz(reader, module.quiz_path, {lesson.head.id for lesson in module.lessons})
        if read is not None:
            _store_quiz(ids[module.file.id], *read)
    if reader.faults:
        raise ContentError(reader.faults)
    essay = version.document["essay"]
    db.session.add(
        Assignment(
            id=uuid4(),
            version_id=version.id,
            code=essay["code"],
            title=essay["title"],
            instructions=essay["instructions"],
            max_score=essay["max_score"],
            pass_score=essay["pass_score"],
        )
    )
    db.session.flush()


def _store_quiz(module_id: UUID, file: QuizFile, asked: list[_Asked]) -> None:
    quiz = Quiz(
        id=uuid4(),
        module_id=module_id,
        code=file.id,
        title=plain(file.title),
        pass_percent=file.pass_percent,
        attempts_allowed=file.attempts,
        draw=file.draw,
    )
    db.session.add(quiz)
    db.session.flush()
    db.session.execute(
        insert(Question),
        [
            {
                "id": uuid4(),
                "quiz_id": quiz.id,
                "code": question.id,
                "position": position,
                "kind": plain(question)["kind"],
                "body": body_of(question),
            }
            for position, question in enumerate(asked, 1)
        ],
    )


def body_of(question: _Asked) -> dict[str, Any]:
    """Return what is stored of a question; options get the stable keys a, b, c …"""
    body: dict[str, Any] = {
        "prompt": question.prompt.strip(),
        "explanation": question.explanation.strip(),
        "lesson": question.lesson,
    }
    match question:
        case Choice():
            keyed = list(zip(ascii_lowercase, question.options, strict=False))
            right = [key for key, option in keyed if option.correct]
            body["options"] = [{"key": k, "text": o.text, "explanation": o.explanation} for k, o in keyed]
            body["right"] = right[0] if question.kind == "single" else right
        case TrueFalse():
            body["right"] = question.answer
            body["explanations"] = {"true": question.explanations[True], "false": question.explanations[False]}
        case Numeric():
            body |= {"right": str(question.answer), "tolerance": str(question.tolerance), "unit": question.unit}
        case Ordering():
            body["items"] = [{"key": k, "text": t} for k, t in zip(ascii_lowercase, question.items, strict=False)]
            body["right"] = [item["key"] for item in body["items"]]
        case Matching():
            texts = list(dict.fromkeys(pair.right for pair in question.pairs))
            keys = {text: str(number) for number, text in enumerate(texts, 1)}
            pairs = list(zip(ascii_lowercase, question.pairs, strict=False))
            body["left"] = [{"key": key, "text": pair.left} for key, pair in pairs]
            body["right_side"] = [{"key": key, "text": text} for text, key in keys.items()]
            body["right"] = {key: keys[pair.right] for key, pair in pairs}
    return body


def _check(question: _Asked, lessons: set[str], fault: Callable[[str, str], None]) -> None:
    """What the shape alone does not say."""
    if question.lesson not in lessons:
        fault("lesson", f"one of {', '.join(sorted(lessons))}")
    match question:
        case Choice():
            right = sum(option.correct for option in question.options)
            if question.kind == "single" and right != 1:
                fault("options", "exactly one right option")
            if question.kind == "multiple" and not 1 <= right < len(question.options):
                fault("options", "at least one right and one wrong option")
            _distinct([option.text for option in question.options], "options", fault)
        case TrueFalse():
            if question.explanations.keys() != {True, False}:
                fault("explanations", "one for true and one for false")
        case Numeric():
            _check_computed(question, fault)
        case Ordering():
            _distinct(question.items, "items", fault)
        case Matching():
            _distinct([pair.left for pair in question.pairs], "pairs", fault)
            if len({pair.right for pair in question.pairs}) < 2:
                fault("pairs", "at least two different right sides")


def _check_computed(question: Numeric, fault: Callable[[str, str], None]) -> None:
    """The formula gives the answer, and no mistake does: else a learner who goes wrong is told that she is right."""
    texts = [("formula", question.formula)] if question.formula is not None else []
    texts += [(f"mistakes[{number}]", text) for number, text in enumerate(question.mistakes)]
    for key, text in texts:
        try:
            found = compute(read_formula(text, set()), {})
        except BadFormulaError as error:
            fault(key, str(error))
            continue
        near = abs(found - question.answer) <= max(question.tolerance, 1e-9)
        if key == "formula" and not near:
            fault(key, f"a formula that gives the answer {question.answer}; it gives {found:g}")
        if key != "formula" and near:
            fault(key, f"a computation that does not give the answer {question.answer}")


def _tell(reader: Reader, path: Path, question: str, key: str, expected: str) -> None:
    reader.fault(path, f"{question}.{key}", expected)


def _distinct(texts: list[str], key: str, fault: Callable[[str, str], None]) -> None:
    if len(set(texts)) < len(texts):
        fault(key, "texts that differ")
