"""Files go after the commit, by a job that takes an intake's lock and looks whether anybody still refers to them."""

import hashlib
import io
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text

from lms import create_app
from lms.core import files, jobs
from lms.core.database import act, db
from lms.core.guard import SYSTEM
from lms.library.models import Package
from lms.library.services import packages, uploads
from lms.packages.structure import Structure, Unit
from tests import factories
from tests.conftest import NOW, _settings, make_database

PAGE = b"<!doctype html><title>An trang nay</title>"
SHA = hashlib.sha256(PAGE).hexdigest()
COURSE = Unit("course", "c", {"vi": "Khóa"}, children=(Unit("au", "a", {"vi": "A"}, "index.html"),))


def version_with(content: bytes = PAGE, at: Any = None) -> Any:
    return factories.package_version(COURSE, at=at, files={"index.html": content})


@pytest.fixture
def failing_commit(session: Any) -> Iterator[None]:
    """Whatever is committed fails at the last moment, as with a lost connection."""

    def fail(_session: Any) -> None:
        raise ConnectionError("the database is gone")

    event.listen(session(), "before_commit", fail)
    yield
    event.remove(session(), "before_commit", fail)


def test_a_removal_whose_commit_fails_leaves_rows_and_files(
    session: Any, request: pytest.FixtureRequest, run_jobs: Callable[[], int]
) -> None:
    version = version_with()
    session.commit()
    request.getfixturevalue("failing_commit")
    with pytest.raises(ConnectionError):
        packages.remove(SYSTEM, version.package_id, at=NOW)
    assert files.exists(SHA)
    assert session.scalar(text("SELECT count(*) FROM package_files WHERE sha256 = :sha"), {"sha": SHA}) == 1


def test_removed_files_are_gone_after_the_commit(session: Any, run_jobs: Callable[[], int]) -> None:
    version = version_with()
    packages.remove(SYSTEM, version.package_id, at=NOW)
    assert files.exists(SHA), "it goes with a job, after the commit"
    run_jobs()
    assert not files.exists(SHA)


def test_a_file_that_came_in_again_meanwhile_stays(session: Any, run_jobs: Callable[[], int]) -> None:
    version = version_with()
    packages.remove(SYSTEM, version.package_id, at=NOW)
    again = version_with()
    run_jobs()
    assert files.exists(SHA)
    packages.remove(SYSTEM, again.package_id, at=NOW)
    run_jobs()
    assert not files.exists(SHA)


def test_an_old_version_goes_the_same_way(session: Any, run_jobs: Callable[[], int]) -> None:
    version = version_with()
    package = session.get(Package, version.package_id)
    upload = uploads.begin(SYSTEM, package.institution_id, filename="b.zip", size=9, package_id=package.id, at=NOW)
    packages.add_version(SYSTEM, upload, Structure("cmi5", COURSE), [], sha256="1" * 64, report={}, at=NOW)
    packages.remove_version(SYSTEM, version.id, at=NOW)
    assert files.exists(SHA)
    run_jobs()
    assert not files.exists(SHA)


def test_pieces_of_an_upload_go_after_the_commit(
    session: Any, app: Flask, request: pytest.FixtureRequest, run_jobs: Callable[[], int]
) -> None:
    unit = factories.institution()
    upload = uploads.begin(SYSTEM, unit.id, filename="a.bin", size=10, at=NOW)
    uploads.receive(SYSTEM, upload.id, 0, io.BytesIO(b"12345"), 5, at=NOW)
    (name,) = uploads.pieces(upload.id)
    uploads.cancel(upload.id, at=NOW)
    assert files.Joined([name]).read(5) == b"12345", "they go with a job, after the commit"
    run_jobs()
    with pytest.raises(FileNotFoundError):
        files.Joined([name]).read(1)


# -- two at the same time: on a database of its own, with real transactions --------------------------------------------


@pytest.fixture
def house() -> Iterator[Flask]:
    app = create_app(_settings(make_database(f"lms_{uuid.uuid4().hex[:12]}")))
    yield app
    with app.app_context():
        db.engine.dispose()


def run_all(app: Flask) -> None:
    """Do the queue's jobs, each in an application context of its own, as the worker does."""
    jobs.init_app(app)
    with app.app_context():
        rows = db.session.execute(text("SELECT id, task_name, args FROM procrastinate_jobs ORDER BY id")).all()
        db.session.execute(text("DELETE FROM procrastinate_jobs"))
        db.session.commit()
    for _id, name, args in rows:
        jobs.queue.tasks[name].func(**args)


def test_an_intake_that_is_under_way_keeps_the_file(house: Flask) -> None:
    own = uuid.uuid4().bytes  # the file store is shared with other tests of this process
    sha = hashlib.sha256(own).hexdigest()
    with house.app_context():
        unit = factories.institution()
        version = version_with(own, at=unit)
        db.session.commit()
        packages.remove(SYSTEM, version.package_id, at=NOW)
        with house.app_context():  # another process takes the same content in; its transaction is open
            again = uncommitted(own, unit)
            run_all(house)
            assert files.exists(sha), "the removal waits for whoever is taking it in"
            db.session.commit()
        run_all(house)
        assert files.exists(sha), "somebody refers to it again"
        packages.remove(SYSTEM, again, at=NOW + timedelta(days=1))
        run_all(house)
        assert not files.exists(sha)


def uncommitted(content: bytes, unit: Any) -> Any:
    db.session().info["in_act"] = True
    try:
        return version_with(content, at=unit).package_id
    finally:
        db.session().info["in_act"] = False


def test_an_act_that_failed_names_nothing(house: Flask) -> None:
    own = uuid.uuid4().bytes
    sha = hashlib.sha256(own).hexdigest()

    @act
    def taken_back() -> None:
        files.release([sha], at=NOW)
        raise LookupError

    with house.app_context():
        files.put(io.BytesIO(own))
        db.session.commit()
        with pytest.raises(LookupError):
            taken_back()
    run_all(house)
    with house.app_context():
        assert files.exists(sha)
        files.remove(sha)
