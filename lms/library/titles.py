"""Titles of packages and units, in the language that the page can show."""

from lms.core.text import one_line

_TITLE_LANGUAGES = ("vi", "en", "und", "")


def shown(title: object) -> str:
    """Return a title in Vietnamese, or the nearest there is."""
    texts = dict(title) if isinstance(title, dict) else {}
    for language in _TITLE_LANGUAGES:
        for tag, text in texts.items():
            if tag.lower().split("-")[0] == language and one_line(str(text)):
                return one_line(str(text))
    return one_line(str(next(iter(texts.values()), "")))
