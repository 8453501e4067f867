"""The pages of an exported course: self-contained HTML that reads, prints and works at 360 px."""

import json
from collections.abc import Iterator
from html import escape
from pathlib import Path

from lms.packages.course import Attached, Course, Item, Lesson, Link, Question, Quiz

_ASSETS = Path(__file__).parent / "assets"
_HEAD = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="khue/page.css">
<script src="khue/tracker.js" defer></script>
<script src="khue/page.js" defer></script>
</head>
<body data-kind="{kind}">
<header><p>{course}</p><h1>{title}</h1></header>
<main>
{body}
</main>
<footer><p id="state" role="status"></p></footer>
</body>
</html>
"""


def pages(course: Course, tracker: str) -> Iterator[tuple[str, bytes]]:
    """Give all files of the course but its manifest.

    :param tracker: the name of the script that talks to the other system: ``scorm12.js`` or ``cmi5.js``
    """
    for name, item in course.parts():
        yield f"{name}.html", page(course, item).encode()
    for file in course.files:
        yield f"files/{file.path}", file.content
    yield "khue/page.css", (_ASSETS / "page.css").read_bytes()
    yield "khue/page.js", (_ASSETS / "page.js").read_bytes()
    yield "khue/tracker.js", (_ASSETS / tracker).read_bytes()


def page(course: Course, item: Item) -> str:
    """Return the page of a part."""
    kind = "quiz" if isinstance(item, Quiz) else "lesson"
    return _HEAD.format(
        lang=escape(course.language),
        title=escape(item.title),
        course=escape(course.title),
        kind=kind,
        body=_body(item),
    )


def script_json(value: object) -> str:
    """Return JSON that can stand within a script element."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")


def _body(item: Item) -> str:
    match item:
        case Lesson():
            return f'{item.html}\n<p class="end"><button type="button" id="done">Đã học xong</button></p>'
        case Quiz():
            return _quiz(item)
        case Link():
            return _linked(item.url, "Mở trang (cửa sổ mới)")
        case Attached():
            return _linked(f"files/{item.path}", "Mở tệp (cửa sổ mới)")


def _linked(url: str, words: str) -> str:
    anchor = f'<a href="{escape(url)}" target="_blank" rel="noopener">{words}</a>'
    return f'<p>{anchor}</p>\n<p class="end"><button type="button" id="done">Đã học xong</button></p>'


def _quiz(quiz: Quiz) -> str:
    keys = {question.key: _key(question) for question in quiz.questions}
    data = script_json({"pass": quiz.pass_percent, "questions": keys})
    fieldsets = "\n".join(_question(number, question) for number, question in enumerate(quiz.questions, 1))
    return (
        f"<p>{_asked(quiz)}</p>\n"
        f'<form id="quiz" novalidate>\n{fieldsets}\n'
        '<p class="end"><button type="submit">Nộp bài</button> <button type="button" id="again" hidden>Làm lại'
        '</button></p>\n<p id="result" role="status" tabindex="-1"></p></form>\n'
        f'<script type="application/json" id="keys">{data}</script>'
    )


def _asked(quiz: Quiz) -> str:
    if quiz.pass_percent is None:
        return "Bài luyện tập: không đặt điểm đạt; nộp bài là hoàn thành."
    return f"Bài luyện tập: cần đạt từ {quiz.pass_percent}% số câu."


def _key(question: Question) -> dict[str, object]:
    """Return what the page's script needs to mark an answer."""
    right: object
    match question.kind:
        case "single" | "multiple" | "true_false":
            right = [option.key for option in question.options if option.right]
        case "ordering":
            right = [option.key for option in question.options]
        case "matching":
            right = {option.key: option.match for option in question.options}
        case _:
            right = list(question.answers)
    reasons = {option.key: option.explanation for option in question.options if option.explanation}
    return {
        "kind": question.kind,
        "right": right,
        "tolerance": question.tolerance,
        "why": question.explanation,
        "reasons": reasons,
    }


def _question(number: int, question: Question) -> str:
    return (
        f'<fieldset data-question="{escape(question.key)}"><legend>Câu {number}. {escape(question.prompt)}</legend>\n'
        f'{_inputs(number, question)}\n<div class="feedback" role="status"></div></fieldset>'
    )


def _inputs(number: int, question: Question) -> str:
    name = f"q{number}"
    match question.kind:
        case "single" | "true_false":
            return "\n".join(_choice(name, "radio", option.key, option.text) for option in question.options)
        case "multiple":
            return "\n".join(_choice(name, "checkbox", option.key, option.text) for option in question.options)
        case "ordering":
            places = [str(place) for place in range(1, len(question.options) + 1)]
            ordered = sorted(question.options, key=lambda option: option.text)
            return "\n".join(_select(name, option.key, option.text, places) for option in ordered)
        case "matching":
            sides = sorted({option.match for option in question.options})
            return "\n".join(_select(name, option.key, option.text, sides) for option in question.options)
        case "essay":
            return f'<textarea name="{name}" rows="6" aria-label="Trả lời câu {number}"></textarea>'
        case _:
            return f'<input type="text" name="{name}" autocomplete="off" aria-label="Trả lời câu {number}">'


def _choice(name: str, kind: str, key: str, text: str) -> str:
    return f'<label><input type="{kind}" name="{name}" value="{escape(key)}"> <span>{escape(text)}</span></label>'


def _select(name: str, key: str, text: str, values: list[str]) -> str:
    options = "".join(f'<option value="{escape(value)}">{escape(value)}</option>' for value in values)
    return (
        f'<label class="pair"><span>{escape(text)}</span> <select name="{name}" data-key="{escape(key)}">'
        f'<option value="">—</option>{options}</select></label>'
    )
