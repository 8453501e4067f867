"""Questions of earlier lessons, asked again: taken from the ``quiz.yaml`` that a lesson's module has."""

from pathlib import Path
from typing import Any

import yaml

from lms.catalogue.content.faults import Reader

KINDS = ("single", "multiple", "true_false", "numeric")


def questions(reader: Reader, folder: Path, lesson: str, count: int) -> list[dict[str, Any]] | str:
    """Return ``count`` questions about a lesson, or what is expected instead.

    :param folder: the module that asks; it may not ask its own questions, which its quiz is about to ask
    """
    quiz, found = _index(reader).get(lesson, (None, []))
    if quiz is None:
        return f"a lesson with questions of the kinds {', '.join(KINDS)}; “{lesson}” has none"
    if quiz.parent.resolve() == folder.resolve():
        return "a lesson of an earlier module or of another course"
    if len(found) < count:
        return f"at most {len(found)} questions about {lesson}"
    return [_question(one) for one in found[:count]]


def _index(reader: Reader) -> dict[str, tuple[Path, list[dict[str, Any]]]]:
    """Read all quizzes once a reader; what is wrong with them is told where they are loaded."""
    if reader.recall is None:
        reader.recall = {}
        for path in sorted((reader.root / "content").glob("*/*/quiz.yaml")):
            try:
                document = yaml.load(path.read_bytes(), yaml.CSafeLoader)
            except (yaml.YAMLError, UnicodeDecodeError):
                continue
            asked = document.get("questions") if isinstance(document, dict) else None
            for one in asked if isinstance(asked, list) else ():
                if isinstance(one, dict) and one.get("kind") in KINDS and _whole(one):
                    reader.recall.setdefault(str(one.get("lesson")), (path, []))[1].append(one)
    return reader.recall


def _whole(raw: dict[str, Any]) -> bool:
    if raw["kind"] in ("single", "multiple"):
        options = raw.get("options")
        needed = ("text", "correct", "explanation")
        return isinstance(options, list) and all(isinstance(o, dict) and all(k in o for k in needed) for o in options)
    if raw["kind"] == "true_false":
        return isinstance(raw.get("explanations"), dict) and {True, False} <= raw["explanations"].keys()
    return isinstance(raw.get("answer"), int | float)


def _question(raw: dict[str, Any]) -> dict[str, Any]:
    kind = raw["kind"]
    asked = {"id": str(raw["id"]), "kind": kind, "prompt": str(raw["prompt"]).strip()}
    asked["explanation"] = str(raw["explanation"]).strip()
    if kind == "numeric":
        kept = {"answer": raw["answer"], "tolerance": raw.get("tolerance", 0), "unit": str(raw.get("unit", ""))}
        return asked | kept
    if kind == "true_false":
        options = [
            {"text": word, "right": raw["answer"] is value, "why": str(raw["explanations"][value])}
            for value, word in ((True, "Đúng"), (False, "Sai"))
        ]
    else:
        options = [
            {"text": str(one["text"]), "right": one["correct"] is True, "why": str(one["explanation"])}
            for one in raw["options"]
        ]
    return asked | {"options": options}
