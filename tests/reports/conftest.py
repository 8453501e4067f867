"""The institution of these tests, and finished classes with people who write and approve reports."""

from types import SimpleNamespace

import pytest
from sqlalchemy import select

from lms.classes import services as classes
from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.surveys.models import Survey
from lms.surveys.services import comments, evaluations
from tests import factories as make
from tests.reports.issuing import Steps


@pytest.fixture
def school(session):
    return make.institution(code="TBD", name="Trường Bồi dưỡng cán bộ")


@pytest.fixture
def world(app, session, sign_in):
    """``world(n)`` gives a finished class whose evaluation ended with n valid forms, its staff and their browsers."""

    def build(forms=6, value="4", read=True, **said):
        institution = make.institution()
        run = make.class_run(institution)
        people = [make.person(institution, full_name=n) for n in ("Vũ Thị Hải Yến", "Hoàng Văn Thắng")]
        for topic, person in zip(make.topics(run), people, strict=False):
            make.teaching(run, topic, person)
        enrolments = [make.enrolment(run) for _ in range(forms + 1)]
        session.commit()
        classes.finish_class(SYSTEM, run.id, reason="Thử", at=utcnow())
        survey = session.scalars(select(Survey).where(Survey.class_id == run.id)).one()
        for enrolment in enrolments[:forms]:
            make.answered(survey, session.get(make.Person, enrolment.person_id), value, **said)
        evaluations.close(SYSTEM, survey.id, keys=app.config["SETTINGS"].keys_dir, at=utcnow())
        if read:
            comments.pass_all(SYSTEM, survey.id, at=utcnow())
        session.commit()
        staff = make.holder("institution_staff", institution)
        head = make.holder("unit_manager", institution)
        at = SimpleNamespace(run=run, institution=institution, survey=survey, staff=staff, head=head)
        at.writer, at.boss = sign_in(staff), sign_in(head)
        at.quality, at.begin_at = f"/reports/classes/{run.id}/quality", f"/reports/classes/{run.id}/report"
        return at

    return build


@pytest.fixture
def steps(submit, session):
    """The steps of a report's life, each through its page."""
    return Steps(submit, session)
