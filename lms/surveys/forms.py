"""What a request may contain: answers by the names of questions, and the small forms around evaluations."""

import re

from flask import Request

from lms.core.text import nfc

_OURS = frozenset({"csrf_token", "incomplete", "padding"})
_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of reading: a text could show something else than it says."""


def given(request: Request) -> dict[str, list[str]]:
    """Return the fields of an evaluation form, their texts in NFC; a file is a field that no form has."""
    fields = {name: [_clean(text) for text in texts] for name, texts in request.form.lists() if name not in _OURS}
    return fields | {f"{name} (file)": [""] for name in request.files}


def _clean(text: str) -> str:
    return nfc(_DIRECTIONS.sub("", text))
