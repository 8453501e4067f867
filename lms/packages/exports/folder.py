"""A course in this product's own folder form, to be read and edited by people (docs/folder-form.md)."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any

import yaml

from lms.core import archives
from lms.packages.course import Attached, Course, Item, Lesson, Link, Quiz

MANIFEST, FORM = "khue.yaml", 1


def write(course: Course, out: IO[bytes]) -> None:
    """Write the folder as an archive."""
    archives.write(out, files(course))


def files(course: Course) -> Iterator[tuple[str, bytes]]:
    """Give the files of the folder, the description first."""
    names = iter(course.parts())
    head = {
        "form": FORM,
        "identifier": course.identifier,
        "title": course.title,
        "language": course.language,
        "modules": [
            {"id": module.key, "title": module.title, "items": [_entry(*next(names)) for _ in module.items]}
            for module in course.modules
        ],
        "files": [{"path": file.path, "type": file.media_type, "title": file.title} for file in course.files],
    }
    yield MANIFEST, yaml.safe_dump(head, allow_unicode=True, sort_keys=False, width=120).encode()
    for name, item in course.parts():
        if isinstance(item, Lesson):
            yield f"lessons/{name}.html", item.html.encode()
        elif isinstance(item, Quiz):
            questions = [asdict(question) for question in item.questions]
            yield f"quizzes/{name}.json", json.dumps(questions, ensure_ascii=False, indent=2).encode()
    for file in course.files:
        yield f"files/{file.path}", file.content


def _entry(name: str, item: Item) -> dict[str, Any]:
    head = {"id": item.key, "title": item.title}
    match item:
        case Lesson():
            return {"lesson": f"lessons/{name}.html", **head, "figures": list(item.figures)}
        case Quiz():
            own = {} if item.pass_percent is None else {"pass_percent": item.pass_percent}
            return {"quiz": f"quizzes/{name}.json", **head, **own}
        case Link():
            return {"link": item.url, **head}
        case Attached():
            return {"file": item.path, **head}
