"""`flask records export` and `import`: JSON lines that come back as they were, also after an interruption."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select

from lms.core.audit import AuditEntry
from lms.records.models import Mention, Reference, Statement
from tests.records.keeping import keep


@pytest.fixture
def flask(app, session):
    runner = app.test_cli_runner()

    def run(*arguments: Any) -> Any:
        return runner.invoke(args=["records", *map(str, arguments)])

    return run


def statement(**values: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "actor": {"mbox": "mailto:anh@example.vn", "name": "Nguyễn Thị Ánh"},
        "verb": {"id": "http://e.vn/did"},
        "object": {"id": "http://e.vn/a"},
        "timestamp": "2026-11-20T08:30:00.123+07:00",
    } | values


def kept(session: Any) -> list[dict[str, Any]]:
    rows = session.scalars(select(Statement.raw).order_by(Statement.seq))
    return [{key: value for key, value in json.loads(raw).items() if key != "stored"} for raw in rows]


def forget(session: Any) -> None:
    for table in (Mention, Reference, Statement):
        session.execute(delete(table))
    session.commit()


def test_what_was_exported_comes_back_as_it_was(flask, session, tmp_path):
    other = {"objectType": "Agent", "account": {"homePage": "http://e.vn", "name": "another store"}}
    keep([statement(result={"score": {"raw": 1.5}}) for _ in range(1200)])
    bad = statement()
    keep(
        [
            bad,
            statement(
                verb={"id": "http://adlnet.gov/expapi/verbs/voided"},
                object={"objectType": "StatementRef", "id": bad["id"]},
            ),
        ],
        authority=other,
    )
    keep(
        [statement(context={"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:b@e.vn"}}]})],
        version="2.0.0",
    )
    session.commit()
    before, file = kept(session), tmp_path / "statements.jsonl"
    assert "1,203 statements written" in flask("export", file).output
    forget(session)
    result = flask("import", file)
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "1,203 statements read")
    assert kept(session) == before
    assert session.scalar(select(func.count()).select_from(Reference)) == 1
    assert session.scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc())) == "records.import"
    assert flask("import", file).exit_code == 0
    assert len(kept(session)) == 1203


def test_an_interrupted_export_goes_on_after_its_last_whole_line(flask, session, tmp_path):
    keep([statement() for _ in range(5)])
    session.commit()
    file = tmp_path / "statements.jsonl"
    flask("export", file)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert flask("export", file).exit_code == 1
    assert flask("export", file, "--resume").exit_code == 0
    assert file.read_bytes() == whole


def test_a_statement_sent_over_several_lines_is_one_line(flask, session, tmp_path):
    from lms.records.store import store
    from lms.records.vocabulary import AUTHORITY

    one = statement(actor={"mbox": "mailto:a@e.vn", "name": "a\u2028b"})
    store(
        [(one, json.dumps(one, indent=2, ensure_ascii=False).replace("\n", "\r\n"))],
        authority=AUTHORITY,
        version="1.0.3",
    )
    session.commit()
    flask("export", tmp_path / "s.jsonl")
    (line,) = (tmp_path / "s.jsonl").read_bytes().splitlines()
    assert json.loads(line)["actor"] == one["actor"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2: request: is not JSON"),
        (json.dumps(statement(verb={"id": "did"})), "line 2: verb.id: must be an IRI"),
        (json.dumps(statement()), "line 2: authority: is required"),
        ("[]", "line 2"),
    ],
)
def test_a_bad_line_is_named_and_its_chunk_is_not_stored(flask, session, tmp_path, line, told):
    file = tmp_path / "s.jsonl"
    good = json.dumps(statement(authority={"mbox": "mailto:a@e.vn"}))
    file.write_text(f"{good}\n{line}\n")
    result = flask("import", file)
    assert result.exit_code == 1 and told in result.output
    assert kept(session) == []


def test_another_statement_under_a_known_id_stops_the_import(flask, session, tmp_path):
    one = statement(authority={"mbox": "mailto:a@e.vn"})
    keep([one])
    session.commit()
    file = tmp_path / "s.jsonl"
    file.write_text(json.dumps(one | {"result": {"success": True}}) + "\n")
    result = flask("import", file)
    assert result.exit_code == 1 and one["id"] in result.output


def test_a_key_made_on_the_command_line_opens_the_store(flask, client, session):
    made = dict(line.split() for line in flask("key", "Kho dữ liệu", "--scope", "all").output.splitlines())
    answer = client.get(
        "/xapi/statements", auth=(made["key"], made["secret"]), headers={"X-Experience-API-Version": "1.0.3"}
    )
    assert answer.status_code == 200


def test_the_profile_is_answered_at_its_iri(client, session):
    from lms.records.vocabulary import PROFILE, profile_document

    answer = client.get(PROFILE.removeprefix("https://khue.example"))
    assert answer.mimetype == "application/ld+json"
    assert json.loads(answer.data) == profile_document()
