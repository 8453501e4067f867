"""The life of forms, evaluations, invitations and named forms: what may be done in which state."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from lms.core.states import Acts

ENDED = frozenset({"closed", "released"})
UNCOUNTED = frozenset({"open", "over"})

SURVEY = Acts(
    states=UNCOUNTED | ENDED,
    allowed={
        "answer": frozenset({"open"}),
        "remind": frozenset({"open"}),
        "hand_in": frozenset({"open"}),
        "type_in": frozenset({"open"}),
        "close": UNCOUNTED,
        "take_back": UNCOUNTED,
        "read_comments": frozenset({"closed"}),
        "release": frozenset({"closed"}),
    },
    reasons=dict.fromkeys(UNCOUNTED, "not-closed") | dict.fromkeys(ENDED, "closed-already"),
    by_act=dict.fromkeys((("read_comments", state) for state in UNCOUNTED), "still-open")
    | {(act, "over"): "closed-already" for act in ("remind", "hand_in", "type_in")}
    | {("answer", state): "survey-closed" for state in ENDED | {"over"}}
    | {(act, "released"): "released" for act in ("read_comments", "release")}
    | {("take_back", state): "evaluation-closed" for state in ENDED},
    words={
        "not-closed": _l("Please close the evaluation before releasing its results."),
        "still-open": _l("This evaluation is still open; its comments can be read once it is closed."),
        "survey-closed": _l("This evaluation is closed. Thank you for your interest."),
        "closed-already": _l("This evaluation is closed already."),
        "released": _l("These results are released; what is shown of a comment is settled."),
        "evaluation-closed": _l(
            "The evaluation of this class is closed and counted, so the class can no longer be opened."
        ),
    },
)
"""An evaluation; ``over``: its date has passed, and its forms are not counted yet."""

RIGHT = Acts(
    states=frozenset({"unused", "used", "teaches", "runs"}),
    allowed={"answer": frozenset({"unused"})},
    reasons={"used": "already-answered", "teaches": "teaches", "runs": "runs"},
    words={
        "already-answered": _l("You have already sent this form. Each person has one."),
        "teaches": _l("You teach in this class. Nobody evaluates her own teaching, so you have no form here."),
        "runs": _l("You run classes of this institution or may close its evaluations, so you have no form here."),
    },
)
"""The right of somebody invited to one form (:func:`lms.surveys.queries.rights.barred`)."""

INSTRUMENT = Acts(
    states=frozenset({"draft", "published"}),
    allowed={act: frozenset({"draft"}) for act in ("edit", "publish", "discard")},
    reasons={"published": "published"},
    words={"published": _l("This version is published and cannot be changed. Please begin a new one.")},
)
"""A version of a form."""

FOLLOW_UP = Acts(
    states=frozenset({"ahead", "open", "over"}),
    allowed={"answer": frozenset({"open"})},
    reasons=dict.fromkeys(("ahead", "over"), "not-open"),
    words={"not-open": _l("This form can be filled in from three to six months after the course.")},
)
"""A named form after training; until it is over it may be sent again."""


def survey_state(stored: str, closes_at: datetime, at: datetime) -> str:
    """Return the state of an evaluation: one whose date has passed takes no forms, counted or not."""
    return "over" if stored == "open" and at >= closes_at else stored


def right_state(*, answered: bool, barred: str | None) -> str:
    """Return the state of somebody's right to a form."""
    return "used" if answered else barred or "unused"


def follow_up_state(opens_at: datetime, closes_at: datetime, at: datetime) -> str:
    """Return the state of a named form."""
    return "ahead" if at < opens_at else "open" if at < closes_at else "over"
