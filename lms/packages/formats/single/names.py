"""Titles: from a file's own metadata when they are good, otherwise from its name."""

import re

from lms.core.text import one_line

_LONGEST = 255
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_WORTHLESS = re.compile(
    r"(microsoft (word|powerpoint|excel)\b.*|untitled.*|no ?title|document ?\d*|doc\d+|slide ?\d+|sheet ?\d+"
    r"|book ?\d+|powerpoint presentation|presentation\d*|chưa đặt tên|tài liệu ?\d*|bản trình bày powerpoint"
    r"|scan(ned)?\b.*|img[ _-]?\d+|[\W\d_]+)",
    re.IGNORECASE,
)
_BROKEN = re.compile(
    r"[\ufffd\u0080-\u00bf×÷]|\b[A-Z]:[\\/]|^[/\\]|\.(docx?|pptx?|xlsx?|pdf|indd|tex|html?)$", re.IGNORECASE
)
"""Not decoded, in one of the old Vietnamese encodings (TCVN3 shows as ``Bµi gi¶ng``), or the name of a file."""


def good_title(text: object) -> str:
    """Return a title found in a file's metadata, or nothing when it is not fit to be shown."""
    title = one_line(str(text or ""))
    if not 2 < len(title) <= _LONGEST or _WORTHLESS.fullmatch(title) or _BROKEN.search(title):
        return ""
    return title


def path_of(filename: str) -> str:
    """Return a name to store a file under: without folders and without what has a meaning in addresses."""
    last = one_line(re.split(r"[/\\]", filename)[-1])
    return re.sub(r'[?#%:*"<>|]', "_", last).strip(". ") or "file"


def from_filename(name: str) -> str:
    """Return a title made of a file's name: without extension, underscores as blanks.

    >>> from_filename("Bai_giang_1.2_Do_thi.pdf")
    'Bai giang 1.2 Do thi'
    """
    return one_line(_EXTENSION.sub("", name).replace("_", " "))[:_LONGEST] or name
