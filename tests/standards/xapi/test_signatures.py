"""Signed statements: JSON web signatures as attachments (Data 2.6; 2.0 4.2.6)."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tests.standards.xapi.client import (
    DROP,
    SIGNATURE,
    agent,
    attachment,
    changed,
    first,
    group,
    mixed,
    part,
    parts_of,
    rich,
    sha256,
    statement,
    verb,
)

x509 = pytest.importorskip("cryptography.x509")
from cryptography.hazmat.primitives import hashes, serialization  # noqa: E402 - only when the package is there
from cryptography.hazmat.primitives.asymmetric import padding, rsa  # noqa: E402

HASHES = {"RS256": hashes.SHA256, "RS384": hashes.SHA384, "RS512": hashes.SHA512}


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


@pytest.fixture(scope="session")
def keys():
    return [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]


@pytest.fixture(scope="session")
def certificate(keys):
    """The certificate of the first key, as ``x5c`` writes it."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Khuê")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(keys[0].public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=30))
        .sign(keys[0], hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def jws(key, payload, *, alg="RS256", **header):
    """Sign a payload; the key of HS256 does not matter."""
    head = json.dumps({"alg": alg, **header}).encode()
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signed = b64(head) + b"." + b64(body)
    if alg in HASHES:
        mark = key.sign(signed, padding.PKCS1v15(), HASHES[alg]())
    else:
        mark = hmac.new(b"secret", signed, hashlib.sha256).digest()
    return signed + b"." + b64(mark)


def signed(original, signature, **values):
    """The request that brings a statement with its signature."""
    header = attachment(
        signature,
        usageType=SIGNATURE,
        contentType="application/octet-stream",
        fileUrl=DROP,
        display={"en": "Signature"},
    )
    sent = original | {"attachments": [*original.get("attachments", ()), header | values]}
    return mixed(first(sent), part(signature, Content_Type=values.get("contentType", "application/octet-stream")))


def one():
    return statement(id=str(uuid4()))


@pytest.mark.parametrize("alg", HASHES)
@pytest.mark.parametrize("with_certificate", [True, False])
def test_2_6_the_three_algorithms_are_accepted_with_and_without_certificate(
    lrs, keys, certificate, alg, with_certificate
):
    original = one()
    more = {"x5c": [certificate]} if with_certificate else {}
    signature = jws(keys[0], original, alg=alg, **more)
    answer = lrs.send("POST", "statements", **signed(original, signature))
    assert answer.status_code == 200, answer.text
    (_, whole), (head, data) = parts_of(lrs.get(statementId=original["id"], attachments=True))
    assert json.loads(whole)["attachments"][0]["usageType"] == SIGNATURE
    assert (data, head["x-experience-api-hash"]) == (signature, sha256(signature))


def test_2_6_a_signed_statement_may_be_put(lrs, keys):
    original = one()
    sent = signed(original, jws(keys[0], original))
    assert lrs.send("PUT", "statements", {"statementId": original["id"]}, **sent).status_code == 204


def test_2_6_a_statement_with_every_property_may_be_signed(lrs, keys):
    original = rich() | {"id": str(uuid4())}
    assert lrs.send("POST", "statements", **signed(original, jws(keys[0], original))).status_code == 200


@pytest.mark.parametrize("alg", ["HS256", "none", "ES256", "PS256", "RS1", ""])
def test_2_6_other_algorithms_are_refused(lrs, keys, alg):
    original = one()
    refused(lrs, original, jws(keys[0], original, alg=alg))


def refused(lrs, original, signature, **values):
    answer = lrs.send("POST", "statements", **signed(original, signature, **values))
    assert answer.status_code == 400, answer.text
    assert answer.text
    assert lrs.ids() == []


@pytest.mark.parametrize("content_type", ["text/plain; charset=ascii", "application/json", "application/jose"])
def test_2_6_the_content_type_of_a_signature_is_octet_stream(lrs, keys, content_type):
    original = one()
    refused(lrs, original, jws(keys[0], original), contentType=content_type)


BROKEN = {
    "payload no JSON": lambda key, it: jws(key, json.dumps(it).replace('"', "'", 1).encode()),
    "payload no statement": lambda key, it: jws(key, {"key": "value"}),
    "payload a list": lambda key, it: jws(key, [it]),
    "payload empty": lambda key, it: jws(key, b""),
    "two parts": lambda key, it: b".".join(jws(key, it).split(b".")[:2]),
    "four parts": lambda key, it: jws(key, it) + b".AAAA",
    "no base64": lambda key, it: b"!!!.???.***",
    "header no JSON": lambda key, it: b64(b"{") + b"." + jws(key, it).split(b".", 1)[1],
    "header a list": lambda key, it: b64(b"[]") + b"." + jws(key, it).split(b".", 1)[1],
    "header without alg": lambda key, it: b64(b"{}") + b"." + jws(key, it).split(b".", 1)[1],
    "no text": lambda key, it: b"\xff\xfe\x00",
    "empty": lambda key, it: b"",
    "JSON serialization": lambda key, it: json.dumps(
        dict(zip(("protected", "payload", "signature"), jws(key, it).decode().split("."), strict=True))
    ).encode(),
}


@pytest.mark.parametrize("how", BROKEN)
def test_2_6_malformed_signatures_are_refused(lrs, keys, how):
    original = one()
    refused(lrs, original, BROKEN[how](keys[0], original))


OTHER = {
    "actor": {"actor": agent("binh")},
    "verb": {"verb": verb("saw")},
    "object": {"object id": "http://example.vn/other"},
    "id": {"id": str(uuid4())},
    "result": {"result": {"success": True}},
    "context": {"context": {"platform": "Khuê"}},
}


@pytest.mark.parametrize("what", OTHER)
def test_2_6_the_payload_is_the_statement_itself(lrs, keys, what):
    original = one()
    refused(lrs, original, jws(keys[0], changed(original, OTHER[what])))


SAME = {
    "order of members": (group("a", "b"), group("b", "a")),
    "objectType of an agent": (agent("a"), {"mbox": "mailto:a@example.vn"}),
}


@pytest.mark.parametrize("what", SAME)
def test_2_6_what_makes_no_difference_to_a_statement_makes_none_to_its_signature(lrs, keys, what):
    original = one() | {"actor": SAME[what][0]}
    signature = jws(keys[0], original | {"actor": SAME[what][1]})
    assert lrs.send("POST", "statements", **signed(original, signature)).status_code == 200


def test_2_6_the_display_of_a_verb_makes_no_difference(lrs, keys):
    original = one()
    signature = jws(keys[0], changed(original, {"verb display": {"vi": "đã làm"}}))
    assert lrs.send("POST", "statements", **signed(original, signature)).status_code == 200


def test_2_6_a_duration_counts_to_hundredths_of_a_second(lrs, keys):
    original = one() | {"result": {"duration": "PT1.237S"}}
    near, far = (jws(keys[0], original | {"result": {"duration": text}}) for text in ("PT1.23S", "PT1.3S"))
    refused(lrs, original, far)
    assert lrs.send("POST", "statements", **signed(original, near)).status_code == 200


def test_2_6_a_signature_that_does_not_fit_the_certificate_is_refused(lrs, keys, certificate):
    original = one()
    refused(lrs, original, jws(keys[1], original, x5c=[certificate]))


@pytest.mark.parametrize(
    "chain", [[], ["!!!"], [base64.b64encode(b"no certificate").decode()], "text", [1], {}], ids=str
)
def test_2_6_a_malformed_certificate_chain_is_refused(lrs, keys, chain):
    original = one()
    refused(lrs, original, jws(keys[0], original, x5c=chain))


def test_2_6_a_payload_changed_after_signing_is_refused(lrs, keys, certificate):
    original = one()
    head, _, mark = jws(keys[0], original | {"actor": agent("b")}, x5c=[certificate]).split(b".")
    refused(lrs, original, b".".join((head, b64(json.dumps(original).encode()), mark)))


def test_2_6_a_signature_needs_its_data(lrs, keys):
    original = one()
    header = attachment(b"x.y.z", usageType=SIGNATURE, contentType="application/octet-stream", fileUrl=DROP)
    assert lrs.send("POST", "statements", **mixed(first(original | {"attachments": [header]}))).status_code == 400


def test_2_6_one_bad_signature_refuses_the_batch(lrs, keys):
    original = one()
    bad = jws(keys[0], original | {"actor": agent("b")})
    header = attachment(bad, usageType=SIGNATURE, contentType="application/octet-stream", fileUrl=DROP)
    batch = [statement(), original | {"attachments": [header]}]
    assert lrs.send("POST", "statements", **mixed(first(batch), part(bad))).status_code == 400
    assert lrs.ids() == []
