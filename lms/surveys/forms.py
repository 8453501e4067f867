"""What a request may contain: answers by the names of questions, and the small forms around evaluations."""

from flask import Request

from lms.core.text import prose

_OURS = frozenset({"csrf_token", "incomplete", "padding"})


def given(request: Request) -> dict[str, list[str]]:
    """Return the fields of an evaluation form, their texts clean; a file is a field that no form has."""
    fields = {name: [prose(text) for text in texts] for name, texts in request.form.lists() if name not in _OURS}
    return fields | {f"{name} (file)": [""] for name in request.files}
