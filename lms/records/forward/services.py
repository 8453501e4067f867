"""What people do with forwarders and dead letters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from sqlalchemy import delete, select, update

from lms.core import audit, jobs
from lms.core.database import act, db
from lms.core.errors import NotFound
from lms.core.guard import Actor
from lms.records.forward import delivery, reading, rules, tasks
from lms.records.forward.models import DeadLetter, Forwarder


def probe(*, endpoint: str, version: str, key: str, secret: str) -> str | None:
    """Ask another store about itself; returns why it cannot be used, as in ``Forwarder.last_error``, or None.

    What the request has read so far is let go first: no transaction stays open while the network is waited for.
    """
    db.session.commit()
    return delivery.probe(endpoint, version, key, secret)


@act
def make_forwarder(
    actor: Actor,
    *,
    name: str,
    endpoint: str,
    version: str,
    key: str,
    secret: str,
    verbs: Sequence[str] = (),
    activities: Sequence[str] = (),
    classes: Sequence[str] = (),
    from_beginning: bool,
    at: datetime,
) -> Forwarder:
    """Forward statements to another store from now on, or all that there are.

    :param classes: IRIs of classes as activities
    """
    forwarder = Forwarder(
        id=uuid4(),
        name=name,
        endpoint=endpoint,
        version=version,
        key=key,
        secret=rules.seal(secret, current_app.config["SECRET_KEY"]),
        verbs=list(verbs),
        activities=list(activities),
        classes=list(classes),
        cursor=0 if from_beginning else reading.consistent_through(),
        created_at=at,
        created_by=actor.account_id,
    )
    db.session.add(forwarder)
    after = _shown(forwarder) | {"from_beginning": from_beginning}
    audit.record(actor, "forwarder.make", "forwarder", forwarder.id, at=at, after=after)
    return forwarder


@act
def pause(actor: Actor, forwarder_id: UUID, *, at: datetime) -> Forwarder:
    """Send nothing until somebody resumes; what is stored meanwhile waits."""
    forwarder = _locked(forwarder_id)
    if forwarder.paused_at is None:
        forwarder.paused_at = at
        audit.record(actor, "forwarder.pause", "forwarder", forwarder_id, at=at, after={"name": forwarder.name})
    return forwarder


@act
def resume(actor: Actor, forwarder_id: UUID, *, at: datetime) -> Forwarder:
    """Go on where it was paused."""
    forwarder = _locked(forwarder_id)
    if forwarder.paused_at is not None:
        forwarder.paused_at = None
        audit.record(actor, "forwarder.resume", "forwarder", forwarder_id, at=at, after={"name": forwarder.name})
    return forwarder


@act
def try_now(actor: Actor, forwarder_id: UUID, *, at: datetime) -> Forwarder:
    """Try again without waiting any longer."""
    forwarder = _locked(forwarder_id)
    forwarder.next_try_at = None
    audit.record(actor, "forwarder.try", "forwarder", forwarder_id, at=at, after={"name": forwarder.name})
    jobs.enqueue(tasks.forward_now, actor, at=at, forwarder_id=str(forwarder_id))
    return forwarder


@act
def change_secret(actor: Actor, forwarder_id: UUID, *, key: str, secret: str, at: datetime) -> Forwarder:
    """Use another key and secret from now on, and try at once."""
    forwarder = _locked(forwarder_id)
    before = {"name": forwarder.name, "key": forwarder.key}
    forwarder.key, forwarder.secret = key, rules.seal(secret, current_app.config["SECRET_KEY"])
    forwarder.next_try_at = None
    after = {"name": forwarder.name, "key": key}
    audit.record(actor, "forwarder.secret", "forwarder", forwarder_id, at=at, before=before, after=after)
    return forwarder


@act
def delete_forwarder(actor: Actor, forwarder_id: UUID, *, at: datetime) -> Forwarder:
    """Forward no more, and forget how far it was and what was refused."""
    forwarder = _locked(forwarder_id)
    audit.record(actor, "forwarder.delete", "forwarder", forwarder_id, at=at, before=_shown(forwarder))
    db.session.delete(forwarder)
    return forwarder


@act
def send_again(actor: Actor, forwarder_id: UUID, seq: int | None, *, at: datetime) -> int:
    """Mark a dead letter, or all of them, to be sent again; returns how many."""
    forwarder = _locked(forwarder_id)
    wanted = update(DeadLetter).where(DeadLetter.forwarder_id == forwarder_id, ~DeadLetter.due).values(due=True)
    marked = db.session.scalars(
        (wanted if seq is None else wanted.where(DeadLetter.seq == seq)).returning(DeadLetter.seq)
    ).all()
    if marked:
        after = {"name": forwarder.name, "count": len(marked)} | ({"seq": seq} if seq is not None else {})
        audit.record(actor, "forwarder.again", "forwarder", forwarder_id, at=at, after=after)
    return len(marked)


@act
def leave_out(actor: Actor, forwarder_id: UUID, seq: int, *, at: datetime) -> None:
    """Give a dead letter up: the other side will never have this statement."""
    forwarder = _locked(forwarder_id)
    gone = db.session.execute(
        delete(DeadLetter)
        .where(DeadLetter.forwarder_id == forwarder_id, DeadLetter.seq == seq)
        .returning(DeadLetter.statement_id, DeadLetter.status, DeadLetter.message)
    ).one_or_none()
    if gone is None:
        raise NotFound
    before = {"name": forwarder.name, "statement": gone.statement_id, "status": gone.status, "message": gone.message}
    audit.record(actor, "forwarder.leave-out", "forwarder", forwarder_id, at=at, before=before)


def _locked(forwarder_id: UUID) -> Forwarder:
    forwarder = db.session.scalar(select(Forwarder).where(Forwarder.id == forwarder_id).with_for_update())
    if forwarder is None:
        raise NotFound
    return forwarder


def _shown(forwarder: Forwarder) -> dict[str, Any]:
    """What the audit may know."""
    names = ("name", "endpoint", "version", "key", "verbs", "activities", "classes")
    return {name: getattr(forwarder, name) for name in names}
