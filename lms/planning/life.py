"""The life of a nomination: named by a unit, decided by Home Affairs, sent by a signed decision (mục IV.4)."""

from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from lms.core.errors import DomainError
from lms.core.states import Life, Move

LIVE = frozenset({"submitted", "waitlisted", "approved", "sent"})
"""States in which a nomination may still bring somebody into the class, or has."""
SEATED = frozenset({"approved", "sent"})
"""States that take a place of the class, and the person's days."""


class NominationFacts(NamedTuple):
    """What the moves of a nomination ask.

    :ivar places: free places of the class
    :ivar against: in words what bars the person now, None when nothing does
    :ivar before: name of who waits longer and may come too, None when she is next
    :ivar takes_place: whether the class still takes people in
    :ivar decided: whether a signed decision says so
    """

    places: int
    against: str | None
    before: str | None
    takes_place: bool
    decided: bool = False


def has_place(known: NominationFacts) -> DomainError | None:
    """The class has a free place."""
    return None if known.places > 0 else DomainError("class-full", _l("No place is free."))


def may_be_sent(known: NominationFacts) -> DomainError | None:
    """Every rule on whom to send still holds."""
    if known.against is None:
        return None
    return DomainError("not-eligible", _l("May not be sent: %(reason)s.", reason=known.against))


def is_next(known: NominationFacts) -> DomainError | None:
    """Nobody who waits longer may come."""
    if known.before is None:
        return None
    return DomainError("not-next", _l("%(name)s has waited longer and may be sent.", name=known.before))


def takes_people(known: NominationFacts) -> DomainError | None:
    """The class is open for nomination or confirmed, and has not begun."""
    if known.takes_place:
        return None
    return DomainError("class-begun", _l("The class has begun, or is not open; nobody moves up any more."))


def waits_rightly(known: NominationFacts) -> DomainError | None:
    """No place is free for her; with a free place she is approved, not made to wait."""
    return (
        None
        if known.places <= 0 or known.before
        else DomainError("place-free", _l("A place is free; she can be approved."))
    )


def by_decision(known: NominationFacts) -> DomainError | None:
    """A signed decision says so."""
    if known.decided:
        return None
    return DomainError("no-decision", _l("This is done only by a signed decision."))


UNIT_REASONS = {
    "duties": _l("Cannot be spared from her duties"),
    "health": _l("Health, pregnancy or family"),
    "moved": _l("Moved to another post or unit"),
    "mistake": _l("Named by mistake"),
    "herself": _l("She has said that she cannot come"),
    "other": _l("Another reason"),
}
"""Why a unit takes somebody back."""
REFUSALS = {
    "rules": _l("Does not meet the conditions"),
    "places": _l("The places are needed for others"),
    "later": _l("Will be sent to a later class"),
    "papers": _l("Papers or information are missing"),
    "other": _l("Another reason"),
}
"""Why Home Affairs refuses somebody, or takes somebody out."""
_NAME, _DECIDE = "planning.nominate", "planning.decide"


def _of(*states: str) -> frozenset[str]:
    return frozenset(states)


MOVES = (
    Move(
        "nominate", _of(), "submitted", _NAME, _l("Nominate"), _l("Nominated"), guards=(takes_people,),
        effects=(_l("Home Affairs decides. Until then the unit can take the nomination back."),),
    ),
    Move(
        "stand_in", _of(), "approved", _DECIDE, _l("Send instead"), _l("Named instead of another"),
        guards=(takes_people, may_be_sent),
    ),
    Move(
        "approve", _of("submitted"), "approved", _DECIDE, _l("Approve"), _l("Approved"),
        guards=(takes_people, has_place, may_be_sent, is_next),
        effects=(_l("She takes a place; on the days of the class nobody can send her elsewhere."),),
    ),
    Move(
        "approve", _of("waitlisted"), "approved", _DECIDE,
        _l("Move up from the waiting list"), _l("Moved up from the waiting list"),
        guards=(takes_people, has_place, may_be_sent, is_next),
    ),
    Move(
        "wait", _of("submitted"), "waitlisted", _DECIDE, _l("Put on the waiting list"), _l("Put on the waiting list"),
        guards=(takes_people, waits_rightly),
        effects=(_l("Her rank never changes. She moves up only when you confirm it."),),
    ),
    Move(
        "refuse", _of("submitted", "waitlisted"), "refused", _DECIDE, _l("Refuse"), _l("Nomination refused"),
        asks_reason=True, codes=REFUSALS,
        effects=(_l("The place returns to the unit's quota; the unit reads the reason."),),
    ),
    Move(
        "take_back", _of("approved"), "submitted", _DECIDE, _l("Take the approval back"), _l("Approval taken back"),
        asks_reason=True,
    ),
    Move(
        "send", _of("approved"), "sent", _DECIDE, _l("Send by decision"), _l("Sent by decision"), guards=(by_decision,),
        effects=(_l("She is a trainee of the class from the day of the decision."),),
    ),
    Move(
        "withdraw", _of("submitted", "waitlisted"), "withdrawn", _NAME, _l("Take back"), _l("Taken back by the unit"),
        asks_reason=True, codes=UNIT_REASONS,
    ),
    *(
        Move(
            "withdraw", _of(state), "withdrawn", _DECIDE, _l("Take out"), _l("Taken out"),
            asks_reason=True, codes=UNIT_REASONS | REFUSALS, guards=(by_decision,) if state == "sent" else (),
            effects=(_l("Her place is free; who waits longest may move up."),),
        )
        for state in ("approved", "sent")
    ),
    *(
        Move(
            "substitute", _of(state), "substituted", _DECIDE, _l("Substitute"), _l("Another was sent instead"),
            asks_reason=True, codes=UNIT_REASONS | REFUSALS,
            guards=(takes_people, by_decision) if state == "sent" else (takes_people,),
            effects=(_l("Another of her unit takes her place in the same step; the place is never free in between."),),
        )
        for state in ("approved", "sent")
    ),
    Move(
        "leave", _of("sent"), "withdrawn", _DECIDE, _l("Left the class"), _l("Left the class"),
    ),
    Move(
        "revoke", _of("sent"), "withdrawn", _DECIDE, _l("Revoke the decision"), _l("Decision revoked"),
        guards=(by_decision,),
    ),
    Move(
        "expire", _of("submitted", "waitlisted", "approved"), "expired", _DECIDE,
        _l("Close the list"), _l("The list was closed without her"),
    ),
)  # fmt: skip

NOMINATION = Life(
    kind="nomination",
    title=_l("Nomination"),
    states=LIVE | {"refused", "withdrawn", "substituted", "expired"},
    names={
        "submitted": _l("Awaiting a decision"),
        "waitlisted": _l("On the waiting list"),
        "approved": _l("Approved"),
        "sent": _l("Sent by decision"),
        "refused": _l("Nomination refused"),
        "withdrawn": _l("Taken back"),
        "substituted": _l("Substituted"),
        "expired": _l("List closed without her"),
    },
    moves=MOVES,
    allowed={"say_cannot": LIVE, "promise": SEATED},
    reasons={
        "submitted": "not-decided",
        "waitlisted": "waits",
        "approved": "approved-already",
        "sent": "sent-already",
    }
    | dict.fromkeys(("refused", "withdrawn", "substituted", "expired"), "nomination-ended"),
    words={
        "not-decided": _l("The nomination has not been decided on yet."),
        "waits": _l("She is on the waiting list."),
        "approved-already": _l("The nomination has been approved already."),
        "sent-already": _l("She has been sent by a signed decision already."),
        "nomination-ended": _l("This nomination has ended; a new one can be made."),
    },
)
"""A nomination."""
