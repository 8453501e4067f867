"""What is refused around quality reports, and hostile text in them."""

from datetime import timedelta
from unicodedata import normalize

import pytest
from sqlalchemy import update

from lms.core.database import db, utcnow
from lms.core.guard import SYSTEM
from lms.core.i18n import ZONE
from lms.surveys.models import Survey
from lms.surveys.services import comments
from tests import factories as make
from tests.reports.issuing import TEXTS, downloads, paper_text, word_text

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
    assert submit(other, f"{at.url}/texts", steps.seen(at) | TEXTS).status_code == 302
    assert steps.submit(at).status_code == 302
    assert steps.approve(at, by=other).status_code == 403
    assert steps.approve(at).status_code == 302


def test_nobody_overwrites_what_somebody_else_wrote_meanwhile(world, steps, submit):
    at = steps.begin(world())
    opened = steps.seen(at)
    assert steps.write(at, assessment="Lời của người thứ nhất.").status_code == 302
    answer = submit(at.writer, f"{at.url}/texts", opened | TEXTS | {"assessment": "Lời của người thứ hai."})
    assert answer.status_code == 409
    assert "Lời của người thứ hai." in answer.text
    assert steps.row(at).texts["assessment"] == "Lời của người thứ nhất."


def test_another_institution_sees_nothing_and_can_do_nothing(world, steps, sign_in, submit):
    at, other = steps.approved(world()), world()
    stranger, chief = other.writer, other.boss
    paths = ("", "/texts", "/issue", "/correct", "/verify", "/files/pdf")
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
    other = (utcnow() + timedelta(days=days)).astimezone(ZONE).date().isoformat()
    assert steps.issue(at, issued_on=other).status_code == 422
    assert steps.row(at).state == "approved"


@pytest.mark.parametrize("missing", ["issued_on", "signer_name", "signer_title", "recipients", "place"])
def test_nothing_is_issued_without_what_a_document_carries(world, steps, missing):
    at = steps.approved(world())
    assert steps.issue(at, **{missing: ""}).status_code == 422
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


def test_without_a_number_the_next_of_the_body_that_issues_is_given(world, steps, submit):
    at = steps.approved(world())
    assert steps.issue(at, number="").status_code == 302
    first = steps.row(at).number
    assert first.startswith("1/BC-")
    assert first in steps.row(at).frozen
    at.url = submit(at.writer, f"{at.url}/correct", {"reason": "Sai tên người ký."}).location
    for answer in (steps.submit(at), steps.approve(at), steps.issue(at, number="")):
        assert answer.status_code == 302
    at.id = at.url.rpartition("/")[2]
    assert steps.row(at).number == f"2{first[1:]}"


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
    assert answer.status_code == 422
    assert "10.000" in answer.text
    assert "chữ chữ chữ" in answer.text
    assert steps.row(at).texts.get("assessment", "") == ""


def test_a_part_that_the_report_does_not_have_is_refused(world, steps):
    at = steps.begin(world())
    assert steps.write(at, use="Sử dụng").status_code == 422
