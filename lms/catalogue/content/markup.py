"""The Markdown of lessons: CommonMark with tables, blocks between ``:::``, terms ``[[…]]`` and citations ``[@…]``.

Everything is decided on markdown-it's tokens; raw HTML is text, and links go only to https, http, mailto and the
lesson's own downloads.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from lms.catalogue.content.blocks import UsedFile, Words
from lms.catalogue.content.registers import SOURCES, TERMS, Registers, cited, locator
from lms.core.text import fold

_OPEN = re.compile(r":::[ \t]*([^\s:`][^\s:`]*)(.*)")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_SCHEMES = ("http", "https", "mailto")
_RULES = ["table", "strikethrough"]


@dataclass(frozen=True, slots=True)
class Raw:
    """A piece of a lesson's source: running text (no name), or a block as written.

    :ivar line: the line of its first word, from 1 within the lesson's text
    :ivar closed: whether the block has its closing ``:::``
    """

    name: str
    argument: str
    body: str
    line: int
    closed: bool = True


@dataclass(slots=True)
class Page:
    """What is needed to draw a lesson's words, and what drawing them finds.

    :ivar fault: told with a line and what is expected
    :ivar find: looks for a file that is not among ``files`` yet, and tells what is wrong with it
    :ivar base: goes before the names of pictures and downloads
    :ivar cites: places by the code of their source, in the order of the lesson
    :ivar terms: names of the terms used
    """

    registers: Registers
    files: dict[str, UsedFile]
    fault: Callable[[int, str], None] = lambda _line, _expected: None
    find: Callable[[str, int], UsedFile | None] = lambda _address, _line: None
    base: str = "figure:"
    headings: list[dict[str, Any]] = field(default_factory=list)
    cites: dict[str, list[str]] = field(default_factory=dict)
    terms: dict[str, None] = field(default_factory=dict)
    unplaced: list[tuple[int, str]] = field(default_factory=list)
    slugs: dict[str, int] = field(default_factory=dict)

    def file(self, address: str, line: int) -> UsedFile | None:
        """Return a picture, a recording or a download of the lesson by the address that was written."""
        if address not in self.files:
            found = self.find(address, line)
            if found is None:
                return None
            self.files[address] = found
        return self.files[address]

    def cite(self, written: str, line: int) -> list[tuple[str, str]]:
        """Note citations (``code place; …``) and return each as code and short reference."""
        found = []
        for code, place in cited(one.strip().removeprefix("@") for one in written.split(";")):
            source = self.registers.sources.get(code)
            if source is None:
                if line:  # what the glossary quotes is told where the glossary is read
                    self.fault(line, f"a source of {SOURCES}; “{code}” is none")
                continue
            words = locator(place)
            places = self.cites.setdefault(code, [])
            if place and place not in places:
                places.append(place)
            if "Đ?" in place:
                self.unplaced.append((line, code))
            found.append((code, f"{words} {source.short}".strip()))
        return found


def pieces(text: str) -> list[Raw]:
    """Split a lesson's text into running text and blocks, in order."""
    lines = text.split("\n")
    found: list[Raw] = []
    at = 0
    for token in _splitter.parse(text):
        if token.type != "khue_block" or token.map is None:
            continue
        _prose(found, lines, at, token.map[0])
        found.append(Raw(line=token.map[0] + 1, **token.meta))
        at = token.map[1]
    _prose(found, lines, at, len(lines))
    return found


def parts(body: str, line: int) -> tuple[Words, Words]:
    """Divide a block's body at its line of ``---``; the second part is empty where there is none."""
    lines, fenced = body.split("\n"), ""
    for number, one in enumerate(lines):
        fenced = _fence(one, fenced)
        if not fenced and one.strip() == "---":
            return words(lines[:number], line), words(lines[number + 1 :], line + number + 1)
    return words(lines, line), Words("", line)


def words(lines: Sequence[str], line: int) -> Words:
    """Return lines as words, blank lines around them left out."""
    first = next((number for number, one in enumerate(lines) if one.strip()), 0)
    return Words("\n".join(lines[first:]).rstrip(), line + first)


def html(page: Page, text: Words, *, headings: bool = False) -> str:
    """Render words to safe HTML; figures, terms and citations are looked up on the page.

    :param headings: whether headings belong to the lesson's contents; within blocks they are refused
    """
    tokens = _markdown.parse(text.text)
    _arrange(page, tokens, text.line, headings=headings)
    return str(_renderer.render(tokens, _markdown.options, {"page": page}))


def inline(page: Page, text: Words) -> str:
    """Render one line of words, without a paragraph around it."""
    tokens = _markdown.parseInline(text.text)
    _arrange(page, tokens, text.line, headings=False)
    return str(_renderer.render(tokens, _markdown.options, {"page": page}))


def plain(text: str) -> str:
    """Return Markdown as bare text: what is read aloud, counted and searched."""
    return "\n".join(_plain(token) for token in _markdown.parse(text) if token.content and not token.hidden)


def picture(text: Words) -> tuple[str, str, int] | None:
    """Return address, alternative and line of the first picture of a text."""
    for token in _markdown.parse(text.text):
        for one, line in _children(token):
            if one.type == "image":
                return str(one.attrs.get("src", "")), _plain(one), text.line + line
    return None


def is_outside(address: str) -> bool:
    """Tell whether an address is one of the web or of mail, or a place on the page."""
    return address.startswith("#") or _SCHEME.match(address) is not None


def items(text: Words) -> list[tuple[Words, bool]]:
    """Return the items of the lists of a body, each on one line; and whether they are numbered."""
    found: list[tuple[Words, bool]] = []
    ordered = False
    for token in _markdown.parse(text.text):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            ordered = token.type == "ordered_list_open"
        if token.type == "inline" and token.map and token.level == 3:
            found.append((Words(" ".join(token.content.split("\n")), text.line + token.map[0]), ordered))
    return found


def _prose(found: list[Raw], lines: list[str], start: int, end: int) -> None:
    text = words(lines[start:end], start + 1)
    if text.text:
        found.append(Raw("", "", text.text, text.line))


def _fence(line: str, fenced: str) -> str:
    """Return the fence of code that is open after this line."""
    mark = line.lstrip()[:3]
    if mark not in ("```", "~~~"):
        return fenced
    return mark if not fenced else ("" if fenced == mark else fenced)


def _block_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """``:::name argument`` until ``:::``; a block that is opened before ends the one that was not closed."""
    first = _line(state, start)
    match = _OPEN.fullmatch(first)
    stray = first.rstrip() == ":::"
    if (match is None and not stray) or (state.level and not silent):
        return False
    if silent:
        return True
    token = state.push("khue_block", "", 0)
    if match is None:
        token.meta = {"name": ":::", "argument": "", "body": "", "closed": True}
        token.map = [start, start + 1]
        state.line = start + 1
        return True
    line, fenced, closed = start + 1, "", False
    while line < end:
        text = _line(state, line)
        fenced = _fence(text, fenced)
        if not fenced and text.rstrip() == ":::":
            closed = True
            break
        if not fenced and _OPEN.fullmatch(text):
            break
        line += 1
    body = "\n".join(_line(state, number) for number in range(start + 1, line))
    argument = re.split(r"[ \t]+#[ \t]", f"{match[2]} ", maxsplit=1)[0]
    token.meta = {"name": match[1], "argument": " ".join(argument.split()), "body": body, "closed": closed}
    token.map = [start, line + closed]
    state.line = line + closed
    return True


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] : state.eMarks[number]]


def _term_rule(state: StateInline, silent: bool) -> bool:
    """``[[term]]`` or ``[[words|term]]``."""
    if not state.src.startswith("[[", state.pos):
        return False
    end = state.src.find("]]", state.pos + 2, state.posMax)
    text = state.src[state.pos + 2 : end] if end > 0 else ""
    if not text.strip() or "[" in text or "\n" in text:
        return False
    if not silent:
        shown, _, name = text.partition("|")
        token = state.push("khue_term", "", 0)
        token.content, token.meta = shown.strip(), {"term": (name or shown).strip()}
    state.pos = end + 2
    return True


def _cite_rule(state: StateInline, silent: bool) -> bool:
    """``[@code place; code place]``."""
    if not state.src.startswith("[@", state.pos):
        return False
    end = state.src.find("]", state.pos + 2, state.posMax)
    if end < 0 or not state.src[state.pos + 2 : end].strip():
        return False
    if not silent:
        token = state.push("khue_cite", "", 0)
        token.meta = {"cited": state.src[state.pos + 2 : end]}
    state.pos = end + 1
    return True


def _arrange(page: Page, tokens: list[Token], line: int, *, headings: bool) -> None:
    """Give headings their ids and pictures of their own their figures; look up and judge what is referred to."""
    for place, token in enumerate(tokens):
        at = line + (token.map[0] if token.map else 0)
        if token.type == "heading_open":
            _heading(page, token, tokens[place + 1], at, headings=headings)
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        for child, offset in _children(token):
            _look_up(page, child, line + offset)
        if token.type == "inline" and _is_figure(tokens, place):
            _make_figure(tokens, place)


def _heading(page: Page, token: Token, content: Token, line: int, *, headings: bool) -> None:
    if not headings or token.tag not in ("h2", "h3"):
        page.fault(line, "headings ## and ### outside blocks" if not headings else "headings ## and ###")
    text = _plain(content)
    slug = "s-" + (re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:60] or "muc")
    page.slugs[slug] = page.slugs.get(slug, 0) + 1
    if page.slugs[slug] > 1:
        slug = f"{slug}-{page.slugs[slug]}"
    token.attrSet("id", slug)
    if token.tag == "h2":
        page.headings.append({"id": slug, "text": text})


def _look_up(page: Page, token: Token, line: int) -> None:
    if token.type == "image":
        if not _plain(token).strip():
            page.fault(line, "words for those who do not see the picture: ![what it shows](figures/…)")
        if page.file(str(token.attrs.get("src", "")), line) is None:
            token.type, token.meta = "khue_missing", {}
    elif token.type == "link_open":
        address = str(token.attrs.get("href", ""))
        used = None if is_outside(address) else page.file(address, line)
        if used is not None:
            token.attrs = {"href": page.base + used.name, "download": used.name.rpartition("/")[2]}
            token.meta["size"] = used.size
    elif token.type == "khue_term":
        name = page.registers.term(token.meta["term"])
        if name is None:
            page.fault(line, f"a term of {TERMS}; “{token.meta['term']}” is none")
        else:
            page.terms[name] = None
        token.meta["name"] = name
    elif token.type == "khue_cite":
        token.meta["found"] = page.cite(token.meta["cited"], line)


def _is_figure(tokens: list[Token], place: int) -> bool:
    children = tokens[place].children or []
    alone = len(children) == 1 and children[0].type == "image"
    return alone and place > 0 and tokens[place - 1].type == "paragraph_open" and not tokens[place - 1].hidden


def _make_figure(tokens: list[Token], place: int) -> None:
    tokens[place - 1].tag = tokens[place + 1].tag = "figure"
    children = tokens[place].children or []
    title = str(children[0].attrs.pop("title", ""))
    if title:
        caption = Token("khue_caption", "figcaption", 0, content=title)
        tokens[place].children = [children[0], caption]


def _children(token: Token) -> list[tuple[Token, int]]:
    """Return the parts of a token of words, each with its line."""
    line = token.map[0] if token.map else 0
    found = []
    for child in token.children or ():
        found.append((child, line))
        if child.type in ("softbreak", "hardbreak"):
            line += 1
    return found


def _plain(token: Token) -> str:
    if token.children is None:
        return token.content
    texts = (" " if one.type in ("softbreak", "hardbreak") else one.content for one in token.children)
    return "".join(texts)


def _draw_image(tokens: Sequence[Token], index: int, _options: Any, env: Any) -> str:
    token, page = tokens[index], env["page"]
    source = str(token.attrs.get("src", ""))
    used = page.files[source]
    size = f' width="{used.width}" height="{used.height}"' if used.width else ""
    address, alt = escape(page.base + used.name), escape(_plain(token))
    return f'<img src="{address}" alt="{alt}"{size} loading="lazy">'


def _draw_caption(tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return f"<figcaption>{escape(tokens[index].content, quote=False)}</figcaption>"


def _draw_term(tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    token = tokens[index]
    if token.meta["name"] is None:
        return escape(token.content)
    return f'<a class="term" href="#{term_id(token.meta["name"])}">{escape(token.content, quote=False)}</a>'


def _draw_cite(tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    return cites_html(tokens[index].meta["found"])


def cites_html(found: Sequence[tuple[str, str]]) -> str:
    """Return citations as short references that lead to the list of sources."""
    linked = "; ".join(f'<a href="#{source_id(code)}">{escape(words, quote=False)}</a>' for code, words in found)
    return f'<span class="cite">({linked})</span>' if linked else ""


def term_id(name: str) -> str:
    """Return where a term is explained on the page of a lesson."""
    return "tu-ngu-" + re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")


def source_id(code: str) -> str:
    """Return where a source is listed on the page of a lesson."""
    return f"nguon-{code}"


def _draw_link_end(tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    depth = 0
    for token in reversed(tokens[:index]):
        depth += {"link_close": 1, "link_open": -1}.get(token.type, 0)
        if depth < 0:
            size = token.meta.get("size")
            return f'</a> <span class="file-size">({_size(size)})</span>' if size is not None else "</a>"
    return "</a>"


def _size(size: int) -> str:
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")


def _nothing(*_args: Any) -> str:
    return ""


def _parser() -> tuple[MarkdownIt, RendererHTML]:
    parser = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(_RULES)
    parser.inline.ruler.before("link", "khue_cite", _cite_rule)
    parser.inline.ruler.before("link", "khue_term", _term_rule)
    parser.validateLink = lambda url: (match := _SCHEME.match(url)) is None or match[1].lower() in _SCHEMES  # type: ignore[method-assign]
    rules: dict[str, Callable[..., str]] = {
        "image": _draw_image,
        "khue_term": _draw_term,
        "khue_cite": _draw_cite,
        "khue_missing": _nothing,
        "khue_caption": _draw_caption,
        "link_close": _draw_link_end,
        "table_open": lambda *_: '<div class="table-wrap" tabindex="0"><table>\n',
        "table_close": lambda *_: "</table></div>\n",
    }
    renderer = RendererHTML(parser)
    for name, rule in rules.items():
        renderer.rules[name] = rule  # type: ignore[assignment]
    return parser, renderer


_markdown, _renderer = _parser()
_splitter = MarkdownIt("commonmark", {"html": False}).disable(["inline"])
_splitter.block.ruler.before(
    "fence", "khue_block", _block_rule, {"alt": ["paragraph", "reference", "blockquote", "list", "table"]}
)
