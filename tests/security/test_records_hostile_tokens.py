"""Credentials of the record store that are none, spent, bound or too narrow: nothing read, nothing stored."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from lms.core.database import utcnow
from lms.core.guard import SYSTEM
from lms.records.models import Attachment, Document, Statement
from lms.records.services import make_credential, open_session, revoke_credential
from lms.records.vocabulary import ACTIVITIES, VOIDED
from tests.conftest import NOW
from tests.security.hostile import basic, calm
from tests.standards.xapi.client import (
    DROP,
    VERSIONS,
    Lrs,
    account,
    agent,
    attachment,
    first,
    group,
    mixed,
    part,
    statement,
    verb,
    wrapped,
)


@pytest.fixture
def lrs_with(client, session):
    """``lrs_with("statements/read", …)`` returns a client program whose key has these scopes."""
    return lambda *scopes: Lrs(client, *make_credential(SYSTEM, name="Thử nghiệm", scopes=scopes, at=NOW), VERSIONS[0])


@pytest.fixture
def lrs(lrs_with):
    return lrs_with("all")


@pytest.fixture
def stored(session):
    """``stored()`` counts statements, documents and attachments."""
    tables = (Statement, Document, Attachment)
    return lambda: tuple(session.scalar(select(func.count()).select_from(table)) for table in tables)


# -- authorization ----------------------------------------------------------------------------------------------------


GARBAGE = [
    *("Basic", "Basic ", "Basic :", "Basic =", "Basic YQ", "Basic Y Q==", "Basic \0", "Basic " + "A" * 100_000),
    *("BasicYTpi", "Basic YTpi, Basic YTpi", basic(b"\xff:\xfe"), basic("a" * 75_000 + ":b")),
    *(basic("a:" + "b" * 75_000), basic("ế:𝒳"), basic("'; --:x"), basic("a\0:b"), basic("%s:%(key)s"), "Bearer "),
    *("Bearer " + "a" * 50_000, "Digest username=", 'Digest username="', "\0", "a" * 50_000),
]
NO_ASCII = ["Basic \xff", "Basic YTpi\xe9", "basic \xa0"]


@pytest.mark.parametrize("value", [*GARBAGE, *NO_ASCII], ids=lambda value: ascii(value)[:24])
def test_what_is_no_credential_is_401(lrs, stored, value):
    for answer in (lrs.get(headers={"Authorization": value}), lrs.post(statement(), headers={"Authorization": value})):
        calm(answer, 401)
        assert value[6:] not in answer.text or len(value) < 10
    assert stored() == (0, 0, 0)


def test_a_key_with_a_nul_is_not_the_key_without_it(lrs):
    _, secret = make_credential(SYSTEM, name="Thử nghiệm", scopes=["all"], at=NOW)
    calm(lrs.get(headers={"Authorization": basic(f"{lrs.credential.key}\0:{secret}")}), 401, secrets=(secret,))


# -- tokens -----------------------------------------------------------------------------------------------------------

ME = {"objectType": "Agent", "account": account("1")}
REGISTRATION = UUID(int=5, version=4)
HERE = f"{ACTIVITIES}/package/p1"
STATE = {"activityId": HERE, "agent": ME, "registration": str(REGISTRATION), "stateId": "s"}


def mine(**values: Any) -> dict[str, Any]:
    return {
        "actor": ME,
        "verb": verb(),
        "object": {"id": HERE},
        "context": {"registration": str(REGISTRATION)},
    } | values


@pytest.fixture
def content(client, session):
    """``content(lifetime)`` returns launched content with a token."""

    def make(lifetime: timedelta = timedelta(hours=1), registration: UUID = REGISTRATION) -> Lrs:
        made, secret = open_session(agent=ME, registration=registration, activity=HERE, lifetime=lifetime, at=utcnow())
        lrs = Lrs(client, made, secret, "1.0.3")
        lrs.secret = secret
        return lrs

    return make


def everything(lrs: Lrs) -> list[Any]:
    """Every kind of request, each of which a good token may send."""
    attached = mine(attachments=[attachment(b"x", fileUrl=DROP)])
    profile = {"agent": ME, "profileId": "p"}
    return [
        lrs.get(),
        lrs.get("activities", activityId=HERE),
        lrs.get("agents", agent=ME),
        lrs.post(mine()),
        lrs.post([mine(), mine()]),
        lrs.put(mine(), str(uuid4())),
        lrs.send("POST", "statements", **mixed(first(attached), part(b"x"))),
        *(lrs.send(method, "activities/state", STATE, body=b"x") for method in ("POST", "PUT")),
        *(lrs.send(method, "activities/state", STATE) for method in ("GET", "HEAD", "DELETE")),
        *(lrs.send(method, "agents/profile", profile, body=b"x") for method in ("POST", "PUT")),
        lrs.send("GET", "agents/profile", profile),
    ]


def test_a_good_token_opens_what_is_its_own(content):
    answers = everything(content())
    assert {answer.status_code for answer in answers} <= {200, 204, 409}  # a profile is not replaced without its tag


@pytest.mark.parametrize("seconds", [0, -1, -86400 * 365])
def test_a_token_that_has_expired_opens_nothing(content, stored, seconds):
    ended = content(timedelta(seconds=seconds))
    for answer in everything(ended):
        calm(answer, 401, secrets=(ended.secret, ended.credential.key))
    assert stored() == (0, 0, 0)


def test_a_token_that_was_revoked_opens_nothing_from_then_on(content, stored):
    ended = content()
    assert ended.post(mine()).status_code == 200
    revoke_credential(SYSTEM, ended.credential.id, at=utcnow())
    attached = first(mine(attachments=[attachment(b"x")]))
    for answer in (*everything(ended)[:6], *everything(ended)[7:], ended.send("POST", "statements", **mixed(attached))):
        calm(answer, 401, secrets=(ended.secret, ended.credential.key))
    assert stored()[:2] == (1, 0)


def test_a_token_that_was_revoked_leaves_no_attachment(content, stored):
    ended = content()
    assert ended.post(mine()).status_code == 200
    revoke_credential(SYSTEM, ended.credential.id, at=utcnow())
    everything(ended)
    assert stored() == (1, 0, 0)


@pytest.mark.parametrize("secret", ["", "x", "\0", "x" * 50_000])
def test_a_token_with_another_secret_opens_nothing(content, stored, secret):
    good = content()
    assert good.post(mine()).status_code == 200
    good.authorization = basic(f"{good.credential.key}:{secret}")
    for answer in everything(good):
        calm(answer, 401, secrets=(good.secret,))
    assert stored() == (1, 0, 0)


FOREIGN = {
    "another learner": mine(actor=agent()),
    "another account of the same name": mine(actor={"account": account("1", "http://other.vn/")}),
    "the same account in another case": mine(actor={"account": account("1", "HTTP://example.vn/")}),
    "a group with the learner": mine(actor={"objectType": "Group", "member": [ME]}),
    "another group": mine(actor=group("b")),
    "another registration": mine(context={"registration": str(uuid4())}),
    "no registration": mine(context={}),
    "no context": {key: value for key, value in mine().items() if key != "context"},
    "the registration of a sub-statement": wrapped(mine()) | {"actor": ME},
    "another activity of the product": mine(object={"id": f"{ACTIVITIES}/quiz/1"}),
    "a longer name of the activity": mine(object={"id": HERE + "/x"}),
    "voiding": mine(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": str(uuid4())}),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_token_says_nothing_that_is_not_its_own(content, stored, what):
    good = content()
    other = FOREIGN[what]
    multipart = mixed(first(other | {"attachments": [attachment(b"x", fileUrl=DROP)]}), part(b"x"))
    for answer in (
        good.post(other),
        good.post([mine(), other, mine()]),
        good.put(other, str(uuid4())),
        good.send("POST", "statements", **multipart),
    ):
        calm(answer, 403, secrets=(good.secret, good.credential.key))
    assert stored() == (0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [{"agent": agent()}, {"activityId": "http://e.vn/x"}, {"registration": str(uuid4())}, {"activityId": HERE + "/"}],
    ids=["agent", "activity", "registration", "slash"],
)
def test_a_token_writes_no_documents_that_are_not_its_own(content, stored, change):
    good = content()
    for method in ("PUT", "POST", "DELETE", "GET", "HEAD"):
        calm(
            good.send(method, "activities/state", STATE | change, body=None if method in ("GET", "HEAD") else b"x"), 403
        )
    assert stored() == (0, 0, 0)


def test_a_token_reads_nothing_that_another_token_sent(content):
    one, other = content(), content(registration=uuid4())
    (sent,) = one.store(mine())
    for query in (
        {"statementId": sent},
        {"statementId": sent, "format": "ids"},
        {"statementId": sent, "attachments": "true"},
    ):
        calm(other.get(**query), 404)
    assert other.ids() == other.ids(agent=ME) == other.ids(registration=str(REGISTRATION)) == []


WITHOUT = [
    ("statements/read", "POST statements"),
    ("statements/read/mine", "POST statements"),
    ("all/read", "POST statements"),
    ("statements/write", "GET statements"),
    ("state", "POST statements"),
    ("profile", "PUT state"),
    ("state", "POST profile"),
    ("all/read", "PUT state"),
    ("all/read", "POST profile"),
    ("statements/write", "PUT state"),
]


@pytest.mark.parametrize(("scope", "what"), WITHOUT)
def test_a_key_without_the_scope_is_403_and_stores_nothing(lrs_with, stored, scope, what):
    lrs = lrs_with(scope)
    method, resource = what.split()
    if resource == "statements":
        answers = [lrs.get()] if method == "GET" else [lrs.post(statement()), lrs.put(statement(), str(uuid4()))]
    elif resource == "state":
        answers = [lrs.send(method, "activities/state", STATE, body=b"x")]
    else:
        answers = [lrs.send(method, "agents/profile", {"agent": agent(), "profileId": "p"}, body=b"x")]
    for answer in answers:
        calm(answer, 403)
    assert stored() == (0, 0, 0)
