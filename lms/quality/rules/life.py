"""The life of an adjustment: due, stated, done."""

from flask_babel import lazy_gettext as _l

from lms.core.states import Acts

ADJUSTMENT = Acts(
    states=frozenset({"due", "stated", "done"}),
    allowed={
        "state": frozenset({"due", "stated"}),
        "finish": frozenset({"stated"}),
        "answer_by": frozenset({"stated", "done"}),
    },
    reasons={"due": "not-stated", "done": "done", "stated": "not-stated"},
    words={
        "not-stated": _l("Please state cause and measure first."),
        "done": _l("This adjustment is done and cannot be changed."),
    },
)
"""What its institution does with an adjustment.

The version that answers it may be named or taken back later: it is made long after the measure.
"""
