"""Multipart requests to the record store that break, bend or bloat the frame: never an error of the server."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.core.guard import SYSTEM
from lms.records.models import Attachment, Statement
from lms.records.services import make_credential
from tests.conftest import NOW
from tests.standards.xapi.client import (
    BOUNDARY,
    DROP,
    SIGNATURE,
    Lrs,
    attachment,
    first,
    mixed,
    part,
    parts_of,
    sha256,
    statement,
)

TEXT = b"bai luan"
MARK = b"--" + BOUNDARY.encode()
NAMED = {"Content-Type": f'multipart/mixed; boundary="{BOUNDARY}"'}


@pytest.fixture
def lrs(client, session):
    return Lrs(client, *make_credential(SYSTEM, name="Thử nghiệm", scopes=["all"], at=NOW), "1.0.3")


@pytest.fixture
def stored(session):
    """``stored()`` counts statements and attachments."""
    return lambda: tuple(session.scalar(select(func.count()).select_from(table)) for table in (Statement, Attachment))


def held(*datas: bytes, **values: Any) -> dict[str, Any]:
    return statement(attachments=[attachment(data, fileUrl=DROP, **values) for data in datas])


def send(lrs: Lrs, *parts: bytes, **more: Any) -> Any:
    return lrs.send("POST", "statements", **mixed(*parts, **more))


GOOD = mixed(first(held(TEXT)), part(TEXT))["body"]


# -- frames -----------------------------------------------------------------------------------------------------------

BROKEN = {
    "no blank line after the headers": GOOD.replace(b"\r\n\r\n" + TEXT, b"\r\n" + TEXT),
    "a header without a colon": GOOD.replace(b"Content-Type: text/plain", b"Content-Type text/plain"),
    "a hash given twice": GOOD.replace(
        b"X-Experience-API-Hash", b"X-Experience-API-Hash: " + b"a" * 64 + b"\r\nX-Experience-API-Hash"
    ),
    "an empty part": GOOD.replace(MARK + b"--", MARK + b"\r\n\r\n" + MARK + b"--"),
    "no blank before the next part": GOOD.replace(TEXT + b"\r\n", TEXT),
    "the last boundary first": MARK + b"--\r\n" + GOOD,
    "parts after the last boundary": GOOD + GOOD,
    "a boundary with more behind it": GOOD.replace(MARK + b"--", MARK + b"x--"),
    "only dashes": b"--\r\n" * 1000,
    "only boundaries": (MARK + b"\r\n") * 1000 + MARK + b"--",
    "only line breaks": b"\r\n" * 100_000,
    "a truncated part": GOOD[:-60],
    "the first part without headers": GOOD.replace(b"Content-Type: application/json\r\n", b"", 1),
    "headers in the data": GOOD.replace(
        b"Content-Type: application/json\r\n\r\n", b"\r\n\r\nContent-Type: application/json\r\n\r\n", 1
    ),
    "NUL in a header": GOOD.replace(b"X-Experience", b"X-\0Experience"),
    "a hash of 1 MB": GOOD.replace(sha256(TEXT).encode(), b"a" * 2**20, 2),
    "a hash of other digits": GOOD.replace(f"Hash: {sha256(TEXT)}".encode(), b"Hash: " + "٣".encode() * 64),
    "UTF-16": GOOD.decode("latin-1").encode("utf-16"),
    "compressed": b"\x1f\x8b\x08" + GOOD,
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_frame_is_refused_and_nothing_is_stored(lrs, stored, what):
    assert BROKEN[what] != GOOD
    answer = lrs.send("POST", "statements", body=BROKEN[what], headers=NAMED)
    assert (answer.status_code, answer.mimetype) == (400, "application/json")
    assert stored() == (0, 0)


BENT = {
    "line feeds alone": GOOD.replace(b"\r\n", b"\n"),
    "blanks behind the boundary": GOOD.replace(MARK + b"\r\n", MARK + b" \t\r\n"),
    "a folded header": GOOD.replace(b"X-Experience-API-Hash: ", b"X-Experience-API-Hash:\r\n\t "),
    "a header in UTF-8 with the octet 85": GOOD.replace(
        b"Content-Type: text", 'X-Name: "Ån…Å"\r\nContent-Type: text'.encode()
    ),
    "a header of 1 MB": GOOD.replace(b"Content-Type: text", b"X-Long: " + b"a" * 2**20 + b"\r\nContent-Type: text"),
    "10,000 headers": GOOD.replace(
        b"Content-Type: text", b"".join(b"X-%d: y\r\n" % n for n in range(10_000)) + b"Content-Type: text"
    ),
    "the same data twice": GOOD.replace(MARK + b"--", MARK + b"\r\n" + part(TEXT) + b"\r\n" + MARK + b"--"),
}


@pytest.mark.parametrize("what", BENT)
def test_a_bent_frame_is_read(lrs, stored, what):
    assert BENT[what] != GOOD
    answer = lrs.send("POST", "statements", body=BENT[what], headers=NAMED)
    assert answer.status_code == 200, answer.text
    assert stored() == (1, 1)


@pytest.mark.parametrize(
    "encoding", ["base64", "quoted-printable", "7bit", "8bit", "x-uuencode", "", "binary, base64", "identity"]
)
def test_other_transfer_encodings_are_refused(lrs, stored, encoding):
    assert send(lrs, first(held(TEXT)), part(TEXT, Content_Transfer_Encoding=encoding)).status_code == 400
    assert stored() == (0, 0)


BOUNDARIES = [
    *("boundary", "boundary=", 'boundary="', "boundary=;", "boundary=\xff", "boundary*=utf-8''%ff", "boundary*=x'y"),
    *("boundary=" + "b" * 60_000, "boundary*0=a; boundary*999999999=b", 'boundary="\\"', "x=y", "boundary=.*"),
    *("boundary=(?:a+)+b",),
]


@pytest.mark.parametrize("parameter", BOUNDARIES, ids=lambda text: text[:24])
def test_odd_boundaries_in_the_header_are_refused(lrs, stored, parameter):
    answer = lrs.send("POST", "statements", body=GOOD, headers={"Content-Type": f"multipart/mixed; {parameter}"})
    assert (answer.status_code, stored()) == (400, (0, 0))


def test_a_boundary_is_no_pattern(lrs):
    for boundary in (".*", "(a+)+", "[", "\\", "a b"):
        assert send(lrs, first(held(TEXT)), part(TEXT), boundary=boundary.replace("\\", "\\\\")).status_code in (
            200,
            400,
        )


def test_data_that_looks_like_a_boundary_is_data(lrs):
    datas = [MARK, MARK + b"x\r\n", b"\r\n-" + MARK + b"\r\n", b"\r\n" + MARK[:-1] + b"\r\n", b"x" + MARK + b"--\r\n"]
    assert send(lrs, first(held(*datas[1:])), *map(part, datas[1:])).status_code == 200
    answered = {data for _, data in parts_of(lrs.get(attachments=True))[1:]}
    assert answered == set(datas[1:])


def test_ten_thousand_parts_that_nobody_names_are_refused(lrs, stored):
    many = [part(b"%d" % number) for number in range(10_000)]
    assert send(lrs, first(held(TEXT)), part(TEXT), *many).status_code == 400
    assert stored() == (0, 0)


def test_a_thousand_parts_that_are_named_are_kept(lrs, stored):
    datas = [b"%d" % number for number in range(1000)]
    assert send(lrs, first(held(*datas)), *map(part, datas)).status_code == 200
    assert stored() == (1, 1000)


@pytest.mark.parametrize(
    "length", ["0", "10", str(len(GOOD) - 1), str(len(GOOD) + 1), "99999999", "-1", "abc", "1e3", "9" * 500, "", "١"]
)
def test_a_length_that_lies_stores_nothing(client, lrs, stored, length):
    answer = client.post(
        "/xapi/statements", data=GOOD, headers=lrs.headers | NAMED, environ_overrides={"CONTENT_LENGTH": length}
    )
    assert answer.status_code in (400, 413)
    assert stored() == (0, 0)


@pytest.mark.parametrize("told", ["short", "long", "huge", "zero"])
def test_an_attachment_of_another_length_is_refused_at_its_place(lrs, stored, told):
    length = {"short": 1, "long": 9, "huge": 10**300, "zero": 0}[told]
    answer = send(lrs, first([statement(), held(TEXT, length=length)]), part(TEXT))
    assert answer.status_code == 400
    assert "attachments[0].length" in answer.json["error"]
    assert stored() == (0, 0)


_edits = st.lists(
    st.tuples(
        st.sampled_from(["cut", "twice", "insert", "flip", "swap"]),
        st.integers(0, len(GOOD)),
        st.integers(1, 40),
        st.sampled_from(
            [b"\r\n", b"\n", b"\r", b"\0", b":", b"--", MARK, b"\r\n" + MARK + b"\r\n", b"\r\n\r\n", b"\xff", b'"']
        ),
    ),
    min_size=1,
    max_size=3,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None, phases=[Phase.generate]
)
@given(edits=_edits)
def test_a_frame_with_random_damage_is_read_or_refused(lrs, stored, edits):
    body = GOOD
    for how, at, size, piece in edits:
        head, middle, tail = body[:at], body[at : at + size], body[at + size :]
        body = {
            "cut": head + tail,
            "twice": head + middle * 2 + tail,
            "insert": head + piece + middle + tail,
            "flip": head + bytes(octet ^ 1 for octet in middle) + tail,
            "swap": tail + middle + head,
        }[how]
    before = stored()
    answer = lrs.send("POST", "statements", body=body, headers=NAMED)
    assert answer.status_code in (200, 400), answer.text
    assert answer.is_json
    if answer.status_code == 400:
        assert stored() == before
        assert answer.json["error"]


# -- what comes back --------------------------------------------------------------------------------------------------

TYPES = [
    "text/plain\r\nX-Evil: 1",
    "text/plain\r\n\r\nevil;",
    "text/plain;\rX-Evil: 1",
    "text/plain\n;x",
    "text/plain;\0",
    "text/plain; a\x85b",
    "text/plain;a=\u2028",
]


@pytest.mark.parametrize("content_type", TYPES, ids=ascii)
def test_no_line_break_comes_into_an_answer_by_the_type_of_an_attachment(lrs, stored, content_type):
    answer = send(lrs, first(held(TEXT, contentType=content_type)), part(TEXT))
    assert answer.status_code == 400
    assert answer.json["error"].startswith("attachments[0].contentType")
    assert stored() == (0, 0)


def test_a_type_of_other_letters_comes_back_as_it_was(lrs):
    kind = 'text/plain; name="bài luận.txt"'
    assert send(lrs, first(held(TEXT, contentType=kind)), part(TEXT)).status_code == 200
    (_, (headers, data)) = parts_of(lrs.get(attachments=True))
    assert (headers["content-type"], data) == (kind, TEXT)


def test_a_conflict_keeps_no_attachment(lrs, stored):
    one = statement(id=str(uuid4()))
    lrs.store(one)
    assert send(lrs, first(held(TEXT) | {"id": one["id"]}), part(TEXT)).status_code == 409
    assert stored() == (1, 0)


# -- signatures -------------------------------------------------------------------------------------------------------


def b64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def signed(lrs: Lrs, header: bytes, payload: bytes = b"{}", mark: bytes = b"x") -> Any:
    token = b".".join((b64(header), b64(payload), b64(mark)))
    one = held(token, usageType=SIGNATURE, contentType="application/octet-stream")
    return send(lrs, first(one), part(token, Content_Type="application/octet-stream"))


HEADERS = [
    *(
        b'{"a":' * 100_000,
        b"[" * 100_000,
        b"",
        b"null",
        b"5",
        b'"x"',
        b"[]",
        b"{}",
        b"\xff",
        b'{"alg":1' + b"0" * 5000 + b"}",
    ),
    *(b'{"alg":[]}', b'{"alg":null}', b'{"alg":"none"}', b'{"alg":"RS256","kid":5}', b'{"alg":"RS256","b64":false}'),
    *(
        b'{"alg":"RS256","crit":["x"]}',
        b'{"alg":"RS256","x5c":5}',
        b'{"alg":"RS256","x5c":[null]}',
        b'{"alg":"RS256","x5c":["\xc3\xa9"]}',
    ),
]


@pytest.mark.parametrize("header", HEADERS, ids=lambda header: repr(header[:28]))
def test_odd_headers_of_signatures_are_refused(lrs, stored, header):
    answer = signed(lrs, header)
    assert answer.status_code == 400
    assert answer.json["error"].startswith("attachments[0]")
    assert stored() == (0, 0)


PAYLOADS = [
    *(b"", b"[]", b"null", b"[" * 100_000, b'{"a":1,"a":1}', b"\xff", b'{"actor":{"member":5}}', b'{"timestamp":5}'),
    *(b'{"context":{"contextActivities":5}}', b'{"result":{"duration":{}}}', b'{"object":[[[]]]}', b'{"verb":1e400}'),
]


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda payload: repr(payload[:28]))
def test_odd_payloads_of_signatures_are_refused(lrs, stored, payload):
    answer = signed(lrs, b'{"alg":"RS256"}', payload)
    assert (answer.status_code, stored()) == (400, (0, 0))


@pytest.fixture(scope="module")
def certificates():
    """Certificates in DER: of an RSA key and of one that signs in another way."""

    def made(key: Any, how: Any) -> bytes:
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Khuê")])
        whole = (
            x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        )
        begun = whole.not_valid_before(datetime.now(UTC)).not_valid_after(datetime.now(UTC) + timedelta(days=1))
        return begun.sign(key, how).public_bytes(serialization.Encoding.DER)

    return made(rsa.generate_private_key(public_exponent=65537, key_size=2048), hashes.SHA256()), made(
        ed25519.Ed25519PrivateKey.generate(), None
    )


def with_certificate(lrs: Lrs, der: bytes) -> Any:
    header = json.dumps({"alg": "RS256", "x5c": [base64.b64encode(der).decode()]}).encode()
    return signed(lrs, header)


def test_a_certificate_of_another_kind_of_key_is_refused(lrs, certificates):
    assert with_certificate(lrs, certificates[1]).status_code == 400


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_certificate_with_any_octet_changed_is_refused(lrs, stored, certificates):
    for place in range(0, 380):
        for value in (certificates[0][place] ^ 1, 0xFF):
            der = certificates[0][:place] + bytes([value]) + certificates[0][place + 1 :]
            assert with_certificate(lrs, der).status_code == 400, place
    assert stored() == (0, 0)
