"""The transaction of an act: the outermost commits once, and everything leaves with it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text

from lms import create_app
from lms.core import audit, jobs
from lms.core.audit import AuditEntry
from lms.core.database import act, db
from lms.core.guard import SYSTEM
from tests.conftest import NOW, _settings


@pytest.fixture
def commits(session: Any) -> Iterator[list[None]]:
    """One entry for each commit."""
    seen: list[None] = []

    def note(_session: Any) -> None:
        seen.append(None)

    event.listen(session(), "before_commit", note)
    yield seen
    event.remove(session(), "before_commit", note)


@act
def inner(*, fails: bool = False) -> None:
    audit.record(SYSTEM, "test.inner", "test", 1, at=NOW)
    jobs.enqueue(jobs.queue.tasks["core.remove_pieces"], SYSTEM, at=NOW, folder="none")
    if fails:
        raise LookupError


@act
def outer(ends: Callable[[], None]) -> None:
    inner()
    ends()


def written() -> tuple[int, int]:
    """Jobs and audited acts."""
    waiting = db.session.scalar(text("SELECT count(*) FROM procrastinate_jobs"))
    noted = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "test.inner")
    return int(waiting or 0), int(db.session.scalar(noted) or 0)


def test_the_outermost_act_commits_once_and_jobs_leave_with_it(session: Any, commits: list[None]) -> None:
    outer(lambda: None)
    assert (len(commits), written()) == (1, (1, 1))


def test_nothing_leaves_of_an_act_that_fails(session: Any, commits: list[None]) -> None:
    with pytest.raises(LookupError):
        outer(lambda: inner(fails=True))
    assert (len(commits), written()) == (0, (0, 0))
    inner()
    assert written() == (1, 1), "the next act owns its transaction again"


def test_nobody_commits_within_an_act(session: Any, commits: list[None]) -> None:
    with pytest.raises(RuntimeError, match="by its end only"):
        outer(db.session.commit)
    assert written() == (0, 0)


def test_an_application_is_made_without_a_database(app: Flask) -> None:
    try:
        assert create_app(_settings("postgresql+psycopg://nobody@127.0.0.1:1/none")).url_map
    finally:
        jobs.init_app(app)
