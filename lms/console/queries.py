"""Rows of the audit trail for reading."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import or_, select

from lms.core.audit import AuditEntry
from lms.core.database import db
from lms.people.models import Account

PAGE = 50


class AuditRow(NamedTuple):
    """One entry with the name of who acted."""

    id: int
    at: datetime
    who: str | None
    action: str
    subject_type: str
    subject_id: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None


def audit_entries(query: str | None, after: int | None) -> list[AuditRow]:
    """Return entries, newest first, one more than a page when there are more.

    :param query: an action (or its beginning), a subject's id, or a username
    """
    statement = (
        select(
            AuditEntry.id,
            AuditEntry.at,
            Account.display_name,
            AuditEntry.action,
            AuditEntry.subject_type,
            AuditEntry.subject_id,
            AuditEntry.before,
            AuditEntry.after,
            AuditEntry.request_id,
        )
        .outerjoin(Account, Account.id == AuditEntry.account_id)
        .order_by(AuditEntry.id.desc())
        .limit(PAGE + 1)
    )
    if query:
        starts = AuditEntry.action.startswith(query, autoescape=True)
        statement = statement.where(or_(starts, AuditEntry.subject_id == query, Account.username == query.lower()))
    if after is not None:
        statement = statement.where(AuditEntry.id < after)
    return [AuditRow(*row) for row in db.session.execute(statement)]
