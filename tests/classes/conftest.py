"""A class with a lecturer, a session that began an hour ago, three trainees and the institution's staff."""

import io
import json
import uuid
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from lms import create_app
from lms.assessment.models import Assignment, Submission
from lms.core import files
from lms.core.database import db, utcnow
from lms.people.models import Person
from lms.people.sessions import load_actor, open_session
from lms.records.models import Statement
from tests import factories as make
from tests.conftest import _settings, make_database
from tests.data import media


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
    staff, officer = make.holder("institution_staff", institution), make.holder("home_affairs_officer")
    return {
        "institution": institution, "run": run, "lecturer": lecturer, "meeting": meeting, "topic": topic,
        "enrolments": enrolments, "staff": staff, "officer": officer, "accounts": accounts, "url": f"/classes/{run.id}",
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


@pytest.fixture
def trace(session):
    """``trace("class.enrol")`` returns the entries of the audit trail with this action, oldest first."""

    def entries(action):
        asked = text("SELECT subject_id, account_id, before, after FROM audit_entries WHERE action = :a ORDER BY id")
        return session.execute(asked, {"a": action}).all()

    return entries


@pytest.fixture
def told(session):
    """``told("enrolled")`` returns the statements with this verb, oldest first."""

    def statements(verb):
        said = [json.loads(raw) for raw in session.scalars(select(Statement.raw).order_by(Statement.seq))]
        return [one for one in said if one["verb"]["id"].rsplit("/", 1)[-1] == verb]

    return statements


@pytest.fixture
def essay(world, session):
    """``essay(enrolment)`` hands an essay in and returns it."""
    assignments = select(Assignment).where(Assignment.version_id == world["run"].version_id)

    def hand_in(enrolment, number=1, **values):
        assignment = session.scalars(assignments).one()
        stored = files.put(io.BytesIO(media.pdf()))
        defaults = {"id": uuid4(), "assignment_id": assignment.id, "registration": enrolment.id, "number": number}
        defaults |= {"person_id": enrolment.person_id, "filename": "bài.pdf", "sha256": stored.sha256}
        defaults |= {"size": stored.size, "submitted_at": utcnow()}
        return make.add(Submission(**(defaults | values)))

    return hand_in


def meeting_form(world, **values):
    """What the form of a session contains: in two days in the morning, by the class's lecturer."""
    day = (utcnow() + timedelta(days=2)).date()
    return {
        "kind": "classroom", "topic_id": str(world["topic"].id), "lecturer_id": str(world["lecturer"].person_id),
        "title": "Buổi mới", "place": "Phòng 2", "starts_at": f"{day}T08:00", "ends_at": f"{day}T11:00",
    } | values  # fmt: skip


@pytest.fixture(scope="session")
def real(app):
    """An application on a database in which commits stay."""
    own = create_app(_settings(make_database(f"lms_classes_{uuid.uuid4().hex[:10]}")))
    yield own
    with own.app_context():
        db.engine.dispose()


def mark_form(points, comment="", rubric=5, **more):
    """What the form of a mark contains that gives each criterion of the rubric the same points."""
    return {f"points-{number}": points for number in range(1, rubric + 1)} | {"comment": comment} | more
