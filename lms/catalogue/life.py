"""The life of a programme version: proposed, given an opinion, put forward, approved (mục IV.3), superseded."""

from typing import NamedTuple

from flask_babel import lazy_gettext as _l

from lms.core.errors import DomainError
from lms.core.states import Life, Move

PENDING = frozenset({"proposed", "in_review", "with_home_affairs", "submitted"})
"""States of a version on whose approval nothing has been decided."""
UNDER_WAY = PENDING - {"proposed"}
"""States in which a version is with an office that gives its word on it; its text does not change."""
ENDED = frozenset({"retired", "withdrawn"})
"""States of a version that no new class teaches."""


class VersionFacts(NamedTuple):
    """What the moves of a version ask.

    :ivar modules: how many modules it has
    :ivar topics: how many topics it has
    :ivar criteria: how many criteria its essay is marked by
    :ivar unanswered: comments that are neither answered nor set aside
    :ivar given: comments given since it was last sent to a department
    """

    modules: int
    topics: int
    criteria: int
    unanswered: int
    given: int


def complete(known: VersionFacts) -> DomainError | None:
    """It has modules or topics, and criteria by which the closing essay is marked."""
    if (known.modules or known.topics) and known.criteria:
        return None
    return DomainError("incomplete", _l("Modules or topics, or the criteria of the essay, are missing."))


def answered(known: VersionFacts) -> DomainError | None:
    """Every comment has been answered or set aside with a reason."""
    if not known.unanswered:
        return None
    return DomainError(
        "unanswered", _l("Comments that are still to be answered or set aside: %(number)s.", number=known.unanswered)
    )


def commented(known: VersionFacts) -> DomainError | None:
    """There is a comment that says what must change."""
    if known.unanswered:
        return None
    return DomainError("no-comment", _l("Please write at least one comment on what must change."))


def untouched(known: VersionFacts) -> DomainError | None:
    """The department has given no comment since it was sent."""
    if not known.given:
        return None
    return DomainError("commented-already", _l("The department has given comments already; it returns the version."))


_PROPOSE, _OPINION, _FORWARD, _APPROVE = (
    "catalogue.propose",
    "catalogue.opinion",
    "catalogue.forward",
    "catalogue.approve",
)
_RETURNED = (_l("The institution revises it; the comments stay, also beside its next text."),)


def _of(*states: str) -> frozenset[str]:
    return frozenset(states)


VERSION = Life(
    kind="programme_version",
    title=_l("Programme version"),
    states=PENDING | ENDED | {"approved"},
    names={
        "proposed": _l("Proposal being prepared"),
        "in_review": _l("With the department of the field"),
        "with_home_affairs": _l("With Home Affairs"),
        "submitted": _l("Before the People's Committee"),
        "approved": _l("Approved"),
        "retired": _l("No longer offered"),
        "withdrawn": _l("Approval withdrawn"),
    },
    moves=(
        Move("load", _of(), "proposed", _PROPOSE, _l("Propose"), _l("Proposed")),
        Move(
            "send", _of("proposed"), "in_review", _PROPOSE, _l("Ask for the department's opinion"),
            _l("Sent to the department of the field"), guards=(complete, answered),
            effects=(_l("The text stays as it is until the department has given its opinion."),),
        ),
        Move(
            "recall", _of("in_review"), "proposed", _PROPOSE, _l("Call back"), _l("Called back by the institution"),
            guards=(untouched,), asks_reason=True,
        ),
        Move(
            "return", _of("in_review"), "proposed", _OPINION, _l("Return for revision"),
            _l("Returned by the department"),
            guards=(commented,), asks_reason=True, effects=_RETURNED,
        ),
        Move(
            "endorse", _of("in_review"), "with_home_affairs", _OPINION, _l("Give the opinion"),
            _l("Opinion of the department given"), guards=(answered,),
            effects=(_l("Home Affairs puts the version forward to the People's Committee."),),
        ),
        Move(
            "reopen", _of("with_home_affairs"), "in_review", _OPINION, _l("Take the opinion back"),
            _l("Opinion taken back"), asks_reason=True,
        ),
        Move(
            "return", _of("with_home_affairs"), "proposed", _FORWARD, _l("Return for revision"),
            _l("Returned by Home Affairs"), asks_reason=True, effects=_RETURNED,
        ),
        Move(
            "forward", _of("with_home_affairs"), "submitted", _FORWARD, _l("Submit to the People's Committee"),
            _l("Submitted to the People's Committee"), guards=(answered,),
            effects=(_l("The comparison with the version taught so far goes with the memorandum."),),
        ),
        Move(
            "unsubmit", _of("submitted"), "with_home_affairs", _FORWARD, _l("Call the memorandum back"),
            _l("Memorandum called back"), asks_reason=True,
        ),
        Move(
            "return", _of("submitted"), "proposed", _APPROVE, _l("Return for revision"),
            _l("Returned by the People's Committee"), asks_reason=True, effects=_RETURNED,
        ),
        Move(
            "approve", _of("submitted"), "approved", _APPROVE, _l("Approve"), _l("Approved"),
            effects=(
                _l("New classes may be opened on this version. The one approved before it is no longer offered; "
                   "classes that teach it go on."),
                _l("The decision is bound to this content by its checksum."),
            ),
        ),
        Move("supersede", _of("approved"), "retired", _APPROVE, _l("Replace"), _l("Replaced by a newer version")),
        Move("replace", _of("proposed"), "retired", _PROPOSE, _l("Replace"), _l("Replaced by a newer proposal")),
        Move(
            "withdraw", _of("approved"), "withdrawn", _APPROVE, _l("Withdraw the approval"), _l("Approval withdrawn"),
            asks_reason=True,
            effects=(_l("No new class is opened on it. Classes under way are for Home Affairs to decide on."),),
        ),
    ),
    allowed={
        "teach": PENDING | {"approved"},
        "comment": frozenset({"in_review"}),
        "answer": frozenset({"proposed", "in_review"}),
    },
    reasons={
        "proposed": "still-proposed",
        "in_review": "in-review",
        "with_home_affairs": "with-home-affairs",
        "submitted": "is-submitted",
        "approved": "approved-already",
        "retired": "retired",
        "withdrawn": "withdrawn",
    },
    words={
        "still-proposed": _l("The institution is still preparing this version; it has not been sent for an opinion."),
        "in-review": _l("The department of the field is still giving its opinion on this version."),
        "with-home-affairs": _l("This version is with Home Affairs."),
        "is-submitted": _l("This version is before the People's Committee."),
        "approved-already": _l("This version has been approved already."),
        "retired": _l("A newer version of this programme has taken its place; new classes teach that one."),
        "withdrawn": _l("The approval of this version has been withdrawn."),
    },
)  # fmt: skip
"""A version of a programme. A class stays on its version whatever becomes of it.

``teach``: a class is planned for it; it is opened only when the version is approved (:mod:`lms.classes.life`).
"""
