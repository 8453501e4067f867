"""Rows for the pages: one's own archives and request, the requests that wait, and what the rule says of one."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import select, text

from lms.console.personal.models import ErasureRequest, PersonalArchive
from lms.console.personal.rules import Verdict, may_remove_link
from lms.core.database import db
from lms.core.guard import Actor
from lms.core.jobs import JobProgress
from lms.core.lists import numbered
from lms.core.pages import Page
from lms.core.search import matches
from lms.people.access import visible_persons
from lms.people.models import Account, Person, Unit
from lms.people.sessions import local_day

"""A job that told nothing for so long has died."""

_LAST_ACTIVITY = text(
    """
    SELECT greatest(
        (SELECT max(coalesce(a.submitted_at, a.started_at)) FROM attempts a WHERE a.person_id = :person),
        (SELECT max(s.submitted_at) FROM submissions s WHERE s.person_id = :person),
        (SELECT max(c.seen_at) FROM content_sessions c JOIN content_registrations r ON r.id = c.registration_id
         WHERE r.person_id = :person),
        (SELECT max(s.starts_at) FROM attendance t JOIN sessions s ON s.id = t.session_id
         JOIN enrolments e ON e.id = t.enrolment_id WHERE e.person_id = :person AND t.status IN ('present', 'late')),
        (SELECT max(s.starts_at) FROM sessions s WHERE s.lecturer_id = :person AND s.attendance_taken_at IS NOT NULL)
    )
    """
)
_OPEN_CLASSES = text(
    """
    SELECT count(*) FROM class_runs c WHERE (
        c.status IN ('planned', 'open', 'confirmed', 'postponed', 'running') AND (
            EXISTS (SELECT FROM enrolments e
                    WHERE e.class_id = c.id AND e.person_id = :person AND e.status = 'enrolled')
            OR EXISTS (SELECT FROM teachings t WHERE t.class_id = c.id AND t.lecturer_id = :person)
            OR EXISTS (SELECT FROM sessions s WHERE s.class_id = c.id AND s.lecturer_id = :person)
        )
    ) OR (
        EXISTS (SELECT FROM surveys v WHERE v.class_id = c.id AND v.state = 'open') AND (
            EXISTS (SELECT FROM enrolments e WHERE e.class_id = c.id AND e.person_id = :person)
            OR EXISTS (SELECT FROM teachings t WHERE t.class_id = c.id AND t.lecturer_id = :person)
        )
    )
    """
)


class Archive(NamedTuple):
    """A copy that can be fetched."""

    id: UUID
    ordered_at: datetime
    size: int
    expires_at: datetime


class Request(NamedTuple):
    """A request as its person and the administrators see it."""

    id: UUID
    account_id: UUID
    state: str
    asked_at: datetime
    asked_by: UUID | None
    by_herself: bool
    document: str | None
    decided_at: datetime | None
    reason: str | None
    name: str
    staff_code: str
    unit: str
    left_on: date | None


def job_in_the_making(account_id: UUID | None) -> UUID | None:
    """Return the job of an archive that is ordered and not ready yet, unless it was given up."""
    return db.session.scalar(
        select(JobProgress.id)
        .join(PersonalArchive, PersonalArchive.job_id == JobProgress.id)
        .where(
            PersonalArchive.account_id == account_id,
            PersonalArchive.size.is_(None),
            JobProgress.state.in_(("queued", "running")),
        )
        .limit(1)
    )


def archives(account_id: UUID, *, at: datetime) -> list[Archive]:
    """Return the copies that an account can fetch now, the newest first."""
    rows = db.session.execute(
        select(PersonalArchive.id, PersonalArchive.ordered_at, PersonalArchive.size, PersonalArchive.expires_at)
        .where(
            PersonalArchive.account_id == account_id,
            PersonalArchive.size.is_not(None),
            PersonalArchive.expires_at > at,
        )
        .order_by(PersonalArchive.ordered_at.desc())
    )
    return [Archive._make(row) for row in rows]


def latest_request(account_id: UUID) -> Request | None:
    """Return the last request about an account."""
    statement = _requests().where(ErasureRequest.account_id == account_id)
    row = db.session.execute(statement.order_by(ErasureRequest.asked_at.desc()).limit(1)).first()
    return None if row is None else Request._make(row)


def request(request_id: UUID) -> Request | None:
    """Return one request."""
    row = db.session.execute(_requests().where(ErasureRequest.id == request_id)).first()
    return None if row is None else Request._make(row)


def requests(actor: Actor, permission: str, query: str = "") -> Page[Request]:
    """Return the requests of persons in the units held: open ones first, the oldest of them at the top."""
    statement = (
        _requests()
        .where(visible_persons(actor, permission), matches(query, Person.search_text))
        .order_by(
            ErasureRequest.state != "open",
            ErasureRequest.decided_at.desc().nulls_first(),
            ErasureRequest.asked_at,
            ErasureRequest.id,
        )
    )
    return numbered(statement, Request)


def account_of_request(request_id: UUID) -> UUID | None:
    """Return whose request it is."""
    return db.session.scalar(select(ErasureRequest.account_id).where(ErasureRequest.id == request_id))


def account_of_code(staff_code: str) -> UUID | None:
    """Return the account of the person with this staff code."""
    return db.session.scalar(
        select(Account.id).join(Person, Person.id == Account.person_id).where(Person.staff_code == staff_code)
    )


def last_activity(person_id: UUID) -> datetime | None:
    """Return when a person last did something that only somebody in service does; None when she never did."""
    moment: datetime | None = db.session.scalar(_LAST_ACTIVITY, {"person": person_id})
    return moment


def verdict(account_id: UUID, *, retention_years: int, at: datetime) -> Verdict:
    """Return what the rule says of removing the link of an account's person now."""
    person = db.session.execute(
        select(Person.id, Person.left_on)
        .join(Account, Account.person_id == Person.id)
        .where(Account.id == account_id)
        .execution_options(populate_existing=True)
    ).one()
    return may_remove_link(
        left_on=person.left_on,
        today=local_day(at),
        retention_years=retention_years,
        open_classes=db.session.scalar(_OPEN_CLASSES, {"person": person.id}) or 0,
    )


def _requests() -> Any:
    return (
        select(
            ErasureRequest.id,
            ErasureRequest.account_id,
            ErasureRequest.state,
            ErasureRequest.asked_at,
            ErasureRequest.asked_by,
            ErasureRequest.asked_by == ErasureRequest.account_id,
            ErasureRequest.document,
            ErasureRequest.decided_at,
            ErasureRequest.reason,
            Person.full_name,
            Person.staff_code,
            Unit.name,
            Person.left_on,
        )
        .join(Account, Account.id == ErasureRequest.account_id)
        .join(Person, Person.id == Account.person_id)
        .join(Unit, Unit.id == Person.unit_id)
    )
