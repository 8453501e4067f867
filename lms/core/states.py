"""What may be done in which state: one table a kind of thing, read by pages (their buttons) and acts (refused)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.core.errors import DomainError


@dataclass(frozen=True)
class Acts:
    """The acts upon one kind of thing, and the states in which each may be done.

    :ivar states: all states the thing can be in
    :ivar allowed: act -> states in which it may be done
    :ivar reasons: state -> code of the reason for which any other act is refused in it
    :ivar words: code -> what the person reads
    :ivar by_act: (act, state) -> code, where an act is refused in a state for a reason of its own
    """

    states: frozenset[str]
    allowed: Mapping[str, frozenset[str]]
    reasons: Mapping[str, str]
    words: Mapping[str, Any]
    by_act: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def refusal(self, act: str, state: str) -> str | None:
        """Return why an act is refused in this state, as a code; None when it is allowed."""
        if state in self.allowed[act]:
            return None
        return self.by_act.get((act, state)) or self.reasons[state]

    def require(self, act: str, state: str) -> None:
        """Refuse an act in a thing of this state, in words.

        :raises DomainError: with the code of the reason
        """
        reason = self.refusal(act, state)
        if reason is not None:
            raise DomainError(reason, self.words[reason])
