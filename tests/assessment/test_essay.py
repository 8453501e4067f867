"""The essay: handed in as a file, replaced until marked, marked with a trace."""

import io
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from lms.assessment import queries, rules, services, uploads
from lms.assessment.models import Assignment, Submission
from lms.assessment.signals import submission_marked
from lms.classes import queries as classes
from lms.core import files
from lms.core.audit import AuditEntry
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.learning.queries import courses as learning
from lms.people.sessions import actor_of
from lms.reports.completion import queries as reports
from tests import factories as make
from tests.data import media

CASES = Path(__file__).parents[1] / "data" / "cases"
PDF = media.pdf(["Bai thu hoach"])


def _docx(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name in names:
            package.writestr(name, "<x/>")
    return stream.getvalue()


DOCX = media.docx()


@pytest.fixture
def hand_in(world):
    def give(content=PDF, name="Bài thu hoạch.pdf"):
        essay = uploads.check(io.BytesIO(content), name)
        return services.hand_in(SYSTEM, world.assignment.id, world.enrolment.id, world.person.id, essay, at=utcnow())

    return give


@pytest.fixture
def marker(session):
    return actor_of(make.holder("lecturer", make.institution()).id, at=utcnow())


def test_a_pdf_and_a_docx_are_taken(hand_in):
    assert hand_in().filename == "Bài thu hoạch.pdf"
    second = hand_in(DOCX, "bai.docx")
    assert (second.number, second.filename, second.size) == (2, "bai.docx", len(DOCX))
    assert b"".join(files.read(second.sha256)) == DOCX


@pytest.mark.parametrize(("case", "kind"), [("essay-document2.docx", "docx"), ("essay-junk-before-header.pdf", "pdf")])
def test_a_kind_is_known_by_its_content_whatever_its_parts_are_called(hand_in, case, kind):
    content = (CASES / case).read_bytes()
    assert hand_in(content, "bai").filename == f"bai.{kind}"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"x" * 1025 + PDF, "file-kind"),
        (b"hello", "file-kind"),
        (b"MZ\x90\x00 renamed.pdf", "file-kind"),
        (b"%PD", "file-kind"),
        (b"PK\x03\x04 broken", "file-kind"),
        (_docx("word/document.xml"), "file-kind"),
        (_docx("[Content_Types].xml", "xl/workbook.xml"), "file-kind"),
        (PDF + b"0" * uploads.MAX_BYTES, "file-too-large"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "file-kind"),
        (b"%PDF-1.7\nnothing", "file-unreadable"),
        (PDF[: len(PDF) // 3], "file-unreadable"),
        (PDF + DOCX, "file-kind"),
        (DOCX[: len(DOCX) // 2], "file-kind"),
    ],
)
def test_what_is_no_essay_is_refused_and_nothing_is_kept(hand_in, session, content, code):
    with pytest.raises(DomainError, match=code):
        hand_in(content)
    assert session.scalar(select(func.count()).select_from(Submission)) == 0


@pytest.mark.parametrize(
    ("given", "kind", "kept"),
    [
        ("../../etc/passwd", "pdf", "passwd.pdf"),
        ("C:\\bài\\Thu hoạch.PDF", "pdf", "Thu hoạch.pdf"),
        ("bai.docx", "pdf", "bai.pdf"),
        ("", "pdf", "bai-thu-hoach.pdf"),
        ('a"b\r\nX: y.pdf', "pdf", "ab X y.pdf"),
        ("đ" * 300 + ".docx", "docx", "đ" * 120 + ".docx"),
        ("Thu hoa\u0323ch.pdf", "pdf", "Thu hoạch.pdf"),
    ],
)
def test_names_are_made_harmless(given, kind, kept):
    assert uploads.safe_name(given, kind) == kept


def test_the_newest_file_counts_until_it_has_passed(world, hand_in, marker):
    first, second = hand_in(), hand_in(PDF + b"2")
    (state,) = learning.course(world.enrolment.id).essays.values()
    assert (state.submission_id, state.score, state.passed) == (second.id, None, None)
    with pytest.raises(DomainError, match="replaced"):
        services.mark(marker, first.id, 7, "", at=utcnow())
    services.mark(marker, second.id, 7.25, "Tốt", at=utcnow())
    with pytest.raises(DomainError, match="already-passed"):
        hand_in(PDF + b"3")


def test_the_last_files_and_those_that_were_marked_are_kept(world, hand_in, marker, session, sign_in):
    """Whoever replaces her essay again and again does not fill the store; what was judged stays."""
    made = [hand_in(PDF + bytes([48 + n])) for n in range(3)]
    services.mark(marker, made[2].id, 2, "", at=utcnow())
    made += [hand_in(PDF + bytes([60 + n])) for n in range(7)]
    kept = {one.number for one in session.scalars(select(Submission)) if one.sha256}
    assert kept == {3, 6, 7, 8, 9, 10} and rules.FILES_KEPT == 5
    assert session.scalar(select(func.count()).select_from(Submission)) == 10
    released = session.scalars(
        text("SELECT args->'sha256s' FROM procrastinate_jobs WHERE task_name = 'core.remove_files'")
    )
    assert len({sha256 for names in released for sha256 in names}) == 4
    page = sign_in(world.account).get(f"/learn/{world.enrolment.id}/essay")
    assert "giữ 5 tệp" in page.text


def scores(world):
    """The score and its file as the trainee's page, the class's page, the marker's list and the record have it."""
    (member,) = classes.members(world.run.id)
    (listed,) = classes.essays(world.run.id)
    (line,) = reports.record_of(world.person.id)
    states = list(learning.course(world.enrolment.id).essays.values())
    files = {one.submission_id for one in states} | {listed.submission_id}
    assert len(files) == 1, "every page speaks of the same file"
    return {member.essay_score, listed.score, line.essay_score, *(one.score for one in states)}


def test_every_page_has_the_same_score(world, hand_in, marker):
    """A worse mark after a better one, a newer file that waits, and nothing handed in: one answer everywhere."""
    first = hand_in()
    assert scores(world) == {None}
    services.mark(marker, first.id, 4.5, "", at=utcnow())
    assert scores(world) == {4.5}
    second = hand_in(PDF + b"2")
    assert scores(world) == {None}, "the newest file counts, and it is not marked"
    services.mark(marker, second.id, 3, "", at=utcnow())
    assert scores(world) == {3}
    third = hand_in(PDF + b"3")
    services.mark(marker, third.id, 5, "", at=utcnow())
    assert scores(world) == {5}
    services.mark(marker, third.id, 2, "", at=utcnow())
    assert scores(world) == {2}


def test_what_is_handed_in_for_one_assignment_does_not_count_for_another_nor_for_another_trainee(
    world, hand_in, session
):
    first = hand_in()
    other = Assignment(
        version_id=world.run.version_id, code="other", title={}, instructions={}, max_score=10, pass_score=5
    )
    session.add(other)
    session.flush()
    for assignment_id, registration in ((other.id, world.enrolment.id), (first.assignment_id, make.uuid4())):
        values = {"assignment_id": assignment_id, "registration": registration, "number": 9, "filename": "a.pdf"}
        values |= {"person_id": world.person.id, "sha256": "0" * 64, "size": 1, "submitted_at": utcnow()}
        session.add(Submission(**values))
    session.flush()
    mine = select(Submission.id).where(Submission.assignment_id == first.assignment_id, queries.counting())
    assert first.id in session.scalars(mine).all()


@pytest.mark.parametrize("score", [-1, 10.25, 7.1, float("nan")])
def test_a_mark_out_of_range_or_step_is_refused(hand_in, marker, score, session):
    submission = hand_in()
    with pytest.raises(DomainError, match="score"):
        services.mark(marker, submission.id, score, "", at=utcnow())
    session.refresh(submission)
    assert submission.marked_at is None


@pytest.mark.parametrize(("score", "passed"), [(5, True), (4.75, False), (0, False), (10, True)])
def test_marking_says_so_to_the_floors_above_and_in_a_statement(hand_in, world, marker, statements, score, passed):
    heard = []

    def listen(sender, **news):
        heard.append(news)

    submission = hand_in()
    with submission_marked.connected_to(listen):
        services.mark(marker, submission.id, score, "", at=utcnow())
    assert heard[0]["passed"] is passed and heard[0]["registration"] == world.enrolment.id
    assert len(statements("submitted")) == 1
    (scored,) = statements("scored")
    assert scored["result"]["score"] == {"scaled": score / 10, "raw": score, "min": 0, "max": 10}
    assert scored["context"]["instructor"]


def test_marking_again_leaves_a_trace_of_before_and_after(hand_in, marker, session):
    submission = hand_in()
    services.mark(marker, submission.id, 4, "Thiếu số liệu", at=utcnow())
    services.mark(marker, submission.id, 6.5, "Đã bổ sung", at=utcnow())
    session.commit()
    first, second = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "submission.mark").order_by(AuditEntry.id)
    ).all()
    assert first.before is None and first.after["score"] == 4
    assert second.before["score"] == 4 and second.after["score"] == 6.5
    assert second.before["comment"] == "Thiếu số liệu"
