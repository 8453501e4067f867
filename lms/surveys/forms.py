"""What a request may contain: answers by the names of questions, and the small forms around evaluations."""

from werkzeug.datastructures import MultiDict

from lms.core.text import nfc

_OURS = frozenset({"csrf_token", "incomplete"})


def given(sent: "MultiDict[str, str]") -> dict[str, list[str]]:
    """Return the fields of an evaluation form, their texts in NFC."""
    return {name: [nfc(text) for text in texts] for name, texts in sent.lists() if name not in _OURS}
