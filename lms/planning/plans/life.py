"""The life of a yearly plan: drawn up, needs gathered, balanced, submitted, approved by number, amended, closed."""

from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from lms.core.errors import DomainError
from lms.core.states import Life, Move

OPEN = frozenset({"draft", "gathering", "balanced"})
"""States in which Home Affairs still works on it."""


class PlanFacts(NamedTuple):
    """What the moves of a plan ask.

    :ivar lines: how many lines of classes it has
    :ivar heard: units that have said what they need
    :ivar uneven: codes of programmes whose quotas and places differ, with both numbers
    :ivar below: name of a unit whose quota is less than it has decided seats, None where there is none
    :ivar undone: classes of the plan's year that are neither finished nor cancelled
    """

    lines: int
    heard: int
    uneven: tuple[str, ...]
    below: str | None
    undone: int


def has_lines(known: PlanFacts) -> DomainError | None:
    """It holds classes."""
    return None if known.lines else DomainError("no-lines", _l("Please add the classes of the year first."))


def nobody_heard(known: PlanFacts) -> DomainError | None:
    """No unit has answered yet."""
    if not known.heard:
        return None
    return DomainError("heard-already", _l("Units have answered already; what they said would be lost."))


def even(known: PlanFacts) -> DomainError | None:
    """The quotas of each programme are as many as the places of its classes, or all of the need."""
    if not known.uneven:
        return None
    return DomainError("uneven", _l("More quotas than places of classes: %(which)s.", which=", ".join(known.uneven)))


def not_below(known: PlanFacts) -> DomainError | None:
    """No quota is less than the seats that are decided already."""
    if known.below is None:
        return None
    return DomainError("below-decided", _l("Fewer places than are decided already: %(which)s.", which=known.below))


def all_done(known: PlanFacts) -> DomainError | None:
    """Every class of the year is finished, cancelled, or moved to another year."""
    if not known.undone:
        return None
    words = _l("Classes of the year that are not finished, cancelled or moved: %(number)s.", number=known.undone)
    return DomainError("classes-left", words)


_PLAN, _APPROVE = "plans.manage", "plans.approve"


def _of(*states: str) -> frozenset[str]:
    return frozenset(states)


PLAN = Life(
    kind="plan",
    title=_l("Yearly plan"),
    states=OPEN | {"submitted", "approved", "amended", "dropped", "closed"},
    names={
        "draft": _l("Being drawn up"),
        "gathering": _l("Units say what they need"),
        "balanced": _l("Quotas proposed"),
        "submitted": _l("Before the People's Committee"),
        "approved": _l("Approved"),
        "amended": _l("Amended by a later decision"),
        "dropped": _l("Dropped"),
        "closed": _l("Closed"),
    },
    moves=(
        Move("make", _of(), "draft", _PLAN, _l("Draw up a plan"), _l("Drawn up")),
        Move("amend", _of(), "balanced", _PLAN, _l("Amend the plan"), _l("Amendment begun")),
        Move(
            "gather", _of("draft"), "gathering", _PLAN, _l("Ask the units"), _l("Units were asked"),
            effects=(_l("Each unit gets a form that says whom the roster counts as still to be trained."),),
        ),
        Move(
            "recall", _of("gathering"), "draft", _PLAN, _l("Call the forms back"), _l("Forms called back"),
            guards=(nobody_heard,), asks_reason=True,
        ),
        Move(
            "balance", _of("gathering"), "balanced", _PLAN, _l("Propose quotas"), _l("Quotas proposed"),
            guards=(has_lines,),
            effects=(_l("Places are shared out by the largest remainder of need. For units that have not answered, "
                        "what the roster counts as still to be trained is taken."),),
        ),
        Move(
            "reopen", _of("balanced"), "gathering", _PLAN, _l("Gather needs again"), _l("Gathering taken up again"),
            asks_reason=True,
        ),
        Move(
            "submit", _of("balanced"), "submitted", _PLAN, _l("Submit to the People's Committee"),
            _l("Submitted to the People's Committee"), guards=(has_lines, even, not_below),
        ),
        Move(
            "unsubmit", _of("submitted"), "balanced", _PLAN, _l("Call the memorandum back"),
            _l("Memorandum called back"), asks_reason=True,
        ),
        Move(
            "return", _of("submitted"), "balanced", _APPROVE, _l("Return for revision"),
            _l("Returned by the People's Committee"), asks_reason=True,
        ),
        Move(
            "approve", _of("submitted"), "approved", _APPROVE, _l("Approve"), _l("Approved"), guards=(even, not_below),
            effects=(_l("Its quotas hold for the nominations of the year. An amended plan stays readable."),),
        ),
        Move("supersede", _of("approved"), "amended", _APPROVE, _l("Amend"), _l("Amended by a later decision")),
        Move(
            "drop", OPEN, "dropped", _PLAN, _l("Drop the plan"), _l("Dropped"), asks_reason=True,
        ),
        Move(
            "close", _of("approved"), "closed", _PLAN, _l("Close the year"), _l("Closed"), guards=(all_done,),
            effects=(_l("Places that were not used are listed for the plan of the next year."),),
        ),
    ),
    allowed={
        "edit_lines": OPEN,
        "answer": _of("gathering"),
        "set_quota": _of("balanced"),
        "hand_out": _of("approved"),
        "begin_amendment": _of("approved"),
    },
    reasons={
        "draft": "plan-draft",
        "gathering": "plan-gathering",
        "balanced": "plan-balanced",
        "submitted": "plan-submitted",
        "approved": "plan-approved",
        "amended": "plan-amended",
        "dropped": "plan-dropped",
        "closed": "plan-closed",
    },
    words={
        "plan-draft": _l("The plan is still being drawn up."),
        "plan-gathering": _l("Units are still saying what they need."),
        "plan-balanced": _l("The quotas are proposed; the units' needs are taken as they stood."),
        "plan-submitted": _l("The plan is before the People's Committee."),
        "plan-approved": _l("The plan is approved; it changes only by an amendment."),
        "plan-amended": _l("The plan was amended by a later decision."),
        "plan-dropped": _l("The plan was dropped."),
        "plan-closed": _l("The plan of this year is closed."),
    },
)  # fmt: skip
"""The plan of a year. An amendment is a row beside the approved plan, and takes its place when it is approved."""
