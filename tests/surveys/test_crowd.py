"""A whole class sends at once, from several devices, while the evaluation is being closed: none lost, none doubled."""

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from lms import create_app
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.surveys.models import Comment, Participation, SealedBallot, Survey
from lms.surveys.queries import states
from lms.surveys.services import evaluations
from tests.bench.surveys_crowd import gather
from tests.conftest import _settings, make_database

PEOPLE = 60


@pytest.fixture(scope="module")
def product():
    """A product whose transactions are really committed."""
    app = create_app(_settings(make_database(f"lms_crowd_{uuid.uuid4().hex[:8]}")))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _send(app, crowd, member):
    """Send a member's form as her browser does; returns the status."""
    client = app.test_client()
    name, _, value = member.cookie.partition("=")
    client.set_cookie(name, value, domain="localhost")
    return client.post(crowd.path, data=member.body, content_type="application/x-www-form-urlencoded").status_code


def _close(app, crowd):
    with app.app_context():
        keys = app.config["SETTINGS"].keys_dir
        evaluations.close(SYSTEM, crowd.survey_id, keys=keys, at=utcnow())
        evaluations.forget_key(crowd.survey_id, keys=keys)


def _counted(members):
    """What the evaluation must show when exactly these forms were taken."""
    said = Counter((name, point) for one in members for name, point in one.points.items())
    names = {name for name, _point in said}
    return {name: [said[name, point] for point in range(1, 6)] for name in names}


def _shown(survey_id):
    found = {}
    for (item, teaching), one in states.tallies(survey_id).items():
        if one.kind == "scale":
            found[f"{item}.{teaching}" if teaching.int else item] = one.counts
    return found


def test_everybody_sends_from_two_devices_at_once_and_each_form_is_counted_once(product):
    crowd = gather(product, PEOPLE)
    with ThreadPoolExecutor(12) as pool:
        twice = [one for member in crowd.members for one in (member, member)]
        statuses = list(pool.map(lambda one: _send(product, crowd, one), twice))
    pairs = [sorted(statuses[n : n + 2]) for n in range(0, len(statuses), 2)]
    assert pairs == [[302, 409]] * PEOPLE
    assert db.session.scalar(select(func.count()).where(SealedBallot.survey_id == crowd.survey_id)) == PEOPLE
    _close(product, crowd)
    assert _shown(crowd.survey_id) == _counted(crowd.members)
    assert db.session.scalar(select(func.count()).where(Comment.survey_id == crowd.survey_id)) == PEOPLE


@pytest.mark.parametrize("seed", range(4))
def test_forms_on_their_way_while_the_evaluation_closes_are_counted_or_refused_but_never_lost(product, seed):
    crowd = gather(product, PEOPLE, seed=seed)
    under_way = threading.Semaphore(0)

    def send(member):
        under_way.release()
        return _send(product, crowd, member)

    with ThreadPoolExecutor(12) as pool:
        sending = [pool.submit(send, one) for one in crowd.members]
        for _ in range(20 + 5 * seed):
            under_way.acquire()
        _close(product, crowd)
        statuses = [one.result() for one in sending]
    assert set(statuses) <= {302, 409}
    taken = [member for member, status in zip(crowd.members, statuses, strict=True) if status == 302]
    assert len(taken) >= 5, "the class was closed before it began"
    db.session.rollback()
    survey = db.session.get_one(Survey, crowd.survey_id, populate_existing=True)
    assert survey.valid == len(taken)
    answered = select(func.count()).where(Participation.survey_id == crowd.survey_id, Participation.answered)
    assert db.session.scalar(answered) == len(taken)
    assert db.session.scalar(select(func.count()).where(SealedBallot.survey_id == crowd.survey_id)) == 0
    assert _shown(crowd.survey_id) == _counted(taken)
