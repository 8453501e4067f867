"""Who answered is told after the closing, by a job that may be killed at any place: of each once, of nobody twice."""

from uuid import UUID

import pytest
from sqlalchemy import select

from lms.classes import services as classes
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.people.models import Person
from lms.surveys.models import Survey
from lms.surveys.services import evaluations
from tests import factories as make
from tests.core.test_worker import House

PEOPLE = 12
TOLD = "SELECT count(*) FROM statements WHERE raw LIKE '%%/verbs/evaluated%%'"
DYING = """
import os, signal
from lms import create_app
from lms.core import jobs
from lms.surveys.services import telling
telling.PORTION, portions = 5, []
whole, one, emit = telling.tell, telling._tell, telling.emit
def die_at(place):
    if place == "{place}":
        os.kill(os.getpid(), signal.SIGKILL)
def tell(*given):
    whole(*given)
    die_at("after the last")
def portion(*given, **named):
    portions.append(1)
    if len(portions) == 3:
        die_at("between two")
    return one(*given, **named)
def say(**named):
    if len(portions) == 2:
        die_at("within a portion")
    return emit(**named)
telling.tell, telling._tell, telling.emit = tell, portion, say
jobs.run_worker(create_app())
"""


@pytest.fixture
def house():
    made = House()
    yield made
    made.end()


def _closed(house: House) -> UUID:
    """An evaluation that was just closed, of a class of which everybody answered."""
    with house.app.app_context():
        institution = make.institution()
        run = make.class_run(institution)
        make.teaching(run, make.topics(run)[0], make.person(institution))
        people = [db.session.get_one(Person, make.trainee().person_id) for _ in range(PEOPLE)]
        for person in people:
            make.enrolment(run, person)
        db.session.commit()
        classes.finish_class(SYSTEM, run.id, reason="Thử", at=utcnow())
        survey = db.session.scalars(select(Survey).where(Survey.class_id == run.id)).one()
        for person in people:
            make.answered(survey, person)
        db.session.commit()
        evaluations.close(SYSTEM, survey.id, keys=house.app.config["SETTINGS"].keys_dir, at=utcnow())
        key = survey.id
        db.session.remove()
    return key


@pytest.mark.parametrize(("place", "told"), [("within a portion", 5), ("between two", 10), ("after the last", PEOPLE)])
def test_a_job_that_is_killed_and_done_again_tells_of_each_once(house: House, place: str, told: int):
    _closed(house)
    assert house.ask(TOLD) == 0, "the request does not tell it itself"
    house.ask("DELETE FROM procrastinate_jobs WHERE task_name <> 'surveys.tell'")
    dying = house.worker("-c", DYING.format(place=place))
    dying.wait(60)
    assert house.ask(TOLD) == told
    house.kill(dying)
    house.worker()
    house.wait("SELECT NOT EXISTS (SELECT FROM procrastinate_jobs WHERE task_name = 'surveys.tell')")
    assert house.ask(TOLD) == PEOPLE
    times = "SELECT count(DISTINCT (raw::jsonb)->>'timestamp') FROM statements"
    assert house.ask(f"{times} WHERE raw LIKE '%%/verbs/evaluated%%'") == 1
    registrations = "SELECT count(DISTINCT (raw::jsonb)->'context'->>'registration') FROM statements"
    assert house.ask(f"{registrations} WHERE raw LIKE '%%/verbs/evaluated%%'") == PEOPLE
