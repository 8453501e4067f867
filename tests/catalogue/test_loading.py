"""Loading: idempotent; a changed record updates its row; changed content is a new version, classes stay on theirs."""

import shutil
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from lms.assessment.models import Assignment, Question, Quiz
from lms.catalogue import queries, services
from lms.catalogue.circle import services as circle
from lms.catalogue.content import ContentError
from lms.catalogue.models import Figure, Lesson, Module, Programme, ProgrammeVersion
from lms.core import files
from lms.core.audit import AuditEntry
from lms.core.config import ROOT
from lms.core.database import utcnow
from lms.core.errors import DomainError
from lms.core.guard import SYSTEM
from tests import factories as make


@pytest.fixture
def repository(tmp_path):
    for name in ("courses", "content"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def _edit(root, pattern, old, new):
    path = next(root.glob(pattern))
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def _versions(session):
    return session.scalar(select(func.count()).select_from(ProgrammeVersion))


def test_loading_the_same_files_again_changes_nothing(session):
    loaded = services.load_programmes(ROOT, at=utcnow())
    assert (loaded.programmes, loaded.changed, loaded.versions) == (21, [], [])


def test_a_changed_record_updates_its_row_and_makes_no_version(session, repository):
    before = _versions(session)
    _edit(repository, "courses/C4-*/programme.yaml", "quota: 20", "quota: 25")
    assert services.load_programmes(repository, at=utcnow()).changed == ["C4"]
    assert session.scalar(select(Programme.quota).where(Programme.code == "C4")) == 25
    assert _versions(session) == before


def test_a_changed_lesson_becomes_a_new_version_and_classes_stay_on_theirs(session, repository):
    run = make.class_run()
    old = make.version()
    _edit(repository, "content/A2.1/*/01-*.md", "## ", "Một câu mới.\n\n## ")
    loaded = services.load_programmes(repository, at=utcnow())
    new = make.version()
    assert loaded.versions == [f"A2.1 v{old.number + 1}"]
    assert new.number == old.number + 1
    assert session.get(type(run), run.id).version_id == old.id
    session.refresh(old)
    assert (old.status, new.status) == ("retired", "proposed")
    for model in (Quiz, Lesson):
        counts = {
            version.id: session.scalar(
                select(func.count()).select_from(model).join(Module).where(Module.version_id == version.id)
            )
            for version in (old, new)
        }
        assert counts[old.id] == counts[new.id] > 0
    assert services.load_programmes(repository, at=utcnow()).versions == []


def test_a_fault_anywhere_leaves_everything_as_it_was(session, repository):
    _edit(repository, "courses/C4-*/programme.yaml", "quota: 20", "quota: 25")
    _edit(repository, "courses/C3-*/programme.yaml", "quota: 20", "quota: none")
    with pytest.raises(ContentError):
        services.load_programmes(repository, at=utcnow())
    assert session.scalar(select(Programme.quota).where(Programme.code == "C4")) == 20


def test_lessons_figures_quizzes_and_the_essay_are_there(session):
    version = make.version()
    outline = queries.outline(version.id)
    assert len(outline.topics) == 4
    lesson = queries.lesson(outline.modules[0].lessons[0].id)
    assert f'src="/figures/{version.id}/' in lesson.html
    assert all(f'id="{heading["id"]}"' in lesson.html for heading in lesson.headings)
    figure = session.scalars(select(Figure).where(Figure.version_id == version.id)).first()
    assert b"<svg" in b"".join(files.read(figure.sha256))
    questions = session.scalars(select(Question).join(Quiz).join(Module).where(Module.version_id == version.id)).all()
    assert len(questions) == 15 * len(outline.modules)
    assert session.scalars(select(Assignment).where(Assignment.version_id == version.id)).one().code == "thu-hoach"


def test_an_outline_takes_two_statements(session, queries):
    from lms.catalogue.queries import outline

    version = make.version()
    queries.clear()
    outline(version.id)
    assert len(queries) == 2


def test_a_load_is_in_the_audit_trail(session, repository):
    _edit(repository, "courses/C4-*/programme.yaml", "quota: 20", "quota: 25")
    services.load_programmes(repository, at=utcnow())
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "catalogue.load")).all()[-1]
    assert entry.after["programmes"] == ["C4"]


def test_completions_are_counted_up_and_down(session):
    programme = session.scalars(select(Programme).where(Programme.code == "B1")).one()
    services.count_completion(programme.id, 1)
    services.count_completion(programme.id, 1)
    services.count_completion(programme.id, -1)
    session.refresh(programme)
    assert programme.trained == 1


def _decision(day):
    return circle.Given("12/QĐ-UBND", date(2026, 11, day), "Chủ tịch Nguyễn Văn A")


def test_an_approval_retires_the_approved_version_of_its_own_programme_only(session):
    mine, others = make.new_version("B1", status="approved"), make.new_version("B2", status="approved")
    draft, new = make.new_version("B1", status="proposed"), make.new_version("B1", status="submitted")
    session.commit()
    at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    with pytest.raises(DomainError, match="document-date"):
        circle.move(SYSTEM, new.id, "approve", paper=_decision(25), at=at)
    circle.move(SYSTEM, new.id, "approve", paper=_decision(24), at=at)
    session.expire_all()
    states = [one.status for one in (mine, others, draft, new)]
    assert states == ["retired", "approved", "proposed", "approved"], "in Hà Nội it is the 24th already"
