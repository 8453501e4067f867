"""When an evaluation closes and who closes it; what is told of it while it is open; who has no form in it."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from lms.classes import services as classes
from lms.core.database import db, utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM, Actor
from lms.people.models import Account, Person, RoleHolding, Unit
from lms.records.models import Statement
from lms.surveys import rules
from lms.surveys.models import Participation, Survey
from lms.surveys.queries import rights, states
from lms.surveys.queries.paper import paper_survey
from lms.surveys.services import evaluations, paper
from tests import factories as make


class World:
    """A finished class of twelve with a lecturer, its staff and an officer of Home Affairs."""

    def __init__(self, app, people=12):
        self.keys = app.config["SETTINGS"].keys_dir
        self.institution = make.institution()
        self.run = make.class_run(self.institution)
        self.lecturer = make.person(self.institution)
        make.teaching(self.run, make.topics(self.run)[0], self.lecturer)
        self.people = [db.session.get(Person, make.trainee().person_id) for _ in range(people)]
        for person in self.people:
            make.enrolment(self.run, person)
        self.staff = make.holder("institution_staff", self.institution)
        self.officer = make.holder("home_affairs_officer", make.city())
        db.session.commit()

    def open(self):
        classes.finish_class(SYSTEM, self.run.id, reason="Thử", at=utcnow())
        self.survey = db.session.scalars(select(Survey).where(Survey.class_id == self.run.id)).one()
        self.url = f"/evaluations/{self.survey.id}"
        self.report = f"/reports/classes/{self.run.id}/quality"
        return self

    def send(self, count):
        for person in self.people[:count]:
            make.answered(self.survey, person)

    def older(self, days):
        self.survey.opens_at -= timedelta(days=days)
        db.session.commit()

    def account_of(self, person):
        return db.session.scalars(select(Account).where(Account.person_id == person.id)).one()


@pytest.fixture
def world(app, session):
    return World(app).open()


def _close(world, account, sign_in, submit, **given):
    return submit(sign_in(account), f"{world.url}/close", {"confirm": "1"} | given, page=f"{world.url}/close")


def _state(world):
    return db.session.scalar(select(Survey.state).where(Survey.id == world.survey.id))


# -- when, and by whom --------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", [0, 5, 11])
def test_who_runs_the_class_cannot_choose_the_moment(world, sign_in, submit, sent):
    world.send(sent)
    world.older(13)
    refused = _close(world, world.staff, sign_in, submit)
    assert refused.status_code == 409
    assert "để không ai chọn được thời điểm" in refused.text
    assert _state(world) == "open"


def test_who_runs_the_class_closes_it_when_all_have_sent(world, sign_in, submit):
    world.send(12)
    assert _close(world, world.staff, sign_in, submit).status_code == 302
    assert _state(world) == "closed"


@pytest.mark.parametrize(
    ("sent", "days", "state"), [(9, 8, "open"), (10, 6, "open"), (10, 8, "closed"), (12, 0, "closed")]
)
def test_home_affairs_closes_it_after_a_time_and_a_share(world, sign_in, submit, sent, days, state):
    world.send(sent)
    world.older(days)
    answer = _close(world, world.officer, sign_in, submit)
    assert (answer.status_code, _state(world)) == ({"open": 409, "closed": 302}[state], state)


def test_an_officer_who_also_runs_its_classes_is_no_outsider(world, sign_in, submit):
    make.add(RoleHolding(account_id=world.officer.id, role="institution_staff", unit_id=world.institution.id))
    world.send(11)
    world.older(8)
    db.session.commit()
    assert _close(world, world.officer, sign_in, submit).status_code == 409


def test_closing_says_what_it_destroys_and_asks(world, sign_in, submit):
    world.send(12)
    client = sign_in(world.staff)
    page = client.get(f"{world.url}/close").text
    assert "ít hơn năm phiếu hợp lệ, toàn bộ phiếu bị hủy" in page
    asked = submit(client, f"{world.url}/close", {}, page=f"{world.url}/close")
    assert (asked.status_code, _state(world)) == (422, "open")


def test_with_fewer_than_five_invited_it_says_that_all_will_be_destroyed(app, session, sign_in):
    world = World(app, people=4).open()
    assert "toàn bộ phiếu sẽ bị hủy" in sign_in(world.staff).get(f"{world.url}/close").text


def test_the_page_of_closing_says_the_same_whether_four_or_five_have_sent(world, sign_in):
    world.send(3)
    before = sign_in(world.officer).get(f"{world.url}/close").text
    make.answered(world.survey, world.people[3])
    make.answered(world.survey, world.people[4])
    assert _without_secrets(before) == _without_secrets(sign_in(world.officer).get(f"{world.url}/close").text)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 20), st.booleans())
def test_nobody_closes_early_at_a_moment_at_which_fewer_than_six_are_unknown_beside_four(invited, sent, days, outside):
    sent = min(sent, invited)
    opened = utcnow()
    given_ = {"opened": opened, "closes": opened + timedelta(days=14), "at": opened + timedelta(days=days)}
    if rules.may_close(outside=outside, invited=invited, answered=sent, **given_):
        assert days >= 14 or (sent and sent == invited) or (outside and sent - 4 >= 6 and days >= 7)


# -- what is told while it is open --------------------------------------------------------------------------------


def _without_secrets(html):
    return re.sub(r'(value|nonce|content)="[^"]*"|\d\d:\d\d(:\d\d)?', "", html)


READERS = ("institution_staff", "home_affairs_officer", "approving_authority", "auditor")


@pytest.mark.parametrize("role", READERS)
def test_the_pages_tell_the_same_whatever_number_of_a_step_has_sent(world, sign_in, role):
    over = world.institution if role == "institution_staff" else make.city()
    client = sign_in(make.holder(role, over))
    addresses = [world.report, "/reports/quality", "/reports/results", f"/classes/{world.run.id}"]
    world.send(1)
    before = [_without_secrets(client.get(url).text) for url in addresses]
    for person in world.people[1:5]:
        make.answered(world.survey, person)
    assert [_without_secrets(client.get(url).text) for url in addresses] == before
    assert "Đang nhận phiếu" in before[0]


@pytest.mark.parametrize(("sent", "step"), [(0, "none"), (1, "some"), (5, "some"), (6, "half"), (11, "half")])
def test_the_steps(world, sent, step):
    world.send(sent)
    state = states.state_of(world.survey.id)
    assert (state.progress, state.answered, state.invited) == (step, None, 12)


def test_neither_reminding_nor_its_trail_counts(world, sign_in, submit, session):
    world.send(3)
    client = sign_in(world.staff)
    assert submit(client, f"{world.url}/remind", {}, page=world.report).status_code == 302
    assert "Những người chưa gửi phiếu được nhắc" in client.get(world.report).text
    said = session.execute(text("SELECT after FROM audit_entries WHERE action = 'survey.remind'")).scalars().all()
    assert said == [None]


def test_a_tick_for_a_form_on_paper_does_not_tell_whether_she_has_sent(world, sign_in, submit, session):
    world.send(2)
    client, url = sign_in(world.staff), f"{world.url}/paper"
    handed_in, told = [], []
    for person in (world.people[0], world.people[5]):
        submit(client, url, {"person": [str(person.id)]}, page=url)
        told.append("Đã ghi nhận 1 phiếu" in client.get(url).text)
        handed_in.append(paper_survey(world.survey.id).handed_in)
    assert (handed_in, told) == ([1, 2], [told[0]] * 2)
    also = select(Participation.person_id).where(Participation.also_sent)
    assert session.scalars(also).all() == [world.people[0].id]


def test_one_form_on_paper_is_left_out_for_each_who_had_sent_one(world, session):
    world.send(6)
    paper.hand_in(SYSTEM, world.survey.id, [one.id for one in (world.people[0], *world.people[6:9])], at=utcnow())
    form = rights.form_of(world.survey.id, world.people[0].id)
    for _ in range(4):
        paper.type_in(SYSTEM, world.survey.id, make.filled_form(form, "2"), at=utcnow())
    evaluations.close(SYSTEM, world.survey.id, keys=world.keys, at=utcnow())
    session.refresh(world.survey)
    assert (world.survey.valid, world.survey.answered) == (9, 9)


# -- `evaluated` is told at closing --------------------------------------------------------------------------------


def _evaluated(session):
    rows = session.execute(select(Statement.raw, Statement.seq).order_by(Statement.seq))
    return [raw for raw, _seq in rows if "/verbs/evaluated" in raw]


def test_who_sent_a_form_is_told_after_closing_of_all_with_one_time(world, session, run_jobs):
    world.send(6)
    session.commit()
    assert _evaluated(session) == []
    evaluations.close(SYSTEM, world.survey.id, keys=world.keys, at=utcnow())
    session.commit()
    assert _evaluated(session) == []
    run_jobs()
    told = _evaluated(session)
    assert len(told) == 6
    times = {one.split('"timestamp":"')[1].split('"')[0] for one in told}
    names = [one.split('"name":"')[1].split('"')[0] for one in told]
    assert len(times) == 1
    assert names == sorted(names, key=UUID)


# -- nobody judges herself --------------------------------------------------------------------------------


def _invited(world):
    return set(
        db.session.scalars(select(Participation.person_id).where(Participation.survey_id == world.survey.id)).all()
    )


def test_lecturers_staff_and_those_who_may_close_are_not_invited_though_enrolled(app, session):
    world = World(app)
    staff, officer = (db.session.get(Person, one.person_id) for one in (world.staff, world.officer))
    held = make.person(world.institution)
    make.class_session(world.run, held)
    for person in (world.lecturer, staff, officer, held):
        make.enrolment(world.run, person)
    elsewhere = make.holder("institution_staff", make.institution(name="Trường khác"))
    make.enrolment(world.run, db.session.get(Person, elsewhere.person_id))
    db.session.commit()
    world.open()
    assert _invited(world) == {one.id for one in world.people} | {elsewhere.person_id}


@pytest.mark.parametrize("how", ["role", "topic"])
def test_who_gets_a_part_in_the_class_later_loses_her_right_and_reads_why(world, sign_in, submit, session, how):
    person = world.people[0]
    account, form = world.account_of(person), make.filled_form(rights.form_of(world.survey.id, person.id))
    if how == "role":
        unit = db.session.get(Unit, world.institution.id)
        make.add(RoleHolding(account_id=account.id, role="institution_staff", unit_id=unit.id))
    else:
        make.teaching(world.run, make.topics(world.run)[1], person)
    session.commit()
    client = sign_in(account)
    page = client.get(world.url).text
    assert "Anh/Chị không có phiếu" in page and "<textarea" not in page
    refused = submit(client, world.url, form, page="/account")
    assert refused.status_code == 409
    with pytest.raises(DomainError) as error:
        evaluations.answer(Actor(account.id, person.id, "x"), world.survey.id, form, at=utcnow())
    assert error.value.code in ("teaches", "runs")
    assert world.url not in client.get("/learn").text
    assert session.scalar(select(func.count()).where(Participation.answered)) == 0
    assert str(person.id) not in sign_in(world.staff).get(f"{world.url}/paper").text
    assert paper.hand_in(SYSTEM, world.survey.id, [person.id], at=utcnow()) == 0
    state = states.state_of(world.survey.id)
    assert state.invited == 11


def test_a_form_that_was_sent_before_stays_and_nothing_tells_of_it(world, sign_in, session):
    account = world.account_of(world.people[0])
    make.answered(world.survey, world.people[0])
    make.answered(world.survey, world.people[1])
    make.add(RoleHolding(account_id=account.id, role="institution_staff", unit_id=world.institution.id))
    session.commit()
    assert "đã được niêm phong" in sign_in(account).get(world.url).text
    assert states.state_of(world.survey.id).invited == 11
    assert str(world.people[0].id) not in sign_in(world.staff).get(f"{world.url}/paper").text
    world.send(0)
    for person in world.people[2:]:
        make.answered(world.survey, person)
    evaluations.close(SYSTEM, world.survey.id, keys=world.keys, at=utcnow())
    session.refresh(world.survey)
    assert (world.survey.invited, world.survey.answered) == (12, 12)
