"""Attachments: their headers in a statement, and multipart requests (Data 2.4.11; Comm 1.5; 2.0 4.1.3, 4.2.2.6)."""

import json

import pytest

from tests.standards.xapi.client import (
    BOUNDARY,
    DROP,
    agent,
    attachment,
    changed,
    check,
    first,
    mixed,
    part,
    parts_of,
    sha256,
    statement,
    table,
    wrapped,
)

TEXT = b"here is a simple attachment"
HEX = TEXT.hex().encode()
IMAGE = bytes(range(256)) * 3 + b"\r\n--\r\n\x00\xff"
HEADERS = [
    ("good", {}, True),
    ("with a description", {"description": {"vi": "Bài luận"}}, True),
    ("SHA-224", {"sha2": "a" * 56}, True),
    ("SHA-384", {"sha2": "a" * 96}, True),
    ("SHA-512", {"sha2": "a" * 128}, True),
    ("contentType with a parameter", {"contentType": "text/plain; charset=ascii"}, True),
    ("contentType of a vendor", {"contentType": "application/vnd.khue.bai-luan+json"}, True),
    ("length 0", {"length": 0}, True),
    *[(f"without {key}", {key: DROP}, False) for key in ("usageType", "display", "contentType", "length", "sha2")],
    ("usageType no IRI", {"usageType": "should fail"}, False),
    ("usageType a number", {"usageType": 12345}, False),
    ("display a string", {"display": "Essay"}, False),
    ("display empty", {"display": {}}, True),
    ("display with a bad tag", {"display": {"en": "Essay", "de-419-DE": "Aufsatz"}}, False),
    ("description a number", {"description": 12345}, False),
    ("description with a bad tag", {"description": {"something": "Essay"}}, False),
    ("contentType no media type", {"contentType": "should fail"}, False),
    ("contentType a number", {"contentType": 12345}, False),
    ("length a string", {"length": "27"}, False),
    ("length a fraction", {"length": 27.5}, False),
    ("length negative", {"length": -1}, False),
    ("sha2 a number", {"sha2": 12345}, False),
    ("sha2 no hexadecimal", {"sha2": "z" * 64}, False),
    ("sha2 too short", {"sha2": "a" * 63}, False),
    ("fileUrl no IRL", {"fileUrl": "should fail"}, False),
    ("fileUrl a number", {"fileUrl": 1}, False),
    ("with more", {"title": "Essay"}, False),
]


@table(HEADERS, "changes", "good")
def test_2_4_11_headers_of_attachments(lrs, changes, good):
    check(lrs, statement(attachments=[changed(attachment(TEXT), changes)]), good)


@pytest.mark.parametrize("value", [attachment(TEXT), {"0": attachment(TEXT)}, "text", 1, [1], ["text"], [[]]], ids=str)
def test_2_4_11_attachments_are_a_list_of_objects(lrs, value):
    check(lrs, statement(attachments=value), False)


# -- 1.5.1 application/json -------------------------------------------------------------------------------------------


def test_1_5_1_batches_with_and_without_file_urls_are_accepted_as_json(lrs):
    plain, linked = statement(), statement(attachments=[attachment(TEXT), attachment(IMAGE)])
    assert lrs.post([plain, linked, wrapped(linked)]).status_code == 200


@pytest.mark.parametrize("wrap", [False, True], ids=["statement", "sub-statement"])
def test_1_5_1_json_with_an_attachment_without_file_url_is_refused(lrs, wrap):
    one = statement(attachments=[attachment(TEXT), attachment(IMAGE, fileUrl=DROP)])
    lrs.refuses(wrapped(one) if wrap else one)
    assert lrs.post([statement(), one]).status_code == 400


TYPES = ["text/plain", "application/xml", f"multipart/form-data; boundary={BOUNDARY}", "image/png", "application/jsonx"]


@pytest.mark.parametrize("content_type", [*TYPES, "application/x-www-form-urlencoded", ""])
def test_1_5_statements_come_as_json_or_multipart_mixed(lrs, content_type):
    body = json.dumps(statement(attachments=[attachment(TEXT)])).encode()
    headers = {"Content-Type": content_type or None}
    assert lrs.post(body, headers=headers).status_code == 400
    assert lrs.put(body, "3f2504e0-4f89-41d3-9a0c-0305e82c3301", headers=headers).status_code == 400
    assert lrs.ids() == []


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_1_5_parameters_and_case_of_the_media_type_do_not_matter(lrs, content_type):
    assert lrs.post(json.dumps(statement()).encode(), headers={"Content-Type": content_type}).status_code == 200


# -- 1.5.2 multipart/mixed --------------------------------------------------------------------------------------------


def held(*datas, **values):
    """A statement whose attachments come as parts."""
    return statement(attachments=[attachment(data, fileUrl=DROP, **values) for data in datas])


BODIES = [
    ("one attachment", mixed(first(held(TEXT)), part(TEXT)), True),
    ("binary data", mixed(first(held(IMAGE)), part(IMAGE)), True),
    ("empty data", mixed(first(held(b"")), part(b"")), True),
    ("two attachments", mixed(first(held(TEXT, IMAGE)), part(TEXT), part(IMAGE)), True),
    ("in another order", mixed(first(held(TEXT, IMAGE)), part(IMAGE), part(TEXT)), True),
    ("one part for two statements", mixed(first([held(TEXT), held(TEXT)]), part(TEXT)), True),
    ("parts of several statements", mixed(first([held(TEXT), held(IMAGE)]), part(TEXT), part(IMAGE)), True),
    ("the attachment of a sub-statement", mixed(first(wrapped(held(TEXT))), part(TEXT)), True),
    ("no attachments at all", mixed(first(statement())), True),
    ("only file URLs", mixed(first(statement(attachments=[attachment(TEXT)]))), True),
    ("a file URL and the data", mixed(first(statement(attachments=[attachment(TEXT)])), part(TEXT)), True),
    ("without encoding header", mixed(first(held(TEXT)), part(TEXT, Content_Transfer_Encoding=None)), True),
    ("without type of the part", mixed(first(held(TEXT)), part(TEXT, Content_Type=None)), True),
    ("a type with parameters", mixed(first(held(TEXT, contentType="text/plain; charset=ascii")), part(TEXT)), True),
    ("a length that is not the data's", mixed(first(held(TEXT, length=5)), part(TEXT)), False),
    ("the length of the file, sent as hexadecimal", mixed(first(held(HEX, length=len(TEXT))), part(HEX)), True),
    ("a boundary of odd characters", mixed(first(held(TEXT)), part(TEXT), boundary="abcABC0123'()+_,-./:=?"), True),
    ("hash in capitals", mixed(first(held(TEXT)), part(TEXT, X_Experience_API_Hash=sha256(TEXT).upper())), True),
    ("statement first part without type", mixed(first(held(TEXT), None), part(TEXT)), False),
    ("statement first part as text", mixed(first(held(TEXT), "text/plain"), part(TEXT)), False),
    ("the attachment first", mixed(part(TEXT), first(held(TEXT))), False),
    ("statements in two parts", mixed(first(held(TEXT)), first(held(TEXT)), part(TEXT)), False),
    ("a part missing", mixed(first(held(TEXT, IMAGE)), part(TEXT)), False),
    ("all parts missing", mixed(first(held(TEXT))), False),
    ("a part too many", mixed(first(held(TEXT)), part(TEXT), part(IMAGE)), False),
    ("a part nobody names", mixed(first(statement()), part(TEXT)), False),
    ("without hash", mixed(first(held(TEXT)), part(TEXT, X_Experience_API_Hash=None)), False),
    ("another hash", mixed(first(held(TEXT)), part(TEXT, X_Experience_API_Hash=sha256(IMAGE))), False),
    ("other data than the hash says", mixed(first(held(TEXT)), part(IMAGE, X_Experience_API_Hash=sha256(TEXT))), False),
    ("another encoding", mixed(first(held(TEXT)), part(TEXT, Content_Transfer_Encoding="base64")), False),
    ("form-data", mixed(first(held(TEXT)), part(TEXT), subtype="form-data"), False),
    ("no parts", mixed(), False),
    ("a bad statement", mixed(first(held(TEXT) | {"actor": {}}), part(TEXT)), False),
    ("broken JSON", mixed(b"Content-Type: application/json\r\n\r\n{", part(TEXT)), False),
]


@table(BODIES, "request_", "good")
def test_1_5_2_multipart_requests(lrs, request_, good):
    answer = lrs.send("POST", "statements", **request_)
    assert answer.status_code == (200 if good else 400), answer.text
    assert bool(lrs.ids()) is good


FRAMES = [
    ("no boundary in the header", lambda sent: sent["headers"].update({"Content-Type": "multipart/mixed"})),
    (
        "another boundary in the header",
        lambda sent: sent["headers"].update({"Content-Type": "multipart/mixed; boundary=x"}),
    ),
    ("an empty boundary", lambda sent: sent["headers"].update({"Content-Type": 'multipart/mixed; boundary=""'})),
    ("no boundary before the first part", lambda sent: sent.update(body=sent["body"].split(b"\r\n", 1)[1])),
    ("no closing boundary", lambda sent: sent.update(body=sent["body"].rsplit(b"\r\n--", 1)[0])),
    ("no body", lambda sent: sent.update(body=b"")),
    ("JSON as the body", lambda sent: sent.update(body=json.dumps(statement()).encode())),
]


@table(FRAMES, "spoil")
def test_1_5_2_a_broken_frame_is_refused(lrs, spoil):
    sent = mixed(first(held(TEXT)), part(TEXT))
    spoil(sent)
    assert lrs.send("POST", "statements", **sent).status_code == 400
    assert lrs.ids() == []


def test_1_5_2_what_stands_before_the_first_and_after_the_last_boundary_is_ignored(lrs):
    sent = mixed(first(held(TEXT)), part(TEXT))
    sent["body"] = b"preamble\r\n" + sent["body"] + b"epilogue"
    assert lrs.send("POST", "statements", **sent).status_code == 200


def test_1_5_2_put_takes_attachments_too(lrs):
    one = held(TEXT) | {"id": "aa97b177-9383-4934-8543-0f91a7a02836"}
    assert lrs.send("PUT", "statements", {"statementId": one["id"]}, **mixed(first(one), part(TEXT))).status_code == 204
    assert lrs.one(one["id"])["attachments"] == one["attachments"]


# -- answers ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def stored(lrs):
    sent = mixed(first(held(TEXT, IMAGE) | {"actor": agent("b")}), part(TEXT), part(IMAGE, Content_Type="image/png"))
    return lrs.send("POST", "statements", **sent).json[0]


@pytest.mark.parametrize("single", [True, False])
def test_2_1_3_attachments_true_answers_all_data_behind_the_statements(lrs, stored, single):
    answer = lrs.get(attachments=True, **({"statementId": stored} if single else {}))
    assert answer.status_code == 200
    (head, body), *rest = parts_of(answer)
    assert head["content-type"].startswith("application/json")
    found = json.loads(body)
    assert (found if single else found["statements"][0])["id"] == stored
    by_hash = {headers["x-experience-api-hash"]: (headers, data) for headers, data in rest}
    assert {key: data for key, (_, data) in by_hash.items()} == {sha256(TEXT): TEXT, sha256(IMAGE): IMAGE}
    assert {headers["content-transfer-encoding"] for headers, _ in by_hash.values()} == {"binary"}
    assert all(headers["content-type"] for headers, _ in by_hash.values())


def test_2_1_3_data_that_two_statements_share_is_answered_once(lrs):
    lrs.send("POST", "statements", **mixed(first([held(TEXT), held(TEXT)]), part(TEXT)))
    assert len(parts_of(lrs.get(attachments=True))) == 2


def test_2_1_3_a_file_url_without_data_has_no_part(lrs):
    lrs.store(statement(attachments=[attachment(TEXT)]))
    assert len(parts_of(lrs.get(attachments=True))) == 1


@pytest.mark.parametrize("query", [{}, {"attachments": False}])
def test_2_1_3_without_attachments_true_the_answer_is_json_with_the_headers_only(lrs, stored, query):
    for more in ({}, {"statementId": stored}):
        answer = lrs.get(**query, **more)
        assert answer.mimetype == "application/json"
        assert TEXT not in answer.data
        assert sha256(TEXT) in answer.text


def test_2_1_3_the_page_that_more_names_brings_its_attachments_too(lrs, stored):
    lrs.store(statement())
    found = json.loads(parts_of(lrs.get(attachments=True, limit=1))[0][1])
    assert len(parts_of(lrs.follow(found["more"]))) == 3


@pytest.mark.parametrize("attachments", [True, False])
def test_2_1_3_the_content_type_of_a_get_does_not_matter(lrs, stored, attachments):
    answer = lrs.get(attachments=attachments, headers={"Content-Type": f"multipart/mixed; boundary={BOUNDARY}"})
    assert answer.mimetype == ("multipart/mixed" if attachments else "application/json")


def test_1_5_2_data_that_was_kept_does_not_stand_in_for_a_missing_part(lrs, stored):
    assert lrs.send("POST", "statements", **mixed(first(held(TEXT)))).status_code == 400
