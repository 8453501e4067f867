"""The demonstration's nominations: two units name people, Home Affairs decides and signs; one in each state."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from lms.classes import services as classes
from lms.classes.models import ClassRun
from lms.console import demo_texts as texts
from lms.console.demo_classes import class_of, enrol
from lms.console.demo_people import World, trainee
from lms.core.database import act, db
from lms.core.guard import SYSTEM, Actor
from lms.core.transitions import Because
from lms.people.models import Person, Unit
from lms.people.sessions import actor_of, local_day
from lms.planning import services
from lms.planning.services import Pick, Signing

FIRST, SECOND, THIRD = "SXD", "SQHKT", "PHK"
"""Two units with managers, and one where nobody can name people yet."""


def load(world: World, chance: random.Random, at: datetime) -> None:
    """Quotas and nominations of the class that is open, of one that is decided, and of one that was cancelled."""
    units = {unit.code: unit for unit in world.units}
    people = _people(units, chance, at)
    how = _signer(world, units["SNV"], at)
    _open(world, units, people, at)
    _cancelled(world, units, people, how, at)
    _decided(world, units, people, how, at)


@act
def _people(units: dict[str, Unit], chance: random.Random, at: datetime) -> dict[str, list[Person]]:
    """Officials of the two units, whose work is that of the programme."""
    made: dict[str, list[Person]] = {}
    for place, code in enumerate((FIRST, SECOND)):
        made[code] = [trainee(chance, 600 + 20 * place + number, units[code], at) for number in range(14)]
        for person in made[code]:
            person.position = texts.POSITIONS[person.staff_code.encode()[-1] % 3]
    return made


def _signer(world: World, home: Unit, at: datetime) -> Signing:
    ids = [
        services.add_signer(
            world.officer, home.id, name=name, capacity=capacity, title=title, ground=ground, at=at - timedelta(days=20)
        )
        for name, capacity, title, ground in texts.SIGNERS
    ]
    return Signing(ids[0], local_day(at))


def _open(world: World, units: dict[str, Unit], people: dict[str, list[Person]], at: datetime) -> None:
    run = db.session.scalars(select(ClassRun).where(ClassRun.code == "A2.1-2026-04")).one()
    _quotas(world, units, run, {FIRST: 5, SECOND: 4, THIRD: 2}, at - timedelta(days=6))
    named = _name(world, units, run, SECOND, people[SECOND][10:12], at - timedelta(days=4))
    services.decide(world.officer, run.id, named[:1], "approve", at=at - timedelta(days=1))
    elsewhere = db.session.scalars(select(ClassRun).where(ClassRun.code == "A2.1-2026-05")).one()
    enrol(world, elsewhere, people[FIRST][13:], at - timedelta(days=3))


def _decided(world: World, units: dict[str, Unit], people: dict[str, list[Person]], how: Signing, at: datetime) -> None:
    """A class with a full list: sent, made to wait, refused, taken back, substituted, summoned."""
    run = class_of(world, *texts.DECIDED, at + timedelta(days=75), planned_at=at - timedelta(days=16), capacity=6)
    _quotas(world, units, run, {FIRST: 6, SECOND: 5}, at - timedelta(days=13))
    first = _name(world, units, run, FIRST, people[FIRST][:6], at - timedelta(days=11))
    second = _name(world, units, run, SECOND, people[SECOND][:5], at - timedelta(days=10))
    services.take_back(
        _head(world, SECOND, at), second[4], Because(texts.TAKEN_BACK, "duties"), at=at - timedelta(days=9)
    )
    decided = at - timedelta(days=7)
    services.decide(world.officer, run.id, [*first[:4], *second[:2]], "approve", at=decided)
    services.decide(world.officer, run.id, [first[4], second[2]], "wait", at=decided)
    services.decide(world.officer, run.id, [second[3]], "refuse", Because(texts.REFUSED, "later"), at=decided)
    signed = at - timedelta(days=5)
    services.sign_sending(world.officer, run.id, how._replace(on=local_day(signed)), at=signed)
    services.sign_substitution(
        world.officer, run.id, first[0], Pick(people[FIRST][6].id), how._replace(on=local_day(at - timedelta(days=4))),
        Because(texts.INSTEAD, "moved"), at=at - timedelta(days=4),
    )  # fmt: skip
    classes.decide(world.officer, run.id, "confirm", at=at - timedelta(days=3))
    services.summon(
        world.officer, run.id, how._replace(on=local_day(at - timedelta(days=2))), at=at - timedelta(days=2)
    )


def _cancelled(
    world: World, units: dict[str, Unit], people: dict[str, list[Person]], how: Signing, at: datetime
) -> None:
    """A class whose decision was revoked."""
    run = class_of(world, *texts.REVOKED, at + timedelta(days=130), planned_at=at - timedelta(days=16))
    _quotas(world, units, run, {FIRST: 3}, at - timedelta(days=13))
    named = _name(world, units, run, FIRST, people[FIRST][7:9], at - timedelta(days=12))
    services.decide(world.officer, run.id, named[:1], "approve", at=at - timedelta(days=11))
    signed = at - timedelta(days=10)
    services.sign_sending(world.officer, run.id, how._replace(on=local_day(signed)), at=signed)
    cancelled = at - timedelta(days=8)
    classes.decide(SYSTEM, run.id, "cancel", Because(texts.CANCELLED, "too-few"), at=cancelled)
    services.sign_revoking(
        world.officer, run.id, how._replace(on=local_day(cancelled)), Because(texts.CANCELLED), at=cancelled
    )


def _head(world: World, code: str, at: datetime) -> Actor:
    """Return the manager of a unit with what her role allows."""
    account_id = world.heads[code].account_id
    return (account_id and actor_of(account_id, at=at)) or world.heads[code]


def _quotas(world: World, units: dict[str, Unit], run: ClassRun, places: dict[str, int], at: datetime) -> None:
    services.set_quotas(world.officer, run.id, {units[code].id: count for code, count in places.items()}, at=at)


def _name(
    world: World, units: dict[str, Unit], run: ClassRun, code: str, people: Sequence[Person], at: datetime
) -> list[UUID]:
    picks = [Pick(person.id) for person in people]
    return services.nominate(_head(world, code, at), run.id, units[code].id, picks, assured=True, at=at)
