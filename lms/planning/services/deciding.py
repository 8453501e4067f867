"""What Home Affairs does with whom units named: approve, make wait, refuse, take out, substitute, send by decision."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from lms.classes.models import ClassRun, Enrolment
from lms.classes.services import enrol
from lms.classes.services import withdraw as leave
from lms.classes.services.commitments import release, reserve
from lms.classes.services.held import class_for
from lms.core import transitions
from lms.core.database import act, db
from lms.core.errors import DomainError, NotFound
from lms.core.guard import SYSTEM, Actor
from lms.core.transitions import NOTHING, Because
from lms.people.models import Person, Unit
from lms.planning.judging import judge
from lms.planning.life import NOMINATION, SEATED, NominationFacts
from lms.planning.models import Nomination
from lms.planning.queries.nominations import facts_of, waiting
from lms.planning.services.naming import NotAll, Pick, against, hold_people, keep_answers, require_all

_PAST = NominationFacts(places=0, against=None, before=None, takes_place=False)
"""What there is to know where a list is closed."""


@act
def decide(
    actor: Actor, class_id: UUID, nomination_ids: Sequence[UUID], move: str, because: Because = NOTHING, *, at: datetime
) -> None:
    """Decide alike on nominations for a class, all or none: ``approve``, ``wait``, ``refuse``, ``take_back``,
    ``withdraw``.

    Those who wait are taken in their rank, so that approving several moves up who waited longest first.

    :raises NotAll: somebody may not be sent any more
    :raises DomainError: the reason of a state or of a guard; ``two-classes``, ``moved-meanwhile``
    """
    run = _class_held(class_id)
    rows = _held(class_id, nomination_ids)
    why_not = _why_not(run.id, rows)
    for row in rows:
        before = row.status
        facts = facts_of(row, run, why_not, waiting(run.id), decided=because.document_id is not None)
        if move == "approve" and facts.against is not None:
            raise _not_all(row, facts.against)
        if move == "wait" and row.waiting_rank is None:
            row.waiting_rank = _next_rank(run.id)
        _carry(actor, row, move, because, facts, at)
        if before in SEATED and row.status not in SEATED:
            _free(actor, run, row, because, at=at)
        elif row.status == "approved" and before != "approved":
            reserve(run.id, row.person_id)


def send(actor: Actor, class_id: UUID, because: Because, *, at: datetime) -> list[UUID]:
    """Send everybody approved: they are trainees of the class now; call it in the act that signs the decision.

    :param because: with the decision that says so
    :return: who was sent
    :raises DomainError: ``nobody-approved``, ``no-decision``; what enrolling refuses
    """
    run = _class_held(class_id)
    approved = select(Nomination.id).where(Nomination.class_id == class_id, Nomination.status == "approved")
    rows = _held(class_id, db.session.scalars(approved).all())
    if not rows:
        raise DomainError("nobody-approved", _l("Nobody is approved and not yet sent."), 409)
    why_not = _why_not(run.id, rows)
    for row in rows:
        facts = facts_of(row, run, why_not, (), decided=because.document_id is not None)
        _carry(actor, row, "send", because, facts, at)
    people = [row.person_id for row in rows]
    enrol(actor, class_id, people, at=at)
    return people


@act
def substitute(
    actor: Actor, class_id: UUID, nomination_id: UUID, pick: Pick, because: Because = NOTHING, *, at: datetime,
    ground: str = "",
) -> UUID:  # fmt: skip
    """Let another of the same unit take somebody's place, in one step; the place is never free in between.

    :raises NotAll: the other may not be sent
    :raises DomainError: the reason of a state or of a guard
    """
    run = _class_held(class_id)
    (row,) = _held(class_id, [nomination_id])
    was_sent = row.status == "sent"
    facts = _facts(row, run)._replace(decided=because.document_id is not None)
    _carry(actor, row, "substitute", because, facts, at)
    _free(actor, run, row, because, at=at)
    other = _stand_in(actor, run, row, pick, because, ground, at)
    if was_sent:
        _carry(actor, other, "send", because, _facts(other, run)._replace(decided=True), at)
        enrol(actor, class_id, [other.person_id], at=at)
    return other.id


def _stand_in(
    actor: Actor, run: ClassRun, row: Nomination, pick: Pick, because: Because, ground: str, at: datetime
) -> Nomination:
    unit = db.session.get_one(Unit, row.unit_id)
    hold_people(unit, [pick.person_id], at)
    keep_answers(actor, run, [pick], ground, at)
    require_all(run.id, [pick])
    other = Nomination(id=uuid4(), class_id=run.id, person_id=pick.person_id, unit_id=unit.id, priority=row.priority)
    other.submitted_at, other.replaces_id = at, row.id
    facts = NominationFacts(places=1, against=None, before=None, takes_place=True)
    transitions.begin(NOMINATION, "stand_in", other, because, actor=actor, at=at, path=unit.path, facts=facts)
    reserve(run.id, other.person_id)
    return other


def expire(class_id: UUID, *, at: datetime) -> None:
    """Close the list of a class that has begun, or will not take place: nobody moves up any more."""
    left = select(Nomination.id).where(
        Nomination.class_id == class_id, Nomination.status.in_(("submitted", "waitlisted", "approved"))
    )
    for row in _held(class_id, db.session.scalars(left).all()):
        was_approved = row.status == "approved"
        _carry(SYSTEM, row, "expire", Because(source="job"), _PAST, at)
        if was_approved:
            release(class_id, row.person_id)


def left(registration: UUID, *, at: datetime) -> None:
    """Follow somebody who left the class otherwise than by a decision: the class page tells why."""
    asked = select(Nomination.id, Nomination.class_id).join(
        Enrolment, (Enrolment.class_id == Nomination.class_id) & (Enrolment.person_id == Nomination.person_id)
    )
    found = db.session.execute(asked.where(Enrolment.id == registration, Nomination.status == "sent")).one_or_none()
    if found is not None:
        (row,) = _held(found.class_id, [found.id])
        _carry(SYSTEM, row, "leave", Because(source="job"), _PAST, at)


def revoke(actor: Actor, class_id: UUID, because: Because, *, at: datetime) -> list[UUID]:
    """Let everybody go who was sent to a class that was cancelled; call it in the act that signs the decision."""
    sent = select(Nomination.id).where(Nomination.class_id == class_id, Nomination.status == "sent")
    rows = _held(class_id, db.session.scalars(sent).all())
    for row in rows:
        _carry(actor, row, "revoke", because, _PAST._replace(decided=because.document_id is not None), at)
    return [row.person_id for row in rows]


def _class_held(class_id: UUID) -> ClassRun:
    return class_for("decide_nomination", class_id, exclusive=True)


def _held(class_id: UUID, nomination_ids: Sequence[UUID]) -> list[Nomination]:
    """Hold nominations of the class, in rank, then in the order in which they came."""
    rows = db.session.scalars(
        select(Nomination)
        .where(Nomination.class_id == class_id, Nomination.id.in_(nomination_ids))
        .order_by(Nomination.waiting_rank.nulls_last(), Nomination.submitted_at, Nomination.priority, Nomination.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if len(rows) != len(set(nomination_ids)):
        raise NotFound
    held = select(Person.id).where(Person.id.in_([row.person_id for row in rows])).order_by(Person.id)
    db.session.execute(held.with_for_update(key_share=True))
    return list(rows)


def _why_not(class_id: UUID, rows: Sequence[Nomination]) -> dict[UUID, str]:
    """What bars these, and those who wait, in words."""
    line = [person_id for _key, person_id, _name in waiting(class_id)]
    judged = judge(class_id, [*(row.person_id for row in rows), *line])
    return {one.person_id: "; ".join(why) for one in judged if (why := against(one))}


def _facts(row: Nomination, run: ClassRun) -> NominationFacts:
    return facts_of(row, run, _why_not(run.id, [row]), waiting(run.id))


def _carry(actor: Actor, row: Nomination, move: str, because: Because, facts: NominationFacts, at: datetime) -> None:
    path = db.session.scalars(select(Unit.path).where(Unit.id == row.unit_id)).one()
    transitions.carry_out(NOMINATION, move, row, because, actor=actor, at=at, path=path, facts=facts)


def _free(actor: Actor, run: ClassRun, row: Nomination, because: Because, *, at: datetime) -> None:
    """Let go of the days of somebody who is not coming after all."""
    member = select(Enrolment.id).where(Enrolment.class_id == run.id, Enrolment.person_id == row.person_id)
    enrolment_id = db.session.scalar(member.where(Enrolment.status == "enrolled"))
    if enrolment_id is None:
        release(run.id, row.person_id)
    else:
        leave(actor, run.id, enrolment_id, because.reason, at=at)


def _next_rank(class_id: UUID) -> int:
    last = db.session.scalar(select(func.max(Nomination.waiting_rank)).where(Nomination.class_id == class_id))
    return (last or 0) + 1


def _not_all(row: Nomination, reason: str) -> NotAll:
    person = db.session.get_one(Person, row.person_id)
    return NotAll({row.person_id: [reason]}, f"{person.full_name} ({person.staff_code}): {reason}")
