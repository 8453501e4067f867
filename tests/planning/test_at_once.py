"""Case 4: eight clients name the same free person for overlapping classes at one time; one list stands whole."""

import threading
import uuid
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.guard import Actor
from lms.people.models import Unit
from lms.planning import services
from lms.planning.models import Nomination, Quota
from lms.planning.services import Pick
from tests import factories as make
from tests.planning.conftest import open_class

CLIENTS = 8


@pytest.fixture
def crowd(real):
    """Two units one above the other, each asked by a class at the same time for the same person, and others."""
    with real.app_context():
        unique = uuid.uuid4().hex[:10].upper()
        city = db.session.scalar(select(Unit).where(Unit.kind == "city")) or make.unit(kind="city", code=f"C{unique}")
        above = make.unit(city, code=f"A{unique}")
        below = make.unit(above, code=f"B{unique}")
        wanted = make.person(below, staff_code=f"W{unique}")
        units = [above, below]
        school = make.unit(city, kind="institution", code=f"S{unique}")
        clients = []
        for number in range(CLIENTS):
            unit = units[number % 2]
            run = open_class(institution_id=school.id, code=f"{unique}-{number}")
            make.add(Quota(class_id=run.id, unit_id=unit.id, places=5))
            other = make.person(unit, staff_code=f"O{unique}{number}")
            clients.append((run.id, unit.id, other.id))
        actor = Actor(None, None, "x", grants={"planning.nominate": (above.path,)})
        found = SimpleNamespace(wanted=wanted.id, clients=clients, actor=actor)
        db.session.commit()
        db.session.remove()
    return found


def test_4_exactly_one_of_eight_lists_stands_and_nothing_of_the_others(real, crowd):
    together, outcomes = threading.Barrier(CLIENTS), []

    def work(class_id, unit_id, other_id):
        with real.app_context():
            together.wait(20)
            try:
                picks = [Pick(other_id), Pick(crowd.wanted)]
                services.nominate(crowd.actor, class_id, unit_id, picks, assured=True, at=utcnow())
                outcomes.append("stands")
            except DomainError as refused:
                outcomes.append(refused.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=client) for client in crowd.clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["not-all"] * (CLIENTS - 1) + ["stands"]
    with real.app_context():
        ours = [client[0] for client in crowd.clients]
        assert db.session.scalar(select(func.count()).where(Nomination.class_id.in_(ours))) == 2
        db.session.remove()
