"""The tus protocol 1.0.0 for resumable uploads: what its requests mean, whoever may send them.

Each function takes ``allowed(institution_id)``, which tells for which institutions its sender may upload; an upload of
another one is not found. Errors are answered here, as JSON, since the protocol wants its header on every answer.
"""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from functools import wraps
from typing import IO, Any, ParamSpec, cast
from uuid import UUID

from flask import Response, jsonify, make_response, request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from lms.core.database import utcnow
from lms.core.errors import DomainError, NotFound
from lms.core.guard import Actor
from lms.library.models import Upload
from lms.library.services import uploads

P = ParamSpec("P")
Allowed = Callable[[int], bool]
VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
_ABOUT = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,creation-with-upload,checksum,termination,expiration",
    "Tus-Max-Size": str(uploads.LARGEST),
    "Tus-Checksum-Algorithm": "sha1,sha256",
}


def _spoken(answer: Callable[P, Response]) -> Callable[P, Response]:
    """Refuse other versions of the protocol, and answer errors in its way."""

    @wraps(answer)
    def inner(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            if request.headers.get("Tus-Resumable") != VERSION:
                raise DomainError("tus-version", _l("This address speaks tus %(version)s.", version=VERSION), 412)
            return answer(*args, **kwargs)
        except DomainError as refused:
            return _refused(refused)

    return inner


def options() -> Response:
    """OPTIONS: what this server can do (Core protocol, OPTIONS)."""
    return _answer(204, _ABOUT)


@_spoken
def create(
    actor: Actor, allowed: Allowed, address: Callable[[UUID], str], *, institution_id: int | None = None
) -> Response:
    """POST: begin an upload, with its first piece where there is one (extensions *creation*, *creation-with-upload*).

    :param address: gives the address of an upload
    :param institution_id: where the metadata name none
    """
    size, metadata = _number("Upload-Length"), _metadata(request.headers.get("Upload-Metadata", ""))
    length = request.content_length or 0
    if length and request.mimetype != PIECE_TYPE:
        raise _wrong_type()
    institution = _whole(metadata["institution"]) if metadata.get("institution") else institution_id
    if institution is None or not allowed(institution):
        raise DomainError("institution", _l("You may not upload for this institution."), 403)
    upload = uploads.begin(
        actor,
        institution,
        filename=metadata.get("filename", ""),
        size=size,
        checksum=metadata.get("sha256") or None,
        package_id=_uuid(metadata["package"]) if metadata.get("package") else None,
        title=metadata.get("title") or None,
        at=utcnow(),
    )
    if length:
        upload = _first_piece(actor, upload, length)
    offset = {"Upload-Offset": str(upload.received)} if length else {}
    return _answer(201, {"Location": address(upload.id)} | offset | _expiry(upload))


@_spoken
def head(upload_id: UUID, allowed: Allowed) -> Response:
    """HEAD: how much has arrived (Core protocol, HEAD)."""
    upload = _upload(upload_id, allowed)
    sizes = {"Upload-Offset": str(upload.received), "Upload-Length": str(upload.size)}
    return _answer(200, sizes | {"Upload-Metadata": _metadata_of(upload)} | _expiry(upload))


@_spoken
def patch(actor: Actor, upload_id: UUID, allowed: Allowed) -> Response:
    """PATCH: the next piece (Core protocol, PATCH; extension *checksum*)."""
    upload = _upload(upload_id, allowed)
    if request.mimetype != PIECE_TYPE:
        raise _wrong_type()
    start, length = _number("Upload-Offset"), request.content_length
    if length is None:
        raise DomainError("no-length", _l("The request must say how long it is (Content-Length)."), 411)
    if start != upload.received:
        raise uploads.Misplaced(upload.received)
    if length:
        upload = _receive(actor, upload, length)
    return _answer(204, {"Upload-Offset": str(upload.received)} | _expiry(upload))


@_spoken
def terminate(upload_id: UUID, allowed: Allowed) -> Response:
    """DELETE: forget an upload with all that has arrived of it (extension *termination*)."""
    uploads.cancel(_upload(upload_id, allowed).id, at=utcnow())
    return _answer(204)


def method() -> str:
    """Return the method that is meant: browsers that know no PATCH send POST and say so in a header."""
    verb = request.headers.get("X-HTTP-Method-Override", "POST") if request.method == "POST" else request.method
    return verb.upper()


class _Arriving:
    """A request's body; where the line is cut it ends, so that what has arrived is kept (PATCH, last paragraph)."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def read(self, size: int) -> bytes:
        try:
            return self.stream.read(size)
        except ClientDisconnected:
            return b""


def _receive(actor: Actor, upload: Upload, length: int) -> Upload:
    return uploads.receive(
        actor,
        upload.id,
        upload.received,
        cast(IO[bytes], _Arriving(request.stream)),
        length,
        at=utcnow(),
        digest=request.headers.get("Upload-Checksum"),
    )


def _first_piece(actor: Actor, upload: Upload, length: int) -> Upload:
    """Take the piece that came with the creation; with a damaged one nothing has begun."""
    try:
        return _receive(actor, upload, length)
    except DomainError:
        uploads.cancel(upload.id, at=utcnow())
        raise


def _upload(upload_id: UUID, allowed: Allowed) -> Upload:
    upload = uploads.find(upload_id)
    if upload is None or not allowed(upload.institution_id):
        raise NotFound
    if upload.state == "receiving" and utcnow() > upload.touched_at + uploads.KEPT:
        raise DomainError("expired", _l("This upload waited too long for its next piece. Please begin again."), 410)
    return upload


def _expiry(upload: Upload) -> dict[str, str]:
    """Say until when the next piece is waited for (extension *expiration*)."""
    if upload.state != "receiving":
        return {}
    return {"Upload-Expires": http_date(upload.touched_at + uploads.KEPT)}


def _number(name: str) -> int:
    value = request.headers.get(name, "")
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise DomainError("bad-header", _l("The header %(name)s must be a whole number.", name=name), 400)
    return int(value)


def _metadata(header: str) -> dict[str, str]:
    """Read ``Upload-Metadata``: keys with values in Base64, with commas between them."""
    metadata: dict[str, str] = {}
    for pair in header.split(",") if header.strip() else ():
        key, _space, value = pair.strip().partition(" ")
        try:
            text = b64decode(value.strip(), validate=True).decode()
        except (Error, ValueError):
            raise _bad_metadata(key) from None
        if not key or not key.isascii() or key in metadata:
            raise _bad_metadata(key)
        metadata[key] = text
    return metadata


def _metadata_of(upload: Upload) -> str:
    metadata = {
        "filename": upload.filename,
        "title": upload.title,
        "institution": str(upload.institution_id),
        "package": str(upload.package_id) if upload.package_id else None,
        "sha256": upload.checksum,
    }
    return ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in metadata.items() if value)


def _bad_metadata(key: str) -> DomainError:
    return DomainError("bad-metadata", _l("Upload-Metadata cannot be read at “%(key)s”.", key=key[:80]), 400)


def _whole(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise _bad_metadata("institution")
    return int(value)


def _uuid(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise _bad_metadata("package") from None


def _wrong_type() -> DomainError:
    return DomainError("content-type", _l("A piece must have the type %(type)s.", type=PIECE_TYPE), 415)


def _refused(refused: DomainError) -> Response:
    answer = jsonify(error=str(refused.message), code=refused.code)
    answer.status_code = refused.status
    if isinstance(refused, uploads.Misplaced):
        answer.headers["Upload-Offset"] = str(refused.received)
    return _finished(answer, {"Tus-Version": VERSION} if refused.status == 412 else {})


def _answer(status: int, headers: dict[str, str] | None = None) -> Response:
    return _finished(make_response("", status), headers or {})


def _finished(answer: Response, headers: dict[str, Any]) -> Response:
    answer.headers.update({"Tus-Resumable": VERSION, "Cache-Control": "no-store"} | headers)
    return answer
