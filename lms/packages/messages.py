"""What readers say about packages, before anybody's language: the English text and its values."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for the institution.

    :ivar text: message id of the gettext catalogue, with the names of its values: ``%(name)s``
    :ivar values: plain values, or messages of their own
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return it in English."""
        return self.text % self.values if self.values else self.text


def message(text: str, /, **values: object) -> Message:
    """Return a message; imported as ``_l``, under which its text is extracted for translation."""
    return Message(text, values)
