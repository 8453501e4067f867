"""What waits for administrators: requests for erasure, decided by somebody who neither asked nor took them."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from flask import url_for
from flask_babel import lazy_gettext as _l

from lms.console.personal.models import ErasureRequest
from lms.console.personal.rules import REQUEST
from lms.core.guard import Actor
from lms.core.ownership import owned_by
from lms.core.waiting import Kind, Row, Waiting, gathered, part, rows
from lms.people.access import manageable, visible_persons
from lms.people.models import Account, Person, Unit

MANAGE = "people.manage"


def _request(row: Row) -> str:
    return url_for("console.erasure", request_id=row.ref)


KINDS = {
    "erasures": Kind(_l("Requests for erasure to decide"), _request, partial(url_for, "console.erasures")),
}


def waiting(actor: Actor, _at: datetime) -> Sequence[Waiting]:
    """Name the open requests that somebody may decide."""
    if not actor.may(MANAGE):
        return []
    asked = (
        part("erasures", subject=Person.full_name, ref=ErasureRequest.id, since=ErasureRequest.asked_at)
        .select_from(ErasureRequest)
        .join(Account, Account.id == ErasureRequest.account_id)
        .join(Person, Person.id == Account.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(
            ErasureRequest.state.in_(REQUEST.allowed["carry_out"]),
            visible_persons(actor, MANAGE),
            manageable(actor, Account.id),
            ~owned_by(ErasureRequest.account_id, actor.account_id),
            ~owned_by(ErasureRequest.asked_by, actor.account_id),
        )
    )
    return gathered(rows(asked), KINDS)
