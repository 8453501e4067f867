"""Named forms after training: read by whom the form names, summed for classes, programmes, institutions and years."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from lms.classes import services as classes
from lms.classes.models import Enrolment
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM, Actor
from lms.people.models import Person
from lms.reports.issued.models import QualityReport
from lms.reports.issued.papers.document import official
from lms.reports.issued.queries import gathering
from lms.reports.issued.services import reports
from lms.surveys import answers
from lms.surveys.models import FollowUp, Survey
from lms.surveys.queries import named
from lms.surveys.services import evaluations, follow_ups
from tests import factories as make

AGO = timedelta(days=200)


class World:
    """A class of six that was finished 200 days ago and evaluated; their manager says what is applied at work."""

    def __init__(self, app, forms=5):
        self.institution, self.unit = make.institution(), make.unit(make.city())
        self.run = make.class_run(self.institution)
        make.teaching(self.run, make.topics(self.run)[0], make.person(self.institution))
        self.accounts = [make.trainee(self.unit, full_name=f"Học Viên Sau {n}") for n in range(6)]
        self.people = [db.session.get(Person, one.person_id) for one in self.accounts]
        for one in self.people:
            make.enrolment(self.run, one, status="completed")
        self.manager = make.holder("unit_manager", self.unit)
        db.session.commit()
        classes.finish_class(SYSTEM, self.run.id, reason="Thử", at=utcnow())
        self.survey = db.session.scalars(select(Survey).where(Survey.class_id == self.run.id)).one()
        for one in self.people:
            make.answered(self.survey, one)
        evaluations.close(SYSTEM, self.survey.id, keys=app.config["SETTINGS"].keys_dir, at=utcnow())
        for one in db.session.scalars(select(FollowUp).where(FollowUp.class_id == self.run.id)):
            one.opens_at, one.closes_at = one.opens_at - AGO, one.closes_at - AGO
        db.session.commit()
        about = select(FollowUp).where(FollowUp.class_id == self.run.id, FollowUp.audience == "employer")
        self.forms = list(db.session.scalars(about))
        for one in self.forms[:forms]:
            form = named.form_of(one.id).document
            given = {
                asked.name: ["5"] if asked.item.kind == "scale" else [asked.item.options[0].key]
                for asked in answers.questions(form, ())
                if asked.item.kind in ("scale", "choice")
            }
            actor = Actor(self.manager.id, self.manager.person_id, "x")
            follow_ups.answer(actor, one.id, given, at=one.opens_at + timedelta(days=1))
        self.page = f"/reports/classes/{self.run.id}/quality"


@pytest.fixture
def world(app, session):
    return World(app)


def test_a_named_form_is_read_by_those_whom_it_names_and_nobody_else(world, sign_in, session):
    form = world.forms[0]
    her = session.scalars(
        select(Person)
        .join(make.Enrolment, make.Enrolment.person_id == Person.id)
        .where(make.Enrolment.id == form.enrolment_id)
    ).one()
    hers = next(one for one in world.accounts if one.person_id == her.id)
    readers = [
        make.holder("institution_staff", world.institution),
        make.holder("home_affairs_officer", make.city()),
        world.manager,
        hers,
    ]
    others = [
        next(one for one in world.accounts if one is not hers),
        make.holder("institution_staff", make.institution(name="Trường khác")),
        make.holder("auditor", make.city()),
        make.holder("approving_authority", make.city()),
        make.holder("unit_manager", make.unit(make.city())),
    ]
    url = f"/follow-ups/{form.id}/read"
    assert [sign_in(one).get(url).status_code for one in readers] == [200] * 4
    assert [sign_in(one).get(url).status_code for one in others] == [403] * 5
    page = sign_in(readers[0]).get(url).text
    assert her.full_name in page and "disabled" in page and 'type="submit">Gửi' not in page


def test_the_page_of_the_class_sums_them_and_names_them_to_readers_of_names(world, sign_in):
    staff = sign_in(make.holder("institution_staff", world.institution)).get(world.page).text
    auditor = sign_in(make.holder("auditor", make.city())).get(world.page).text
    for page in (staff, auditor):
        assert "Hiệu quả sau bồi dưỡng: điểm trung bình 5,00" in page
    assert "5 phiếu có ghi tên" in staff and "Học Viên Sau" in staff
    assert "Học Viên Sau" not in auditor


def test_who_may_not_read_names_sees_no_sum_of_fewer_than_five_nor_of_an_open_period(app, session, sign_in):
    auditor = sign_in(make.holder("auditor", make.city()))
    few = World(app, forms=4)
    assert "Hiệu quả sau bồi dưỡng: điểm" not in auditor.get(few.page).text
    many = World(app)
    many.forms[0].closes_at = utcnow() + timedelta(days=1)
    session.commit()
    assert "Hiệu quả sau bồi dưỡng: điểm" not in auditor.get(many.page).text


def test_results_of_programme_institution_and_year_and_their_workbooks_sum_them(world, sign_in, session):
    client = sign_in(make.holder("home_affairs_officer", make.city()))
    year = world.run.starts_on.year
    for path in ("", f"/institutions/{world.institution.id}", "/programmes/A2.1"):
        page = client.get(f"/reports/results{path}?year={year}").text
        assert "Hiệu quả sau bồi dưỡng: điểm trung bình 5,00" in page
        book = openpyxl.load_workbook(BytesIO(client.get(f"/reports/results{path}.xlsx?year={year}").data))
        rows = [row for row in book["Sau bồi dưỡng"].iter_rows(values_only=True) if 5 in row]
        assert rows


def test_issued_reports_tell_the_effectiveness_after_training(world, session):
    made = reports.begin_class(SYSTEM, world.run.id, at=utcnow())
    report = gathering.gather(session.get_one(QualityReport, made), utcnow())
    assert [(one.filled, one.asked, one.mean) for one in report.after] == [(5, 6, 5)]
    assert "Hiệu quả sau bồi dưỡng" in str(official(report).body)


def test_pages_lead_to_the_named_forms(world, sign_in, submit, session):
    """The manager's page to what those she sent say; the course page of a trainee to both forms about her."""
    own = session.scalars(
        select(FollowUp).where(FollowUp.class_id == world.run.id, FollowUp.audience == "follow_up")
    ).all()
    mine, other = own[0], own[1]
    about = next(one for one in world.forms if one.enrolment_id == mine.enrolment_id)
    person = session.get(Enrolment, mine.enrolment_id).person_id
    me = sign_in(next(one for one in world.accounts if one.person_id == person))
    course = f"/learn/{mine.enrolment_id}"
    html = me.get(course).text
    assert f'"/follow-ups/{mine.id}"' in html
    assert (f'"/follow-ups/{about.id}/read"' in html) == (about.answered_at is not None)
    assert str(other.id) not in html
    manager = sign_in(world.manager)
    assert f"/follow-ups/{mine.id}/read" not in manager.get("/follow-ups").text
    mine.answers, mine.answered_at, mine.answered_by = {}, mine.opens_at, person
    session.commit()
    assert f"/follow-ups/{mine.id}/read" in manager.get("/follow-ups").text
    assert manager.get(f"/follow-ups/{mine.id}/read").status_code == 200
    elsewhere = sign_in(make.holder("unit_manager", make.unit(make.city())))
    assert str(mine.id) not in elsewhere.get("/follow-ups").text
