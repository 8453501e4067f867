"""Pure decisions of the catalogue: when a text holds what was searched for."""

import re

from lms.core.text import fold


def words(text: str) -> str:
    """Fold a text to its bare words, so that accents, case and punctuation do not matter.

    >>> words("Quy hoạch - Kiến trúc, A2.1")
    'quy hoach kien truc a2.1'
    """
    return " ".join(re.sub(r"[^\w.]|_", " ", fold(text)).split())


def holds(text: str, wanted: str) -> bool:
    """Tell whether a text of words holds these words side by side; the last may be only begun.

    >>> holds("quan ly te nuoc", "y te"), holds("linh vuc y te", "y t")
    (False, True)
    """
    return f" {wanted}" in f" {text}" if wanted else True
