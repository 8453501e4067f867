"""Text that people write, made safe: Markdown lessons and plain comments, both through bleach."""

from functools import lru_cache

import bleach
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = frozenset(
    (
        *("h2", "h3", "h4", "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li"),
        *("table", "thead", "tbody", "tr", "th", "td", "a", "img", "figure", "figcaption", "sup", "sub"),
    )
)
_ATTRIBUTES = {
    "a": ["href", "title"],
    "img": ["src", "alt", "title", "width", "height"],
    "th": ["scope"],
    "ol": ["start"],
    "h2": ["id"],
    "h3": ["id"],
}
_SCHEMES = frozenset({"http", "https", "mailto"})
_markdown = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable(["table", "strikethrough"])


def clean(html: str) -> str:
    """Return the HTML with only the tags, attributes and link schemes a lesson needs."""
    return bleach.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, protocols=_SCHEMES, strip=True)


def render_markdown(text: str) -> str:
    """Render Markdown (raw HTML in it is shown as text) to safe HTML."""
    return clean(_markdown.render(text))


@lru_cache(maxsize=2048)
def markdown_filter(text: str | None) -> Markup:
    """Jinja filter: Markdown to safe markup."""
    return Markup(render_markdown(text or ""))  # noqa: S704 - bleached above
