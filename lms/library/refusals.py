"""Refusals and notes of package readers, in words: written down in both languages, or said in the reader's."""

from collections.abc import Iterable
from typing import Any

from flask_babel import force_locale, gettext

from lms.core.i18n import LANGUAGES
from lms.packages.messages import Message
from lms.packages.structure import Fault

_MOST = 200


def said(message: Message) -> str:
    """Return a message in the language of this request, with the messages among its values."""
    values = {name: said(value) if isinstance(value, Message) else value for name, value in message.values.items()}
    return str(gettext(message.text, **values))


def in_all_languages(message: object) -> dict[str, str]:
    """Write a message down in all languages: its readers choose theirs later.

    :param message: of a reader, or a lazily translated one of the product
    """
    words = {}
    for language in LANGUAGES:
        with force_locale(language):
            words[language] = said(message) if isinstance(message, Message) else str(message)
    return words


def listed(faults: Iterable[Fault]) -> list[list[Any]]:
    """Return faults as a report keeps them: path and words, the first 200."""
    return [[fault.path, in_all_languages(fault.message)] for fault in list(faults)[:_MOST]]
