"""What can be done in planning: quotas set, people named, decided on, sent."""

from lms.planning.services.deciding import decide, expire, send, substitute
from lms.planning.services.naming import NotAll, Pick, nominate, promise, say_cannot, set_quotas, state, take_back

__all__ = [
    "NotAll",
    "Pick",
    "decide",
    "expire",
    "nominate",
    "promise",
    "say_cannot",
    "send",
    "set_quotas",
    "state",
    "substitute",
    "take_back",
]
