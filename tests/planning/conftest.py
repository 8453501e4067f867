"""A class open for nomination, two units with quotas, their managers, and an officer of Home Affairs."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from lms.core.database import utcnow
from lms.documents.models import Signer
from lms.people.sessions import load_actor, open_session
from lms.planning import services
from lms.planning.models import Quota
from tests import factories as make
from tests.classes.conftest import real  # noqa: F401 - a fixture


@pytest.fixture
def acting(session):
    """``acting(account)`` is the actor of a signed-in account."""

    def load(account):
        _, token = open_session(account.id, at=utcnow(), user_agent="t", address=None)
        session.flush()
        return load_actor(token, at=utcnow())

    return load


def open_class(capacity=30, *, starts_in=30, **values):
    """A class open for nomination that begins in some days and lasts five."""
    first = make.today() + timedelta(days=starts_in)
    days = {"starts_on": first, "ends_on": first + timedelta(days=4), "nominations_until": first - timedelta(days=7)}
    return make.class_run(**(days | {"status": "open", "capacity": capacity} | values))


def quota(run, unit, places):
    return make.add(Quota(class_id=run.id, unit_id=unit.id, places=places))


@pytest.fixture
def town(session, acting):
    home = make.unit(make.city(), name="Sở Nội vụ", code="SNV")
    signer = make.add(Signer(unit_id=home.id, name="Trần Thị Ký", capacity="KT", title="Phó Giám đốc", ground=""))
    one, two = make.unit(make.city(), name="Sở Xây dựng"), make.unit(make.city(), name="Sở Quy hoạch - Kiến trúc")
    managers = [make.holder("unit_manager", unit) for unit in (one, two)]
    officer = make.holder("home_affairs_officer")
    run = open_class()
    quota(run, one, 10)
    quota(run, two, 10)
    session.commit()
    return SimpleNamespace(
        signer=signer, run=run, one=one, two=two, managers=managers, officer=officer,
        first=acting(managers[0]), second=acting(managers[1]), decides=acting(officer),
    )  # fmt: skip


@pytest.fixture
def name(town, session):
    """``name(people)`` has the first unit name people for the class; returns the nominations."""

    def call(*people, run=None, by=None, unit=None, **more):
        session.commit()
        picks = [one if isinstance(one, services.Pick) else services.Pick(one.id) for one in people]
        unit, by = unit or town.one, by or town.first
        return services.nominate(by, (run or town.run).id, unit.id, picks, **({"assured": True, "at": utcnow()} | more))

    return call


@pytest.fixture
def how(town):
    """How a decision is signed today."""
    return services.Signing(town.signer.id, make.today())
