"""Attackers from within: staff who subtract what they know, who may write in the database, who reads logs or keys."""

import logging

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.classes import services as classes
from lms.core import jobs
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM, Actor
from lms.people.models import Account, Person, RoleHolding, Unit
from lms.surveys import tasks
from lms.surveys.models import Comment, SealedBallot, Survey
from lms.surveys.queries import rights, states
from lms.surveys.rules import NONE
from lms.surveys.services import evaluations, paper
from tests import factories as make

SECRET = "Tôi không hài lòng với phòng Đào tạo"


class Class:
    """A finished class of ten with two lecturers."""

    def __init__(self, app):
        self.keys = app.config["SETTINGS"].keys_dir
        institution = make.institution()
        run = make.class_run(institution)
        self.teaching, _other = [make.teaching(run, one, make.person(institution)) for one in make.topics(run)[:2]]
        self.people = [db.session.get(Person, make.trainee().person_id) for _ in range(10)]
        for one in self.people:
            make.enrolment(run, one)
        self.staff = make.holder("institution_staff", institution)
        db.session.commit()
        classes.finish_class(SYSTEM, run.id, reason="Thử", at=utcnow())
        self.survey = db.session.scalars(select(Survey).where(Survey.class_id == run.id)).one()
        self.report = f"/reports/classes/{run.id}/quality"

    def send(self, people, value="4", **said):
        for one in people:
            make.answered(self.survey, one, value, **said)

    def type_in(self, people, value="5", **said):
        """Staff tick people and type in what they please; they know each of these forms."""
        paper.hand_in(SYSTEM, self.survey.id, [one.id for one in people], at=utcnow())
        form = rights.form_of(self.survey.id, people[0].id)
        for _ in people:
            paper.type_in(SYSTEM, self.survey.id, make.filled_form(form, value, **said), at=utcnow())

    def close(self):
        evaluations.close(SYSTEM, self.survey.id, keys=self.keys, at=utcnow())
        db.session.commit()

    def said(self):
        return set(db.session.scalars(select(Comment.text).where(Comment.survey_id == self.survey.id)))


@pytest.fixture
def one(app, session):
    return Class(app)


# -- staff subtract the forms on paper that they typed in --------------------------------------------------------------


def test_forms_on_paper_help_nobody_else_to_be_five(one, sign_in):
    one.send(one.people[:1], "1", eff_comment=SECRET)
    one.type_in(one.people[1:6], "5", eff_comment="Tốt")
    one.close()
    counted = states.tallies(one.survey.id)
    assert counted["prog-fit", NONE].counts == [0, 0, 0, 0, 5]
    assert counted["lect-method", one.teaching.id].n == 5
    assert one.said() == {"Tốt"}
    assert SECRET not in sign_in(one.staff).get(one.report).text


def test_four_who_sent_beside_four_on_paper_leave_nothing(one):
    one.send(one.people[:4], "1", eff_comment=SECRET)
    one.type_in(one.people[4:8], "5", eff_comment="Tốt")
    one.close()
    assert states.tallies(one.survey.id) == {}
    assert one.said() == set()


def test_five_who_sent_and_those_on_paper_are_counted_together(one):
    one.send(one.people[:5], "1", eff_comment=SECRET)
    one.type_in(one.people[5:7], "5", eff_comment="Tốt")
    one.close()
    assert states.tallies(one.survey.id)["prog-fit", NONE].counts == [5, 0, 0, 0, 2]
    assert one.said() == {SECRET, "Tốt"}


def test_a_question_that_fewer_than_five_senders_answered_is_told_by_paper_alone(one):
    form = rights.form_of(one.survey.id, one.people[0].id)
    for number, who in enumerate(one.people[:5]):
        fields = make.filled_form(form, "1")
        if number == 0:
            del fields["prog-fit"]
        evaluations.answer(Actor(None, who.id, "x"), one.survey.id, fields, at=utcnow())
    one.type_in(one.people[5:], "5")
    one.close()
    counted = states.tallies(one.survey.id)
    assert counted["prog-fit", NONE].counts == [0, 0, 0, 0, 5]
    assert counted["prog-balance", NONE].counts == [5, 0, 0, 0, 5]


# -- a condition cuts some off ----------------------------------------------------------------------------------------


def test_what_a_condition_spared_few_is_not_told_of_the_many(one):
    one.send(one.people[:9], "2", eff_hinder="time")
    one.send(one.people[9:], "5")
    one.close()
    counted = states.tallies(one.survey.id)
    assert counted["eff-apply", NONE].n == 10
    assert ("eff-hinder", NONE) not in counted


def test_what_a_condition_spared_nobody_is_told(one):
    one.send(one.people, "2", eff_hinder="time")
    one.close()
    assert states.tallies(one.survey.id)["eff-hinder", NONE].n == 10


# -- who may write in the database ------------------------------------------------------------------------------------


def test_copies_of_one_box_are_one_form(one, session):
    one.send(one.people[:1], "1", eff_comment=SECRET)
    victim = session.scalars(select(SealedBallot.box)).one()
    one.send(one.people[1:6], "5")
    session.execute(text("UPDATE ballots.sealed SET box = :box"), {"box": victim})
    session.commit()
    one.close()
    assert states.tallies(one.survey.id) == {}
    assert one.said() == set()


# -- keys and logs ----------------------------------------------------------------------------------------------------


def test_a_key_that_outlived_its_evaluation_is_destroyed_by_the_next_round(app, one):
    one.send(one.people[:5])
    one.close()  # and the process dies before it forgets the key
    key = one.keys / f"{one.survey.id}.key"
    assert key.exists()
    jobs.init_app(app)
    tasks.tidy(0)
    assert not key.exists()


def test_an_evaluation_whose_closing_was_cut_off_is_closed_by_the_next_round(app, one, session):
    one.send(one.people[:5])
    one.survey.closes_at = utcnow()
    session.commit()
    jobs.init_app(app)
    tasks.tidy(0)
    session.refresh(one.survey)
    assert (one.survey.state, one.survey.valid) == ("closed", 5)
    assert not (one.keys / f"{one.survey.id}.key").exists()


def test_open_evaluations_keep_their_keys(app, one):
    jobs.init_app(app)
    tasks.tidy(0)
    assert (one.keys / f"{one.survey.id}.key").exists()


def test_a_lost_key_stops_no_other_closing(app, one, session, caplog):
    other = Class(app)
    for each in (one, other):
        each.survey.closes_at = utcnow()
    session.commit()
    (one.keys / f"{one.survey.id}.key").unlink()
    jobs.init_app(app)
    with caplog.at_level(logging.ERROR):
        tasks.tidy(0)
    session.refresh(other.survey)
    assert other.survey.state == "closed"
    assert str(one.survey.id) in caplog.text


def test_an_error_of_the_database_does_not_tell_what_was_written(one, session):
    with pytest.raises(DBAPIError) as error, session.begin_nested():
        session.execute(text("SELECT 1 / 0, CAST(:said AS text)"), {"said": SECRET})
    assert SECRET not in str(error.value)


# -- browsers ---------------------------------------------------------------------------------------------------------


def test_no_browser_keeps_the_form_the_thanks_or_the_comments(one, sign_in):
    client = sign_in(db.session.scalars(select(Account).where(Account.person_id == one.people[0].id)).one())
    url = f"/evaluations/{one.survey.id}"
    pages = [client.get(url), sign_in(one.staff).get(f"{url}/paper")]
    make.answered(one.survey, one.people[0])
    pages += [client.get(url), client.get(f"{url}/thanks")]
    assert [page.headers["Cache-Control"] for page in pages] == ["no-store"] * 4


# -- the trusted reader is nobody whom the comments are about ----------------------------------------------------------


def test_neither_staff_who_run_classes_nor_its_lecturer_may_also_be_the_trusted_reader(one, sign_in):
    one.send(one.people, "4", eff_comment=SECRET)
    one.close()
    institution = db.session.get(Unit, one.survey.institution_id)
    lecturer = make.account(db.session.get(Person, one.teaching.lecturer_id))
    readers = [one.staff, lecturer, make.holder("comment_reader", institution)]
    for account in readers[:2]:
        make.add(RoleHolding(account_id=account.id, role="comment_reader", unit_id=institution.id))
    db.session.commit()
    url = f"/evaluations/{one.survey.id}/comments"
    answers = [sign_in(account).get(url) for account in readers]
    assert [answer.status_code for answer in answers] == [403, 403, 200]
    assert [SECRET in answer.text for answer in answers] == [False, False, True]
    assert str(one.survey.id) not in sign_in(one.staff).get("/evaluations/comments").text
