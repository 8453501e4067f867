"""The demonstration's classes that have not begun: one in each state, and the approval without which none is opened."""

import random
from datetime import datetime, timedelta

from sqlalchemy import select

from lms.catalogue import services as catalogue
from lms.catalogue.models import Programme, ProgrammeVersion
from lms.classes import services as classes
from lms.console import demo_texts as texts
from lms.console.demo_classes import class_of, enrol, newcomers
from lms.console.demo_people import World
from lms.core.database import db
from lms.core.transitions import Because
from lms.people.sessions import local_day


def approve(world: World, at: datetime) -> None:
    """Approve what the demonstration teaches, by a document whose number says that it is an example (mục IV.3)."""
    approved = at - timedelta(days=430)
    catalogue.approve_version(
        world.approver, world.version.id, number=texts.APPROVAL, dated=local_day(approved), at=approved
    )


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
    proposed = select(ProgrammeVersion.id).join(Programme).where(Programme.code == "B1")
    version_id = db.session.scalar(proposed.order_by(ProgrammeVersion.number.desc()).limit(1))
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
