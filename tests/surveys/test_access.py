"""Who may open which form and which comments: the neighbours of each right, and rights that ended."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.people.sessions import actor_of
from lms.surveys import access
from lms.surveys.models import FollowUp
from lms.surveys.services import evaluations, follow_ups
from tests import factories as make
from tests.surveys.test_around import World


@pytest.fixture
def world(app, session):
    """An evaluation that is open, with the named forms after training."""
    made = World(app)
    made.survey_id = evaluations.open_survey(SYSTEM, made.run.id, keys=made.keys, at=utcnow()).id
    follow_ups.plan(SYSTEM, made.run.id, at=utcnow())
    session.commit()
    return made


def _actor(account):
    return actor_of(account.id, at=utcnow())


def _named(world, audience, of):
    wanted = FollowUp.audience == audience, FollowUp.enrolment_id == of.id
    return db.session.scalars(select(FollowUp.id).where(*wanted)).one()


# -- the evaluation ---------------------------------------------------------------------------------------------------


def test_a_form_is_open_to_who_was_invited_and_to_nobody_else(world, session):
    beside = make.trainee(world.unit)
    late = make.enrolment(world.run, make.person(world.unit), status="withdrawn")
    session.commit()
    assert access.may_answer(_actor(world.accounts[0]), world.survey_id) is True
    for account in (beside, make.operator("institution_staff", world.institution), world.staff, make.leaver()):
        assert access.may_answer(_actor(account), world.survey_id) is False
    assert access.may_answer(_actor(make.account(session.get(make.Person, late.person_id))), world.survey_id) is False
    assert access.may_answer(_actor(world.accounts[0]), uuid4()) is None


# -- comments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [make.holder, make.operator], ids=["staff", "operator"])
def test_comments_are_for_the_reader_of_the_institution_who_runs_no_classes(world, session, kind):
    reader = kind("comment_reader", world.institution)
    elsewhere = kind("comment_reader", make.institution())
    both = kind("comment_reader", world.institution)
    make.role(both, "institution_staff", world.institution)
    once_ran = kind("comment_reader", world.institution)
    make.role(once_ran, "institution_staff", world.institution, **make.period(make.ENDED))
    allowed = {reader: True, elsewhere: False, both: False, once_ran: True}
    for days, expected in ((make.ENDED, False), (make.TO_COME, False), (make.ENDING, True)):
        allowed[kind("comment_reader", world.institution, **make.period(days))] = expected
    allowed[make.leaver(world.institution, "comment_reader")] = False
    session.commit()
    for account, expected in allowed.items():
        assert access.may_read_comments(_actor(account), world.survey_id) is expected
    assert access.may_read_comments(_actor(reader), uuid4()) is None


def test_who_taught_in_the_class_does_not_read_its_comments_and_reads_those_of_others(world, app, session):
    make.role(world.lecturer, "comment_reader", world.institution)
    other = World(app, world.institution)
    survey = evaluations.open_survey(SYSTEM, other.run.id, keys=other.keys, at=utcnow()).id
    session.commit()
    assert access.may_read_comments(_actor(world.lecturer), world.survey_id) is False
    assert access.may_read_comments(_actor(world.lecturer), survey) is True


# -- named forms after training ---------------------------------------------------------------------------------------


def test_ones_own_named_form_is_ones_own(world):
    first, second = world.accounts[:2]
    form = _named(world, "follow_up", world.enrolments[0])
    manager = make.holder("unit_manager", world.unit)
    assert access.may_follow_up(_actor(first), form) is True
    for account in (second, manager, make.operator("unit_manager", world.unit)):
        assert access.may_follow_up(_actor(account), form) is False
    assert access.may_follow_up(_actor(first), uuid4()) is None


def test_a_manager_answers_about_people_whom_her_unit_sent_and_not_about_herself(world, session):
    form = _named(world, "employer", world.enrolments[0])
    above, beside = make.city(), make.unit(make.city())
    allowed = {make.holder("unit_manager", over): over is not beside for over in (world.unit, above, beside)}
    for days, expected in ((make.ENDED, False), (make.TO_COME, False), (make.ENDING, True)):
        allowed[make.holder("unit_manager", world.unit, **make.period(days))] = expected
    allowed[make.leaver(world.unit, "unit_manager")] = False
    herself = world.accounts[0]
    make.role(herself, "unit_manager", world.unit)
    allowed |= {herself: False, world.accounts[1]: False}
    session.commit()
    for account, expected in allowed.items():
        assert access.may_follow_up(_actor(account), form) is expected
    assert access.may_follow_up(_actor(herself), _named(world, "employer", world.enrolments[1])) is True


def test_the_form_about_oneself_is_refused_by_its_page(world, sign_in, session):
    herself = world.accounts[0]
    make.role(herself, "unit_manager", world.unit)
    session.commit()
    url = f"/follow-ups/{_named(world, 'employer', world.enrolments[0])}"
    assert sign_in(herself).get(url).status_code == 403


# -- a half-year, and who was taught what -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "name", "closes"),
    [
        ((2026, 1, 1), "2026-1", (2026, 7, 16)),
        ((2026, 6, 30), "2026-1", (2026, 7, 16)),
        ((2026, 7, 1), "2026-2", (2027, 1, 16)),
        ((2026, 12, 31), "2026-2", (2027, 1, 16)),
    ],
)
def test_a_half_year_is_counted_in_hanoi_and_closes_fifteen_days_after(day, name, closes):
    from datetime import datetime

    from lms.core.i18n import ZONE
    from lms.surveys.rules import half_year

    named, ends = half_year(datetime(*day, 0, 30, tzinfo=ZONE))
    assert (named, ends) == (name, datetime(*closes, tzinfo=ZONE))


@pytest.mark.parametrize(
    ("taken", "other_lecturer", "other_topic", "status", "asked"),
    [
        (True, False, False, "absent", False),
        (True, False, False, "late", True),
        (False, False, False, "absent", True),
        (True, True, False, "absent", True),
        (True, False, True, "absent", True),
    ],
)
def test_one_is_asked_about_the_lecturers_whose_noted_sessions_one_did_not_all_miss(
    world, session, taken, other_lecturer, other_topic, status, asked
):
    from lms.classes.models import Attendance
    from lms.surveys.queries import rights

    lecturer = make.person() if other_lecturer else session.get(make.Person, world.lecturer.person_id)
    topic = make.topics(world.run)[1 if other_topic else 0]
    held = make.class_session(world.run, lecturer, topic_id=topic.id, attendance_taken_at=utcnow() if taken else None)
    enrolment = world.enrolments[0]
    make.add(Attendance(session_id=held.id, enrolment_id=enrolment.id, status=status, recorded_at=utcnow()))
    session.commit()
    taught = [one.teaching_id for one in rights.taught_in(world.run.id, of=enrolment.id)]
    assert (world.teaching.id in taught) is asked
    right = rights.right_of(world.survey_id, enrolment.person_id)
    assert (world.teaching.id in right.teachings) is asked
