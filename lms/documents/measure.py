"""How wide a text is on paper, estimated from above: Times New Roman has no narrower letters than these."""

import re
from collections.abc import Iterable

TEXT_WIDTH = 160
"""Millimetres between the margins: 30 at the left, 20 at the right of A4."""
CELL_SIDES = 4.4
"""Millimetres that the sides of a cell take."""

_POINT = 25.4 / 72
_NARROW, _WIDE = frozenset(" -–/.,:;'()[]!|ijltfrI"), frozenset("mwMW@%—")


def width(text: str, *, bold: bool = False) -> float:
    """Return about how wide a text is, in millimetres a point of its size."""
    return sum(map(_em, text)) * _POINT * (1.06 if bold else 1)


def longest_word(texts: Iterable[str], *, bold: bool = False) -> float:
    """Return the width of the widest word, in millimetres a point."""
    return max((width(word, bold=bold) for text in texts for word in re.split("[ \t\n]+", text)), default=0)


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.36
    if letter in _WIDE:
        return 0.95
    if letter.isupper():
        return 0.75
    return 0.53 if letter < "\u2000" else 1.0
