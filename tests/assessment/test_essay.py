"""The essay: handed in as a file, replaced until marked, marked with a trace."""

import io
import zipfile

import pytest
from sqlalchemy import func, select

from lms.assessment import queries, services, uploads
from lms.assessment.models import Submission
from lms.assessment.signals import submission_marked
from lms.core import files
from lms.core.audit import AuditEntry
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from lms.people.sessions import actor_of
from tests import factories as make

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def _docx(*names):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name in names:
            package.writestr(name, "<x/>")
    return stream.getvalue()


DOCX = _docx("[Content_Types].xml", "word/document.xml")


@pytest.fixture
def hand_in(world):
    def give(content=PDF, name="Bài thu hoạch.pdf"):
        stream = io.BytesIO(content)
        return services.hand_in(
            SYSTEM, world.assignment.id, world.enrolment.id, world.person.id, stream, name, at=utcnow()
        )

    return give


@pytest.fixture
def marker(session):
    return actor_of(make.holder("lecturer", make.institution()).id, at=utcnow())


def test_a_pdf_and_a_docx_are_taken(hand_in):
    assert hand_in().filename == "Bài thu hoạch.pdf"
    second = hand_in(DOCX, "bai.docx")
    assert (second.number, second.filename, second.size) == (2, "bai.docx", len(DOCX))
    assert b"".join(files.read(second.sha256)) == DOCX


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"hello", "file-kind"),
        (b"MZ\x90\x00 renamed.pdf", "file-kind"),
        (b"%PD", "file-kind"),
        (b"PK\x03\x04 broken", "file-kind"),
        (_docx("word/document.xml"), "file-kind"),
        (_docx("[Content_Types].xml", "xl/workbook.xml"), "file-kind"),
        (PDF + b"0" * uploads.MAX_BYTES, "file-too-large"),
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
    (state,) = queries.essay_state(world.enrolment.id, world.run.version_id)
    assert (state.submission_id, state.score, state.passed) == (second.id, None, None)
    with pytest.raises(DomainError, match="replaced"):
        services.mark(marker, first.id, 7, "", at=utcnow())
    services.mark(marker, second.id, 7.25, "Tốt", at=utcnow())
    with pytest.raises(DomainError, match="already-passed"):
        hand_in(PDF + b"3")


def test_an_essay_not_handed_in_has_a_state_too(world):
    (state,) = queries.essay_state(world.enrolment.id, world.run.version_id)
    assert (state.submission_id, state.max_score, state.pass_score) == (None, 10, 5)


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
