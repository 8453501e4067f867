"""What may be done in which state: one table a kind of thing, read by pages (their buttons) and acts (refused).

:class:`Acts` says which acts each state allows. A thing whose state is of consequence has a :class:`Life`: besides such
acts a table of moves from state to state, each with who may make it, what must hold, and what follows. The same guards
paint the button, with the reason when it is off (:meth:`Life.doors`), and refuse the write (:meth:`Life.judge`);
:mod:`lms.core.transitions` makes a move and keeps its line.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

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


Guard = Callable[[Any], DomainError | None]
"""A condition of a move: what is known of the thing (its domain's facts) -> what is against it. Its docstring says in
one line what must hold (``docs/states.md`` prints it)."""


@dataclass(frozen=True)
class Move:
    """A way from states to a state; a line of the table.

    :ivar act: its name, such as ``cancel``; an act may have several moves, from different states
    :ivar sources: the states it leads from; none where it begins the thing
    :ivar permission: what must be held over the thing's unit; the system's jobs need none
    :ivar label: what the button says
    :ivar said: what the history says was done
    :ivar effects: what else it does, for the page on which it is decided
    :ivar asks_reason: whether it is made only with a reason in words
    :ivar codes: reasons to choose from, code -> words; none where there is no such list
    """

    act: str
    sources: frozenset[str]
    to: str
    permission: str
    label: Any
    said: Any
    guards: tuple[Guard, ...] = ()
    effects: tuple[Any, ...] = ()
    asks_reason: bool = False
    codes: Mapping[str, Any] = field(default_factory=dict)


class Door(NamedTuple):
    """A move as a page offers it; :ivar refusal: in words why it is off, None when it is open."""

    move: Move
    refusal: Any

    @property
    def act(self) -> str:
        """The act behind it."""
        return self.move.act


LIVES: dict[str, "Life"] = {}
"""Every life by its kind, as the domains declare them."""


@dataclass(frozen=True, kw_only=True)
class Life(Acts):
    """The life of a kind of thing: the acts within its states, and the moves between them.

    ``allowed`` names the acts that leave the state as it is; those of the moves are added.

    :ivar kind: its name in the lines of :mod:`lms.core.transitions`, such as ``class``
    :ivar title: what it is, in words
    :ivar names: state -> word; their order is that of a life that goes well
    :ivar column: where a row keeps its state
    """

    kind: str
    title: Any
    names: Mapping[str, Any]
    moves: tuple[Move, ...]
    column: str = "status"

    def __post_init__(self) -> None:
        """Add the acts of the moves; refuse a table that is not one.

        :raises ValueError: a state without a word, or two moves of one act from one state
        """
        ways = [(move.act, source) for move in self.moves for source in move.sources or {None}]
        if len(set(ways)) < len(ways) or set(self.names) != self.states:
            raise ValueError(self.kind)
        allowed = dict(self.allowed)
        for move in self.moves:
            if move.sources:
                allowed[move.act] = allowed.get(move.act, frozenset()) | move.sources
        object.__setattr__(self, "allowed", allowed)
        LIVES[self.kind] = self

    def move(self, act: str, state: str | None) -> Move:
        """Return the move of an act from a state; None: the one that begins the thing.

        :raises DomainError: the act is not allowed in this state
        """
        if state is not None:
            self.require(act, state)
        ways = (one for one in self.moves if one.act == act)
        return next(one for one in ways if (not one.sources if state is None else state in one.sources))

    def judge(self, act: str, state: str | None, facts: Any = None) -> Move:
        """Return the move of an act, or refuse it: by the state, then by each guard.

        :raises DomainError: the first reason against it
        """
        move = self.move(act, state)
        for refused in (guard(facts) for guard in move.guards):
            if refused is not None:
                raise refused
        return move

    def doors(self, state: str, facts: Any, may: Callable[[str], bool]) -> list[Door]:
        """Return the moves from a state that somebody may make, in the table's order, each open or with its reason.

        :param may: tells whether a permission is held over the thing
        """
        open_to = [move for move in self.moves if state in move.sources and may(move.permission)]
        refusals = [next(filter(None, (guard(facts) for guard in move.guards)), None) for move in open_to]
        return [
            Door(move, None if refused is None else refused.message)
            for move, refused in zip(open_to, refusals, strict=True)
        ]
