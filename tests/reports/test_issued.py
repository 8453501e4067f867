"""Quality reports through the pages: written, approved by somebody else, issued, kept byte for byte, replaced."""

from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from types import SimpleNamespace
from unicodedata import normalize
from uuid import UUID

import docx
import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from lms.classes import services as classes
from lms.core import files
from lms.core.audit import AuditEntry
from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.reports.issued.models import QualityReport, ReportFile
from lms.surveys.models import Survey, Tally
from lms.surveys.services import comments, evaluations
from tests import factories as make

TEXTS = {
    "basis": "- Quyết định số 1698/QĐ-UBND",
    "assessment": "Chất lượng lớp đáp ứng yêu cầu.",
    "causes": "Phòng học chật.",
    "measures": "- Đổi phòng học\n- Bổ sung máy chiếu",
}


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
        classes.finish_class(SYSTEM, run.id, at=utcnow())
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
        at.quality = f"/reports/classes/{run.id}/quality"
        return at

    return build


@pytest.fixture
def steps(submit, session):
    """The steps of a report's life, each through its page."""

    class Steps:
        def begin(self, at):
            answer = submit(at.writer, f"/reports/classes/{at.run.id}/report", page=at.quality)
            assert answer.status_code == 302
            at.url = answer.location
            at.id = UUID(at.url.rsplit("/", 1)[1])
            return at

        def write(self, at, **texts):
            return submit(at.writer, f"{at.url}/texts", TEXTS | texts)

        def submit(self, at):
            return submit(at.writer, f"{at.url}/submit", page=f"{at.url}/texts")

        def approve(self, at, by=None):
            return submit(by or at.boss, f"{at.url}/approve", page=at.url)

        def send_back(self, at, reason="Chưa nêu nguyên nhân."):
            return submit(at.boss, f"{at.url}/send-back", {"reason": reason}, page=at.url)

        def issue(self, at, **given):
            today = utcnow().astimezone().date().isoformat()
            fields = {"number": "12/BC-TBD", "issued_on": today, "place": "Hà Nội", "signer_on_behalf": ""}
            fields |= {"signer_title": "Hiệu trưởng", "signer_name": "Nguyễn Thị Phượng"}
            fields |= {"recipients": "UBND Thành phố\nSở Nội vụ\nLưu: VT"}
            return submit(at.writer, f"{at.url}/issue", fields | given)

        def approved(self, at):
            self.begin(at)
            for answer in (self.write(at), self.submit(at), self.approve(at)):
                assert answer.status_code == 302
            return at

        def issued(self, at):
            self.approved(at)
            assert self.issue(at).status_code == 302
            return at

        def row(self, at):
            session.expire_all()
            return session.get(QualityReport, at.id)

    return Steps()


def downloads(at):
    return {form: at.writer.get(f"{at.url}/files/{form}").data for form in ("docx", "pdf", "xlsx")}


def word_text(data):
    document = docx.Document(BytesIO(data))
    return "\n".join(p.text for p in document.paragraphs)


def paper_text(data):
    return normalize("NFC", "".join("".join(p.extract_text() for p in PdfReader(BytesIO(data)).pages).split()))


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
        "Điểm trung bình chung là 4,00 trên thang 5 điểm",
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
    chart = at.writer.get(f"{at.url}/pictures/1.svg")
    assert chart.data.startswith(b"<svg")
    assert "sandbox" in chart.headers["Content-Security-Policy"]
    assert at.writer.get(f"{at.url}/pictures/9.svg").status_code == 404


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


def test_a_later_class_does_not_change_the_averages_of_an_issued_report(world, steps):
    at = steps.issued(world())
    world(value="2")
    assert "như khi báo cáo được ban hành" in at.writer.get(f"{at.url}/verify").text


@pytest.mark.parametrize("change", ["UPDATE quality_reports SET number = 'x'", "DELETE FROM quality_report_files"])
def test_the_database_refuses_to_change_what_was_issued(world, steps, session, change):
    steps.issued(world())
    with pytest.raises(DBAPIError, match="an issued report is never changed"), session.begin_nested():
        session.execute(text(change))


# -- refusals ----------------------------------------------------------------------------------------------------------


def test_nobody_approves_or_sends_back_what_she_wrote_herself(world, steps, sign_in, submit):
    at = world()
    officer = make.holder("home_affairs_officer")
    at.writer = sign_in(officer)
    steps.begin(at)
    steps.write(at)
    assert steps.submit(at).status_code == 302
    assert f"{at.url}/approve" not in at.writer.get(at.url).text
    assert steps.approve(at, by=at.writer).status_code == 403
    assert submit(at.writer, f"{at.url}/send-back", {"reason": "x"}, page="/reports/issued").status_code == 403
    assert steps.row(at).state == "submitted"
    assert steps.approve(at).status_code == 302


def test_whoever_changed_a_word_may_not_approve_it(world, steps, sign_in, submit):
    at = steps.begin(world())
    other = sign_in(make.holder("home_affairs_officer"))
    assert submit(other, f"{at.url}/texts", TEXTS).status_code == 302
    assert steps.submit(at).status_code == 302
    assert steps.approve(at, by=other).status_code == 403
    assert steps.approve(at).status_code == 302


def test_another_institution_sees_nothing_and_can_do_nothing(world, steps, sign_in, submit):
    at, other = steps.approved(world()), world()
    stranger, chief = other.writer, other.boss
    paths = ("", "/texts", "/issue", "/correct", "/verify", "/files/pdf", "/pictures/1.svg")
    assert {stranger.get(at.url + path).status_code for path in paths} == {403}
    posts = [submit(stranger, at.url + path, {}, page=other.quality) for path in ("/submit", "/discard", "/issue")]
    assert {answer.status_code for answer in posts} == {403}
    assert submit(stranger, f"/reports/classes/{at.run.id}/report", page=other.quality).status_code == 403
    posts = [submit(chief, at.url + path, {}, page="/reports/issued") for path in ("/approve", "/send-back")]
    assert {answer.status_code for answer in posts} == {403}
    assert at.url not in stranger.get("/reports/issued").text
    assert steps.row(at).state == "approved"


def test_nothing_can_be_done_with_an_issued_report_but_read_and_replace_it(world, steps, submit):
    at = steps.issued(world())
    frozen = steps.row(at).frozen
    answers = [
        submit(at.writer, f"{at.url}/texts", TEXTS | {"assessment": "khác"}),
        submit(at.writer, f"{at.url}/submit", page=f"{at.url}/texts"),
        submit(at.writer, f"{at.url}/discard", page=f"{at.url}/texts"),
        steps.issue(at, number="13/BC-TBD"),
    ]
    assert {answer.status_code for answer in answers} == {409}
    assert (steps.row(at).frozen, steps.row(at).number) == (frozen, "12/BC-TBD")


def test_fewer_than_five_valid_forms_make_no_report(world, steps, submit):
    at = world(forms=4)
    answer = submit(at.writer, f"/reports/classes/{at.run.id}/report", page="/reports/quality")
    at.url = answer.location
    assert "chưa có số liệu" in at.writer.get(at.url).text.lower()
    assert at.writer.get(f"{at.url}/files/pdf").status_code == 404
    assert steps.write(at).status_code == 302
    assert submit(at.writer, f"{at.url}/submit", page=f"{at.url}/texts").status_code == 409


def test_comments_that_nobody_has_read_keep_a_report_from_being_submitted(world, steps):
    at = steps.begin(world(read=False, eff_comment="Cô Hạnh rất nhiệt tình"))
    steps.write(at)
    assert "Cô Hạnh" not in at.writer.get(at.url).text
    answer = steps.submit(at)
    assert answer.status_code == 409
    assert "chưa đọc hết" in answer.text
    comments.pass_all(SYSTEM, at.survey.id, at=utcnow())
    db.session.commit()
    assert steps.submit(at).status_code == 302


def test_a_result_below_its_threshold_asks_for_cause_and_measure(world, steps):
    at = steps.begin(world(value="2"))
    assert steps.write(at, causes="").status_code == 302
    assert steps.submit(at).status_code == 409
    assert steps.write(at).status_code == 302
    assert steps.submit(at).status_code == 302
    html = at.writer.get(at.url).text
    assert "Dưới ngưỡng phải điều chỉnh" in html
    assert "chưa xác định nguyên nhân và biện pháp" in html


def test_figures_other_than_the_approved_ones_are_not_issued(world, steps, session):
    at = steps.approved(world())
    session.execute(update(Survey).where(Survey.id == at.survey.id).values(invalid=2))
    session.commit()
    answer = steps.issue(at)
    assert answer.status_code == 409
    assert "đã thay đổi" in answer.text
    assert steps.send_back(at).status_code == 302
    assert steps.submit(at).status_code == 302
    assert steps.approve(at).status_code == 302
    assert steps.issue(at).status_code == 302


@pytest.mark.parametrize("days", [-1, 1])
def test_the_date_lies_between_approval_and_today(world, steps, days):
    at = steps.approved(world())
    other = (utcnow() + timedelta(days=days)).astimezone().date().isoformat()
    assert steps.issue(at, issued_on=other).status_code == 400
    assert steps.row(at).state == "approved"


@pytest.mark.parametrize("missing", ["number", "issued_on", "signer_name", "signer_title", "recipients", "place"])
def test_nothing_is_issued_without_what_a_document_carries(world, steps, missing):
    at = steps.approved(world())
    assert steps.issue(at, **{missing: ""}).status_code == 400
    assert steps.row(at).state == "approved"


def test_a_number_is_given_once_a_year(world, steps, submit):
    at = steps.issued(world())
    at.url = submit(at.writer, f"{at.url}/correct", {"reason": "Sai tên người ký."}).location
    for answer in (steps.submit(at), steps.approve(at)):
        assert answer.status_code == 302
    answer = steps.issue(at)
    assert answer.status_code == 409
    assert "đã được dùng" in answer.text
    assert steps.issue(at, number="13/BC-TBD").status_code == 302


# -- replaced ----------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_report_and_both_name_each_other(world, steps, submit):
    at = steps.issued(world())
    old, before = at.url, downloads(at)
    assert submit(at.writer, f"{old}/correct", {"reason": ""}).status_code == 400
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


# -- hostile text ------------------------------------------------------------------------------------------------------

HOSTILE = {
    "script": '<script>alert(1)</script> {{ 7*7 }} %(x)s #import "x" $a$',
    "controls": "một\x00hai\x07ba\x1b[31m bốn",
    "directions": "năm \u202egnôhk\u202c \u200fsáu\u2066",
    "long": "ỵ" * 9000,
    "decomposed": normalize("NFD", "Đánh giá tổng thể"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_printed_as_it_stands_or_loses_what_no_paper_holds(world, steps, name):
    at = steps.begin(world())
    assert steps.write(at, assessment=HOSTILE[name]).status_code == 302
    for answer in (steps.submit(at), steps.approve(at), steps.issue(at)):
        assert answer.status_code == 302
    html, kept = at.writer.get(at.url).text, downloads(at)
    expected = {
        "script": HOSTILE["script"],
        "controls": "mộthaiba[31m bốn",
        "directions": "năm gnôhk sáu",
        "long": HOSTILE["long"],
        "decomposed": "Đánh giá tổng thể",
    }[name]
    assert expected in word_text(kept["docx"])
    assert paper_text(kept["pdf"]).count("ỵ" if name == "long" else "".join(expected.split())) == (
        9000 if name == "long" else 1
    )
    assert "<script>alert" not in html
    assert steps.row(at).texts["assessment"] == expected
    assert not {"\u202e", "\u200f", "\x00", "\x07"} & set(html)


def test_a_part_of_100000_characters_is_refused_and_what_was_typed_is_kept(world, steps):
    at = steps.begin(world())
    answer = steps.write(at, assessment="chữ " * 25_000)
    assert answer.status_code == 400
    assert "10.000" in answer.text
    assert "chữ chữ chữ" in answer.text
    assert steps.row(at).texts.get("assessment", "") == ""


def test_a_part_that_the_report_does_not_have_is_refused(world, steps):
    at = steps.begin(world())
    assert steps.write(at, use="Sử dụng").status_code == 400


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
    assert at.writer.get(found).text.count('<li><a href="/reports/issued/') == 10
