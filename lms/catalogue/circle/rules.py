"""How two versions are compared: by what a reader would look for, each part as lines of words. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from html import unescape
from typing import Any, NamedTuple

_BLOCK = re.compile(r"</(?:p|li|h\d|td|th|tr|figcaption|summary|dt|dd|blockquote)>|<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")
PARTS = ("numbers", "outcomes", "modules", "lessons", "topics", "questions", "materials", "essay")
"""What is compared, in the order of a page."""


class Line(NamedTuple):
    """One thing of a part.

    :ivar key: what stays the same over versions
    :ivar title: its name; a dictionary of languages, or plain words
    :ivar text: what is compared, in paragraphs
    """

    key: str
    title: Any
    text: tuple[str, ...]


Content = Mapping[str, Sequence[Line]]
"""Part -> its lines."""


class Words(NamedTuple):
    """Paragraphs of a difference; :ivar kind: ``same``, ``out`` or ``in``."""

    kind: str
    text: str


class Difference(NamedTuple):
    """How one thing differs; :ivar kind: ``added``, ``removed`` or ``changed``."""

    kind: str
    title: Any
    words: tuple[Words, ...]


def content_of(
    version: Any,
    modules: Iterable[Any],
    lessons: Iterable[Any],
    topics: Iterable[Any],
    figures: Iterable[Any],
    questions: Sequence[Line],
) -> dict[str, list[Line]]:
    """Return what a version teaches as lines to compare."""
    modules, document = list(modules), version.document
    essay = document.get("essay") or {}
    criteria = [f"{_vi(one.get('text'))} – {one.get('weight')}%" for one in essay.get("criteria") or []]
    instructions = tuple(_vi(essay.get("instructions")).splitlines())
    return {
        "numbers": [
            Line("hours", "hours", (str(version.hours),)),
            Line("attendance", "attendance", (f"{version.attendance_min_percent}%",)),
        ],
        "outcomes": [Line(row.code, row.title, tuple(_vi(one) for one in row.outcomes)) for row in modules],
        "modules": [Line(row.code, row.title, (_vi(row.title), f"{row.hours} giờ")) for row in modules],
        "lessons": [
            Line(row.code, row.title, (_vi(row.title), f"{row.minutes} phút", *paragraphs(row.html))) for row in lessons
        ],
        "topics": [
            Line(row.code, row.title, (_vi(row.title), f"{row.hours} giờ", *(_vi(one) for one in row.objectives)))
            for row in topics
        ],
        "questions": list(questions),
        "materials": [Line(row.name, row.name, (row.sha256[:12],)) for row in figures],
        "essay": [Line("essay", essay.get("title") or "", (*instructions, *criteria))] if essay else [],
    }


def paragraphs(html: str) -> tuple[str, ...]:
    """Return the words of a page, a paragraph each.

    >>> paragraphs("<h2>Một</h2><p>Hai <b>ba</b> &amp; bốn</p>")
    ('Một', 'Hai ba & bốn')
    """
    lines = _BLOCK.sub("\n", html)
    plain = (" ".join(unescape(_TAG.sub("", line)).split()) for line in lines.split("\n"))
    return tuple(line for line in plain if line)


def compared(before: Content, after: Content) -> dict[str, list[Difference]]:
    """Return for each part what was added, removed or changed; parts that are the same have no line."""
    return {part: list(_part(before.get(part, ()), after.get(part, ()))) for part in PARTS}


def _part(before: Sequence[Line], after: Sequence[Line]) -> Iterable[Difference]:
    old, new = {line.key: line for line in before}, {line.key: line for line in after}
    for key, line in new.items():
        if key not in old:
            yield Difference("added", line.title, tuple(Words("in", text) for text in line.text))
        elif old[key].text != line.text:
            yield Difference("changed", line.title, words(old[key].text, line.text))
    for key, line in old.items():
        if key not in new:
            yield Difference("removed", line.title, tuple(Words("out", text) for text in line.text))


def words(before: Sequence[str], after: Sequence[str]) -> tuple[Words, ...]:
    """Return two texts as one: what stays (one paragraph on either side of a change), what goes, what comes."""
    found: list[Words] = []
    for kind, first, last, start, end in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if kind == "equal":
            same = list(before[first:last])
            kept = same if len(same) <= 2 else [same[0], "…", same[-1]]
            found += [Words("same", text) for text in kept]
        else:
            found += [Words("out", text) for text in before[first:last]]
            found += [Words("in", text) for text in after[start:end]]
    return tuple(found)


def _vi(text: Any) -> str:
    return str(text.get("vi", "")) if isinstance(text, Mapping) else str(text or "")
