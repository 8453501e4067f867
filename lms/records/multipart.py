"""Statements with the contents of their attachments: multipart/mixed in and out (1.0.3, Communication 1.5.2)."""

import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from werkzeug.http import parse_options_header

from lms.records.errors import Invalid

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
_HASHES = {56: hashlib.sha224, 64: hashlib.sha256, 96: hashlib.sha384, 128: hashlib.sha512}
_HEADER_END = re.compile(rb"(?:\A|\r?\n)\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")


class Part(NamedTuple):
    """A part of a multipart body; the names of headers are in lower case."""

    headers: dict[str, str]
    content: bytes


def split(content_type: str, body: bytes) -> tuple[bytes, dict[str, Part]]:
    """Return the JSON of a multipart/mixed request and its other parts by their hash.

    :raises Invalid: there is no boundary, the body does not follow it, or a part lacks what it must tell.
    """
    boundary = parse_options_header(content_type)[1].get("boundary")
    if not boundary:
        raise Invalid("has no boundary", "Content-Type")
    parts = list(_parts(body, boundary.encode("latin-1", "replace")))
    if not parts:
        raise Invalid("holds no part of this boundary", "body")
    first, rest = parts[0], parts[1:]
    if first.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise Invalid("of the first part must be application/json", "Content-Type")
    by_hash: dict[str, Part] = {}
    for place, part in enumerate(rest, 1):
        try:
            by_hash[_hash_of(part)] = part
        except Invalid as error:
            error.path.append(f"part {place}")
            raise
    return first.content, by_hash


def attachments_of(statement: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a statement's attachments, those of a sub-statement too."""
    yield from statement.get("attachments", ())
    yield from statement["object"].get("attachments", ()) if statement["object"].get("objectType") else ()


def match(statements: Iterable[Mapping[str, Any]], parts: Mapping[str, Part]) -> None:
    """Check that the parts are those that the statements' attachments name, no fewer and no more.

    :raises Invalid: one is missing, belongs to nothing, or is not as long as the attachment says.
    """
    named: set[str] = set()
    for statement in statements:
        for place, attachment in enumerate(attachments_of(statement)):
            name = attachment["sha2"].lower()
            part = parts.get(name)
            if part is not None:
                named.add(name)
                if not _as_long(attachment["length"], part.content):
                    raise Invalid(f"is {len(part.content)} octets in the request", "attachments", place, "length")
            elif "fileUrl" not in attachment:
                raise Invalid("has neither a fileUrl nor a part in this request", "attachments", place)
    if extra := parts.keys() - named:
        raise Invalid("belongs to no attachment of these statements", f"part {min(extra)[:16]}")


def join(body: str, files: Iterable[tuple[str, str, Iterable[bytes]]]) -> tuple[Iterator[bytes], str]:
    """Return a multipart/mixed answer, a piece at a time, and its content type.

    :param files: hash, content type and pieces of the content of each attachment
    """
    boundary = secrets.token_hex(16)

    def pieces() -> Iterator[bytes]:
        yield f"--{boundary}\r\nContent-Type: application/json\r\n\r\n{body}\r\n".encode()
        for sha2, media_type, content in files:
            yield (
                f"--{boundary}\r\nContent-Type: {media_type}\r\nContent-Transfer-Encoding: binary\r\n"
                f"X-Experience-API-Hash: {sha2}\r\n\r\n"
            ).encode()
            yield from content
            yield b"\r\n"
        yield f"--{boundary}--\r\n".encode()

    return pieces(), f"multipart/mixed; boundary={boundary}"


def _parts(body: bytes, boundary: bytes) -> Iterator[Part]:
    marks = list(re.finditer(rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*(?=\r?\n|\Z)", body))
    if marks and not marks[-1][1]:
        raise Invalid("does not end with its boundary", "body")
    for mark, following in pairwise(marks):
        if mark[1]:
            raise Invalid("goes on after its last boundary", "body")
        chunk = body[mark.end() : following.start()]
        chunk = chunk.removeprefix(b"\r").removeprefix(b"\n")
        end = _HEADER_END.search(chunk)
        if end is None:
            raise Invalid("has a part without headers", "body")
        yield Part(_headers(_FOLD.sub(" ", chunk[: end.start()].decode("latin-1"))), chunk[end.end() :])


def _headers(lines: str) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines.split("\n") if lines else ():
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon or name in headers:
            raise Invalid("has a part whose headers cannot be read", "body")
        headers[name] = value.strip()
    return headers


def _hash_of(part: Part) -> str:
    if part.headers.get("content-transfer-encoding", "binary").lower() != "binary":
        raise Invalid("must be binary", "Content-Transfer-Encoding")
    told = part.headers.get("x-experience-api-hash", "").lower()
    if len(told) not in _HASHES:
        raise Invalid("must be the SHA-2 of the part", "X-Experience-API-Hash")
    if _HASHES[len(told)](part.content).hexdigest() != told:
        raise Invalid("is not the hash of this part", "X-Experience-API-Hash")
    return told


def _as_long(told: int, content: bytes) -> bool:
    """Whether the length is right; that of a file sent as hexadecimal text may be the file's (as ADL's suite does)."""
    return told == len(content) or (told * 2 == len(content) and re.fullmatch(rb"[0-9a-fA-F]+", content) is not None)
