"""A class with a lecturer, a session that began an hour ago, three trainees and the institution's staff."""

from datetime import timedelta

import pytest

from lms.core.database import utcnow
from lms.people.models import Person
from lms.people.sessions import load_actor, open_session
from tests import factories as make


@pytest.fixture
def world(session):
    institution = make.institution()
    run = make.class_run(institution)
    lecturer = make.holder("lecturer", institution)
    person = session.get(Person, lecturer.person_id)
    topic = make.topics(run)[0]
    make.teaching(run, topic, person)
    start = utcnow() - timedelta(hours=1)
    meeting = make.class_session(run, person, topic_id=topic.id, starts_at=start, ends_at=start + timedelta(hours=3))
    accounts = [make.trainee() for _ in range(3)]
    enrolments = [make.enrolment(run, session.get(Person, account.person_id)) for account in accounts]
    session.commit()
    staff = make.holder("institution_staff", institution)
    return {
        "institution": institution, "run": run, "lecturer": lecturer, "meeting": meeting, "topic": topic,
        "enrolments": enrolments, "staff": staff, "accounts": accounts, "url": f"/classes/{run.id}",
    }  # fmt: skip


@pytest.fixture
def acting(session):
    """``acting(account)`` is the actor of a signed-in account."""

    def load(account):
        _, token = open_session(account.id, at=utcnow(), user_agent="t", address=None)
        session.flush()
        return load_actor(token, at=utcnow())

    return load


@pytest.fixture
def post(submit):
    """``post(client, url, data)`` sends a form with the token of a page that everybody has."""

    def send(client, url, data=None, **more):
        return submit(client, url, data, page="/account", **more)

    return send
