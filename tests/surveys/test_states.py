"""Every act upon an evaluation, a right to a form, a version of a form and a named form, in every state."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from lms.classes import services as classes
from lms.classes.models import ClassRun
from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.people.models import Account, Person
from lms.surveys import life
from lms.surveys.models import (
    Comment,
    CommentReading,
    FollowUp,
    Instrument,
    Participation,
    SealedBallot,
    Survey,
)
from lms.surveys.queries import named, rights
from lms.surveys.rules import NONE
from lms.surveys.services import instruments
from tests import factories as make
from tests.walking import check, everything, pairs

TABLES = (Survey, Participation, SealedBallot, Comment, CommentReading, FollowUp, Instrument, ClassRun)


@pytest.fixture
def world(session):
    """A finished class of six, five of whom have sent a form, and the sixth on paper."""
    institution = make.institution()
    run = make.class_run(institution)
    make.teaching(run, make.topics(run)[0], make.person(institution))
    accounts = [make.trainee(make.unit(make.city())) for _ in range(7)]
    people = [session.get(Person, one.person_id) for one in accounts]
    for one in people:
        make.enrolment(run, one, status="completed")
    staff = make.holder("institution_staff", institution)
    reader = make.holder("comment_reader", institution)
    officer = make.holder("home_affairs_officer", make.city())
    session.commit()
    classes.finish_class(SYSTEM, run.id, reason="Thử", at=utcnow())
    survey = session.scalars(select(Survey).where(Survey.class_id == run.id)).one()
    return SimpleNamespace(**locals())


def put(world, session, state):
    """Bring the evaluation into a state, as time and people do."""
    survey = world.survey
    if state == "over":
        survey.closes_at = utcnow() - timedelta(hours=1)
    elif state != "open":
        survey.state, survey.closed_at, survey.valid, survey.invalid = state, utcnow(), 6, 0
        survey.invited = survey.answered = 7
        survey.released_at = utcnow() if state == "released" else None
    session.commit()


def door(world, session, act):
    """(who, address, form) by which an act is done."""
    url, filled = (
        f"/evaluations/{world.survey.id}",
        make.filled_form(rights.form_of(world.survey.id, world.people[0].id)),
    )
    if act in ("close", "take_back"):
        for one in world.people if act == "close" else ():
            make.answered(world.survey, one)
    if act == "type_in":
        row = session.get(Participation, (world.survey.id, world.people[1].id))
        row.on_paper = row.answered = True
    if act == "read_comments":
        session.add(Comment(survey_id=world.survey.id, item="eff_comment", teaching=NONE, text="Tốt"))
    session.commit()
    return {
        "answer": (world.accounts[0], url, filled),
        "remind": (world.staff, f"{url}/remind", {}),
        "hand_in": (world.staff, f"{url}/paper", {"person": str(world.people[1].id)}),
        "type_in": (world.staff, f"{url}/paper", filled),
        "close": (world.staff, f"{url}/close", {"confirm": "1"}),
        "take_back": (world.officer, f"/classes/{world.run.id}/reopen", {"reason": "Kết thúc nhầm"}),
        "read_comments": (world.reader, f"{url}/comments", {"all": "1", "confirm": "1"}),
        "release": (world.staff, f"{url}/release", {}),
    }[act]


@pytest.mark.parametrize(("act", "state"), pairs(life.SURVEY))
def test_an_evaluation(world, session, sign_in, submit, act, state):
    who, url, form = door(world, session, act)
    client = sign_in(who)
    put(world, session, state)
    before = everything(session, *TABLES)
    answer = submit(client, url, form, page="/account")
    check(life.SURVEY, act, state, answer, before, everything(session, *TABLES))


def test_one_comment_is_decided_about_only_between_closing_and_release(world, session, sign_in, submit):
    comment = Comment(survey_id=world.survey.id, item="eff_comment", teaching=NONE, text="Cô Hạnh tốt")
    session.add(comment)
    client = sign_in(world.reader)
    for state in ("closed", "released"):
        put(world, session, state)
        before = everything(session, *TABLES)
        given = {"comment": str(comment.id), "shown": "[…] tốt", "reason": state}
        answer = submit(client, f"/evaluations/{world.survey.id}/comments", given, page="/account")
        check(life.SURVEY, "read_comments", state, answer, before, everything(session, *TABLES))


@pytest.mark.parametrize("page", ["paper", "comments"])
@pytest.mark.parametrize("state", sorted(life.SURVEY.states))
def test_the_pages_of_acts_that_are_refused_say_why(world, session, sign_in, page, state):
    who = world.staff if page == "paper" else world.reader
    put(world, session, state)
    reads = {"paper": {"open"}, "comments": life.ENDED}[page]  # what was decided can be read for good
    answer = sign_in(who).get(f"/evaluations/{world.survey.id}/{page}")
    assert answer.status_code == (200 if state in reads else 409)


@pytest.mark.parametrize(("act", "state"), pairs(life.RIGHT))
def test_a_right_to_a_form(world, session, sign_in, submit, act, state):
    _who, url, form = door(world, session, act)
    person, account = world.people[0], world.accounts[0]
    if state == "used":
        make.answered(world.survey, person)
    elif state == "teaches":
        make.teaching(world.run, make.topics(world.run)[1], person)
    elif state == "runs":
        make.role(session.get(Account, account.id), "institution_staff", world.institution)
    session.commit()
    client = sign_in(account)
    before = everything(session, *TABLES)
    answer = submit(client, url, form, page="/account")
    check(life.RIGHT, act, state, answer, before, everything(session, *TABLES))


@pytest.mark.parametrize(("act", "state"), pairs(life.INSTRUMENT))
def test_a_version_of_a_form(world, session, sign_in, submit, act, state):
    draft = instruments.begin_draft(SYSTEM, instruments.for_audience("trainee").code, at=utcnow())
    draft.state = state
    session.commit()
    section = draft.document["sections"][0]["key"]
    path, form = {
        "edit": ("arrange", {"name": section, "act": "remove"}),
        "publish": ("publish", {}),
        "discard": ("discard", {}),
    }[act]
    client = sign_in(make.holder("home_affairs_officer"))
    before = everything(session, *TABLES)
    answer = submit(client, f"/instruments/{draft.id}/{path}", form, page="/account")
    check(life.INSTRUMENT, act, state, answer, before, everything(session, *TABLES))
    pages = [client.get(f"/instruments/{draft.id}/{name}").status_code for name in ("settings", "sections/new")]
    assert pages == [409, 409] or state == "draft"


@pytest.mark.parametrize(("act", "state"), pairs(life.FOLLOW_UP))
def test_a_named_form(world, session, sign_in, submit, act, state):
    own = select(FollowUp).where(FollowUp.class_id == world.run.id, FollowUp.audience == "follow_up")
    row = session.scalars(own).first()
    account = next(one for one in world.accounts if one.person_id == _person_of(session, row))
    days = {"ahead": 1, "open": -1, "over": -100}[state]
    row.opens_at = utcnow() + timedelta(days=days)
    row.closes_at = row.opens_at + timedelta(days=90)
    session.commit()
    asked = named.form_of(row.id).document
    given = {
        item.code: "5" if item.kind == "scale" else item.options[0].key
        for _section, item in asked.items()
        if item.kind in ("scale", "choice")
    }
    client = sign_in(account)
    before = everything(session, *TABLES)
    answer = submit(client, f"/follow-ups/{row.id}", given, page="/account")
    check(life.FOLLOW_UP, act, state, answer, before, everything(session, *TABLES))


def _person_of(session, row):
    from lms.classes.models import Enrolment

    return session.get(Enrolment, row.enrolment_id).person_id
