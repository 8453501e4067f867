"""The demonstration's classes that have not begun: one in each state, and the approval without which none is opened."""

import random
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from lms.catalogue.circle import services as circle
from lms.catalogue.circle.queries import places
from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes import services as classes
from lms.console import demo_texts as texts
from lms.console.demo_classes import class_of, enrol, newcomers
from lms.console.demo_people import World
from lms.core.database import db
from lms.core.transitions import Because
from lms.people.sessions import local_day


def approve(world: World, at: datetime) -> None:
    """Bring what the demonstration teaches to its approval, by papers whose numbers say that they are examples."""
    to_approval(world, world.version.id, at - timedelta(days=430))
    for code, stops_at in texts.CIRCLE.items():
        version_id = _newest(code)
        if version_id is not None:
            to_approval(world, version_id, at - timedelta(days=4), stops_at)


def to_approval(world: World, version_id: UUID, last: datetime, stops_at: str = "approved") -> None:
    """Walk a version to its approval (mục IV.3), or as far as the state at which it stops."""
    department = next(unit.id for unit in world.units if unit.code == "SXD")
    steps = (
        ("in_review", "send", world.staff, 30, None),
        ("with_home_affairs", "endorse", world.reviewer, 20, ("opinion", texts.OPINION, texts.SIGNED_DEPARTMENT)),
        ("submitted", "forward", world.officer, 10, ("memorandum", texts.MEMORANDUM, texts.SIGNED_HOME_AFFAIRS)),
        ("approved", "approve", world.approver, 0, ("decision", texts.APPROVAL, texts.SIGNED_CITY)),
    )
    for reached, name, actor, before, paper in steps:
        moment = last - timedelta(days=before)
        given = None if paper is None else circle.Given(paper[1], local_day(moment), paper[2])
        circle.move(actor, version_id, name, at=moment, paper=given, unit_id=department)
        if reached == "in_review":
            _talk(world, version_id, moment, open_one=stops_at == "in_review")
        if reached == stops_at:
            return


def _talk(world: World, version_id: UUID, sent: datetime, *, open_one: bool) -> None:
    """The department comments; the institution answers, but for the last where that is still to be done."""
    known = [place for place in places(version_id) if place.startswith("lesson:")]
    for number, (said, kind, answer) in enumerate(texts.COMMENTS):
        place = known[number] if number < len(known) else "whole"
        given = sent + timedelta(days=3, hours=number)
        comment_id = circle.comment(world.reviewer, version_id, place, "", said, at=given)
        if not (open_one and number == len(texts.COMMENTS) - 1):
            circle.answer(world.staff, version_id, comment_id, kind, answer, at=given + timedelta(days=2))


def _newest(code: str) -> UUID | None:
    versions = select(ProgrammeVersion.id).join(Programme).where(Programme.code == code)
    return db.session.scalar(versions.order_by(ProgrammeVersion.number.desc()).limit(1))


def ahead(world: World, chance: random.Random, at: datetime) -> None:
    """Classes that are planned, open, confirmed, postponed and cancelled."""
    _planned(world, at)
    for number, (code, name, days, people, becomes) in enumerate(texts.AHEAD):
        start = at + timedelta(days=days)
        run = class_of(world, code, name, start, planned_at=at - timedelta(days=10))
        members = newcomers(world, chance, 400 + 20 * number, people, at)
        if members:
            enrol(world, run, members, at - timedelta(days=5))
        decided = at - timedelta(days=2)
        if becomes == "confirmed":
            classes.decide(world.officer, run.id, "confirm", at=decided)
        elif becomes == "postponed":
            classes.decide(world.officer, run.id, "postpone", Because(texts.POSTPONED, "no-place"), at=decided)
        elif becomes == "cancelled":
            classes.decide(world.officer, run.id, "cancel", Because(texts.CANCELLED, "too-few"), at=decided)


def _planned(world: World, at: datetime) -> None:
    """A class of a version that is not approved yet: it can be planned, and not opened."""
    version_id = _newest("B1")
    if version_id is None:
        return
    first = local_day(at) + timedelta(days=60)
    classes.create_class(
        world.staff,
        name=texts.PLANNED,
        version_id=version_id,
        institution_id=world.institution.id,
        starts_on=first,
        ends_on=first + timedelta(days=20),
        capacity=40,
        minimum=25,
        at=at - timedelta(days=3),
    )
