"""The demonstration: invented people in a small city, classes of A2.1 in all their states, earlier ones evaluated.

Everything goes through the product's own acts, backdated, so that the audit trail, the statements, the sealed ballots
and the completion records are as real as they would be after two months of use.
"""

import random
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text

from lms.console import demo_classes, demo_lives, demo_nominations, demo_reports
from lms.console.demo_people import make_people
from lms.core.database import db
from lms.people.models import Account


class DemoAccount(NamedTuple):
    """An account that the start prints."""

    username: str
    role: str


ACCOUNTS = (
    DemoAccount("hocvien", "trainee: studies in a running class"),
    DemoAccount("hocvien2", "trainee: has finished, evaluation waits"),
    DemoAccount("giangvien", "lecturer"),
    DemoAccount("coso", "institution_staff"),
    DemoAccount("docgopy", "comment_reader: reads the comments of evaluations first"),
    DemoAccount("thutruong", "unit_manager"),
    DemoAccount("thamdinh", "department_reviewer"),
    DemoAccount("sonoivu", "home_affairs_officer"),
    DemoAccount("pheduyet", "approving_authority"),
    DemoAccount("taichinh", "finance_reader"),
    DemoAccount("quantri", "administrator"),
    DemoAccount("kiemtoan", "auditor"),
)


def is_empty() -> bool:
    """Tell whether the database holds nobody yet."""
    return db.session.scalar(select(Account.id).limit(1)) is None


def is_loaded() -> bool:
    """Tell whether the demonstration's accounts are there."""
    return db.session.scalar(select(Account.id).where(Account.username == "hocvien")) is not None


def wipe() -> None:
    """Remove everything: drop and make the schemas anew."""
    db.session.execute(text("DROP SCHEMA IF EXISTS ballots CASCADE"))
    db.session.execute(text("DROP SCHEMA public CASCADE"))
    db.session.execute(text("CREATE SCHEMA public"))
    db.session.commit()


def load(*, at: datetime) -> None:
    """Load the demonstration as of a moment."""
    chance = random.Random(1698)  # noqa: S311 - the same demonstration every time
    world = make_people(chance, at)
    demo_lives.approve(world, at)
    demo_classes.finished_class(world, chance, at)
    demo_classes.evaluating_class(world, chance, at)
    demo_classes.running_class(world, chance, at)
    demo_classes.earlier_classes(world, chance, at)
    demo_lives.ahead(world, chance, at)
    demo_nominations.load(world, random.Random(4), at)  # noqa: S311 - its own: what comes after stays as it was
    demo_reports.load(world.heads, world.officer, chance, at=at)
