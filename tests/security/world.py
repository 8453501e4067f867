"""A small world in which every route has something to show, and a cast with every role."""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Flask
from sqlalchemy import select

from lms.assessment.models import Assignment, Question, Quiz, Submission
from lms.assessment.services import start_attempt
from lms.catalogue.models import Figure, Lesson, Module, VersionComment, VersionPaper
from lms.console.personal.models import ErasureRequest, PersonalArchive
from lms.core import files
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.core.jobs import JobProgress
from lms.documents import Official
from lms.documents.issuing import issue
from lms.documents.models import Signer
from lms.learning.materials.models import ModuleMaterial
from lms.library import queries as library_queries
from lms.library.models import ApiKey, Upload
from lms.library.services import registrations
from lms.packages.structure import Unit
from lms.people.models import Account
from lms.people.permissions import ROLES
from lms.planning.models import Nomination, Quota
from lms.planning.plans.models import Plan, PlanLine, PlanNeed, Population
from lms.quality.models import Adjustment
from lms.records.forward.models import DeadLetter, Forwarder
from lms.records.models import Credential
from lms.reports.issued.models import QualityReport
from lms.reports.unit_reports.models import UnitReport
from lms.reports.unit_reports.services import campaigns
from lms.surveys.models import FollowUp, InstrumentUse
from lms.surveys.queries.rights import programme_of
from lms.surveys.services import evaluations as surveys
from lms.surveys.services import instruments
from tests import factories as make
from tests.data import media


@dataclass
class World:
    """Who asks, and what the addresses are filled with."""

    cast: dict[str, Account | None]
    arguments: dict[str, Any]


def build(app: Flask) -> World:
    """Put one class with everything in it into the database, and one account for each line of the table."""
    city = make.city()
    unit = make.unit(city, name="Sở của học viên")
    institution = make.institution()
    other_institution = make.institution(name="Trường khác")
    run = make.class_run(institution)
    topic = make.topics(run)[0]
    lecturer = make.holder("lecturer", institution)
    teacher = db.session.get(make.Person, lecturer.person_id)
    teaching = make.teaching(run, topic, teacher)
    start = utcnow() - timedelta(days=1)
    session = make.class_session(run, teacher, topic_id=topic.id, starts_at=start, ends_at=start + timedelta(hours=3))
    trainee = make.trainee(unit)
    enrolment = make.enrolment(run, db.session.get(make.Person, trainee.person_id))
    module = db.session.scalars(
        select(Module).where(Module.version_id == run.version_id).order_by(Module.position)
    ).first()
    lesson = db.session.scalars(select(Lesson).where(Lesson.module_id == module.id)).first()
    quiz = db.session.scalars(select(Quiz).where(Quiz.module_id == module.id)).one()
    question = db.session.scalars(select(Question).where(Question.quiz_id == quiz.id)).first()
    attempt = start_attempt(quiz.id, enrolment.id, trainee.person_id, at=utcnow())
    assignment = db.session.scalars(select(Assignment).where(Assignment.version_id == run.version_id)).one()
    stored = files.put(io.BytesIO(media.pdf()))
    submission = make.add(
        Submission(
            id=uuid4(), assignment_id=assignment.id, registration=enrolment.id, person_id=trainee.person_id, number=1,
            filename="x.pdf", sha256=stored.sha256, size=stored.size, submitted_at=utcnow(),
        )
    )  # fmt: skip
    keys = app.config["SETTINGS"].keys_dir
    survey = surveys.open_survey(SYSTEM, run.id, keys=keys, at=utcnow())
    follow_up, adjustment, draft, in_use = _evaluation(survey, enrolment)
    unit_report = _unit_report(unit)
    job = make.add(JobProgress(id=uuid4(), kind="x", account_id=trainee.id, created_at=utcnow()))
    credential = make.add(
        Credential(id=uuid4(), name="x", key="k", secret_hash=b"0", scopes=["all"], created_at=utcnow())
    )
    forwarder = make.add(
        Forwarder(
            id=uuid4(), name="x", endpoint="https://lrs.example.vn/", version="1.0.3", key="k", secret=b"x", verbs=[],
            activities=[], classes=[], cursor=0, created_at=utcnow(),
        )
    )  # fmt: skip
    letter = make.add(
        DeadLetter(
            forwarder_id=forwarder.id, seq=1, statement_id=uuid4(), status=400, message="x", at=utcnow(), tries=1,
            due=False,
        )
    )  # fmt: skip
    archive = make.add(
        PersonalArchive(
            account_id=trainee.id, job_id=job.id, ordered_at=utcnow(), sha256=stored.sha256, size=stored.size,
            expires_at=utcnow() + timedelta(days=1),
        )
    )  # fmt: skip
    asked = make.add(ErasureRequest(account_id=trainee.id, state="open", asked_at=utcnow(), asked_by=trainee.id))
    version, unit_of_package, registration, upload = _material(institution, trainee)
    material = make.add(
        ModuleMaterial(
            id=uuid4(), module_id=module.id, institution_id=institution.id, package_id=version.package_id,
            version_id=version.id, position=1, required=True, added_at=utcnow(),
        )
    )  # fmt: skip
    report = make.add(
        QualityReport(
            kind="class", unit_id=institution.id, year=2026, class_id=run.id, state="submitted", texts={}, writers=[],
            created_at=utcnow(), changed_at=utcnow(), as_of=utcnow(),
        )
    )  # fmt: skip
    api_key = make.add(
        ApiKey(
            institution_id=institution.id, name="x", secret_hash=b"x", scopes=["packages:read"], created_at=utcnow(),
            created_by=None,
        )
    )  # fmt: skip
    nomination, paper, signer = _nomination(run, unit, trainee)
    figure = db.session.scalars(select(Figure).where(Figure.version_id == run.version_id)).first()
    cast: dict[str, Account | None] = {"stranger": None, "enrolled_trainee": trainee, "teaching_lecturer": lecturer}
    cast |= {"running_institution": make.holder("institution_staff", institution)}
    cast |= {"sending_manager": make.holder("unit_manager", unit)}
    for role in ROLES:
        over = other_institution if role in ("lecturer", "institution_staff") else make.unit(city)
        cast[role] = make.trainee() if role == "trainee" else make.holder(role, over if _local(role) else city)
    db.session.commit()
    arguments = {
        "class_id": run.id, "session_id": session.id, "registration": enrolment.id, "lesson_id": lesson.id,
        "quiz_id": quiz.id, "question_id": question.id, "attempt_id": attempt.id, "assignment_id": assignment.id,
        "submission_id": submission.id, "survey_id": survey.id, "job_id": job.id, "credential_id": credential.id,
        "person_id": trainee.person_id, "account_id": trainee.id, "unit_id": unit.id, "topic_id": topic.id,
        "teaching_id": teaching.id, "enrolment_id": enrolment.id, "version_id": run.version_id, "number": 1,
        "lesson_code": lesson.code, "quiz_code": quiz.code, "lecturer_id": teacher.id,
        "forwarder_id": forwarder.id, "seq": letter.seq,
        "package_id": version.package_id, "library.version_id": version.id, "library.unit_id": unit_of_package.id,
        "registration_id": registration.id, "upload_id": upload.id, "key_id": api_key.id,
        "material_id": material.id,
        "library.set_quota.unit_id": institution.id, "learning.unit_id": unit_of_package.id,
        "follow_up_id": follow_up.id, "adjustment_id": adjustment.id, "instrument_id": draft.id, "use_id": in_use.id,
        "key": "programme", "console.guide.key": "hoc-vien",
        "section_key": "programme", "surveys.code": "trainee", "surveys.item.code": "prog-fit",
        "report_id": report.id, "form": "pdf", "archive_id": archive.id, "request_id": asked.id,
        "year": unit_report.year, "reports.unit_summary_chart.name": "reporting",
        "nomination_id": nomination.id, "paper_id": paper.id, "signer_id": signer.id, "planning.act": "approve",
        **_plans(run, unit, trainee),
        "statement_id": attempt.id, "figure": figure.name if figure else "x.svg",
    }  # fmt: skip
    for endpoint in (
        "unit_report",
        "unit_report_paper",
        "edit_unit_report",
        "return_unit_report",
        "accept_unit_report",
    ):
        arguments[f"reports.{endpoint}.report_id"] = unit_report.id
    return World(cast, arguments)


def _plans(run: Any, unit: Any, trainee: Account) -> dict[str, Any]:
    """A population, a plan with a line and what a unit needs, a comment and a paper on a version; as arguments."""
    programme, at, today = programme_of(run.id), utcnow(), make.today()
    population = make.add(Population(id=uuid4(), as_of=today, taken_at=at, people=1))
    plan = make.add(Plan(id=uuid4(), year=2031, status="gathering", population_id=population.id, created_at=at))
    line = make.add(PlanLine(id=uuid4(), plan_id=plan.id, programme_id=programme, classes=1, places=30, month=3))
    need = make.add(PlanNeed(id=uuid4(), plan_id=plan.id, unit_id=unit.id, status="sent", sent_at=at))
    version = {"version_id": run.version_id, "account_id": trainee.id, "at": at}
    comment = make.add(
        VersionComment(id=uuid4(), given_on=run.version_id, place="whole", quote="", text="Cần rõ hơn", **version)
    )
    signed = {"number": "9/QĐ-UBND", "dated": today, "signer": "Nguyễn Văn Ký", "checksum": "0"}
    paper = make.add(VersionPaper(id=uuid4(), kind="decision", **signed, **version))
    return {
        "population_id": population.id, "plan_id": plan.id, "line_id": line.id, "need_id": need.id,
        "plans.code": "A2.1", "plans.act": "balance", "comment_id": comment.id,
        "catalogue.paper_id": paper.id, "catalogue.act": "approve",
    }  # fmt: skip


def _nomination(run: Any, unit: Any, trainee: Account) -> tuple[Any, ...]:
    """A quota of the sending unit, whom it named, a paper that was sent to her, and who signs."""
    make.add(Quota(class_id=run.id, unit_id=unit.id, places=3))
    named = make.add(
        Nomination(
            class_id=run.id, person_id=trainee.person_id, unit_id=unit.id, status="submitted", priority=1,
            submitted_at=utcnow(),
        )
    )  # fmt: skip
    signer = make.add(Signer(unit_id=unit.id, name="Trần Thị Ký", capacity="head", title="Giám đốc", ground=""))
    document = Official(
        superior="", authority="Sở Nội vụ", number="1/GTT-SNV", place="Hà Nội", date=make.today(),
        kind="GIẤY TRIỆU TẬP",
        subject="Tham gia lớp", body=(), recipients=(), signer_title="Giám đốc", signer_name="Trần Thị Ký",
        signer_on_behalf="", draft=False, stamp="",
    )  # fmt: skip
    columns = {"kind": "summons", "about": run.id, "body_id": unit.id, "person_id": trainee.person_id}
    paper = issue(document, actor=SYSTEM, at=utcnow(), **columns)
    return named, paper, signer


def _unit_report(unit: Any) -> UnitReport:
    """The submitted yearly report of the unit that sent the trainee."""
    day = utcnow().date()
    given = {"due_on": day, "levels": ["department"], "quota_from": 2026, "quota_to": 2030}
    campaigns.open_campaign(SYSTEM, day.year, **given, at=utcnow())
    report = db.session.scalars(select(UnitReport).where(UnitReport.unit_id == unit.id)).one()
    report.state, report.submitted_at, report.first_submitted_at = "submitted", utcnow(), utcnow()
    return report


def _evaluation(survey: Any, enrolment: Any) -> tuple[Any, ...]:
    """A named form that is open, an adjustment that is due, and a draft of a form."""
    at = utcnow()
    form = instruments.for_audience("follow_up")
    follow_up = make.add(
        FollowUp(
            id=uuid4(), class_id=enrolment.class_id, enrolment_id=enrolment.id, audience="follow_up",
            instrument_id=form.id, opens_at=at - timedelta(days=1), closes_at=at + timedelta(days=90),
        )
    )  # fmt: skip
    adjustment = make.add(
        Adjustment(
            id=uuid4(), survey_id=survey.id, class_id=enrolment.class_id, section="programme", mean=3.0, threshold=3.5,
            points=5, state="due", made_at=at,
        )
    )  # fmt: skip
    in_use = make.add(
        InstrumentUse(id=uuid4(), audience="trainee", programme_id=programme_of(enrolment.class_id), code="trainee")
    )
    return follow_up, adjustment, instruments.begin_draft(SYSTEM, "trainee", at=at), in_use


def _material(institution: Any, trainee: Account) -> tuple[Any, ...]:
    """A package of the institution with one page, opened by the trainee, and an upload that has begun."""
    page = Unit("web", "index.html", {"vi": "Trang"}, "index.html")
    root = Unit("course", "course", {"vi": "Trang"}, children=(page,))
    version = make.package_version(root, institution, "html", {"index.html": b"<p>"})
    unit = next(one for one in library_queries.units(version.id) if one.href)
    registration = registrations.register(version.id, registrations.learner_of(trainee.person_id), at=utcnow())
    upload = make.add(
        Upload(
            id=uuid4(), institution_id=institution.id, filename="x.zip", size=9, created_at=utcnow(),
            touched_at=utcnow(), state="receiving",
        )
    )  # fmt: skip
    return version, unit, registration, upload


def _local(role: str) -> bool:
    """Roles that the table shows over a unit that has nothing to do with the class."""
    return role in ("lecturer", "institution_staff", "unit_manager", "trainee")
