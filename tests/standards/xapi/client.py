"""A client program of the record store, and the pieces of which statements are made."""

import hashlib
import json
from base64 import b64encode
from copy import deepcopy
from typing import Any
from uuid import uuid4

import pytest

VERSIONS = ("1.0.3", "2.0.0")
VERSION = "X-Experience-API-Version"
VOIDED = "http://adlnet.gov/expapi/verbs/voided"
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
OTHER_UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
SHA1 = "cd9b00a5611f94eaa7b1661edab976068e364975"
BOUNDARY = "-------khue314159"
DROP = object()
"""As a value in a row: take the property away."""

Changes = dict[str, Any]
"""Path (keys and places in lists, parted by blanks) -> value."""


def only(version: str) -> Any:
    """Run a test in one version only."""
    return pytest.mark.parametrize("version", [version], indirect=True)


def table(rows: list[tuple[Any, ...]], *names: str) -> Any:
    """Parametrize a test with rows whose first column is their id."""
    return pytest.mark.parametrize(names, [pytest.param(*row[1:], id=row[0]) for row in rows])


class Lrs:
    """A client program with a key, speaking one version."""

    def __init__(self, client: Any, credential: Any, secret: str, version: str) -> None:
        self.client, self.credential, self.version = client, credential, version
        self.authorization = "Basic " + b64encode(f"{credential.key}:{secret}".encode()).decode()

    @property
    def headers(self) -> dict[str, str]:
        return {VERSION: self.version, "Authorization": self.authorization}

    def send(
        self,
        method: str,
        resource: str,
        query: dict[str, Any] | None = None,
        *,
        body: Any = None,
        headers: dict[str, str | None] | None = None,
    ) -> Any:
        """Send a request; a body that is no bytes goes as JSON, a header of None is left out."""
        sent: dict[str, str | None] = dict(self.headers)
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        sent |= headers or {}
        plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in (query or {}).items()}
        return self.client.open(
            f"/xapi/{resource}",
            method=method,
            query_string=plain,
            data=body,
            headers={key: value for key, value in sent.items() if value is not None},
        )

    def get(self, resource: str = "statements", *, headers: Any = None, **query: Any) -> Any:
        return self.send("GET", resource, query, headers=headers)

    def post(self, body: Any, **more: Any) -> Any:
        return self.send("POST", "statements", body=body, **more)

    def put(self, body: Any, statement_id: str | None = None, **more: Any) -> Any:
        return self.send("PUT", "statements", {"statementId": statement_id or body["id"]}, body=body, **more)

    def store(self, *statements: dict[str, Any]) -> list[str]:
        """Store statements one request each; return their ids."""
        ids: list[str] = []
        for one in statements:
            answer = self.post(one)
            assert answer.status_code == 200, answer.text
            ids += answer.json
        return ids

    def one(self, statement_id: str, **query: Any) -> dict[str, Any]:
        """Return a statement as it is answered."""
        answer = self.get(statementId=statement_id, **query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def ids(self, **query: Any) -> list[str]:
        """Return the ids of the statements found, over all pages."""
        answer = self.get(**query)
        assert answer.status_code == 200, answer.text
        found = [one["id"] for one in answer.json["statements"]]
        while answer.json.get("more"):
            answer = self.follow(answer.json["more"])
            found += [one["id"] for one in answer.json["statements"]]
        return found

    def follow(self, more: str) -> Any:
        return self.client.get(more, headers=self.headers)

    def accepts(self, statement: dict[str, Any], *, how: str = "POST PUT") -> None:
        """Check that a statement is stored by each method."""
        for method in how.split():
            sent = self._fresh(statement, method)
            answer = self.post(sent) if method == "POST" else self.put(sent)
            assert answer.status_code == (200 if method == "POST" else 204), (method, answer.status_code, answer.text)

    def refuses(self, statement: Any, *, how: str = "POST PUT", status: int = 400) -> None:
        """Check that a statement is refused by each method, with a message."""
        for method in how.split():
            sent = self._fresh(statement, method)
            where = sent["id"] if isinstance(sent.get("id"), str) else str(uuid4())
            answer = self.post(sent) if method == "POST" else self.put(sent, where)
            assert answer.status_code == status, (method, answer.status_code, answer.text)
            assert answer.text

    @staticmethod
    def _fresh(statement: dict[str, Any], method: str) -> dict[str, Any]:
        return statement if "id" in statement or method == "POST" else statement | {"id": str(uuid4())}


def check(lrs: Lrs, statement: dict[str, Any], expected: Any, *, inside: bool = True) -> None:
    """Check one row: alone by POST and PUT, and as a sub-statement when it can be one."""
    good = expected if isinstance(expected, bool) else expected[lrs.version]
    judge = lrs.accepts if good else lrs.refuses
    judge(statement)
    target = statement.get("object")
    if inside and not (isinstance(target, dict) and target.get("objectType") == "SubStatement"):
        judge(wrapped(statement), how="POST")


# -- pieces -----------------------------------------------------------------------------------------------------------


def agent(name: str = "anh", /, **more: Any) -> dict[str, Any]:
    return {"objectType": "Agent", "mbox": f"mailto:{name}@example.vn", **more}


def group(*names: str, **more: Any) -> dict[str, Any]:
    return {"objectType": "Group", "member": [agent(name) for name in names], **more}


def account(name: str = "anh", home: str = "http://example.vn/") -> dict[str, Any]:
    return {"homePage": home, "name": name}


def activity(name: str = "a", /, **definition: Any) -> dict[str, Any]:
    return {"objectType": "Activity", "id": f"http://example.vn/{name}"} | (
        {"definition": definition} if definition else {}
    )


def verb(name: str = "did", /, **display: str) -> dict[str, Any]:
    return {"id": f"http://example.vn/verbs/{name}"} | ({"display": display} if display else {})


def ref(statement_id: str = OTHER_UUID) -> dict[str, Any]:
    return {"objectType": "StatementRef", "id": statement_id}


def statement(**values: Any) -> dict[str, Any]:
    """The smallest good statement."""
    return {"actor": agent(), "verb": verb(en="did"), "object": activity()} | values


def voiding(statement_id: str, **values: Any) -> dict[str, Any]:
    return statement(verb={"id": VOIDED}, object=ref(statement_id)) | values


def rich() -> dict[str, Any]:
    """A statement with every property that both versions know in a statement and a sub-statement."""
    return statement(
        object=activity(
            "rich",
            name={"en": "Smart city", "vi": "Đô thị thông minh"},
            description={"en": "Module"},
            type="http://adlnet.gov/expapi/activities/lesson",
            moreInfo="http://example.vn/more",
            extensions={"http://example.vn/x": {"deep": [1, None]}},
            interactionType="choice",
            correctResponsesPattern=["b"],
            choices=[{"id": "a", "description": {"en": "A"}}, {"id": "b", "description": {"en": "B"}}],
        ),
        result={
            "score": {"scaled": 0.5, "raw": 5, "min": 0, "max": 10},
            "success": True,
            "completion": False,
            "response": "b",
            "duration": "PT1H30M",
            "extensions": {"http://example.vn/x": None},
        },
        context={
            "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
            "instructor": agent("thay"),
            "team": group("binh", "chi"),
            "contextActivities": {"parent": [activity("p")], "category": activity("c")},
            "revision": "1",
            "platform": "Khuê",
            "language": "vi",
            "statement": ref(),
            "extensions": {"http://example.vn/x": ""},
        },
        timestamp="2026-11-20T08:30:00.123Z",
        attachments=[attachment(b"")],
    )


def wrapped(inner: dict[str, Any]) -> dict[str, Any]:
    """A statement whose object is this one as a sub-statement."""
    outside = ("id", "stored", "authority", "version")
    part = {key: value for key, value in inner.items() if key not in outside}
    return statement(object={"objectType": "SubStatement", **part})


def changed(base: dict[str, Any], changes: Changes) -> dict[str, Any]:
    """Return a copy with values set, or taken away, at paths."""
    result = deepcopy(base)
    for path, value in changes.items():
        *way, last = [int(key) if key.isdigit() else key for key in path.split()]
        place: Any = result
        for key in way:
            place = place[key] if isinstance(place, list) else place.setdefault(key, {})
        if value is DROP:
            del place[last]
        else:
            place[last] = deepcopy(value)
    return result


# -- attachments ------------------------------------------------------------------------------------------------------


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def attachment(data: bytes, **values: Any) -> dict[str, Any]:
    """The header of an attachment that can be had from a URL; ``fileUrl=DROP`` takes that away."""
    whole = {
        "usageType": "http://example.vn/usage/essay",
        "display": {"en": "Essay"},
        "contentType": "text/plain",
        "length": len(data),
        "sha2": sha256(data),
        "fileUrl": "http://example.vn/files/essay.txt",
    } | values
    return {key: value for key, value in whole.items() if value is not DROP}


def part(data: bytes, **headers: str | None) -> bytes:
    """A part with an attachment's data; underscores in header names stand for hyphens."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    lines = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": sha256(data),
    } | named
    return "".join(f"{key}: {value}\r\n" for key, value in lines.items() if value is not None).encode() + b"\r\n" + data


def first(statements: Any, content_type: str | None = "application/json") -> bytes:
    """The first part, which holds the statements."""
    head = f"Content-Type: {content_type}\r\n" if content_type else ""
    return head.encode() + b"\r\n" + json.dumps(statements).encode()


def mixed(*parts: bytes, boundary: str = BOUNDARY, subtype: str = "mixed") -> dict[str, Any]:
    """Body and header of a multipart request, as keywords of :meth:`Lrs.send`."""
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + one + b"\r\n" for one in parts) + mark + b"--\r\n"
    return {"body": body, "headers": {"Content-Type": f'multipart/{subtype}; boundary="{boundary}"'}}


def parts_of(answer: Any) -> list[tuple[dict[str, str], bytes]]:
    """Take a multipart answer apart: each part's headers (in small letters) and content."""
    assert answer.mimetype == "multipart/mixed"
    mark = b"--" + answer.mimetype_params["boundary"].encode()
    pieces = (b"\r\n" + answer.data).split(b"\r\n" + mark)
    assert pieces[-1].startswith(b"--")
    found = []
    for piece in pieces[1:-1]:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        lines = (line.split(":", 1) for line in head.decode().split("\r\n") if line)
        found.append(({name.strip().lower(): value.strip() for name, value in lines}, content))
    return found
