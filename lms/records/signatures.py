"""Signed statements: an attachment that holds the statement as JSON Web Signature (1.0.3, Data 2.6)."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import InvalidVersion, load_der_x509_certificate

from lms.records import parsing
from lms.records.errors import Invalid
from lms.records.multipart import SIGNATURE, Part
from lms.records.shapes import same

ALGORITHMS = ("RS256", "RS384", "RS512")


def check(statement: Mapping[str, Any], parts: Mapping[str, Part]) -> None:
    """Check each signature of a statement: its form, that it signs this statement, and by the certificate if one is in.

    :raises Invalid: a signature breaks a rule or does not fit.
    """
    checked: set[str] = set()
    for place, attachment in enumerate(statement.get("attachments", ())):
        if attachment["usageType"] != SIGNATURE:
            continue
        try:
            if attachment["contentType"].split(";")[0].strip() != "application/octet-stream":
                raise Invalid("of a signature must be application/octet-stream", "contentType")
            part = parts.get(attachment["sha2"].lower())
            if part is None:
                raise Invalid("of a signature must be in the request")
            if attachment["sha2"].lower() not in checked:  # named again it is the same signature
                _check(statement, part.content)
                checked.add(attachment["sha2"].lower())
        except Invalid as error:
            error.path += [place, "attachments"]
            raise


def _check(statement: Mapping[str, Any], token: bytes) -> None:
    try:
        header = jwt.get_unverified_header(token)
        payload = jwt.PyJWS().decode_complete(token, options={"verify_signature": False})["payload"]
    except jwt.PyJWTError:
        raise Invalid("is no JSON Web Signature in compact form") from None
    if header.get("alg") not in ALGORITHMS:
        raise Invalid(f"must be signed by one of {', '.join(ALGORITHMS)}")
    if "x5c" in header:
        _verify(token, header)
    try:
        signed = parsing.json_of(payload)
    except Invalid as error:
        raise Invalid(f"signs what is no JSON: {error.reason}") from None
    unsigned = {key: value for key, value in statement.items() if key != "attachments"}
    others = [attachment for attachment in statement["attachments"] if attachment["usageType"] != SIGNATURE]
    if others:
        unsigned["attachments"] = others
    if not _fits(unsigned, signed):
        raise Invalid("signs another statement")


def _verify(token: bytes, header: Mapping[str, Any]) -> None:
    try:
        certificate = load_der_x509_certificate(base64.b64decode(header["x5c"][0], validate=True))
        jwt.PyJWS().decode(token, certificate.public_key(), algorithms=[header["alg"]])  # type: ignore[arg-type]
    except (jwt.PyJWTError, UnsupportedAlgorithm, InvalidVersion, ValueError, TypeError, KeyError, IndexError):
        raise Invalid("was not made by the certificate that it names") from None


def _fits(statement: Mapping[str, Any], signed: Any) -> bool:
    if not isinstance(signed, dict):
        return False
    try:
        return same(signed, statement) and signed.get("id", statement.get("id")) == statement.get("id")
    except (KeyError, TypeError, AttributeError, Invalid, json.JSONDecodeError):
        return False
