"""The link between a person and her records: when the law lets it go, that it is gone, and that all figures stay."""

import io
import json
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import openpyxl
import pytest
import time_machine
from sqlalchemy import select, text

from lms.assessment.models import Submission
from lms.classes import services as classes
from lms.console.personal.models import ErasureRequest, PersonalArchive
from lms.core import audit, files, throttle
from lms.core.audit import AuditEntry
from lms.core.guard import SYSTEM
from lms.core.jobs import JobProgress
from lms.learning.projections import rebuild_projections
from lms.people import services as people
from lms.people.models import Account, Person
from lms.quality.queries import classes as quality
from lms.records import queries as records
from lms.records.models import Credential, Document
from lms.records.parameters import StatementQuery
from lms.records.shapes import account_ifi, mention
from lms.reports.completion import queries as reports
from lms.surveys.models import Comment
from tests import factories as make
from tests.conftest import NOW
from tests.console.studying import ADMIN, CODE, EMAIL, NAME, URL, actions
from tests.data import media
from tests.quality.test_quality import closed  # noqa: F401 - a fixture

# -- after it ----------------------------------------------------------------------------------------------------------

EXEMPT = {"audit_entries": "append-only, chained: docs/decisions/0008-erasure.md"}
_COLUMNS = text(
    "SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns "
    "JOIN information_schema.tables USING (table_schema, table_name) "
    "WHERE table_schema IN ('public', 'ballots') AND table_type = 'BASE TABLE' "
    "AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'ARRAY')"
)


def traces(session, wanted):
    """Every table and column in which one of the texts stands, in whatever case."""
    found = []
    for schema, table, column, kind in session.execute(_COLUMNS).all():
        shown = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
        sql = text(f'SELECT count(*) FROM "{schema}"."{table}" WHERE lower({shown}) LIKE ANY (:traces)')
        if table not in EXEMPT and session.scalar(sql, {"traces": [f"%{one.lower()}%" for one in wanted]}):
            found.append(f"{table}.{column}")
    return found


def litter(session, gone):
    """Leave her name wherever the product could have left it."""
    ifi = account_ifi(gone.hers.actor_name)
    session.add(JobProgress(id=uuid4(), kind="people.import_roster", state="done", created_at=NOW, result={
        "problems": [[2, "B", "Họ và tên", NAME, "?"]], "problem_count": 1, "message": "", "filename": f"{NAME}.xlsx",
    }))  # fmt: skip
    session.add(JobProgress(id=uuid4(), kind="people.import_roster", state="done", created_at=NOW, result={
        "new": 1, "filename": f"Danh sách {CODE}.xlsx",
    }))  # fmt: skip
    session.add(Document(
        key=uuid4(), owner=uuid4(), agent=UUID(mention("agent", ifi)), document_id="suspend", etag="x", updated_at=NOW,
        content=json.dumps({"learner_name": EMAIL}).encode(), content_type="application/json",
    ))  # fmt: skip
    session.add(Credential(
        id=uuid4(), name="session x", key="k1", secret_hash=b"0", scopes=["state"], created_at=NOW, agent=ifi,
        registration=gone.done.registration, activity="http://e.vn/a",
    ))  # fmt: skip
    session.execute(text(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES "
        "('default', 'people.import_roster', CAST(:args AS jsonb), 'succeeded')"
    ), {"args": json.dumps({"filename": f"{NAME}.xlsx"})})  # fmt: skip
    people.issue_activation_code(SYSTEM, gone.hers.id, at=NOW)
    make.role(gone.hers, "unit_manager", gone.unit)
    throttle.take({f"name:{gone.hers.username}|sign-in": throttle.Pace(5, timedelta(days=900))}, at=NOW)
    session.commit()


def figures(session, gone):
    """What reports count, and what the tables are by their statements."""
    paths = ("/",)
    head = quality.class_head(gone.run.id)
    report = rebuild_projections(write=False, at=NOW)
    record = [row[1:] for row in reports.record_of(gone.person_id)]
    return {
        "programmes": reports.by_programme(reports.Filters(paths)),
        "classes": reports.by_class(reports.Filters(paths)),
        "units": reports.by_unit(reports.Filters(paths)),
        "class": head,
        "record": record,
        "projections": (report.read, report.equal, report.unsaid, report.differences),
        "marks": sorted(session.execute(text("SELECT status, count(*) FROM attendance GROUP BY status")).all()),
        "scores": sorted(session.execute(text("SELECT score, passed FROM submissions")).all()),
        "attempts": sorted(session.execute(text("SELECT id, score, passed FROM attempts")).all()),
        "reading": sorted(session.execute(text("SELECT registration, seconds FROM lesson_progress")).all()),
        "statements": session.execute(text("SELECT md5(string_agg(raw, '' ORDER BY seq)) FROM statements")).scalar(),
        "heads": session.execute(text("SELECT count(*), count(left_on) FROM persons")).one(),
    }


@pytest.fixture
def erased(gone, session, ask, carry_out, sign_in, submit, run_jobs):
    """The link is removed; what was counted before."""
    litter(session, gone)
    client = sign_in(gone.hers)
    submit(client, f"{URL}/archive", page=URL)
    run_jobs()
    session.expire_all()
    sha256s = [
        session.scalars(select(PersonalArchive.sha256)).one(),
        session.get(Submission, gone.done.paper.id).sha256,
    ]
    before = figures(session, gone)
    assert len(traces(session, [NAME, CODE, EMAIL])) > 10, "the scan finds what is there"
    assert carry_out(gone.admin, ask(gone.hers)).status_code == 302
    run_jobs()
    session.expire_all()
    return SimpleNamespace(**vars(gone), before=before, client=client, sha256s=sha256s)


def test_no_table_holds_her_any_more(erased, session):
    assert traces(session, [NAME, "Trinh Thi Quynh Giao", CODE, EMAIL]) == []


def test_all_figures_are_as_before(erased, session):
    after = figures(session, erased)
    for name, value in erased.before.items():
        assert after[name] == value, name


def test_nobody_finds_her(erased, session, sign_in):
    client = sign_in(erased.admin)
    for query in (NAME, "quynh giao", CODE):
        page = client.get("/admin/people", query_string={"q": query}).text.partition("<main")[2]
        assert str(erased.hers.id) not in page and CODE not in page.replace(f'value="{query}"', "")
    row = session.get(Person, erased.person_id)
    assert (row.birth_date, row.sex, row.email, row.rank, row.position) == (None, None, None, None, "")
    assert row.unit_id == erased.unit.id and row.left_on == date(2020, 1, 1)
    listed = client.get("/admin/xapi/statements", query_string={"person": CODE})
    assert NAME not in listed.text and str(erased.hers.actor_name) not in listed.text


def test_her_account_is_closed_for_good(erased, session):
    assert erased.client.get("/account").status_code == 302
    account = session.get(Account, erased.hers.id)
    assert not account.active and account.password_hash is None
    for table in ("sign_in_sessions", "activation_codes", "role_holdings", "personal_archives"):
        assert session.scalar(text(f"SELECT count(*) FROM {table} WHERE account_id = :id"), {"id": account.id}) == 0
    assert session.scalars(select(Credential).where(Credential.agent.is_not(None))).one().revoked_at is not None
    assert session.scalar(text("SELECT count(*) FROM throttles WHERE key LIKE 'name:hn88881|%'")) == 0


def test_her_files_are_gone_and_those_of_others_are_there(erased, session, sign_in):
    for sha256 in erased.sha256s:
        with pytest.raises(FileNotFoundError):
            files.read(sha256)
    assert b"".join(files.read(erased.rest.paper.sha256)) == media.pdf(["noise"])
    session.add(make.RoleHolding(account_id=erased.admin.id, role="institution_staff", unit_id=make.city().id))
    session.commit()
    client = sign_in(erased.admin)
    url = f"/classes/{erased.run.id}/essays/{erased.done.paper.id}"
    assert client.get(url).status_code == 200
    assert client.get(f"{url}/file").status_code == 404


def test_words_about_her_are_gone_and_scores_stay(erased, session):
    paper = session.get(Submission, erased.done.paper.id)
    assert (paper.comment, paper.filename, paper.score) == (None, "", 8.25)
    rest = session.get(Submission, erased.rest.paper.id)
    assert rest.comment == "Bài tốt"
    notes = session.execute(text("SELECT note FROM attendance ORDER BY note NULLS FIRST")).scalars().all()
    assert notes == [None, "ốm"]


def test_the_act_is_audited_without_her_name_and_the_chain_is_whole(erased, session):
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "erasure.carry_out")).one()
    told = json.dumps(entry.after, ensure_ascii=False)
    assert entry.subject_id == str(erased.hers.id) and not any(one in told for one in (NAME, CODE, EMAIL))
    assert list(audit.verify()) == []


def test_her_statements_stay_and_lead_to_nobody(erased, session):
    rows = records.browse(StatementQuery(limit=100), by=erased.hers.actor_name)
    assert len(rows) > 5
    assert session.get(Account, erased.hers.id).actor_name == erased.hers.actor_name


def test_it_cannot_be_done_twice(erased, session, sign_in, submit):
    (request_id,) = session.scalars(select(ErasureRequest.id))
    client = sign_in(erased.admin)
    assert NAME not in client.get(f"{ADMIN}/{request_id}").text
    code = session.get(Person, erased.person_id).staff_code
    again = submit(client, f"{ADMIN}/{request_id}/carry-out", {"staff_code": code}, page=f"{ADMIN}")
    assert again.status_code == 409
    assert actions(session).count("erasure.carry_out") == 1


def test_a_file_that_somebody_else_handed_in_too_stays(gone, session, ask, carry_out, run_jobs):
    theirs, hers = session.get(Submission, gone.rest.paper.id), session.get(Submission, gone.done.paper.id)
    hers.sha256 = theirs.sha256
    session.commit()
    carry_out(gone.admin, ask(gone.hers))
    run_jobs()
    assert b"".join(files.read(theirs.sha256)) == media.pdf(["noise"])


def test_what_people_wrote_about_a_lecturer_goes_and_the_figures_stay(gone, session, ask, carry_out):
    person = session.get(Person, gone.person_id)
    teaching = make.teaching(gone.run, make.topics(gone.run)[0], person)
    for key in (teaching.id, uuid4()):
        session.add(Comment(id=uuid4(), survey_id=uuid4(), item="x", teaching=key, text="Cô Giao dạy hay"))
    session.commit()
    carry_out(gone.admin, ask(gone.hers))
    assert session.scalar(text("SELECT count(*) FROM ballots.comments")) == 1


def test_a_quality_report_keeps_its_figures_without_the_name(closed, session, ask, carry_out, sign_in):  # noqa: F811
    run, staff = closed(5)
    person = session.scalars(select(Person).where(Person.full_name == "Vũ Thị Hải Yến")).one()
    account = make.account(person)
    person.left_on = date(2020, 1, 1)
    session.commit()

    def rows():
        answer = sign_in(staff).get(f"/reports/classes/{run.id}/quality.xlsx")
        return list(
            openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(min_row=4, values_only=True)
        )

    before = rows()
    assert "Vũ Thị Hải Yến" in {row[3] for row in before}
    carry_out(make.holder("administrator"), ask(account), person.staff_code)
    after = rows()
    assert "Vũ Thị Hải Yến" not in {row[3] for row in after}
    assert [(*row[:3], *row[4:]) for row in after] == [(*row[:3], *row[4:]) for row in before]


def test_a_class_that_is_still_taught_stands_in_the_way(gone, session, ask, sign_in):
    other = make.class_run()
    make.teaching(other, make.topics(other)[0], session.get(Person, gone.person_id))
    session.commit()
    request_id = ask(gone.hers)
    assert f"{ADMIN}/{request_id}/carry-out" not in sign_in(gone.admin).get(f"{ADMIN}/{request_id}").text


def test_an_archive_in_the_making_is_dropped(gone, session, ask, carry_out, sign_in, submit, run_jobs):
    submit(sign_in(gone.hers), f"{URL}/archive", page=URL)
    carry_out(gone.admin, ask(gone.hers))
    run_jobs()
    assert session.scalar(text("SELECT count(*) FROM personal_archives")) == 0


def test_an_uploaded_roster_does_not_outlive_its_use(session, run_jobs):
    stored = files.put(io.BytesIO(f"danh sach {NAME}".encode()))
    people.forget_later(SYSTEM, stored.sha256, at=NOW)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        run_jobs()
    assert b"".join(files.read(stored.sha256))
    people.forget_later(SYSTEM, stored.sha256, at=NOW)
    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        run_jobs()
    with pytest.raises(FileNotFoundError):
        files.read(stored.sha256)


def test_enrolling_others_goes_on_afterwards(erased, session):
    run = make.class_run()
    session.commit()
    assert len(classes.enrol(SYSTEM, run.id, [erased.noise.person_id], at=NOW)) == 1
