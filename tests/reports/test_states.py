"""Every act upon a quality report, a campaign and a unit's report, in every state, through its door."""

from datetime import timedelta

import pytest

from lms.core.database import utcnow
from lms.core.i18n import ZONE
from lms.people.sessions import local_day
from lms.reports.issued.models import QualityReport, ReportFile
from lms.reports.issued.rules import life
from lms.reports.unit_reports import rules
from lms.reports.unit_reports.models import ReportCampaign, UnitReport, UnitReportCover, UnitReportLine
from tests import factories as make
from tests.pages import fields_of
from tests.reports.issuing import TEXTS
from tests.reports.unit_reports.conftest import YEAR, City
from tests.walking import check, everything, pairs

ISSUED = (QualityReport, ReportFile)
COLLECTED = (ReportCampaign, UnitReport, UnitReportCover, UnitReportLine)


def bring(steps, at, state):
    """Bring a new report of a class into a state, step by step."""
    steps.begin(at)
    steps.write(at)
    for name in {"draft": (), "submitted": ("submit",), "approved": ("submit", "approve")}.get(
        state, ("submit", "approve", "issue")
    ):
        assert getattr(steps, name)(at).status_code == 302


@pytest.mark.parametrize("state", sorted(life.REPORT.states))
def test_a_quality_report_where_acts_are_refused(world, steps, session, submit, state):
    at = world()
    bring(steps, at, state)
    today = utcnow().astimezone(ZONE).date().isoformat()
    details = {"number": "12/BC-TBD", "issued_on": today, "place": "Hà Nội", "signer_title": "Hiệu trưởng"}
    details |= {"signer_name": "Nguyễn Thị Phượng", "recipients": "Lưu: VT", "signer_on_behalf": ""}
    doors = {
        "write": (at.writer, "texts", TEXTS | {"causes": "Vì mưa."}),
        "submit": (at.writer, "submit", {}),
        "approve": (at.boss, "approve", {}),
        "send_back": (at.boss, "send-back", {"reason": "Chưa rõ."}),
        "issue": (at.writer, "issue", details),
        "correct": (at.writer, "correct", {"reason": "Sai số."}),
        "discard": (at.writer, "discard", {}),
    }
    assert set(doors) == set(life.REPORT.allowed)
    for act, (client, path, form) in doors.items():
        if life.REPORT.refusal(act, state) is not None:
            before = everything(session, *ISSUED)
            answer = submit(client, f"{at.url}/{path}", form, page="/account")
            check(life.REPORT, act, state, answer, before, everything(session, *ISSUED))


@pytest.mark.parametrize(("act", "state"), [pair for pair in pairs(life.REPORT) if life.REPORT.refusal(*pair) is None])
def test_a_quality_report_where_the_act_is_allowed(world, steps, session, act, state):
    at = world()
    bring(steps, at, state)
    before = everything(session, *ISSUED)
    if act in ("correct", "discard"):
        answer = steps.post(at.writer, f"{at.url}/{act}", {"reason": "Sai số."}, page="/account")
    else:
        answer = steps.write(at, causes="Vì mưa.") if act == "write" else getattr(steps, act)(at)
    check(life.REPORT, act, state, answer, before, everything(session, *ISSUED))


@pytest.mark.parametrize("state", sorted(life.REPORT.states))
def test_the_pages_of_acts_on_a_quality_report(world, steps, state):
    at = world()
    bring(steps, at, state)
    for act, path in (("write", "texts"), ("issue", "issue"), ("correct", "correct")):
        expected = 200 if life.REPORT.refusal(act, state) is None else 409
        assert at.writer.get(f"{at.url}/{path}").status_code == expected, act


@pytest.fixture
def city(session):
    return City().open()


@pytest.mark.parametrize(("act", "state"), pairs(rules.CAMPAIGN, but=("save", "submit", "give_back", "accept")))
def test_a_campaign(city, session, sign_in, submit, act, state):
    campaign = session.get(ReportCampaign, YEAR)
    campaign.closed_at = utcnow() if state == "closed" else None
    make.enrolment(city.run, make.person(city.second))
    session.commit()
    path, form = {
        "bring_up_to_date": ("update", {}),
        "remind": ("remind", {}),
        "close": ("close", {}),
        "extend": ("extend", {"due_on": (local_day(utcnow()) + timedelta(days=40)).isoformat()}),
    }[act]
    client = sign_in(city.officer)
    before = everything(session, *COLLECTED)
    answer = submit(client, f"/reports/campaigns/{YEAR}/{path}", form, page="/account")
    if act == "bring_up_to_date" and state == "open":
        assert answer.status_code == 302
        return
    check(rules.CAMPAIGN, act, state, answer, before, everything(session, *COLLECTED))


REPORT_ACTS = ("save", "submit", "give_back", "accept")


@pytest.mark.parametrize(("act", "state"), pairs(rules.REPORT))
@pytest.mark.parametrize("collection", ["open", "closed"])
def test_a_report_of_a_unit(city, session, sign_in, submit, act, state, collection):
    row = city.report(city.first)
    client = sign_in(city.manager if act in ("save", "submit") else city.officer)
    fields = fields_of(sign_in(city.manager).get(city.url(city.first, "/edit")).text) | city.fields(city.first)
    row.state = state
    if state in ("submitted", "accepted"):
        row.submitted_at = row.first_submitted_at = utcnow()
    session.get(ReportCampaign, YEAR).closed_at = utcnow() if collection == "closed" else None
    session.commit()
    path, form = {
        "save": ("edit", fields),
        "submit": ("edit", fields | {"submit": "1"}),
        "give_back": ("return", {"reason": "Thiếu số liệu."}),
        "accept": ("accept", {}),
    }[act]
    form.pop("csrf_token", None)
    table = rules.REPORT
    if table.refusal(act, state) is None and rules.CAMPAIGN.refusal(act, collection):
        table, state = rules.CAMPAIGN, collection
    before = everything(session, *COLLECTED)
    answer = submit(client, city.url(city.first, f"/{path}"), form, page="/account")
    check(table, act, state, answer, before, everything(session, *COLLECTED))


def test_every_act_of_a_report_is_in_the_table_of_the_campaign_too():
    assert set(rules.REPORT.allowed) == set(REPORT_ACTS) <= set(rules.CAMPAIGN.allowed)
