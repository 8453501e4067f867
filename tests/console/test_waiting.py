"""The work list on the first page: every kind leads to the page of its act and is gone once that is done."""

import importlib
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urljoin
from uuid import uuid4

import pytest
from lxml import html
from sqlalchemy import select

import lms
from lms.assessment.models import Assignment, Submission
from lms.catalogue.models import VersionComment
from lms.classes import services as classes
from lms.classes.models import Commitment
from lms.core import files
from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.core.waiting import SHOWN
from lms.documents.models import Signer
from lms.people.models import Person
from lms.people.permissions import ROLES
from lms.people.views import imports
from lms.planning.models import Nomination, Quota
from lms.planning.plans.models import Plan, PlanLine, PlanNeed, PlanNeedLine
from lms.quality.models import Adjustment
from lms.surveys import answers
from lms.surveys.models import Comment, FollowUp, Survey
from lms.surveys.queries import named, rights
from lms.surveys.rules import NONE
from tests import factories as make
from tests.data import media
from tests.pages import fields_of
from tests.people.test_roster import ROW, xlsx
from tests.quality.closed import adjusted, held
from tests.reports.issuing import Steps
from tests.reports.unit_reports.conftest import City

LMS = Path(lms.__file__).parent
AGO = timedelta(days=3)


def entries(client):
    """The lines of the first page: kind -> addresses."""
    answer = client.get("/")
    if answer.status_code == 302:
        return {}
    assert answer.status_code == 200
    found = {}
    for section in html.fromstring(answer.text).xpath("//main//section[h2[starts-with(@id, 'waiting-')]]"):
        kind = section.xpath("string(h2/@id)").removeprefix("waiting-")
        found[kind] = section.xpath(".//li/a/@href")
    return found


class Office:
    """An institution with a class; each method below brings about what waits, and says by whom and how it is done."""

    def __init__(self, app, session, sign_in, submit, run_jobs, monkeypatch):
        self.app, self.session, self.sign_in, self.submit = app, session, sign_in, submit
        self.run_jobs, self.monkeypatch = run_jobs, monkeypatch
        self.school = make.institution(code="TBD")

    def lecturer(self):
        account = make.holder("lecturer", self.school)
        return account, self.session.get(Person, account.person_id)

    def studying(self):
        return self.session.get(Person, make.trainee(make.unit(make.city())).person_id)

    def running(self, **values):
        account, person = self.lecturer()
        run = make.class_run(self.school, **values)
        make.teaching(run, make.topics(run)[0], person)
        return SimpleNamespace(run=run, lecturer=account, person=person, enrolment=make.enrolment(run, self.studying()))

    def attendance(self):
        at = self.running()
        ended = utcnow() - AGO
        make.class_session(at.run, at.person, starts_at=ended - timedelta(hours=3), ends_at=ended)
        return at.lecturer, {f"status-{at.enrolment.id}": "present"}, ""

    def essays(self):
        at = self.running()
        assignment = self.session.scalars(select(Assignment).where(Assignment.version_id == at.run.version_id)).one()
        stored = files.put(io.BytesIO(media.pdf()))
        values = {"assignment_id": assignment.id, "registration": at.enrolment.id, "person_id": at.enrolment.person_id}
        values |= {"filename": "bài.pdf", "sha256": stored.sha256, "size": stored.size, "submitted_at": utcnow() - AGO}
        make.add(Submission(id=uuid4(), number=1, **values))
        return at.lecturer, {f"points-{number}": "8" for number in range(1, 6)}, ""

    def finish(self):
        self.running(starts_on=date(2026, 1, 5), ends_on=date(2026, 2, 5))
        return make.holder("institution_staff", self.school), {"reason": "Điểm danh bằng giấy"}, ""

    def evaluated(self):
        at = self.running()
        self.trainee = make.trainee(make.unit(make.city()))
        make.enrolment(at.run, self.session.get(Person, self.trainee.person_id), status="completed")
        self.session.commit()
        classes.finish_class(SYSTEM, at.run.id, reason="Thử", at=utcnow())
        at.survey = self.session.scalars(select(Survey).where(Survey.class_id == at.run.id)).one()
        return at

    def evaluations(self):
        at = self.evaluated()
        make.role(self.trainee, "finance_reader")  # whoever only studies has her list on the dashboard
        return self.trainee, make.filled_form(rights.form_of(at.survey.id, self.trainee.person_id)), ""

    def after(self, audience):
        at = self.evaluated()
        asked = select(FollowUp).where(FollowUp.class_id == at.run.id, FollowUp.audience == audience)
        hers = make.Enrolment.person_id == self.trainee.person_id
        form = self.session.scalars(asked.join(make.Enrolment, make.Enrolment.id == FollowUp.enrolment_id).where(hers))
        row = form.one()
        row.opens_at, row.closes_at = utcnow() - AGO, utcnow() + AGO
        at.survey.closes_at = utcnow() - AGO
        given = {
            question.name: ["5"] if question.item.kind == "scale" else [question.item.options[0].key]
            for question in answers.questions(named.form_of(row.id).document, ())
            if question.item.kind in ("scale", "choice")
        }
        unit = self.session.get(make.Unit, self.session.get(Person, self.trainee.person_id).unit_id)
        return unit, given

    def own_follow_ups(self):
        _unit, given = self.after("follow_up")
        make.role(self.trainee, "finance_reader")
        return self.trainee, given, ""

    def follow_ups(self):
        unit, given = self.after("employer")
        return make.holder("unit_manager", unit), given, ""

    def comments(self):
        run = held(self.school, [4] * 6)
        survey = self.session.query(Survey).filter_by(class_id=run.id).one()
        make.add(Comment(id=uuid4(), survey_id=survey.id, item="eff-comment", teaching=NONE, text="Rất tốt"))
        return make.holder("comment_reader", self.school), {"all": "1", "confirm": "1"}, ""

    def replies(self):
        account, person = self.lecturer()
        others = [make.person(self.school) for _ in range(20)]
        held(self.school, [4] * 6, lecturers=[person, *others], released_at=utcnow() - AGO, state="released")
        return account, {"text": "Cảm ơn các anh chị."}, ""

    def adjustment(self, state, **values):
        run = held(self.school, [2] * 6)
        survey = self.session.query(Survey).filter_by(class_id=run.id).one()
        assert adjusted(survey, state=state, **values).state == state
        return make.holder("institution_staff", self.school)

    def to_state(self):
        day = (utcnow() + timedelta(days=30)).date().isoformat()
        stated = {"cause": "Máy cũ", "measure": "Thay máy", "responsible": "Phòng Hành chính", "due_on": day}
        return self.adjustment("due", measure=None, done_at=None), stated, ""

    def to_finish(self):
        due = {"due_on": (utcnow() - AGO).date(), "stated_at": utcnow() - AGO, "done_at": None, "cause": "Máy cũ"}
        return self.adjustment("stated", responsible="Phòng Hành chính", **due), {"outcome": "Đã thay"}, ""

    def yearly(self):
        city = City().open()
        return city.manager, city.fields(city.first) | {"submit": "1"}, ""

    def submitted(self):
        city = City().open()
        row = city.report(city.first)
        row.state, row.submitted_at, row.first_submitted_at = "submitted", utcnow() - AGO, utcnow() - AGO
        return city.officer, {}, "accept"

    def returned(self):
        city = City().open()
        row = city.report(city.first)
        row.state, row.returned_at, row.return_reason = "returned", utcnow() - AGO, "Thiếu số liệu"
        return city.manager, city.fields(city.first) | {"submit": "1"}, ""

    def report(self, *steps):
        staff, head = make.holder("institution_staff", self.school), make.holder("unit_manager", self.school)
        run = held(self.school, [4] * 6)
        at = SimpleNamespace(writer=self.sign_in(staff), boss=self.sign_in(head))
        at.quality, at.begin_at = f"/reports/classes/{run.id}/quality", f"/reports/classes/{run.id}/report"
        walk = Steps(self.submit, self.session)
        walk.begin(at)
        walk.write(at)
        for step in steps:
            assert getattr(walk, step)(at).status_code == 302
        return staff, head

    def approve(self):
        return self.report("submit")[1], {}, "approve"

    def sent_back(self):
        staff, _head = self.report("submit", "send_back")
        return staff, {}, "../submit"

    def issue(self):
        staff, _head = self.report("submit", "approve")
        today = make.today().isoformat()
        fields = {"number": "12/BC-TBD", "issued_on": today, "place": "Hà Nội", "signer_on_behalf": ""}
        fields |= {"signer_title": "Hiệu trưởng", "signer_name": "Nguyễn Thị Phượng", "recipients": "Lưu: VT"}
        return staff, fields, ""

    def versions(self):
        for row in self.session.scalars(select(make.ProgrammeVersion)):
            row.status = "approved"
        make.version("A2.1").status = "submitted"
        number = make.version("A2.1").number
        given = {"number": "99/QĐ-UBND", "dated": make.today().isoformat(), "signer": "Chủ tịch Nguyễn Văn A"}
        return make.holder("approving_authority"), given, f"/programmes/A2.1/versions/{number}/approval"

    def circle(self, state):
        for row in self.session.scalars(select(make.ProgrammeVersion)):
            row.status = "approved"
        version, department = make.version("A2.1"), make.unit(make.city(), kind="department")
        version.status, version.review_unit_id = state, department.id
        return version, department

    def opinions(self):
        version, department = self.circle("in_review")
        given = {"number": "9/SXD", "dated": make.today().isoformat(), "signer": "Giám đốc Trần Văn B"}
        path = f"/programmes/A2.1/versions/{version.number}/moves/endorse"
        return make.holder("department_reviewer", department), given, path

    def memoranda(self):
        self.circle("with_home_affairs")
        given = {"number": "9/TTr-SNV", "dated": make.today().isoformat(), "signer": "Giám đốc Trần Văn B"}
        return make.holder("home_affairs_officer"), given, ""

    def answers(self):
        version, _asked = self.circle("in_review")
        said = {"place": "whole", "quote": "", "text": "Bổ sung", "account_id": make.holder("auditor").id}
        row = make.add(VersionComment(version_id=version.id, given_on=version.id, at=utcnow() - AGO, **said))
        given = {f"{row.id}-kind": "changed", f"{row.id}-text": "Đã bổ sung"}
        path = f"/programmes/A2.1/versions/{version.number}/comments/{row.id}"
        return make.holder("institution_staff", self.school), given, path

    def erasures(self):
        from lms.console.personal.models import ErasureRequest

        hers = make.trainee(make.unit(make.city()))
        make.add(ErasureRequest(account_id=hers.id, asked_by=hers.id, asked_at=utcnow() - AGO))
        return make.holder("administrator"), {"reason": "Hồ sơ còn cần"}, "refuse"

    def roster(self):
        make.unit(make.city(), code="SXD", name="Sở Xây dựng")
        account = make.holder("home_affairs_officer")
        self.monkeypatch.setattr(imports, "DIRECT", 0)
        sheet = {"file": (io.BytesIO(xlsx(ROW)), "danh-sach.xlsx")}
        answer = self.submit(self.sign_in(account), "/admin/people/import", sheet, content_type="multipart/form-data")
        assert answer.status_code == 302
        self.run_jobs()
        return account, {}, "/admin/people/import/start"

    def _named(self, status, **more):
        """A class with a quota, and whom its unit named."""
        first = make.today() + timedelta(days=30)
        unit = make.unit(make.city())
        run = make.class_run(status="open", starts_on=first, ends_on=first, nominations_until=first)
        make.add(Quota(class_id=run.id, unit_id=unit.id, places=1))
        if status is None:
            return run, unit, None
        person = make.person(unit)
        given = {"class_id": run.id, "person_id": person.id, "unit_id": unit.id, "submitted_at": utcnow() - AGO}
        row = make.add(Nomination(priority=1, status=status, **given, **more))
        return run, unit, row

    def to_name(self):
        _run, unit, _row = self._named(None)
        person = make.person(unit)
        return make.holder("unit_manager", unit), {"submit": "nominate", "pick": str(person.id), "assured": "y"}, ""

    def cannot_come(self):
        _run, unit, row = self._named("submitted", cannot_because="bận")
        given = {"code": "herself", "reason": "bận"}
        return make.holder("unit_manager", unit), given, f"/nominations/of/{row.id}"

    def to_decide(self):
        _run, unit, row = self._named("submitted")
        make.holder("unit_manager", unit)
        given = {"chosen": str(row.id), "act": "refuse", "code": "later", "reason": "lớp sau"}
        return make.holder("home_affairs_officer"), given, ""

    def to_sign(self):
        run, unit, row = self._named("approved")
        make.holder("unit_manager", unit)
        make.add(
            Commitment(
                person_id=row.person_id, class_id=run.id, title=run.name, starts_on=run.starts_on, ends_on=run.ends_on,
                holds=True,
            )
        )  # fmt: skip
        signer = make.add(Signer(unit_id=unit.id, name="Lê Ký", capacity="head", title="Giám đốc", ground=""))
        given = {"signer": str(signer.id), "signed_on": make.today().isoformat()}
        return make.holder("home_affairs_officer"), given, f"/classes/{run.id}/decisions/sign"

    def unmanaged(self):
        _run, unit, _row = self._named(None)
        return make.holder("home_affairs_officer"), {f"places-{unit.id}": "0"}, ""

    def to_answer(self):
        _run, unit, row = self._named("approved")
        make.holder("unit_manager", unit)
        account = make.account(self.session.get(Person, row.person_id))
        make.role(account, "lecturer", unit)
        return account, {}, f"/my/nominations/{row.id}/confirm"

    def plan(self, status, **values):
        today = make.today()
        row = Plan(id=uuid4(), year=today.year + 1, status=status, needs_by=today, created_at=utcnow() - AGO, **values)
        make.add(row)
        programme = make.version().programme_id
        make.add(PlanLine(id=uuid4(), plan_id=row.id, programme_id=programme, classes=1, places=30, month=3))
        return row

    def unit_needs(self):
        unit = make.unit(make.city())
        need = make.add(PlanNeed(id=uuid4(), plan_id=self.plan("gathering").id, unit_id=unit.id, status="asked"))
        line = {"need_id": need.id, "programme_id": make.version().programme_id, "known": 5, "wanted": 0}
        make.add(PlanNeedLine(**line))
        return make.holder("unit_manager", unit), {"w_A2.1": "3", "wishes": ""}, ""

    def plans_balance(self):
        row = self.plan("gathering")
        row.needs_by = make.today() - timedelta(days=1)
        return make.holder("home_affairs_officer"), {"reason": "đã hết hạn"}, ""

    def plans_approve(self):
        self.plan("submitted")
        decided = {"number": "12/QĐ-UBND", "dated": make.today().strftime("%d/%m/%Y"), "signer": "Nguyễn Văn Ký"}
        return make.holder("approving_authority"), decided | {"reason": ""}, ""


def _kinds():
    rooms = [importlib.import_module(f"lms.{path.parent.name}.waiting") for path in LMS.glob("*/waiting.py")]
    return sorted(kind for room in rooms for kind in getattr(room, "KINDS", ()))


# each is a method of Office
KINDS = sorted(name for name in vars(Office) if name in _kinds())


def test_every_kind_is_walked():
    assert _kinds() == KINDS


@pytest.fixture
def office(app, session, sign_in, submit, run_jobs, monkeypatch):
    return Office(app, session, sign_in, submit, run_jobs, monkeypatch)


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_leads_to_the_act_and_is_gone_once_it_is_done(office, session, kind):
    who, form, path = getattr(office, kind)()
    session.commit()
    client = office.sign_in(who)
    before = entries(client)[kind]
    page = before[0]
    shown = client.get(page)
    assert shown.status_code == 200
    fields = fields_of(shown.text)
    assert "csrf_token" in fields, "no act stands there"
    kept = fields if kind in ("roster", "yearly", "returned") else {"csrf_token": fields["csrf_token"]}
    fields = {name: value for name, value in kept.items() if value}
    answer = client.post(urljoin(f"{page}/", path) if path else page, data=fields | form)
    assert answer.status_code in (200, 302), answer.text
    assert len(before) == 1
    assert kind not in entries(client)


@pytest.mark.parametrize("kind", KINDS)
def test_nobody_is_led_where_she_may_not_go(office, session, kind):
    """Whoever else opens the first page, in whatever role over the city or another institution."""
    who, _form, _path = getattr(office, kind)()
    session.commit()
    other = make.institution(name="Trường khác")
    holders = [make.holder(role, over) for role in ROLES for over in (make.city(), other) if role != "trainee"]
    session.commit()
    for account in [who, *holders]:
        client = office.sign_in(account)
        for addresses in entries(client).values():
            for address in addresses:
                assert client.get(address).status_code == 200, (account.username, address)


def test_long_lists_are_cut_and_counted(office, session):
    account, person = office.lecturer()
    for n in range(SHOWN + 2):
        run = make.class_run(office.school, name=f"Lớp số {n}")
        make.enrolment(run)
        for k in range(2):
            ended = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(days=n, hours=k)
            make.class_session(run, person, starts_at=ended - timedelta(minutes=50), ends_at=ended)
    session.commit()
    page = html.fromstring(office.sign_in(account).get("/").text)
    section = page.xpath("//section[h2/@id = 'waiting-attendance']")[0]
    names = section.xpath(".//li/a/text()")
    assert names == [f"Lớp số {n}" for n in range(SHOWN)], "the oldest first"
    assert section.xpath("string(h2/span)") == str(2 * (SHOWN + 2))
    assert section.xpath(".//li/span[@class='tag']/text()") == ["2"] * SHOWN
    assert f"({SHOWN + 2})" in section.xpath("string(p)")


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"trainee"}))
def test_the_first_page_asks_little(office, session, queries, role):
    client = office.sign_in(make.holder(role))
    session.commit()
    client.get("/")
    queries.clear()
    answer = client.get("/")
    assert answer.status_code == 200
    assert len(queries) <= 12
    assert "Hiện không có việc nào" in answer.text or entries(client)


def test_all_roles_at_once_ask_little(office, session, queries):
    account = make.holder("institution_staff")
    for role in set(ROLES) - {"trainee", "institution_staff"}:
        make.role(account, role)
    session.commit()
    client = office.sign_in(account)
    client.get("/")
    queries.clear()
    assert client.get("/").status_code == 200
    assert len(queries) <= 12


def test_what_is_measured_stays_when_it_was_not_done(office, session):
    """A sheet that is refused is still to be taken; a class cancelled asks for nothing."""
    who, _form, _path = office.attendance()
    session.commit()
    client = office.sign_in(who)
    page = entries(client)["attendance"][0]
    assert office.submit(client, page, {}).status_code == 422
    assert entries(client)["attendance"] == [page]
    session.query(make.ClassRun).one().status = "cancelled"
    session.commit()
    assert entries(client) == {}


def test_adjustments_far_ahead_are_not_pressing(office, session):
    who = office.adjustment("stated", due_on=(utcnow() + timedelta(days=30)).date(), done_at=None)
    session.commit()
    assert entries(office.sign_in(who)) == {}
    assert session.query(Adjustment).count() == 1
