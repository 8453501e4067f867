"""What the record store refuses. Messages are for the authors of client programs and stay English."""

from lms.core.errors import DomainError


class BadParameter(DomainError):
    """A parameter or header is missing, unknown, repeated or no value of its kind."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__("bad-parameter", f"{name}: {reason}", 400)


class Invalid(DomainError):
    """What was sent does not follow the specification.

    :ivar path: where, from the inside out; each level adds its key while the error passes through it
    """

    def __init__(self, reason: str, *keys: str | int) -> None:
        super().__init__("invalid", "", 400)
        self.reason = reason
        self.path: list[str | int] = list(reversed(keys))

    @property
    def where(self) -> str:
        """The path, such as ``[1].context.registration``."""
        parts = (f"[{key}]" if isinstance(key, int) else f".{key[:60]}" for key in reversed(self.path))
        return "".join(parts).removeprefix(".")

    @property
    def message(self) -> str:
        """Where and why."""
        return f"{self.where or 'request'}: {self.reason}"

    @message.setter
    def message(self, _value: object) -> None:
        """Ignored: it is made of path and reason."""


class TooLarge(DomainError):
    """A statement, a batch or a document is over the configured size."""

    def __init__(self, message: str) -> None:
        super().__init__("too-large", message, 413)


class Refused(DomainError):
    """A precondition or a conflict: 412 and 409."""
