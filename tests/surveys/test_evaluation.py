"""The evaluation of a class, through the pages its trainees and its institution use."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from lms.classes import services as classes
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM, Actor
from lms.records.models import Statement
from lms.surveys.models import Comment, Participation, SealedBallot, Survey, Tally
from lms.surveys.queries import rights, states
from lms.surveys.rules import NONE
from lms.surveys.services import comments, evaluations, instruments
from tests import factories as make


class World:
    """A class of six trainees and two lecturers whose evaluation is open."""

    def __init__(self, app):
        self.keys = app.config["SETTINGS"].keys_dir
        self.institution = make.institution()
        self.run = make.class_run(self.institution)
        topics = make.topics(self.run)
        self.lecturers = [make.person(self.institution), make.person(self.institution)]
        self.teachings = [make.teaching(self.run, t, p) for t, p in zip(topics, self.lecturers, strict=False)]
        self.accounts = [make.trainee() for _ in range(6)]
        from lms.people.models import Person

        self.people = [make.db.session.get(Person, a.person_id) for a in self.accounts]
        self.enrolments = [make.enrolment(self.run, p) for p in self.people]
        self.staff = make.holder("institution_staff", self.institution)
        make.db.session.commit()
        classes.finish_class(SYSTEM, self.run.id, reason="Thử", at=utcnow())
        self.survey = make.db.session.scalars(select(Survey).where(Survey.class_id == self.run.id)).one()
        self.url = f"/evaluations/{self.survey.id}"

    def answers(self, value="4", **changes):
        return {name: texts[0] for name, texts in self.filled(value).items()} | changes

    def filled(self, value="4", **changes):
        form = rights.form_of(self.survey.id, self.people[0].id)
        return make.filled_form(form, value) | {name: [text] for name, text in changes.items()}

    def all_answer(self, people=6, **changes):
        for account, person in list(zip(self.accounts, self.people, strict=True))[:people]:
            actor = Actor(account_id=account.id, person_id=person.id, name="x")
            evaluations.answer(actor, self.survey.id, self.filled(**changes), at=utcnow())

    def close(self):
        evaluations.close(SYSTEM, self.survey.id, keys=self.keys, at=utcnow())
        evaluations.forget_key(self.survey.id, keys=self.keys)


@pytest.fixture
def world(app, session):
    return World(app)


def test_finishing_a_class_opens_its_evaluation_to_all_trainees(world, sign_in):
    page = sign_in(world.accounts[0]).get(world.url)
    assert page.status_code == 200
    html = page.get_data(as_text=True)
    for lecturer in world.lecturers:
        assert lecturer.full_name in html
    assert html.count("<h1") == 1


def test_a_trainee_sends_one_form_and_is_thanked(world, sign_in, submit, session):
    client = sign_in(world.accounts[0])
    answer = submit(client, world.url, world.answers())
    assert answer.status_code == 302
    assert answer.location.endswith("/thanks")
    assert session.scalar(select(func.count()).select_from(SealedBallot)) == 1
    again = submit(client, world.url, world.answers(), page="/account")
    assert session.scalar(select(func.count()).select_from(SealedBallot)) == 1
    assert again.status_code == 409
    assert "Phiếu gửi lần này không được ghi nhận" in again.text


def test_the_second_of_two_forms_at_once_is_refused(world, session):
    actor = Actor(account_id=world.accounts[0].id, person_id=world.people[0].id, name="x")
    evaluations.answer(actor, world.survey.id, world.filled(), at=utcnow())
    with pytest.raises(DomainError) as refused:
        evaluations.answer(actor, world.survey.id, world.filled(), at=utcnow())
    assert refused.value.code == "already-answered"
    assert session.scalar(select(func.count()).select_from(SealedBallot)) == 1


def test_a_form_with_too_many_blanks_is_kept_on_the_page_and_not_counted(world, sign_in, submit, session):
    given = world.answers()
    for name in list(given)[:3]:
        del given[name]
    answer = submit(sign_in(world.accounts[0]), world.url, given | {"eff-comment": "Giữ phần tình huống"})
    assert answer.status_code == 422
    html = answer.get_data(as_text=True)
    assert "Giữ phần tình huống" in html
    assert html.count("chưa trả lời") == 8  # three marks, their lines, what it says of all, the way on
    assert session.scalar(select(func.count()).where(Participation.answered)) == 0


@pytest.mark.parametrize("forged", [{"prog-fit": "9"}, {"no-such-question": "3"}, {"lect-method.x": "3"}])
def test_forged_questions_and_points_are_refused(world, sign_in, submit, session, forged):
    answer = submit(sign_in(world.accounts[0]), world.url, world.answers() | forged)
    assert answer.status_code == 422
    assert session.scalar(select(func.count()).select_from(SealedBallot)) == 0


def test_strangers_to_the_class_cannot_open_the_form(world, sign_in):
    assert sign_in(make.trainee()).get(world.url).status_code == 403
    assert sign_in(world.staff).get(world.url).status_code == 403


def test_a_closed_evaluation_takes_no_form(world, sign_in, submit, session):
    world.close()
    answer = submit(sign_in(world.accounts[0]), world.url, world.answers(), page="/account")
    assert answer.status_code == 409
    assert session.scalar(select(func.count()).select_from(SealedBallot)) == 0


def test_closing_counts_all_forms_at_once_and_leaves_neither_key_nor_form(world, session):
    world.all_answer(**{"eff-comment": "Tốt"})
    assert session.scalar(select(func.count()).select_from(Tally)) == 0
    world.close()
    counted = states.tallies(world.survey.id)
    assert counted["prog-fit", NONE].counts == [0, 0, 0, 6, 0]
    assert {teaching for _item, teaching in counted} == {NONE, *(one.id for one in world.teachings)}
    assert session.scalar(select(func.count()).select_from(Comment)) == 6
    assert session.scalar(select(func.count()).select_from(SealedBallot)) == 0
    assert not list(world.keys.glob(f"{world.survey.id}*"))
    session.refresh(world.survey)
    assert (world.survey.valid, world.survey.invalid) == (6, 0)
    assert evaluations.close(SYSTEM, world.survey.id, keys=world.keys, at=utcnow()) == 0


def test_fewer_than_five_forms_are_destroyed_unread(world, session, sign_in):
    world.all_answer(4, **{"eff-comment": "Chỉ bốn người"})
    world.close()
    assert states.tallies(world.survey.id) == {}
    assert session.scalar(select(func.count()).select_from(Comment)) == 0
    html = sign_in(world.staff).get(f"/reports/classes/{world.run.id}/quality").text
    assert "Chỉ bốn người" not in html and "4 phiếu" in html


def test_nothing_about_an_answer_leads_to_a_person(world, session, sign_in, submit):
    submit(sign_in(world.accounts[0]), world.url, world.answers(value="2", **{"eff-comment": "bi mat"}))
    columns = session.execute(
        text("SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'ballots'")
    ).all()
    names = {column for _, column, _ in columns}
    assert names and not names & {
        "enrolment_id",
        "person_id",
        "account_id",
        "registration",
        "created_at",
        "at",
        "request_id",
    }
    assert not any("time" in kind or kind == "date" for _, _, kind in columns)
    assert "time" not in str(session.execute(text("SELECT * FROM participations LIMIT 1")).keys())
    assert b"bi mat" not in session.scalar(select(SealedBallot.box))
    raw = session.scalars(select(Statement.raw)).all()
    assert not any("bi mat" in one for one in raw)
    trail = session.execute(text("SELECT coalesce(after::text, '') FROM audit_entries")).scalars()
    assert not any("bi mat" in one for one in trail)


def test_the_evaluation_closes_itself_when_its_time_is_over(world, run_jobs, session):
    asked = "SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'surveys.close' AND args->>'survey_id' = :id"
    due = session.execute(text(asked), {"id": str(world.survey.id)}).scalar()
    assert abs(due - world.survey.closes_at) < timedelta(seconds=1)
    run_jobs()
    session.refresh(world.survey)
    assert world.survey.state == "closed"


def test_a_comment_with_a_script_is_shown_as_text(world, sign_in, session):
    world.all_answer(**{"eff-comment": "<script>alert(1)</script>"})
    world.close()
    comments.pass_all(SYSTEM, world.survey.id, at=utcnow())
    html = sign_in(world.staff).get(f"/reports/classes/{world.run.id}/quality").get_data(as_text=True)
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_the_dashboard_names_the_waiting_evaluation(world, sign_in):
    html = sign_in(world.accounts[0]).get("/learn").get_data(as_text=True)
    assert re.search(rf'href="{world.url}"', html)


def test_the_institution_closes_when_all_have_sent_and_another_one_never(world, sign_in, submit, session):
    stranger = make.holder("institution_staff", make.institution(name="Trường khác"))
    world.all_answer(6)
    given, page = {"confirm": "1"}, f"/reports/classes/{world.run.id}/quality"
    assert submit(sign_in(stranger), f"{world.url}/close", given, page="/account").status_code == 403
    assert submit(sign_in(world.staff), f"{world.url}/close", given, page=page).status_code == 302
    session.refresh(world.survey)
    assert world.survey.state == "closed"


def test_the_instrument_is_loaded_once(session):
    before = session.scalar(text("SELECT count(*) FROM instruments"))
    instruments.load_instruments(at=datetime(2026, 11, 23, tzinfo=UTC))
    assert session.scalar(text("SELECT count(*) FROM instruments")) == before == 4


def test_a_comment_in_an_old_encoding_is_told_and_converted(world, sign_in, submit, session):
    text = next(item.code for section, item in rights.form_of(world.survey.id, world.people[0].id).document.items()
                if item.kind == "text" and not section.repeat)  # fmt: skip
    client, old = sign_in(world.accounts[0]), {text: "®Õn muén v× t¾c ®­êng"}
    answer = submit(client, world.url, world.answers() | old)
    assert answer.status_code == 422 and "đến muộn vì tắc đường" in answer.text
    assert 'name="to-unicode"' in answer.text
    assert session.scalar(select(func.count()).select_from(SealedBallot)) == 0
    assert submit(client, world.url, world.answers() | old | {"to-unicode": "1"}).status_code == 302
    for account, person in list(zip(world.accounts, world.people, strict=True))[1:]:
        actor = Actor(account_id=account.id, person_id=person.id, name="x")
        evaluations.answer(actor, world.survey.id, world.filled(), at=utcnow())
    world.close()
    assert "đến muộn vì tắc đường" in session.scalars(select(Comment.text)).all()
