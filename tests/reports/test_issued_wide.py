"""Quality reports of an institution, of a programme and of the year, through the pages."""

from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.core.database import db, utcnow
from lms.core.guard import Actor
from lms.people.models import RoleHolding, Unit
from lms.reports.issued import access
from lms.reports.issued.models import QualityReport
from lms.reports.issued.papers import frozen
from lms.reports.issued.queries import reports as queries
from lms.reports.issued.rules import life
from lms.surveys.models import Survey
from tests import factories as make
from tests.documents.laws import hold
from tests.pages import fields_of
from tests.quality.closed import adjusted, held
from tests.reports.issuing import TEXTS, downloads, paper_text, word_text

MAY = datetime(2026, 5, 4, tzinfo=UTC)


@pytest.fixture
def city(school, session, sign_in):
    """Two institutions with closed evaluations of two years; two officers of Home Affairs and staff of one school."""
    other = make.institution(code="TKH", name="Trường khác")
    lecturers = [make.person(school, full_name=name) for name in ("Vũ Thị Hải Yến", "Hoàng Văn Thắng")]
    runs = [
        held(school, [4, 4, 5, 5, 5, 4], 2026, lecturers),
        held(school, [2, 3, 3, 2, 3], 2026, lecturers, opens_at=MAY),
    ]
    runs.append(held(other, [5] * 8, 2026))
    runs.append(held(school, [3, 3, 4, 3, 4], 2025))
    runs.append(held(other, [3] * 4, 2026))
    affairs = make.unit(make.city(), name="Sở Nội vụ", code="SNV")
    officers = [officer(affairs) for _ in range(2)]
    session.commit()
    at = SimpleNamespace(school=school, other=other, runs=runs)
    at.staff, at.head = make.holder("institution_staff", school), make.holder("unit_manager", school)
    session.commit()
    at.writer, at.boss = (sign_in(one) for one in officers)
    at.school_writer, at.school_boss = sign_in(at.staff), sign_in(at.head)
    return at


def officer(unit):
    """An officer of Home Affairs, whose role covers the whole city."""
    account = make.trainee(unit)
    make.add(RoleHolding(account_id=account.id, role="home_affairs_officer", unit_id=make.city().id))
    return account


def about(at, kind):
    """Name the page of a kind's results, and where its report is begun."""
    base = {
        "institution": f"/reports/results/institutions/{at.school.id}",
        "programme": "/reports/results/programmes/A2.1",
        "year": "/reports/results",
    }[kind]
    at.quality, at.begin_at = f"{base}?year=2026", f"{base}/2026/report"
    return at


def texts(kind):
    return {part: TEXTS.get(part, f"Nội dung phần {part}.") for part in life.PARTS[kind]}


@pytest.mark.parametrize("kind", ["institution", "programme", "year"])
def test_the_whole_life_of_a_wider_report(city, steps, submit, kind):
    at = about(city, kind)
    assert at.begin_at in at.writer.get(at.quality).text
    steps.begin(at)
    assert submit(at.writer, f"{at.url}/texts", steps.seen(at) | texts(kind)).status_code == 302
    assert steps.submit(at).status_code == 302
    assert at.url in at.boss.get("/reports/issued?task=approve").text
    assert at.url not in at.writer.get("/reports/issued?task=approve").text
    assert steps.approve(at).status_code == 302
    assert steps.issue(at, number="12").status_code == 302
    html, kept = at.writer.get(at.url).text, downloads(at)
    word, paper = word_text(kept["docx"]), paper_text(kept["pdf"])
    mean = {"institution": "3,64", "programme": "4,21", "year": "4,21"}[kind]
    for said in (f"Điểm trung bình chung là {mean}", "Kết quả qua các năm", "Trường Bồi dưỡng cán bộ"):
        assert said in html
    assert f"Điểm trung bình chung là {mean}" in word
    assert "Kếtquảquacácnăm" in paper
    for said in ("Số: 12/BC-SNV", "ỦY BAN NHÂN DÂN", "THÀNH PHỐ HÀ NỘI", "SỞ NỘI VỤ", "Sở Nội vụ báo cáo như sau"):
        assert said in html  # who issues it heads it, also what is about a school
    assert ("dưới 05 phiếu hợp lệ nên" in html) == (kind != "institution")
    hold(frozen.load(steps.row(at).frozen).document)
    assert downloads(at) == kept
    assert "như khi báo cáo được ban hành" in at.writer.get(f"{at.url}/verify").text
    assert at.url in at.writer.get(at.quality).text


def test_the_workbook_of_a_year_holds_every_institution_and_lecturer(city, steps):
    at = steps.begin(about(city, "year"))
    book = openpyxl.load_workbook(BytesIO(downloads(at)["xlsx"]))
    schools = {row[0]: row for row in book["Cơ sở"].iter_rows(min_row=4, values_only=True)}
    assert (schools["TBD"][2], schools["TBD"][4], round(schools["TBD"][9], 2)) == (2, 11, 3.64)
    assert (schools["TKH"][2], schools["TKH"][3]) == (2, 1)
    lecturers = {row[1] for row in book["Giảng viên"].iter_rows(min_row=4, values_only=True)}
    assert lecturers == {"Vũ Thị Hải Yến", "Hoàng Văn Thắng"}
    assert "Lớp" not in book.sheetnames
    facts = dict(book["Tổng hợp"].iter_rows(min_row=4, values_only=True))
    assert (facts["Đợt đánh giá"], facts["Đợt có dưới 05 phiếu hợp lệ, không công bố"]) == (4, 1)


def test_adjustments_of_the_year_and_whether_they_helped_are_told(city, steps, session):
    first, second = (
        session.scalars(select(Survey).where(Survey.class_id == run.id)).one() for run in (city.runs[3], city.runs[1])
    )
    adjusted(first, at=datetime(2025, 6, 1, tzinfo=UTC), measure="Thay máy chiếu")
    adjusted(second, state="stated", done_at=None, cause="Phòng học chật")
    session.commit()
    at = steps.begin(about(city, "institution"))
    html = at.writer.get(at.url).text
    assert "Có 1 kết quả dưới ngưỡng phải điều chỉnh: 1 đang thực hiện" in html
    assert "Phòng học chật" in html
    assert "Có 1 nội dung điều chỉnh đã thực hiện và được đánh giá lại: 1 tăng rõ rệt" in html
    assert "Thay máy chiếu" in html


def test_an_institution_writes_its_own_report_and_home_affairs_approves_it(city, steps, submit):
    at = about(city, "institution")
    officer_, at.writer = at.boss, at.school_writer
    steps.begin(at)
    assert submit(at.writer, f"{at.url}/texts", steps.seen(at) | texts("institution")).status_code == 302
    assert steps.submit(at).status_code == 302
    assert steps.approve(at, by=at.school_boss).status_code == 403  # its own head stands below Home Affairs
    assert steps.approve(at, by=officer_).status_code == 302


@pytest.mark.parametrize("kind", ["programme", "year"])
def test_an_institution_neither_begins_nor_reads_the_reports_of_the_city(city, steps, submit, kind):
    at = about(city, kind)
    assert at.begin_at not in at.school_writer.get(at.quality).text
    assert submit(at.school_writer, at.begin_at, page=at.quality).status_code == 403
    steps.begin(at)
    assert at.school_writer.get(at.url).status_code == 403
    assert at.url not in at.school_writer.get(at.quality).text
    assert at.url not in at.school_writer.get("/reports/issued").text


def test_no_report_on_a_year_to_come_or_on_what_runs_no_classes(city, submit):
    unit = make.unit(make.city())
    db.session.commit()
    for path in (
        "/reports/results/2031/report",
        "/reports/results/2021/report",
        f"/reports/results/institutions/{unit.id}/2026/report",
        "/reports/results/programmes/Z9/2026/report",
    ):
        assert submit(city.writer, path, page="/reports/results").status_code == 404


# -- who may decide, in Python and in SQL ------------------------------------------------------------------------------


@pytest.fixture
def several(school, session):
    """A report of each kind, half of them written by one account."""
    author = make.account()
    department = make.unit(make.city())
    branch = make.unit(department, kind="institution")
    made = []
    for unit, kind in ((school, "class"), (branch, "class"), (school, "institution"), (branch, "institution")):
        run = make.class_run(unit) if kind == "class" else None
        made += [(unit, kind, run.id if run else None)]
    made += [(make.city(), "year", None)]
    rows = []
    for number, (unit, kind, class_id) in enumerate(made):
        writers = [str(author.id)] if number % 2 else []
        at = utcnow()
        rows.append(
            make.add(
                QualityReport(
                    kind=kind,
                    unit_id=unit.id,
                    year=2026,
                    class_id=class_id,
                    state="submitted",
                    texts={},
                    writers=writers,
                    created_at=at,
                    changed_at=at,
                )
            )
        )
    session.commit()
    paths = ["/", make.city().path, department.path, branch.path, school.path, "/999999/"]
    return rows, paths, author


def test_who_may_decide_is_answered_alike_for_one_report_and_in_lists(several, session):
    rows, paths, author = several

    @settings(deadline=None, max_examples=60)
    @given(held=st.sets(st.sampled_from(paths)), own=st.booleans())
    def alike(held, own):
        account = author.id if own else uuid4()
        actor = Actor(account, None, "x", grants={"reports.approve": tuple(held)} if held else {})
        listed = set(
            session.scalars(
                select(QualityReport.id).join(Unit, Unit.id == QualityReport.unit_id).where(queries.to_decide(actor))
            )
        )
        assert listed == {row.id for row in rows if access.may_decide(actor, row.id)}

    alike()


def test_what_home_affairs_issues_does_not_carry_the_symbol_of_the_school(city, steps, submit):
    at = steps.begin(about(city, "institution"))
    submit(at.writer, f"{at.url}/texts", steps.seen(at) | texts("institution"))
    assert [steps.submit(at).status_code, steps.approve(at).status_code] == [302, 302]
    answer = steps.issue(at, number="12/BC-TBD")
    assert (answer.status_code, "Ký hiệu này là của Trường Bồi dưỡng cán bộ" in answer.text) == (422, True)
    form = fields_of(at.writer.get(f"{at.url}/issue").text)
    assert (form["signer_title"], form["place"], form["signer_name"]) == ("Giám đốc", "Hà Nội", "")
    assert steps.issue(at, number="12/BC-SNV").status_code == 302


def test_what_a_school_issues_is_headed_by_the_school(city, steps, submit):
    at = about(city, "institution")
    at.writer = at.school_writer
    steps.begin(at)
    submit(at.writer, f"{at.url}/texts", steps.seen(at) | texts("institution"))
    assert [steps.submit(at).status_code, steps.approve(at).status_code] == [302, 302]
    assert fields_of(at.writer.get(f"{at.url}/issue").text)["signer_title"] == "Hiệu trưởng"
    assert steps.issue(at, number="7").status_code == 302
    html = at.writer.get(at.url).text
    for said in ("Số: 7/BC-TBD", "TRƯỜNG BỒI DƯỠNG CÁN BỘ"):
        assert said in html
