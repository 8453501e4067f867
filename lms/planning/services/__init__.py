"""What can be done in planning: quotas set, people named, decided on, sent by signed decisions, summoned."""

from lms.planning.services.deciding import decide, expire, left, substitute
from lms.planning.services.naming import NotAll, Pick, nominate, promise, say_cannot, set_quotas, state, take_back
from lms.planning.services.signing import (
    Signing,
    add_signer,
    draw_papers,
    end_signer,
    sign_revoking,
    sign_sending,
    sign_substitution,
    sign_taking_out,
    summon,
)

__all__ = [
    "NotAll",
    "Pick",
    "Signing",
    "add_signer",
    "decide",
    "draw_papers",
    "end_signer",
    "expire",
    "left",
    "nominate",
    "promise",
    "say_cannot",
    "set_quotas",
    "sign_revoking",
    "sign_sending",
    "sign_substitution",
    "sign_taking_out",
    "state",
    "substitute",
    "summon",
    "take_back",
]
