"""One's copy of one's data: all and only hers, byte for byte, safe to unpack and to open, and hers alone to fetch."""

import html
import io
import json
import re
import zipfile
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
import time_machine
from sqlalchemy import select, text, update

from lms.assessment.models import Submission
from lms.console.personal import writing
from lms.console.personal.models import PersonalArchive
from lms.core import files
from lms.core.database import db
from lms.core.guard import SYSTEM
from lms.people import services as people
from lms.people.models import Account, Person
from lms.records.models import Statement
from lms.records.services import make_credential
from lms.records.vocabulary import ACCOUNTS, VOIDED
from tests import factories as make
from tests.conftest import NOW
from tests.console.studying import URL, actions, study
from tests.data import media
from tests.records.keeping import keep


@pytest.fixture
def two(session):
    """Somebody, and somebody with nearly the same data in the same class, marked by the same third person."""
    run = make.class_run()
    unit = make.unit(make.city(), name="Sở Quy hoạch")
    marker = make.account(make.person(full_name="Người Chấm Bài Riêng"))
    same = {"full_name": "Nguyễn Thị Ánh Tuyết", "birth_date": date(1985, 5, 17), "of": unit}
    hers = make.trainee(**same, staff_code="HN70001", email="tuyet@hanoi.example")
    other = make.trainee(**same, staff_code="HN70002", email="tuyet2@hanoi.example")
    session.commit()
    done = study(run, hers, marker)
    noise = study(
        run, other, marker, essay=media.pdf(["not hers"]), filename="Bai nguoi khac.pdf", comment="Kém", note="x"
    )
    return SimpleNamespace(run=run, hers=hers, other=other, marker=marker, done=done, noise=noise)


@pytest.fixture
def copy(sign_in, submit, run_jobs):
    """``copy(account)`` orders and fetches a copy, as its owner does; returns the opened ZIP."""

    def get(account):
        client = sign_in(account)
        assert submit(client, f"{URL}/archive", page=URL).status_code == 302
        run_jobs()
        answer = fetch(client, submit)
        assert answer.status_code == 200
        return zipfile.ZipFile(io.BytesIO(answer.get_data()))

    return get


def fetch(client, submit):
    (action,) = re.findall(rf'action="({URL}/archive/[^"]+)"', client.get(URL).text)
    return submit(client, action, page=URL)


def stored_of(account):
    """The statements of an account as the store holds them, the oldest first."""
    wanted = db.session.scalars(select(Statement).order_by(Statement.seq))
    return [
        s.raw for s in wanted if json.loads(s.raw)["actor"].get("account", {}).get("name") == str(account.actor_name)
    ]


# -- all of hers, and nothing else -------------------------------------------------------------------------------------


def test_statements_are_hers_and_byte_for_byte_what_the_store_holds(two, copy):
    archive = copy(two.hers)
    assert archive.testzip() is None
    lines = archive.read("statements.jsonl").decode().splitlines()
    assert lines == stored_of(two.hers)
    assert len(lines) == len(stored_of(two.other)) > 5


def test_voided_statements_are_there_unaltered_and_marked_on_the_page(two, copy):
    raw = stored_of(two.hers)[0]
    keep([{
        "id": str(uuid4()), "timestamp": NOW.isoformat(),
        "actor": {"account": {"homePage": ACCOUNTS, "name": str(two.marker.actor_name)}},
        "verb": {"id": VOIDED}, "object": {"objectType": "StatementRef", "id": json.loads(raw)["id"]},
    }])  # fmt: skip
    archive = copy(two.hers)
    assert raw in archive.read("statements.jsonl").decode().splitlines()
    page = archive.read("index.html").decode()
    assert page.count('class="voided"') == 1


def test_statements_of_other_programs_are_there_too_whatever_their_layout(two, copy):
    actor = {"account": {"homePage": ACCOUNTS, "name": str(two.hers.actor_name)}}
    odd = {
        "id": str(uuid4()),
        "timestamp": NOW.isoformat(),
        "actor": actor,
        "verb": {"id": "http://e.vn/v/<b>saw</b>"},
        "object": {"id": "http://e.vn/a"},
    }
    keep([odd | {"result": {"response": "<script>alert(1)</script>\u202e\n"}}])
    archive = copy(two.hers)
    lines = archive.read("statements.jsonl").decode().split("\n")
    assert len(lines) == len(stored_of(two.hers)) + 1  # the last line ends too
    assert json.loads(lines[-2])["result"]["response"] == "<script>alert(1)</script>\u202e\n"


def test_data_hold_every_section_of_hers_and_nothing_of_others(two, copy):
    archive = copy(two.hers)
    data = json.loads(archive.read("data.json"))
    assert data["person"][0]["full_name"] == "Nguyễn Thị Ánh Tuyết"
    assert data["account"][0]["actor_name"] == str(two.hers.actor_name)
    assert [row["registration"] for row in data["enrolments"]] == [str(two.done.registration)]
    assert [(row["status"], row["note"]) for row in data["attendance"]] == [("late", "ốm")]
    assert [row["percent"] for row in data["lessons"]] == [100]
    assert [row["id"] for row in data["attempts"]] == [str(two.done.attempt.id)]
    assert [row["correct"] for row in data["answers"]] == [True]
    assert [(row["score"], row["comment"]) for row in data["essays"]] == [(8.25, "Bài tốt")]
    assert len(data["sign_in_sessions"]) == 1
    assert archive.read(data["essays"][0]["file"]) == media.pdf(["mine"])

    everything = b"\n".join(archive.read(name) for name in archive.namelist()).decode()
    foreign = (two.other.id, two.other.person_id, two.other.actor_name, two.noise.registration, two.noise.attempt.id)
    foreign += (two.noise.paper.id, "HN70002", "tuyet2@", "Kém", "not hers", "Bai nguoi khac", "Người Chấm Bài Riêng")
    foreign += (two.marker.id, two.marker.display_name)
    assert [str(one) for one in foreign if str(one) in everything] == []


def test_what_others_recorded_about_her_is_told_without_them(two, copy):
    data = json.loads(copy(two.hers).read("data.json"))
    entries = {row["action"]: row for row in data["audit"]}
    assert entries["attendance.record"]["after"] == {str(two.done.registration): ["late", "ốm"]}
    assert entries["class.enrol"]["after"] == {"persons": [str(two.hers.person_id)]}
    assert entries["submission.mark"]["after"] == {"score": 8.25, "comment": "Bài tốt"}
    assert entries["attempt.submit"]["by_her"] and not entries["submission.mark"]["by_her"]


def test_what_she_did_to_others_is_told_without_them(two, copy):
    data = json.loads(copy(two.marker).read("data.json"))
    marks = [row for row in data["audit"] if row["action"] == "submission.mark"]
    assert len(marks) == 2 and all(row["by_her"] and row["after"] is None for row in marks)
    assert data["essays"] == data["attendance"] == []


def test_no_password_and_no_secret_or_hash_of_one(two, session, copy):
    people.set_password(SYSTEM, two.hers.id, "một mật khẩu thật dài", at=NOW, must_change_password=False)
    people.issue_activation_code(SYSTEM, two.hers.id, at=NOW)
    archive = copy(two.hers)
    everything = b"\n".join(archive.read(name) for name in archive.namelist())
    assert b"argon2" not in everything
    hashes = session.execute(
        text("SELECT code_hash FROM activation_codes UNION ALL SELECT token_hash FROM sign_in_sessions")
    ).scalars()
    for one in hashes:
        assert bytes(one).hex().encode() not in everything and bytes(one) not in everything


@pytest.mark.parametrize("resource", ["activities/state", "agents/profile"])
def test_documents_that_content_keeps_of_her_are_there(two, session, client, copy, resource):
    credential, secret = make_credential(SYSTEM, name="x", scopes=["state", "profile"], at=NOW)
    for account, content in ((two.hers, b'{"mine": 1}'), (two.other, b'{"not": 1}')):
        agent = json.dumps({"account": {"homePage": ACCOUNTS, "name": str(account.actor_name)}})
        name = {"stateId": "s", "activityId": "http://e.vn/a"} if "state" in resource else {"profileId": "s"}
        answer = client.put(
            f"/xapi/{resource}", query_string={"agent": agent} | name, data=content, content_type="application/json",
            auth=(credential.key, secret), headers={"X-Experience-API-Version": "1.0.3", "If-None-Match": "*"},
        )  # fmt: skip
        assert answer.status_code == 204, answer.text
    archive = copy(two.hers)
    (row,) = json.loads(archive.read("data.json"))["documents"]
    assert archive.read(row["file"]) == b'{"mine": 1}'


def test_an_account_without_a_staff_record_gets_a_copy_too(session, copy):
    archive = copy(make.account())
    data = json.loads(archive.read("data.json"))
    assert data["person"] == [] and len(data["account"]) == 1


def test_many_statements_are_paged(two, monkeypatch, copy):
    monkeypatch.setattr(writing, "CHUNK", 3)
    assert copy(two.hers).read("statements.jsonl").decode().splitlines() == stored_of(two.hers)


# -- hostile names and texts -------------------------------------------------------------------------------------------

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{ 7*7 }}\u202e"


def test_hostile_texts_are_text_on_the_page(two, session, copy):
    session.execute(update(Person).where(Person.id == two.hers.person_id).values(full_name=HOSTILE, position=HOSTILE))
    session.execute(update(Account).where(Account.id == two.hers.id).values(display_name=HOSTILE))
    session.execute(update(Submission).where(Submission.id == two.done.paper.id).values(comment=HOSTILE))
    session.commit()
    page = copy(two.hers).read("index.html").decode()
    assert "<img" not in page and "<script" not in page and "{{ 7*7 }}" in page
    assert page.count(html.escape(HOSTILE, quote=False)[:20]) >= 3
    assert re.search(r'http-equiv="Content-Security-Policy"\s+content="default-src', page)
    assert not re.findall(r"""(?:src|href|action)\s*=\s*["'](?!#|files/)""", page)


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/shadow", "C:\\x.pdf", "a\x00b.pdf", "con", ".", "..", "",
     "x" * 5000 + ".pdf", "bài\u202egpj.exe", "tên\nxuống dòng.pdf", "a/b/c/..", "💣.pdf", "báo cáo.tar.gz;rm -rf ~"],
)  # fmt: skip
def test_hostile_names_stay_within_the_folder(name):
    clean = writing.clean_name(name, 7)
    assert clean.startswith("007-") and len(clean) <= 100
    assert not set(clean) & set('/\\:*?"<>|\x00\n\u202e~;') and not clean.endswith((".", " "))


def test_hostile_file_names_unpack_within_the_folder(two, session, copy, tmp_path):
    session.execute(update(Submission).where(Submission.id == two.done.paper.id).values(filename='../../a"><b>.pdf'))
    session.commit()
    archive = copy(two.hers)
    assert len(set(archive.namelist())) == len(archive.namelist())
    for name in archive.namelist():
        assert not name.startswith("/") and ".." not in name.split("/") and "\\" not in name
    archive.extractall(tmp_path)
    assert (tmp_path / "files").is_dir()


def test_a_file_that_is_gone_does_not_stop_the_copy(two, copy):
    files.remove(two.done.paper.sha256)
    data = json.loads(copy(two.hers).read("data.json"))
    assert data["essays"][0]["file"] is None


# -- whose it is, and for how long -------------------------------------------------------------------------------------


def test_ordering_twice_while_one_is_in_the_making_gives_the_same(two, session, sign_in, submit, run_jobs):
    client = sign_in(two.hers)
    first = submit(client, f"{URL}/archive", page=URL).location
    assert submit(client, f"{URL}/archive", page=URL).location == first
    run_jobs()
    assert session.scalar(text("SELECT count(*) FROM personal_archives")) == 1
    assert client.get(first).status_code == 200
    assert submit(client, f"{URL}/archive", page=URL).location != first


def test_an_order_whose_job_died_does_not_stand_in_the_way(two, session, sign_in, submit):
    client = sign_in(two.hers)
    first = submit(client, f"{URL}/archive", page=URL).location
    session.execute(text("UPDATE job_progress SET state = 'failed'"))
    session.commit()
    assert submit(client, f"{URL}/archive", page=URL).location != first


def test_a_new_copy_takes_the_place_of_the_old(two, session, sign_in, submit, run_jobs):
    client = sign_in(two.hers)
    for _ in range(2):
        submit(client, f"{URL}/archive", page=URL)
        run_jobs()
    (left,) = session.scalars(select(PersonalArchive))
    assert left.size and b"".join(files.read(left.sha256))[:2] == b"PK"


def test_order_and_each_download_are_audited(two, session, sign_in, submit, run_jobs):
    client = sign_in(two.hers)
    submit(client, f"{URL}/archive", page=URL)
    run_jobs()
    fetch(client, submit)
    fetch(client, submit)
    assert [one for one in actions(session) if one.startswith("archive.")] == [
        "archive.order", "archive.download", "archive.download",
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["administrator", "home_affairs_officer", "auditor"])
def test_nobody_else_can_fetch_it(two, session, sign_in, submit, run_jobs, role):
    submit(sign_in(two.hers), f"{URL}/archive", page=URL)
    run_jobs()
    (archive,) = session.scalars(select(PersonalArchive))
    client = sign_in(make.holder(role))
    assert submit(client, f"{URL}/archive/{archive.id}", page=URL).status_code == 404
    assert client.get(f"{URL}/archive/{archive.id}").status_code == 405
    assert client.get(f"/jobs/{archive.job_id}").status_code == 403
    assert str(archive.id) not in client.get(URL).text
    assert "archive.download" not in actions(session)


def test_it_is_swept_after_a_week(two, session, sign_in, submit, run_jobs):
    with time_machine.travel(NOW, tick=False):
        client = sign_in(two.hers)
        submit(client, f"{URL}/archive", page=URL)
        run_jobs()
        (archive,) = session.scalars(select(PersonalArchive))
        archive_id, sha256 = archive.id, archive.sha256
        assert archive.expires_at == NOW + timedelta(days=7)
        assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1, "the sweep is due"
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        late = sign_in(two.hers)
        assert submit(late, f"{URL}/archive/{archive_id}", page=URL).status_code == 404
        run_jobs()
        run_jobs()  # the sweep names the file, the next job removes it
    assert session.scalar(text("SELECT count(*) FROM personal_archives")) == 0
    with pytest.raises(FileNotFoundError):
        files.read(sha256)


def test_the_page_of_a_stranger_and_reading_requests(client):
    assert client.get(URL).status_code == 302
    assert client.get(f"{URL}/archive").status_code == 405


def test_the_page_asks_a_fixed_number_of_questions(two, sign_in, queries):
    client = sign_in(two.hers)
    queries.clear()
    assert client.get(URL).status_code == 200
    assert len(queries) <= 6


# -- a request on paper ------------------------------------------------------------------------------------------------


def test_an_officer_writes_it_into_a_file_for_a_request_on_paper(app, two, session, tmp_path):
    file = tmp_path / "hn70001.zip"
    done = app.test_cli_runner().invoke(args=["people", "archive", "hn70001", str(file)])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(file) as archive:
        assert archive.testzip() is None and "HN70001" in archive.read("data.json").decode()
    assert file.stat().st_mode & 0o077 == 0
    assert actions(session)[-1] == "archive.hand_over"

    again = app.test_cli_runner().invoke(args=["people", "archive", "HN70001", str(file)])
    assert again.exit_code == 1 and "nothing was written" in again.output
    unknown = app.test_cli_runner().invoke(args=["people", "archive", "HN00000", str(tmp_path / "x.zip")])
    assert unknown.exit_code == 1 and not (tmp_path / "x.zip").exists()
