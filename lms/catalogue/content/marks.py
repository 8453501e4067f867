"""What an author should look at again: honest minutes, long sentences, quotation marks, personal data.

What is told here is read by authors, so it is in Vietnamese, like :meth:`Reader.note` everywhere.
"""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from lms.catalogue.content import situations
from lms.catalogue.content.blocks import (
    AnyBlock,
    Apply,
    Calculator,
    Decision,
    Discussion,
    Document,
    Media,
    Ordering,
    Recall,
    Simulation,
    Sorting,
    TryIt,
)
from lms.catalogue.content.faults import Reader
from lms.catalogue.content.registers import Registers
from lms.catalogue.content.writing import all_words

SYLLABLES_A_MINUTE = 200
MINUTES_A_QUESTION = 1.5
MINUTES_A_STEP = 2.0
MINUTES_A_PERIOD = 45
OFF_PERCENT = 15
PHONE_WIDTH = 328
"""How wide a picture is on a phone, in px."""
LETTERS_LEAST = 11
"""How large letters on it are to be there, in px."""
SENTENCE_MOST = 45
"""Syllables of a sentence that can still be read at once."""

_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_PERSONAL = {
    "số căn cước": re.compile(r"(?<!\d)0\d{2}[0-3]\d{8}(?!\d)"),
    "số điện thoại": re.compile(r"(?<![\d./-])0[35789]\d{2}[ .]?\d{3}[ .]?\d{3}(?!\d)"),
    "biển số xe": re.compile(r"\b(?:29|3[0-3]|40)[- ]?[A-Z]\d?[- ]?\d{3}[. ]?\d{2}\b"),
    "thư điện tử": re.compile(r"[\w.+-]+@(?!example\.)[\w-]+\.[a-z]{2,}", re.IGNORECASE),
}
_NEW_TONE = re.compile(r"(?:oà|oá|oả|oã|oạ|oè|oé|oẻ|oẽ|oẹ|(?<!q)(?:uỳ|uý|uỷ|uỹ|uỵ))(?!\w)", re.IGNORECASE)
_WORD = re.compile(r"(?<!\S)[^\w\s]*\w")
_SENTENCE = re.compile(r"(?<=[.!?…:;])\s+")


def count_words(markdown: str) -> int:
    """Count the syllables of a text, pictures and marks left out."""
    prose = _PICTURE.sub("", markdown)
    return sum(1 for _ in _WORD.finditer(prose))


def _line(text: str, match: re.Match[str]) -> str:
    return f"line {text.count(chr(10), 0, match.start()) + 1}"


def minutes(document: Document) -> float:
    """Return how long a lesson takes: reading, questions, steps, and what its tasks state."""
    return round(sum(_minutes(block) for block in document.blocks), 1)


def note_minutes(reader: Reader, path: Path, stated: int, computed: float) -> None:
    """Note minutes that are off."""
    if abs(stated - computed) > computed * OFF_PERCENT / 100:
        reader.note(path, "minutes", f"gần {computed:g} phút (theo cách tính giờ), đang ghi {stated}")


def note_periods(reader: Reader, path: Path, hours: int, computed: float) -> None:
    """Note a module whose lessons and questions are not its periods of 45 minutes."""
    stated = hours * MINUTES_A_PERIOD
    if abs(stated - computed) > stated * OFF_PERCENT / 100:
        told = f"số tiết ứng với {computed:.0f} phút của các bài và câu hỏi"
        reader.note(path, "hours", f"{told} (nay {hours} tiết là {stated} phút)")


def note_words(reader: Reader, path: Path, text: str) -> None:
    """Note what may be wrong with the words of a file, line by line."""
    for name, pattern in _PERSONAL.items():
        for match in pattern.finditer(text):
            reader.note(path, _line(text, match), f"không có dữ liệu cá nhân; “{match[0]}” giống {name}")
    for match in _NEW_TONE.finditer(text):
        word = text[: match.end()].rsplit(maxsplit=1)[-1]
        reader.note(path, _line(text, match), f"dấu thanh đặt như “hòa, thủy”; đang viết “{word}”")
    for number, line in _prose_lines(text):
        if '"' in line:
            reader.note(path, f"line {number}", "dấu ngoặc kép cong “…”")
    for number, sentence in _sentences(text):
        if (count := count_words(sentence)) > SENTENCE_MOST:
            told = f"câu không quá {SENTENCE_MOST} âm tiết; câu này có {count}"
            reader.note(path, f"line {number}", f"{told}: “{sentence[:60]}…”")


def note_sources(reader: Reader, path: Path, codes: list[str], registers: Registers, today: date) -> None:
    """Note what a lesson relies on though it should be looked at again."""
    for code in codes:
        for problem in registers.sources[code].problems(today):
            reader.note(path, f"căn cứ {code}", f"kiểm lại: {problem}")


def _minutes(block: AnyBlock) -> float:
    syllables = sum(count_words(words.text) for words in all_words(block))
    own = 0.0
    match block:
        case TryIt() | Apply() | Discussion() | Media():
            own = block.minutes
        case Sorting() | Ordering() | Calculator():
            own = MINUTES_A_QUESTION
        case Recall():
            own = MINUTES_A_QUESTION * len(block.questions)
            syllables += sum(_syllables(one) for one in block.questions)
        case Decision():
            own = MINUTES_A_STEP * block.steps
            syllables += _way_syllables(block.file)
        case Simulation():
            own = MINUTES_A_STEP * len(block.file["rounds"])
            syllables += _syllables([block.file["rounds"], block.file["choices"]])
    return own + syllables / SYLLABLES_A_MINUTE


def _way_syllables(file: dict[str, Any]) -> int:
    """Return what is read on the way with the most choices: nodes, all their choices, one answer each."""
    total = 0
    for name in situations.longest_way(file["start"], file["nodes"]):
        node = file["nodes"][name]
        feedback = max((count_words(choice["feedback"]) for choice in node["choices"]), default=0)
        total += count_words(node["text"]) + feedback + sum(count_words(choice["text"]) for choice in node["choices"])
    return total


def _syllables(value: Any) -> int:
    if isinstance(value, str):
        return count_words(value)
    if isinstance(value, dict):
        return sum(_syllables(one) for one in value.values())
    return sum(_syllables(one) for one in value) if isinstance(value, list) else 0


def _prose_lines(text: str) -> Iterator[tuple[int, str]]:
    """Give the lines that readers read: no front matter, no YAML of a block, no addresses."""
    yaml, fences = False, 0
    for number, line in enumerate(text.split("\n"), 1):
        if line == "---" and fences < 2:
            fences += 1
            continue
        if line.startswith(":::bảng-tính"):
            yaml = True
        elif line.strip() in (":::", "---"):
            yaml = False
        if fences >= 2 and not yaml and not line.startswith(("```", "    ")):
            yield number, _LINKED.sub("", line)


_LINKED = re.compile(r"\]\([^)]*\)")


def _sentences(text: str) -> Iterator[tuple[int, str]]:
    """Give the sentences of running text with the line of their first word."""
    start, held = 0, ""
    for number, line in [*_prose_lines(text), (0, "")]:
        fresh = not line.strip() or line.lstrip().startswith(("- ", "* ", ":::", "#", "|", ">", "1.", "2.", "3.", "4."))
        if fresh and held:
            yield from ((start, one) for one in _SENTENCE.split(held))
            held = ""
        if line.strip() and not line.startswith((":::", "#", "|")):
            start, held = (number, line.strip()) if not held else (start, f"{held} {line.strip()}")
