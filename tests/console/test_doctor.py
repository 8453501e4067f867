"""`flask doctor`: what an operator should put right, each with what to do; silence where all is well."""

import shutil
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from lms import create_app
from lms.console.doctor import looking, rules
from lms.core import assets, forwarded, outward
from lms.core.config import Settings
from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.records.forward import services as forwards
from tests.conftest import _settings

SECRET = "nZ4kq0Rr8mV2tYb7XwJc5uLh1PdGf9As"


@pytest.fixture
def settings(tmp_path):
    """Settings as an installation in use has them; ``settings(LMS_X=...)`` changes some, None takes one away."""

    def make(**changes: str | None) -> Settings:
        values = {
            "LMS_SECRET_KEY": SECRET,
            "LMS_DATABASE_URL": "postgresql+psycopg:///khue?host=/var/run/postgresql",
            "LMS_INSTANCE": str(tmp_path / "state"),
            "LMS_KEYS_DIR": str(tmp_path / "keys" / "open"),
            "LMS_HOST": "127.0.0.1",
            "LMS_CONTENT_URL": "https://*.hoclieu.example.vn",
            "LMS_TRUSTED_PROXIES": "1",
            "LMS_CONTACT_UNIT": "Phòng Đào tạo",
            "LMS_CONTACT_PHONE": "024 3999 0000",
        } | changes
        return Settings.from_environment({name: value for name, value in values.items() if value is not None})

    return make


def told(findings: Any) -> list[tuple[str, str]]:
    return sorted((finding.level, finding.subject) for finding in findings)


def test_good_settings_give_nothing_to_say(settings):
    assert list(rules.about(settings())) == []


@pytest.mark.parametrize(
    ("changes", "level", "subject", "words"),
    [
        ({"LMS_DEMO": "1"}, "warning", "LMS_DEMO", "demonstration"),
        ({"LMS_DEMO": "1", "LMS_HOST": "0.0.0.0", "LMS_TRUSTED_PROXIES": None}, "fault", "LMS_DEMO", "outside"),
        ({"LMS_DEMO": "1", "LMS_HOST": "lms.hanoi.vn", "LMS_TRUSTED_PROXIES": None}, "fault", "LMS_DEMO", "outside"),
        ({"LMS_SECRET_KEY": "a" * 40}, "fault", "LMS_SECRET_KEY", "not random"),
        ({"LMS_SECRET_KEY": "change-me-to-something-that-is-random"}, "fault", "LMS_SECRET_KEY", "not random"),
        ({"LMS_DATABASE_URL": None}, "fault", "LMS_DATABASE_URL", "embedded"),
        ({"LMS_DATABASE_URL": "postgresql+psycopg://k:p@db.vn/khue"}, "warning", "LMS_DATABASE_URL", "not checked"),
        ({"LMS_KEYS_DIR": None}, "fault", "LMS_KEYS_DIR", "beside"),
        ({"LMS_CONTACT_PHONE": None}, "warning", "LMS_CONTACT_UNIT", "whom to ask"),
        ({"LMS_CONTENT_URL": None}, "warning", "LMS_CONTENT_URL", "no origin"),
        ({"LMS_CONTENT_URL": "http://*.hoclieu.example.vn"}, "fault", "LMS_CONTENT_URL", "without TLS"),
        ({"LMS_CONTENT_URL": "https://hoclieu.example.vn"}, "warning", "LMS_CONTENT_URL", "share"),
        ({"LMS_DEBUG": "1"}, "fault", "LMS_DEBUG", "debug"),
        ({"LMS_HOST": "0.0.0.0"}, "warning", "LMS_TRUSTED_PROXIES", "past the proxy"),
        ({"LMS_FORWARD_ALLOW": "10.0.0.0/8"}, "warning", "LMS_FORWARD_ALLOW", "wider"),
        ({"LMS_FORWARD_ALLOW": "fd00::/8"}, "warning", "LMS_FORWARD_ALLOW", "wider"),
        ({"LMS_FORWARD_ALLOW": "127.0.0.1"}, "warning", "LMS_FORWARD_ALLOW", "itself"),
        ({"LMS_FORWARD_ALLOW": "169.254.169.254"}, "warning", "LMS_FORWARD_ALLOW", "metadata"),
    ],
)
def test_each_weakness_of_the_settings_is_named(settings, changes, level, subject, words):
    findings = list(rules.about(settings(**changes)))
    assert told(findings) == [(level, subject)]
    assert words in findings[0].what
    assert findings[0].remedy


def test_a_checked_way_to_a_database_elsewhere_is_fine(settings):
    url = "postgresql+psycopg://k:p@db.vn/khue?sslmode=verify-full"
    assert list(rules.about(settings(LMS_DATABASE_URL=url))) == []


def test_keys_beside_a_store_of_their_own_are_found(settings, tmp_path):
    files = (tmp_path / "big" / "files").as_uri()
    beside = settings(LMS_FILES_URL=files, LMS_KEYS_DIR=str(tmp_path / "big" / "keys"))
    assert told(rules.about(beside)) == [("fault", "LMS_KEYS_DIR")]
    assert list(rules.about(settings(LMS_FILES_URL="s3://bucket/files"))) == []


def test_keys_that_others_can_open_are_found(settings, tmp_path):
    folder = tmp_path / "keys" / "open"
    folder.mkdir(parents=True, mode=0o755)
    folder.chmod(0o755)
    assert [finding.remedy for finding in rules.about(settings())] == [f"chmod 700 {folder}"]
    folder.chmod(0o700)
    assert list(rules.about(settings())) == []


# -- what only looking tells ------------------------------------------------------------------------------------------


@pytest.fixture
def look(app, session):
    """Look around the test's installation; gives level and subject of what was found."""
    session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    session.execute(text("DELETE FROM throttles"))
    session.commit()

    def around(*, trusted: int = 0, demo: bool = True, at: Any = None, allow: str = "") -> list[tuple[str, str]]:
        settings = SimpleNamespace(trusted_proxies=trusted, demo=demo, forward_allow=outward.Allowed.read(allow))
        return told(looking.around(settings, at=at or utcnow()))

    return around


NOBODY = ("warning", "people")


def test_a_sound_installation_lacks_but_an_administrator(look, app):
    assert look() == [NOBODY]
    app.test_cli_runner().invoke(args=["people", "first-administrator", "quan.tri", "--name", "Phạm Thị Quản Trị"])
    assert look() == []


def test_a_worker_that_stopped_is_missed(look, session):
    session.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '2 minutes'"))
    assert look() == [("fault", "worker"), NOBODY]
    session.execute(text("DELETE FROM procrastinate_workers"))
    assert look() == [("fault", "worker"), NOBODY]


def test_jobs_that_wait_or_failed_are_counted(look, session):
    job = (
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, scheduled_at) "
        "VALUES ('default', 'x', '{}', :status, :due) RETURNING id"
    )
    later = {"status": "todo", "due": utcnow() + timedelta(days=1)}
    session.execute(text(job), later)
    assert look() == [NOBODY]
    waiting = session.scalar(text(job), {"status": "todo", "due": None})
    assert look() == [NOBODY]
    session.execute(
        text("UPDATE procrastinate_events SET at = now() - interval '1 hour' WHERE job_id = :id"), {"id": waiting}
    )
    assert look() == [NOBODY, ("warning", "worker")]
    session.execute(text("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = :id"), {"id": waiting})
    assert look() == [NOBODY, ("warning", "worker")]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto"])
def test_forwarded_headers_that_are_not_trusted_are_seen(app, session, look, header):
    fresh = create_app(app.config["SETTINGS"])  # one that has noted nothing yet
    fresh.test_client().get("/healthz")
    assert look() == [NOBODY]
    with fresh.app_context():
        fresh.test_client().get("/healthz", headers={header: "203.0.113.7"})
    assert ("fault", "LMS_TRUSTED_PROXIES") in look()
    assert look(trusted=1) == [NOBODY]


def test_forwarded_headers_are_noted_once_in_a_while(app, session, look):
    fresh = create_app(app.config["SETTINGS"])
    client = fresh.test_client()
    for _ in range(5):
        client.get("/healthz", headers={"X-Forwarded-For": "203.0.113.7"})
    assert session.scalar(text("SELECT count FROM throttles WHERE key = :key"), {"key": forwarded.KEY}) == 1


@pytest.fixture
def forwarder(app, session):
    """``forwarder(endpoint)`` makes one, as the records' page does."""

    def make(endpoint: str) -> Any:
        given = {"name": "Kho của Bộ", "version": "1.0.3", "key": "khoá", "secret": "x", "from_beginning": True}
        return forwards.make_forwarder(SYSTEM, endpoint=endpoint, **given, at=utcnow())

    return make


@pytest.mark.parametrize("address", ["http://127.0.0.1:8080/xapi/", "http://10.1.2.3/xapi/", "https://[fd00::7]/xapi/"])
def test_a_forwarder_that_leads_inward_unlisted_is_told(look, session, forwarder, address):
    made = forwarder(address)
    assert look() == [("fault", "forwarders"), NOBODY]
    made.paused_at = utcnow()
    session.flush()
    assert look() == [NOBODY]


def test_what_the_list_of_forwarding_holds_besides_what_is_needed_is_told(look, forwarder):
    forwarder("http://10.1.2.3/xapi/")
    forwarder("https://93.184.216.34/xapi/")
    assert look(allow="10.1.2.3") == [NOBODY]
    assert look(allow="10.1.2.0/24") == [NOBODY]
    assert look(allow="10.1.2.3,10.9.9.9,kho.noi-bo") == [("warning", "LMS_FORWARD_ALLOW")] * 2 + [NOBODY]


def test_a_forwarder_to_no_host_is_told(look, forwarder, monkeypatch):
    def nowhere(*_args: Any, **_kw: Any) -> Any:
        raise OSError

    forwarder("https://kho.khong-co.example/xapi/")
    monkeypatch.setattr(outward.socket, "getaddrinfo", nowhere)
    assert look() == [("warning", "forwarders"), NOBODY]


def test_pending_migrations_are_told(look, session):
    session.execute(text("UPDATE alembic_version SET version_num = '20200101_old'"))
    assert look() == [("fault", "migrations")]


def test_a_clock_that_is_wrong_is_told(look):
    assert look(at=utcnow() + timedelta(minutes=1)) == [("fault", "clock"), NOBODY]


def test_a_database_that_forgets_is_told_where_it_matters(look):
    assert look(demo=False) == [("fault", "database"), NOBODY]  # the tests' own runs without fsync


def test_a_store_that_cannot_be_used_is_told(look, app, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setitem(app.config, "FILES_URL", (tmp_path / "file" / "below").as_uri())
    assert look() == [("fault", "file store"), NOBODY]


def test_a_visit_leaves_nothing_in_the_store(look, app, monkeypatch, tmp_path):
    monkeypatch.setitem(app.config, "FILES_URL", (tmp_path / "files").as_uri())
    look()
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_a_full_disk_is_told_beforehand(look, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=10_000_000))
    assert look() == [NOBODY, ("warning", "file store")][::-1] or look() == [("warning", "file store"), NOBODY]


def test_assets_that_were_not_built_are_told(look, monkeypatch, tmp_path):
    monkeypatch.setattr(assets, "FOLDER", tmp_path)
    assert look() == [("fault", "assets"), NOBODY]


def test_a_database_that_is_away_is_told_in_one_line(tmp_path):
    app = create_app(_settings("postgresql+psycopg://nobody@127.0.0.1:9/none", LMS_INSTANCE=str(tmp_path)))
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "FAULT    database: it does not answer" in result.output
    assert "Traceback" not in result.output


def test_the_command_tells_warnings_and_ends_well(app, session, look):
    result = app.test_cli_runner().invoke(args=["doctor"])
    assert (result.exit_code, "WARNING  LMS_DEMO" in result.output) == (0, True)
    assert "0 faults" in result.output
    session.execute(text("DELETE FROM procrastinate_workers"))
    assert app.test_cli_runner().invoke(args=["doctor"]).exit_code == 1


def test_without_a_secret_every_command_says_so_in_one_line(monkeypatch):
    from click.testing import CliRunner
    from flask.cli import FlaskGroup

    monkeypatch.setenv("LMS_DEMO", "0")
    monkeypatch.delenv("LMS_SECRET_KEY", raising=False)
    result = CliRunner().invoke(FlaskGroup(create_app=create_app), ["doctor"])
    assert result.exit_code == 1
    assert "LMS_SECRET_KEY must be set" in result.output
    assert "Traceback" not in result.output
