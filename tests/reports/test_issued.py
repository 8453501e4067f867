"""Quality reports through the pages: written, approved by somebody else, issued, kept byte for byte, replaced."""

import re
from base64 import b64decode
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from uuid import UUID

import docx
import openpyxl
import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from lms.core import files
from lms.core.audit import AuditEntry
from lms.core.database import db, utcnow
from lms.reports.issued.models import QualityReport, ReportFile
from lms.reports.issued.papers import frozen
from lms.surveys.models import Survey, Tally
from tests import factories as make
from tests.documents.laws import hold
from tests.reports.issuing import downloads, paper_text, word_text

# -- the whole life ----------------------------------------------------------------------------------------------------


def test_from_the_first_word_to_the_issued_document(world, steps):
    at = steps.begin(world(eff_comment="Giảng viên nhiệt tình, phòng học chật"))
    html = at.writer.get(at.url).text
    assert "DỰ THẢO" in html
    assert "1698/QĐ-UBND" in html
    assert f"{at.url}/submit" not in html  # the assessment is missing
    assert steps.write(at).status_code == 302
    assert f"{at.url}/submit" in at.writer.get(at.url).text
    assert steps.submit(at).status_code == 302
    assert "chờ phê duyệt" in at.writer.get("/reports/issued").text
    assert at.url in at.boss.get("/reports/issued?task=approve").text
    assert steps.send_back(at).status_code == 302
    assert "Chưa nêu nguyên nhân." in at.writer.get(at.url).text
    assert steps.write(at, causes="Phòng học chật, thiếu máy chiếu.").status_code == 302
    assert steps.submit(at).status_code == 302
    assert "Chưa nêu nguyên nhân." not in at.writer.get(at.url).text
    assert steps.approve(at).status_code == 302
    assert at.url in at.writer.get("/reports/issued?task=write").text
    assert steps.issue(at).status_code == 302
    html = at.writer.get(at.url).text
    for said in ("Số: 12/BC-TBD", "Phòng học chật, thiếu máy chiếu.", "Nguyễn Thị Phượng", "- Sở Nội vụ;", "4,00"):
        assert said in html
    assert "DỰ THẢO" not in html
    assert "Giảng viên nhiệt tình" not in html  # comments are counted, not quoted
    actions = [row.action for row in db.session.scalars(select(AuditEntry).where(AuditEntry.subject_id == str(at.id)))]
    assert actions == [
        f"report.{act}"
        for act in ("begin", "write", "submit", "send_back", "write", "submit", "approve", "issue")
    ]  # fmt: skip


def test_the_page_the_word_file_the_paper_and_the_workbook_say_the_same(world, steps):
    at = steps.issued(world(eff_comment="Phòng học chật, nên đổi phòng"))
    html, kept = at.writer.get(at.url).text, downloads(at)
    word, paper = word_text(kept["docx"]), paper_text(kept["pdf"])
    for said in (
        "trên thang 5 điểm",
        "Chất lượng lớp đáp ứng yêu cầu.",
        "Hình 1.",
        "6 trên 7",
    ):
        assert said in html
        assert said in word
        assert "".join(said.split()) in paper
    book = openpyxl.load_workbook(BytesIO(kept["xlsx"]))
    facts = dict(book["Tổng hợp"].iter_rows(min_row=4, values_only=True))
    assert (facts["Học viên được mời"], facts["Phiếu hợp lệ"], facts["Điểm trung bình chung"]) == (7, 6, 4)
    lecturers = list(book["Giảng viên"].iter_rows(min_row=4, values_only=True))
    assert {row[1] for row in lecturers} == {"Vũ Thị Hải Yến", "Hoàng Văn Thắng"}
    charts = [b64decode(part.split('"')[0]) for part in html.split('src="data:image/svg+xml;base64,')[1:]]
    assert len(charts) == 3
    assert all(chart.startswith(b"<svg") for chart in charts)
    assert charts[0].decode().count("4,00") >= 6


def test_drafts_are_marked_on_every_file_and_follow_the_live_figures(world, steps, session):
    at = steps.begin(world())
    kept = downloads(at)
    assert "DỰTHẢO" in paper_text(kept["pdf"])
    header = docx.Document(BytesIO(kept["docx"])).sections[0].first_page_header
    assert "DỰ THẢO" in header.paragraphs[0].text
    session.execute(update(Survey).where(Survey.id == at.survey.id).values(invalid=3))
    session.commit()
    assert "3 phiếu không được tính" in at.writer.get(at.url).text


# -- frozen ------------------------------------------------------------------------------------------------------------


def test_files_are_the_same_bytes_every_time_and_have_the_digests_of_their_issue(world, steps, session):
    at = steps.issued(world())
    first, second = downloads(at), downloads(at)
    assert first == second
    digests = {row.form: row.sha256 for row in session.scalars(select(ReportFile).where(ReportFile.report_id == at.id))}
    assert digests == {form: sha256(data).hexdigest() for form, data in first.items()}
    assert "như khi báo cáo được ban hành" in at.writer.get(f"{at.url}/verify").text


def test_figures_that_change_later_stay_frozen_and_verify_tells(world, steps, session, app):
    at = steps.issued(world())
    before, html = downloads(at), at.writer.get(at.url).text
    session.execute(update(Survey).where(Survey.id == at.survey.id).values(invalid=2))
    session.execute(
        update(Tally).where(Tally.survey_id == at.survey.id, Tally.item == "prog-fit").values(counts=[0, 0, 6, 0, 0])
    )
    session.commit()
    assert downloads(at) == before
    assert _body(at.writer.get(at.url).text) == _body(html)
    page = at.writer.get(f"{at.url}/verify").text
    assert "invalid" in page
    assert "questions[1].score.mean" in page
    told = app.test_cli_runner().invoke(args=["reports", "verify"])
    assert told.exit_code == 1
    assert "invalid: 0 at issue, 2 now" in told.output
    assert "1 reports, 1 differ" in told.output


def _body(html):
    return html[html.index("<article") : html.index("</article>")]


def test_verify_on_the_command_line_is_content_with_what_was_issued(world, steps, app):
    at = steps.issued(world())
    told = app.test_cli_runner().invoke(args=["reports", "verify"])
    assert (told.exit_code, "ok       12/BC-TBD" in told.output) == (0, True)
    files.remove(db.session.get(ReportFile, (at.id, "pdf")).sha256)
    told = app.test_cli_runner().invoke(args=["reports", "verify"])
    assert (told.exit_code, "pdf: the kept file is missing" in told.output) == (1, True)


@pytest.mark.parametrize("said", [{}, {"value": "1"}, {"forms": 12, "eff_comment": "Phòng học chật, nên đổi phòng"}])
def test_the_document_of_a_class_is_laid_out_as_the_decree_asks(world, steps, said):
    at = steps.approved(world(**said))
    typed = "-- Sở Nội vụ;\n– Ban Giám hiệu.\nLưu VT, ĐT"
    assert steps.issue(at, recipients=typed).status_code == 302
    document = frozen.load(steps.row(at).frozen).document
    hold(document)
    text = word_text(downloads(at)["docx"])
    assert not re.search(r"(?<![\d.,])0 (tăng|giảm|đã|đang|chưa)|-0,00", text)
    assert "- Lưu: VT, ĐT." in at.writer.get(at.url).text


def test_what_an_earlier_layout_made_is_verified_by_the_kept_files(world, steps, app, monkeypatch):
    at = steps.issued(world())
    monkeypatch.setattr(frozen, "LAYOUT", 99)
    told = app.test_cli_runner().invoke(args=["reports", "verify"])
    assert (told.exit_code, "files are now made by layout 99" in told.output) == (0, True)
    html = at.writer.get(f"{at.url}/verify").text
    assert "như khi báo cáo được ban hành" in html
    assert html.count("phiên bản trước tạo") == 3
    files.remove(db.session.get(ReportFile, (at.id, "docx")).sha256)
    assert app.test_cli_runner().invoke(args=["reports", "verify"]).exit_code == 1


def test_a_later_class_does_not_change_the_averages_of_an_issued_report(world, steps):
    at = steps.issued(world())
    world(value="2")
    assert "như khi báo cáo được ban hành" in at.writer.get(f"{at.url}/verify").text


@pytest.mark.parametrize("change", ["UPDATE quality_reports SET number = 'x'", "DELETE FROM quality_report_files"])
def test_the_database_refuses_to_change_what_was_issued(world, steps, session, change):
    steps.issued(world())
    with pytest.raises(DBAPIError, match="an issued report is never changed"), session.begin_nested():
        session.execute(text(change))


# -- replaced ----------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_report_and_both_name_each_other(world, steps, submit):
    at = steps.issued(world())
    old, before = at.url, downloads(at)
    assert submit(at.writer, f"{old}/correct", {"reason": ""}).status_code == 422
    answer = submit(at.writer, f"{old}/correct", {"reason": "Sai tên người ký."})
    at.url = answer.location
    at.id = UUID(at.url.rsplit("/", 1)[1])
    assert submit(at.writer, f"{old}/correct", {"reason": "Lần nữa."}).status_code == 409
    html = at.writer.get(at.url).text
    assert "Chất lượng lớp đáp ứng yêu cầu." in html
    assert "Sai tên người ký." in html
    assert "không còn hiệu lực" not in at.writer.get(old).text
    for answer in (steps.submit(at), steps.approve(at), steps.issue(at, number="15/BC-TBD")):
        assert answer.status_code == 302
    told = at.writer.get(old).text
    assert "không còn hiệu lực" in told
    assert at.url in told
    assert old in at.writer.get(at.url).text
    at.url = old
    assert downloads(at) == before


def test_a_class_has_one_report_and_a_draft_can_be_discarded(world, steps, submit):
    at = steps.begin(world())
    assert submit(at.writer, f"/reports/classes/{at.run.id}/report", page=f"{at.url}/texts").status_code == 409
    assert at.url in at.writer.get(at.quality).text
    assert submit(at.writer, f"{at.url}/discard", page=at.url).status_code == 302
    assert at.writer.get(at.url).status_code == 404
    steps.begin(at)


# -- the list ----------------------------------------------------------------------------------------------------------


def test_the_list_is_searched_and_filtered(world, steps):
    at = steps.issued(world())
    client = at.writer
    assert at.url in client.get(f"/reports/issued?q={at.run.code}&year=2026&kind=class&task=issued").text
    assert at.url in client.get("/reports/issued?q=12/BC").text
    for query in ("q=khongcogi", "year=2025", "kind=year", "task=approve", "task=write"):
        assert at.url not in client.get(f"/reports/issued?{query}").text
    for query in ("task=x", "kind=x", "year=20a6", "after=x"):
        assert client.get(f"/reports/issued?{query}").status_code == 400


def test_the_list_needs_few_statements_and_is_cut_into_pages(world, session, queries):
    at = world()
    for number in range(60):
        run = make.class_run(at.institution)
        values = {"kind": "class", "unit_id": at.institution.id, "year": 2026, "class_id": run.id, "state": "draft"}
        when = utcnow() - timedelta(minutes=number)
        make.add(QualityReport(**values, texts={}, writers=[], created_at=when, changed_at=when))
    session.commit()
    queries.clear()
    html = at.writer.get("/reports/issued").text
    assert len(queries) <= 6
    assert html.count("/reports/issued/") == 50
    found = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert at.writer.get(found).text.count('<a href="/reports/issued/') == 10
