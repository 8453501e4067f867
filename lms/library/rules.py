"""Pure decisions of the library: what may be done with an upload and with a registration in which state."""

from datetime import datetime

from flask_babel import lazy_gettext as _l

from lms.core.states import Acts

_ENDED = frozenset({"taken", "refused", "broken_off"})
UPLOAD = Acts(
    states=_ENDED | {"receiving", "checking"},
    allowed={
        "append": frozenset({"receiving"}),
        "take_in": frozenset({"checking"}),
        "give_up": frozenset({"checking"}),
        "cancel": _ENDED | {"receiving"},
    },
    reasons=dict.fromkeys(_ENDED, "not-receiving") | {"receiving": "not-checking", "checking": "checking"},
    by_act={("append", "checking"): "not-receiving"},
    words={
        "not-receiving": _l("This upload has arrived already."),
        "not-checking": _l("This upload is not waiting to be checked."),
        "checking": _l("The file is being checked; please wait for the result."),
    },
)
"""A file on its way in; one that has ended is its report, which can be thrown away."""

REGISTRATION = Acts(
    states=frozenset({"current", "superseded"}),
    allowed={
        "launch": frozenset({"current"}),
        "waive": frozenset({"current"}),
        "look": frozenset({"current", "superseded"}),
    },
    reasons={"superseded": "superseded"},
    words={"superseded": _l("The class has moved to another version of this material.")},
)
"""Who takes a version of a package; ``look``: opened in the modes Browse and Review."""


def registration_state(superseded_at: datetime | None) -> str:
    """Return the state of a registration."""
    return "current" if superseded_at is None else "superseded"
