"""Pages of text: HTML and Markdown, made into safe HTML in the product's own typography."""

import codecs
import re
from pathlib import Path
from typing import Any

from lxml import html
from lxml.etree import ParserError
from markdown_it import MarkdownIt

from lms.core.html import clean
from lms.core.text import nfc, one_line
from lms.packages.formats.single.names import good_title
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Refused

_LIMIT = 1024 * 1024
_MOST_ELEMENTS = 50_000
_MOST_ESCAPED = 50_000
"""Characters such as & and <; cleaning takes time by the square of their number."""
_markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])
_TOO_LARGE = _l("The page is too large to be shown as one page. Please split it, or upload it as a PDF document.")
_EMPTY = _l("The page has no text. Please check the file and upload it again.")
_PICTURES = _l(
    "Pictures are left out, because a single page brings none along. Upload a web package (ZIP) to keep them."
)


def read(path: Path, media_type: str, name: str) -> tuple[str, dict[str, Any], tuple[Fault, ...]]:
    """Return the page's title, its ``format`` (html or markdown), and a note on pictures that are left out.

    :raises Refused: it is larger than 1 MB or has no text
    """
    markup = _format(media_type, name)
    body, title = _body(path, markup, name)
    pictures = body.find(".//img") is not None
    _tidy(body)
    if not one_line(body.text_content()):
        raise Refused(Fault(name, _EMPTY))
    return title, {"format": markup}, (Fault(name, _PICTURES),) if pictures else ()


def page_html(path: Path, kind: str) -> str:
    """Return a page as safe HTML: an ``article`` without scripts, styles, forms and pictures.

    Its headings begin at the second level, and a first one that only repeats the title is left out, because the
    player shows that.

    :param kind: ``html`` or ``markdown``, as the unit's property ``format`` says
    :raises Refused: it is larger than 1 MB
    """
    body, title = _body(path, kind, path.name)
    _tidy(body)
    _headings(body, title)
    return f"<article>{clean(html.tostring(body, encoding='unicode'))}</article>"


def _format(media_type: str, name: str) -> str:
    markdown = media_type == "text/markdown" or name.lower().endswith((".md", ".markdown"))
    return "markdown" if markdown else "html"


# -- reading ----------------------------------------------------------------------------------------------------------

_CHARSETS = ("utf-8", "utf-16", "windows-1258", "windows-1252", "iso-8859-1", "us-ascii")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,20})", re.IGNORECASE)
_FRONT_MATTER = re.compile(r"\A---\n.*?\n(---|\.\.\.)\n", re.DOTALL)


def _body(path: Path, markup: str, name: str) -> tuple[Any, str]:
    if path.stat().st_size > _LIMIT:
        raise Refused(Fault(name, _TOO_LARGE))
    text = _decoded(path.read_bytes())
    if markup == "markdown":
        text = _markdown.render(_FRONT_MATTER.sub("", text))
    tree = _parsed(text)
    escaped = html.tostring(tree, encoding="unicode").count("&")
    if escaped > _MOST_ESCAPED or sum(1 for _ in tree.iter()) > _MOST_ELEMENTS:
        raise Refused(Fault(name, _TOO_LARGE))
    body = tree.find("body")
    body = tree if body is None else body
    return body, _title_of(tree, body)


def _decoded(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return nfc(raw.decode("utf-16", "replace"))
    declared = _CHARSET.search(raw[:2048])
    preferred = declared[1].decode().lower() if declared else "utf-8"
    for charset in (preferred if preferred in _CHARSETS else "utf-8", "windows-1258"):
        try:
            return nfc(raw.decode("utf-8-sig" if charset == "utf-8" else charset))
        except UnicodeDecodeError:
            continue
    return nfc(raw.decode("utf-8", "replace"))


def _parsed(text: str) -> Any:
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    without = re.sub(r"^\s*<\?xml[^>]*>", "", text)
    try:
        return html.document_fromstring(without or "<p></p>", parser=parser)
    except (ParserError, ValueError):
        return html.document_fromstring("<p></p>")


def _title_of(tree: Any, body: Any) -> str:
    heads = (*tree.iterfind("head/title"), *(heading for heading in body.iter("h1", "h2")))
    return next(filter(None, (good_title(head.text_content()) for head in heads)), "")


# -- tidying ----------------------------------------------------------------------------------------------------------

_GONE = (
    *("script", "style", "template", "noscript", "iframe", "frame", "frameset", "object", "embed", "applet", "svg"),
    *("math", "canvas", "audio", "video", "input", "button", "select", "textarea", "title", "meta", "link", "base"),
)
_RENAMED = {"b": "strong", "i": "em", "strike": "s", "del": "s", "dt": "p", "dd": "p", "caption": "p", "tt": "code"}
_BLOCKS = {
    *("p", "div", "section", "article", "main", "header", "footer", "nav", "aside", "ul", "ol", "li", "dl", "table"),
    *("blockquote", "pre", "figure", "form", "fieldset", "hr", "center", "h1", "h2", "h3", "h4", "h5", "h6"),
}
_WRAPPERS = ("div", "section", "article", "main", "header", "footer", "nav", "aside", "center", "address")
_PREFIX = "c-"


def _tidy(body: Any) -> None:
    """Leave what :func:`lms.core.html.clean` keeps, without losing words or paragraphs."""
    for gone in list(body.iter(*_GONE)):
        gone.drop_tree()
    for picture in list(body.iter("img")):
        _leave_words(picture)
    for element in list(body.iter(*_RENAMED)):
        element.tag = _RENAMED[element.tag]
    for wrapper in list(body.iter(*_WRAPPERS)):
        if wrapper is not body and not any(child.tag in _BLOCKS for child in wrapper):
            wrapper.tag = "p"
    _anchors(body)


def _leave_words(picture: Any) -> None:
    words = one_line(picture.get("alt") or "")
    picture.tail = (f"[{words}]" if words else "") + (picture.tail or "")
    picture.drop_tree()


def _anchors(body: Any) -> None:
    """Keep links to the web and within the page; names in it get a prefix, so that they mean nothing to the player."""
    for heading in body.iter("h1", "h2", "h3", "h4", "h5", "h6"):
        if name := heading.get("id"):
            heading.set("id", _PREFIX + name)
    for link in list(body.iter("a")):
        href = (link.get("href") or "").strip()
        if href.startswith("#") and len(href) > 1:
            link.set("href", f"#{_PREFIX}{href[1:]}")
        elif not re.match(r"(https?://|mailto:)", href, re.IGNORECASE):
            link.drop_tag()


def _headings(body: Any, title: str) -> None:
    headings = list(body.iter("h1", "h2", "h3", "h4", "h5", "h6"))
    if headings and title and one_line(headings[0].text_content()) == title:
        headings.pop(0).drop_tree()
    highest = min((int(heading.tag[1]) for heading in headings), default=2)
    for heading in headings:
        heading.tag = f"h{min(4, int(heading.tag[1]) - highest + 2)}"
