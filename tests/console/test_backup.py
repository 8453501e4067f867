"""Backups: what was taken comes back as it was, what is damaged or half is refused, the product goes on meanwhile."""

import io
import os
import random
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import psycopg
import pytest
from sqlalchemy import select, text

from lms import create_app
from lms.assessment.models import Submission
from lms.console import demo_classes, demo_lives, demo_people
from lms.console.backup import making, manifest, postgres
from lms.core import audit, database, files
from lms.core.database import db
from lms.core.guard import SYSTEM
from lms.people import services as people
from lms.people.models import Account
from lms.surveys.models import SealedBallot, Survey
from lms.surveys.services import evaluations
from tests.conftest import NOW, _settings, make_database

pytestmark = pytest.mark.long


def product(folder: Path, url: str) -> Any:
    """An application on a database and a store of its own, and its command line."""
    app = create_app(_settings(url, LMS_INSTANCE=str(folder), LMS_FILES_URL=(folder / "files").as_uri()))
    runner = app.test_cli_runner()

    def flask(*arguments: object) -> Any:
        return runner.invoke(args=[str(one) for one in arguments])

    return SimpleNamespace(app=app, url=url, folder=folder, keys=folder / "keys", store=folder / "files", flask=flask)


@contextmanager
def inside(here: Any) -> Iterator[None]:
    """Work within an application, and close every connection of it afterwards."""
    with here.app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()
            database.disconnect()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A product with people, a class, marked essays, an audit trail and an open evaluation."""
    folder = tmp_path_factory.mktemp("running") / "instance"
    shutil.copytree(Path(os.environ["LMS_TEST_FOLDER"]) / "instance", folder)
    here = product(folder, make_database(f"lms_backup_{uuid.uuid4().hex[:8]}"))
    with inside(here):
        chance = random.Random(1)
        world = demo_people.make_people(chance, NOW)
        demo_lives.approve(world, NOW)
        demo_classes.evaluating_class(world, chance, NOW)
    return here


@pytest.fixture
def elsewhere(tmp_path):
    """A fresh installation: an empty database, an empty store."""
    name = f"lms_restore_{uuid.uuid4().hex[:8]}"
    server = os.environ["LMS_TEST_SERVER"]
    with psycopg.connect(postgres.plain(server), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return product(tmp_path / "elsewhere", server.replace("/lms_template", f"/{name}"))


def taken(here: Any, into: Path, *options: object) -> Path:
    result = here.flask("backup", "create", into, *options)
    assert result.exit_code == 0, result.output
    return Path(result.stdout.strip().splitlines()[-1])


def rows(here: Any, statement: str) -> list[Any]:
    with psycopg.connect(postgres.plain(here.url)) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture(scope="module")
def kept(running, tmp_path_factory):
    """One good backup that tests copy from, with its keys apart."""
    place = tmp_path_factory.mktemp("kept")
    return SimpleNamespace(backup=taken(running, place / "backups", "--keys-to", place / "keys"), keys=place / "keys")


def test_a_backup_comes_back_as_it_was(running, kept, elsewhere):
    result = elsewhere.flask("restore", kept.backup, "--keys-from", kept.keys)
    assert result.exit_code == 0, result.output
    for statement in (
        "SELECT id, username, password_hash FROM accounts ORDER BY id",
        "SELECT seq, raw FROM statements ORDER BY seq",
        "SELECT id, hash FROM audit_entries ORDER BY id",
        "SELECT box FROM ballots.sealed ORDER BY box",
        "SELECT id, sha256 FROM submissions ORDER BY id",
        "SELECT version_num FROM alembic_version",
    ):
        before = rows(running, statement)
        assert before
        assert rows(elsewhere, statement) == before
    with inside(elsewhere):
        for sha256 in db.session.scalars(select(Submission.sha256).where(Submission.sha256.is_not(None))):
            assert manifest.summed(Path(files.opener(sha256).path)).sha256 == sha256
        assert list(audit.verify()) == []


def test_the_restored_product_goes_on(running, kept, elsewhere):
    """Sequences, triggers, queue and keys work: an account is made, the open evaluation is closed and counted."""
    elsewhere.flask("restore", kept.backup, "--keys-from", kept.keys)
    with inside(elsewhere):
        survey = db.session.scalars(select(Survey).where(Survey.audience == "trainee")).one()
        mine = select(db.func.count()).select_from(SealedBallot).where(SealedBallot.survey_id == survey.id)
        boxes = db.session.scalar(mine)
        assert boxes > 0
        evaluations.close(SYSTEM, survey.id, keys=elsewhere.keys, at=NOW)
        assert db.session.get_one(Survey, survey.id).answered == boxes
        assert list(audit.verify()) == []
        with pytest.raises(Exception, match="append-only"):
            db.session.execute(text("DELETE FROM audit_entries"))


def test_keys_are_left_out_unless_they_are_asked_for(running, kept, elsewhere, tmp_path):
    secret = next(running.keys.glob("*.key")).read_bytes()
    for path in kept.backup.rglob("*"):
        assert not path.is_file() or secret not in path.read_bytes()
    assert {path.name for path in kept.keys.glob("*.key")} == {path.name for path in running.keys.glob("*.key")}
    assert all(path.stat().st_mode & 0o077 == 0 for path in [kept.backup, kept.keys, *kept.keys.iterdir()])
    result = elsewhere.flask("restore", kept.backup)
    assert result.exit_code == 3
    assert "key" in result.stderr
    assert "cannot be opened" in result.stderr


def test_keys_never_lie_beside_the_backup_nor_over_other_files(running, tmp_path):
    inside = running.flask("backup", "create", tmp_path / "b", "--keys-to", tmp_path / "b" / "keys")
    assert inside.exit_code == 1
    assert "apart" in inside.stderr
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    over = running.flask("backup", "create", tmp_path / "b", "--keys-to", tmp_path / "mine")
    assert over.exit_code == 1
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_the_copy_of_keys_forgets_evaluations_that_were_closed(running, tmp_path):
    keys = tmp_path / "keys"
    taken(running, tmp_path / "b", "--keys-to", keys)
    (keys / f"{uuid.uuid4()}.key").write_bytes(bytes(32))
    taken(running, tmp_path / "b2", "--keys-to", keys)
    assert {path.name for path in keys.glob("*.key")} == {path.name for path in running.keys.glob("*.key")}


def test_keys_of_a_later_backup_serve_an_earlier_one(running, kept, elsewhere, tmp_path):
    taken(running, tmp_path / "b", "--keys-to", tmp_path / "keys")
    assert elsewhere.flask("restore", kept.backup, "--keys-from", tmp_path / "keys").exit_code == 0
    assert {path.name for path in elsewhere.keys.glob("*.key")} == {path.name for path in running.keys.glob("*.key")}


def test_a_key_that_does_not_fit_is_not_put_back(running, kept, elsewhere, tmp_path):
    keys = tmp_path / "keys"
    shutil.copytree(kept.keys, keys)
    for path in keys.glob("*.key"):
        path.write_bytes(os.urandom(32))
    assert elsewhere.flask("restore", kept.backup, "--keys-from", keys).exit_code == 3
    assert list(elsewhere.keys.glob("*.key")) == []


def test_a_folder_without_keys_is_refused_before_anything_is_touched(kept, elsewhere, tmp_path):
    result = elsewhere.flask("restore", kept.backup, "--keys-from", tmp_path)
    assert result.exit_code == 1
    assert "no copied keys" in result.stderr
    assert rows(elsewhere, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


# -- what is damaged or half ------------------------------------------------------------------------------------------


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _stored(backup: Path) -> Path:
    return next(path for path in (backup / "files").rglob("*") if path.is_file())


DAMAGES = {
    "a byte of the database": lambda backup: _flip(backup / "database.dump"),
    "the database cut off": lambda backup: os.truncate(backup / "database.dump", 1000),
    "no database": lambda backup: (backup / "database.dump").unlink(),
    "a byte of a file": lambda backup: _flip(_stored(backup)),
    "a file lost": lambda backup: _stored(backup).unlink(),
    "a file too many": lambda backup: (_stored(backup).parent / ("0" * 64)).write_bytes(b"more"),
    "a line of the list": lambda backup: os.truncate(
        backup / "files.list", (backup / "files.list").stat().st_size - 66
    ),
    "a byte of the manifest": lambda backup: _flip(backup / "manifest.json"),
    "an empty manifest": lambda backup: os.truncate(backup / "manifest.json", 0),
    "no manifest": lambda backup: (backup / "manifest.json").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_backup_is_refused_before_anything_is_touched(kept, elsewhere, tmp_path, damage):
    backup = tmp_path / "damaged"
    shutil.copytree(kept.backup, backup)
    assert elsewhere.flask("backup", "verify", backup).exit_code == 0
    damage(backup)
    assert elsewhere.flask("backup", "verify", backup).exit_code == 1
    result = elsewhere.flask("restore", backup)
    assert result.exit_code == 1
    assert rows(elsewhere, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []
    assert not list(elsewhere.store.glob("*/*/*"))


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit(1), OSError(28, "No space left on device")])
def test_an_interrupted_backup_leaves_none(running, tmp_path, monkeypatch, end):
    def broken_off(*_arguments: Any) -> None:
        raise end

    monkeypatch.setattr(postgres, "run", broken_off)
    assert running.flask("backup", "create", tmp_path / "b").exit_code != 0
    assert [path.name for path in (tmp_path / "b").iterdir()] == [".lock"]


def test_what_a_killed_backup_left_is_none_and_goes_with_the_next(running, kept, tmp_path):
    left = tmp_path / "b" / "khue-20260101T000000Z.partial"
    shutil.copytree(kept.backup, left)
    (left / "manifest.json").unlink()
    assert running.flask("backup", "verify", left).exit_code == 1
    new = taken(running, tmp_path / "b")
    assert not left.exists()
    assert running.flask("backup", "verify", new).exit_code == 0


def test_two_backups_at_a_time_into_one_folder_are_one_too_many(running, tmp_path, monkeypatch):
    second: list[Any] = []
    real = postgres.run

    def meanwhile(*arguments: Any) -> None:
        second.append(running.flask("backup", "create", tmp_path / "b"))
        real(*arguments)

    monkeypatch.setattr(postgres, "run", meanwhile)
    taken(running, tmp_path / "b")
    assert second[0].exit_code == 1
    assert "another backup" in second[0].stderr


# -- onto what is there -----------------------------------------------------------------------------------------------


def test_a_database_that_is_not_empty_is_refused_unless_told(running, kept, elsewhere):
    with psycopg.connect(postgres.plain(elsewhere.url)) as connection:
        connection.execute("CREATE TABLE somebody_elses (id int)")
    refused = elsewhere.flask("restore", kept.backup)
    assert refused.exit_code == 1
    assert "--over" in refused.stderr
    assert rows(elsewhere, "SELECT count(*) FROM somebody_elses") == [(0,)]
    assert elsewhere.flask("restore", kept.backup, "--over", "--keys-from", kept.keys).exit_code == 0
    assert rows(elsewhere, "SELECT to_regclass('somebody_elses')") == [(None,)]
    assert rows(elsewhere, "SELECT count(*) FROM accounts") == rows(running, "SELECT count(*) FROM accounts")


def test_a_restore_that_fails_leaves_the_database_as_it_was(kept, elsewhere, monkeypatch):
    with psycopg.connect(postgres.plain(elsewhere.url)) as connection:
        connection.execute("CREATE TABLE precious AS SELECT 1698 AS number")

    def broken_off(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(postgres, "run", broken_off)
    assert elsewhere.flask("restore", kept.backup, "--over").exit_code != 0
    assert rows(elsewhere, "SELECT number FROM precious") == [(1698,)]


def test_a_running_product_is_not_replaced(kept, elsewhere):
    with psycopg.connect(postgres.plain(elsewhere.url)) as connection:
        connection.execute("CREATE TABLE something (id int)")
        connection.commit()
        result = elsewhere.flask("restore", kept.backup, "--over")
    assert result.exit_code == 1
    assert "stop web, content and worker" in result.stderr


def test_another_versions_backup_is_refused(kept, elsewhere, tmp_path):
    backup = tmp_path / "older"
    shutil.copytree(kept.backup, backup)
    msgspec.structs.replace(manifest.Manifest.read(backup), revision="20200101_old", product="0.0.9").write(backup)
    result = elsewhere.flask("restore", backup)
    assert result.exit_code == 1
    assert "restore with version 0.0.9, then upgrade" in result.stderr


def test_a_damaged_file_of_the_store_is_mended(kept, elsewhere):
    sha256 = _stored(kept.backup).name
    there = elsewhere.store / sha256[:2] / sha256[2:4] / sha256
    there.parent.mkdir(parents=True)
    there.write_bytes(b"rotten")
    assert elsewhere.flask("restore", kept.backup, "--keys-from", kept.keys).exit_code == 0
    assert manifest.summed(there).sha256 == sha256


# -- while the product runs -------------------------------------------------------------------------------------------


def _essay(here: Any, content: bytes | None) -> None:
    """Somebody replaces her essay, as the product does: the file first, then the row."""
    with inside(here):
        submission = db.session.scalars(select(Submission).order_by(Submission.id).limit(1)).one()
        if content is not None:
            submission.sha256 = files.put(io.BytesIO(content)).sha256
        db.session.commit()


def test_what_is_written_meanwhile_belongs_to_the_next_backup(running, elsewhere, tmp_path, monkeypatch):
    real = postgres.run

    def meanwhile(*arguments: Any) -> None:
        with inside(running):
            people.create_unit(SYSTEM, code="SAU", name="Đến sau", kind="department", valid_from=NOW.date(), at=NOW)
        real(*arguments)

    before = rows(running, "SELECT count(*) FROM audit_entries")
    monkeypatch.setattr(postgres, "run", meanwhile)
    backup = taken(running, tmp_path / "b", "--keys-to", tmp_path / "k")
    monkeypatch.undo()
    assert elsewhere.flask("restore", backup, "--keys-from", tmp_path / "k").exit_code == 0
    assert rows(elsewhere, "SELECT count(*) FROM units WHERE code = 'SAU'") == [(0,)]
    assert rows(elsewhere, "SELECT count(*) FROM audit_entries") == before


def test_a_file_that_comes_and_one_that_goes_at_the_last_moment(running, elsewhere, tmp_path, monkeypatch):
    """The file of the first moment is removed with its row before it is fetched: a later moment is taken."""
    real = making._of
    moments: list[Any] = []
    _essay(running, b"first")
    gone = files_of(running)[0]

    def meanwhile(moment: Any, *arguments: Any, **named: Any) -> Any:
        moments.append(moment)
        if len(moments) == 1:
            _essay(running, b"second")
            (running.store / gone[:2] / gone[2:4] / gone).unlink()
            place = manifest.place(arguments[1], gone)
            place.unlink()  # as if it had come after the first round
        return real(moment, *arguments, **named)

    monkeypatch.setattr(making, "_of", meanwhile)
    backup = taken(running, tmp_path / "b", "--keys-to", tmp_path / "k")
    assert len(moments) == 2
    assert elsewhere.flask("restore", backup, "--keys-from", tmp_path / "k").exit_code == 0
    assert files_of(elsewhere)[0] != gone


def files_of(here: Any) -> list[str]:
    return [row[0] for row in rows(here, "SELECT sha256 FROM submissions ORDER BY id")]


def test_a_writer_that_never_rests(running, elsewhere, tmp_path):
    """Each transaction writes a unit and its audit entry: the backup has as many of the one as of the other."""
    enough, written = threading.Event(), []
    writers = product(running.folder, running.url)  # another process' connections are none of the command's

    def write() -> None:
        with inside(writers):
            for number in range(5000):
                people.create_unit(
                    SYSTEM, code=f"W{number}", name="Đơn vị", kind="department", valid_from=NOW.date(), at=NOW
                )
                written.append(number)
                if enough.is_set():
                    break

    writer = threading.Thread(target=write)
    writer.start()
    try:
        backup = taken(running, tmp_path / "b", "--keys-to", tmp_path / "k")
    finally:
        enough.set()
        writer.join()
    assert written
    result = elsewhere.flask("restore", backup, "--keys-from", tmp_path / "k")
    assert result.exit_code == 0, result.output
    pairs = (
        "SELECT (SELECT count(*) FROM units WHERE code LIKE 'W%'), "
        "(SELECT count(*) FROM audit_entries WHERE subject_type = 'unit' AND after->>'code' LIKE 'W%')"
    )
    units, entries = rows(elsewhere, pairs)[0]
    assert units == entries


# -- what the store has lost, and how long backups stay ---------------------------------------------------------------


def test_a_store_that_lost_a_file_is_backed_up_and_says_so(running, elsewhere, tmp_path, monkeypatch):
    monkeypatch.setattr(making, "PAUSE", 0)
    _essay(running, b"to be lost")
    lost = files_of(running)[0]
    (running.store / lost[:2] / lost[2:4] / lost).unlink()
    result = running.flask("backup", "create", tmp_path / "b", "--keys-to", tmp_path / "k")
    assert result.exit_code == 3
    assert lost in result.stderr
    backup = result.stdout.strip().splitlines()[-1]
    restored = elsewhere.flask("restore", backup, "--keys-from", tmp_path / "k")
    assert restored.exit_code == 3
    assert f"LOST before the backup was taken: file {lost}" in restored.stderr
    _essay(running, b"found again")


def test_an_earlier_backups_files_are_linked_and_old_ones_go(running, tmp_path):
    first = taken(running, tmp_path / "b")
    first = first.rename(first.with_name("khue-20260101T000000Z"))
    second = taken(running, tmp_path / "b", "--keep", 2)
    assert _stored(first).stat().st_ino == (second / _stored(first).relative_to(first)).stat().st_ino
    second = second.rename(second.with_name("khue-20260102T000000Z"))
    third = taken(running, tmp_path / "b", "--keep", 2)
    assert not first.exists()
    assert running.flask("backup", "verify", second).exit_code == 0
    assert running.flask("backup", "verify", third).exit_code == 0


def test_a_rotten_earlier_copy_is_not_linked(running, tmp_path):
    first = taken(running, tmp_path / "b")
    _flip(_stored(first))
    first.rename(first.with_name("khue-20260101T000000Z"))
    assert running.flask("backup", "verify", taken(running, tmp_path / "b")).exit_code == 0


def test_a_database_behind_this_version_is_refused(elsewhere, tmp_path):
    result = elsewhere.flask("backup", "create", tmp_path / "b")
    assert result.exit_code == 1
    assert "migration" in result.stderr


def test_the_password_is_not_among_the_arguments(running, tmp_path, monkeypatch):
    seen: list[Any] = []

    class Process:
        returncode = 0

        def __init__(self, command: list[str], *, env: dict[str, str], **_named: Any) -> None:
            seen.append((command, env))

        def communicate(self) -> tuple[str, str]:
            return "", ""

    monkeypatch.setattr(postgres.subprocess, "Popen", Process)
    url = "postgresql+psycopg://khue:very%40secret@db.example:5433/lms?sslmode=verify-full"
    postgres.run(url, postgres.Tool(Path("/usr/bin/pg_dump"), 15), "--file=x")
    command, env = seen[0]
    assert "very" not in " ".join(command)
    assert (env["PGPASSWORD"], env["PGHOST"], env["PGPORT"], env["PGDATABASE"]) == (
        "very@secret",
        "db.example",
        "5433",
        "lms",
    )
    assert env["PGSSLMODE"] == "verify-full"


def test_accounts_are_what_they_were(running):
    with inside(running):
        assert db.session.scalar(select(db.func.count()).select_from(Account)) > 50
