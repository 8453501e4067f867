"""Web packages: pages as authoring tools export them (Storyline, Rise, Captivate, iSpring), and any other."""

import re
from html import unescape

from lms.core.text import one_line
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Files, Refused, Structure, Unit

_STARTS = (
    "index_lms.html",
    "index_lms_html5.html",
    "story.html",
    "story_html5.html",
    "index.html",
    "index.htm",
    "default.html",
    "default.htm",
    "start.html",
    "multiscreen.html",
    "scormcontent/index.html",
    "content/index.html",
    "res/index.html",
)
"""Start pages by preference; those that need an LMS's interface come after those that do not."""
_FIRST = ("index.html", "index.htm", "story.html", "story_html5.html")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_LOOK = 64 * 1024


def read_structure(files: Files, manifest: str = "") -> Structure:
    """Read a web package: its start page is its only unit.

    :param manifest: the start page, when it is known
    :raises Refused: there is no start page.
    """
    start, others = (manifest, []) if manifest else _start(files)
    title = {"und": title_of(files, start) or start.rpartition("/")[2]}
    notes: tuple[Fault, ...] = ()
    if others:
        listed = ", ".join(others[:5])
        words = _l(
            "Several pages could be the start; %(start)s was chosen, not %(others)s.", start=start, others=listed
        )
        notes = (Fault(start, words),)
    unit = Unit("web", start, title, start)
    return Structure("html", Unit("course", "course", title, children=(unit,)), notes)


def _start(files: Files) -> tuple[str, list[str]]:
    by_name = {name.lower(): name for name in files}
    starts = [by_name[name] for name in (*_FIRST, *_STARTS) if name in by_name]
    if starts:
        top = list(dict.fromkeys(name for name in starts if "/" not in name))
        return (top or starts)[0], []
    pages = sorted(name for name in files if "/" not in name and name.lower().endswith((".html", ".htm")))
    if pages:
        return pages[0], pages[1:]
    raise Refused(Fault("", _l("There is no start page (index.html) in the package.")))


def title_of(files: Files, path: str) -> str:
    """Return the title that a page gives itself, or empty."""
    with files.open(path) as stream:
        head = stream.read(_LOOK)
    declared = _CHARSET.search(head)
    encodings = ["utf-16"] if head.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig"]
    encodings += [declared[1].decode()] if declared else []
    for encoding in (*encodings, "cp1258", "latin-1"):
        try:
            match = _TITLE.search(
                head.decode(encoding, "ignore" if encoding == "utf-8-sig" and not declared else "strict")
            )
        except (UnicodeDecodeError, LookupError):
            continue
        return one_line(unescape(match[1]))[:300] if match else ""
    return ""
