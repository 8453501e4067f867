"""What a key opens: its institution's trainees, its own statements to void, attachments of what it is given."""

import hashlib
import json
from base64 import b64encode
from typing import Any
from uuid import UUID, uuid4

import pytest

from lms.core.database import db
from lms.core.guard import SYSTEM
from lms.library.services import registrations
from lms.records import services
from lms.records.emit import Activity, emit
from lms.records.vocabulary import VOIDED
from tests import factories
from tests.conftest import NOW
from tests.library.test_api import Api, cmi5

SCOPES = (("statements/write", "statements/read/mine"), ("statements/write", "all/read"), ("all",))


class Key:
    def __init__(self, client: Any, scopes: Any) -> None:
        made, secret = services.make_credential(SYSTEM, name="k", scopes=scopes, at=NOW)
        token = b64encode(f"{made.key}:{secret}".encode()).decode()
        self.client, self.headers = client, {"Authorization": f"Basic {token}", "X-Experience-API-Version": "1.0.3"}

    def post(self, *statements: Any, **more: Any) -> Any:
        return self.client.post("/xapi/statements", json=list(statements), headers=self.headers, **more)

    def get(self, **query: Any) -> Any:
        return self.client.get("/xapi/statements", query_string=query, headers=self.headers)


def statement(**values: Any) -> dict[str, Any]:
    plain = {"actor": {"mbox": "mailto:a@e.vn"}, "verb": {"id": "http://e.vn/did"}, "object": {"id": "http://e.vn/a"}}
    return plain | {"id": str(uuid4())} | values


def voiding(statement_id: Any) -> dict[str, Any]:
    return statement(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": str(statement_id)})


# -- voiding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scopes", SCOPES)
def test_a_key_voids_what_it_sent_and_nothing_else(client: Any, session: Any, scopes: Any) -> None:
    key, other, reader = Key(client, scopes), Key(client, ["all"]), Key(client, ["all"])
    mine, foreign = statement(), statement()
    assert key.post(mine).status_code == other.post(foreign).status_code == 200
    refused = key.post(statement(), voiding(foreign["id"]))
    assert refused.status_code == 403 and foreign["id"] in refused.text
    assert len(reader.get().json["statements"]) == 2
    assert key.post(voiding(mine["id"])).status_code == 200
    assert reader.get(statementId=mine["id"]).status_code == 404
    assert reader.get(statementId=foreign["id"]).status_code == 200


@pytest.mark.parametrize("scopes", SCOPES)
def test_nobody_voids_what_the_product_says(client: Any, session: Any, scopes: Any) -> None:
    activity = Activity("lesson", "l")
    said = emit(learner=uuid4(), verb="completed", activity=activity, registration=uuid4(), at=NOW)
    session.commit()
    assert Key(client, scopes).post(voiding(said)).status_code == 403
    assert Key(client, ["all"]).get(statementId=str(said)).status_code == 200


def test_what_was_voided_before_it_came_is_not_when_another_sends_it(client: Any, session: Any) -> None:
    key, other = Key(client, ["all"]), Key(client, ["all"])
    theirs, own = statement(), statement()
    assert key.post(voiding(theirs["id"]), voiding(own["id"])).status_code == 200
    assert other.post(theirs).status_code == key.post(own).status_code == 200
    assert other.get(statementId=theirs["id"]).status_code == 200
    assert other.get(voidedStatementId=theirs["id"]).status_code == 404
    assert other.get(voidedStatementId=own["id"]).status_code == 200


# -- attachments ------------------------------------------------------------------------------------------------------

CONTENT = "Bài làm của người khác".encode()
SHA2 = hashlib.sha256(CONTENT).hexdigest()


def attached(**more: Any) -> dict[str, Any]:
    one = {
        "usageType": "http://e.vn/u",
        "display": {"vi": "Tệp"},
        "contentType": "text/plain",
        "length": len(CONTENT),
        "sha2": SHA2,
    }
    return statement(attachments=[one | more])


def send(key: Key, sent: Any) -> Any:
    body = (
        f"--b\r\nContent-Type: application/json\r\n\r\n{json.dumps(sent)}\r\n--b\r\nContent-Type: text/plain\r\n"
        f"Content-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {SHA2}\r\n\r\n"
    ).encode() + CONTENT
    headers = key.headers | {"Content-Type": "multipart/mixed; boundary=b"}
    return key.client.post("/xapi/statements", data=body + b"\r\n--b--\r\n", headers=headers)


@pytest.mark.parametrize("case", ["same", "upper"])
def test_who_only_knows_the_hash_is_not_given_the_content(client: Any, session: Any, case: str) -> None:
    owner, thief = Key(client, ["all"]), Key(client, ["statements/write", "statements/read/mine"])
    sent = attached()
    assert send(owner, sent).status_code == 200
    named = attached(fileUrl="http://e.vn/f", sha2=SHA2.upper() if case == "upper" else SHA2)
    assert thief.post(named).status_code == 200
    for query in ({"attachments": "true"}, {"attachments": "true", "statementId": named["id"]}):
        assert CONTENT not in thief.get(**query).data
    assert CONTENT in owner.get(attachments="true", statementId=sent["id"]).data
    assert CONTENT not in owner.get(attachments="true", statementId=named["id"]).data


def test_who_sends_the_content_too_is_given_it(client: Any, session: Any) -> None:
    first, second = Key(client, ["all"]), Key(client, ["statements/write", "statements/read/mine"])
    assert send(first, attached()).status_code == send(second, attached(fileUrl="http://e.vn/f")).status_code == 200
    answer = second.get(attachments="true")
    assert answer.data.count(CONTENT) == 1


# -- keys of institutions ---------------------------------------------------------------------------------------------


def person_of(account: Any) -> Any:
    return db.session.get(type(factories.person()), account.person_id)


def registered(api: Api, version: str, person: Any) -> Any:
    return api("POST", "/registrations", json={"version_id": version, "learner": {"staff_code": person.staff_code}})


@pytest.mark.parametrize("status", ["enrolled", "completed", "failed", "withdrawn", None])
def test_a_key_acts_for_trainees_of_its_institution(client: Any, status: str | None) -> None:
    api, person = Api(client, factories.institution()), person_of(factories.trainee())
    factories.enrolment(factories.class_run(), person)  # of another institution
    if status:
        factories.enrolment(factories.class_run(api.institution), person, status=status)
    version = api.upload(cmi5()).json["version_id"]
    answer = registered(api, version, person)
    assert answer.status_code == (201 if status in ("enrolled", "completed", "failed") else 404)
    nobody = api("POST", "/registrations", json={"version_id": version, "learner": {"staff_code": "KHONG-CO"}})
    assert nobody.status_code == 404
    if answer.status_code == 404:  # nothing tells somebody else's trainee from nobody
        assert answer.json["error"] == nobody.json["error"] and answer.json["code"] == nobody.json["code"]


def test_a_key_reads_and_opens_nothing_of_others(client: Any) -> None:
    api, person = Api(client, factories.institution()), person_of(factories.trainee())
    version = api.upload(cmi5()).json["version_id"]
    unit = api("GET", f"/versions/{version}").json["units"][1]["id"]
    found = registrations.register(UUID(version), registrations.learner_of(person.id), at=NOW)
    db.session.commit()
    place = f"/registrations/{found.id}"
    ways = [
        ("GET", place, None),
        ("GET", f"{place}/statements", None),
        ("POST", f"{place}/launches", {"unit_id": unit, "mode": "Normal"}),
        ("POST", f"{place}/units/{unit}/waive", {"reason": "Administrative"}),
    ]
    for method, path, body in ways:
        assert api(method, path, **({"json": body} if body else {})).status_code == 404, path
    factories.enrolment(factories.class_run(api.institution), person)
    db.session.commit()
    said = [api(method, path, **({"json": body} if body else {})) for method, path, body in ways]
    assert [answer.status_code for answer in said] == [200, 200, 201, 200], [answer.text for answer in said]
