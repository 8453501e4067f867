"""What a request may contain: answers by the names of questions, and the small forms around evaluations."""

from collections.abc import Mapping, Sequence

from flask import Request
from flask_babel import lazy_gettext as _l

from lms.core.errors import DomainError
from lms.core.fields import CONVERT, in_unicode, old_words
from lms.core.text import nfc, prose

_OURS = frozenset({"csrf_token", "incomplete", "padding", CONVERT})


def given(request: Request) -> dict[str, list[str]]:
    """Return the fields of an evaluation form, their texts clean; a file is a field that no form has."""
    fields = {
        name: [_clean(in_unicode(text)) for text in texts] for name, texts in request.form.lists() if name not in _OURS
    }
    return fields | {f"{name} (file)": [""] for name in request.files}


def _clean(text: str) -> str:
    """Return clean text; one in an old encoding as it came, since what looks invisible is a letter in it."""
    return prose(text) if old_words(text) is None else nfc(text)


def old_texts(submitted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return what to say of the texts in an old encoding, by the names of their fields."""
    said = {name: old_words(texts[0]) for name, texts in submitted.items() if len(texts) == 1}
    return {name: words for name, words in said.items() if words is not None}


def refuse_old(submitted: Mapping[str, Sequence[str]]) -> None:
    """Refuse a form with a text in an old encoding; its page offers to convert it.

    :raises DomainError: ``old-encoding``
    """
    if old_texts(submitted):
        words = _l("Some of what you wrote is in an old encoding. Nothing has been sent yet.")
        raise DomainError("old-encoding", words, 422)
