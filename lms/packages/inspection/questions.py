"""Files of questions (GIFT, Moodle XML, QTI): no teaching material; shown as a page they would tell the answers."""

import re
from pathlib import PurePosixPath

from lms.packages.messages import Message
from lms.packages.messages import message as _l

_MOODLE = re.compile(rb"<quiz\b[^>]*>.*?<question\b[^>]*\btype\s*=", re.DOTALL)
_QTI = re.compile(
    rb"<(?:\w+:)?(?:questestinterop|assessmentItem|assessmentTest|qti-assessment-item|qti-assessment-test)\b"
)
_GIFT_TITLE = re.compile(rb"^\s*(?:::[^:\n]+::|\$CATEGORY:)", re.MULTILINE)
_GIFT_ANSWERS = re.compile(rb"(?<![\\$^_\w}])\{\s*(?:[=~]\s*[^\s=>{}]|(?:T|F|TRUE|FALSE)\s*(?:#[^{}]*)?\})")
_GIFT_NUMBER = re.compile(rb"\{\s*#\s*=?-?\d")
_QTI_PACKAGE = re.compile(r"imsqti(?:asi)?_(?:item_|test_)?(?:xml)?v\d", re.IGNORECASE)


def questions_in(text: bytes, filename: str) -> Message | None:
    """Return why a text is not taken, when it is a file of questions.

    :param text: how it begins
    """
    if _QTI.search(text):
        return led("QTI")
    if _MOODLE.search(text):
        return led("Moodle XML")
    by_name = PurePosixPath(filename).suffix.lower() == ".gift" and b"{" in text
    titled = _GIFT_TITLE.search(text) and (_GIFT_NUMBER.search(text) or b"{" in text)
    return led("GIFT") if by_name or titled or _GIFT_ANSWERS.search(text) else None


def is_package_of_questions(manifest: str) -> bool:
    """Tell a QTI package by the types of resources in its imsmanifest.xml; a course may have some beside its units."""
    return bool(_QTI_PACKAGE.search(manifest)) and "scormtype" not in manifest.lower()


def led(form: str) -> Message:
    """Return the words that lead a file of questions to the question bank."""
    return _l(
        "These are questions for tests (%(form)s), not materials: shown as a page they would tell the answers. They "
        "belong in the question bank, which cannot take such files in yet. Please keep the file until it can.",
        form=form,
    )
