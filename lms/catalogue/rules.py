"""Pure decisions of the catalogue: when a text holds what was searched for."""

import re

from flask_babel import lazy_gettext as _l

from lms.core.states import Acts
from lms.core.text import fold

VERSION = Acts(
    states=frozenset({"proposed", "approved", "retired"}),
    allowed={"approve": frozenset({"proposed"}), "teach": frozenset({"proposed", "approved"})},
    reasons=dict.fromkeys(("proposed", "approved", "retired"), "not-proposed"),
    by_act={("teach", "retired"): "retired"},
    words={
        "not-proposed": _l("This version does not await approval."),
        "retired": _l("A newer version of this programme has been approved; new classes teach that one."),
    },
)
"""A version of a programme. A class stays on its version whatever becomes of it.

``teach``: a new class is set up for it; the pilot classes of a proposed version show what is to be approved.
"""


def words(text: str) -> str:
    """Fold a text to its bare words, so that accents, case and punctuation do not matter.

    >>> words("Quy hoạch - Kiến trúc, A2.1")
    'quy hoach kien truc a2.1'
    """
    return " ".join(re.sub(r"[^\w.]|_", " ", fold(text)).split())


def holds(text: str, wanted: str) -> bool:
    """Tell whether a text of words holds these words side by side; the last may be only begun.

    >>> holds("quan ly te nuoc", "y te"), holds("linh vuc y te", "y t")
    (False, True)
    """
    return f" {wanted}" in f" {text}" if wanted else True
