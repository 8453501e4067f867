"""Resumable uploads for programs: the tus protocol 1.0.0, with a key of the API instead of a sign-in session."""

from typing import Any
from uuid import UUID

from flask import abort, url_for

from lms.library import tus
from lms.library.api.access import actor, key
from lms.library.api.operations import Header, Operation
from lms.library.services import uploads

_WRITE, _ONE = "packages:write", "/tus/<uuid:upload_id>"
_SPOKEN = {
    "Tus-Resumable": Header({"type": "string", "enum": [tus.VERSION]}, "Version of the protocol.", required=True)
}
_WHOLE = {"type": "string", "pattern": "^[0-9]{1,10}$"}
_BEGIN = {
    "Upload-Length": Header(_WHOLE, "Bytes of the whole file.", required=True),
    "Upload-Metadata": Header(
        {"type": "string"},
        "Values in Base64: `filename`; `title`; `package`, the id of the package of which it becomes a new version; "
        "`sha256`, the checksum of the whole file.",
    ),
}
_PIECE = {
    "Upload-Offset": Header(_WHOLE, "Byte at which the piece begins.", required=True),
    "Upload-Checksum": Header({"type": "string"}, "`sha256` or `sha1` of the piece, in Base64 behind the name."),
}
_OFFSET = {"Upload-Offset": "Byte at which the next piece begins."}
_EXPIRES = {"Upload-Expires": "Until when the next piece is waited for."}
_NONE = {404: "There is no such upload, or it is another institution's.", 410: "It waited too long, or is whole."}
_VERSION = {412: "Another version of the protocol."}
_PIECES = {
    411: "Content-Length is required.",
    413: "The piece or the file is too large, or the institution's room is used up.",
    415: "The body has another type.",
    460: "The piece was damaged on its way.",
}


# -- what is answered --------------------------------------------------------------------------------------------------


def tus_options() -> Any:
    """Tell what this server can do."""
    return tus.options()


def tus_create() -> Any:
    """Begin an upload for the institution of the key."""
    return tus.create(
        actor(),
        _allowed,
        lambda upload_id: url_for("library.api_tus_patch", upload_id=upload_id),
        institution_id=key().institution_id,
    )


def tus_head(upload_id: UUID) -> Any:
    """Tell how much has arrived."""
    return tus.head(upload_id, _allowed)


def tus_patch(upload_id: UUID) -> Any:
    """Take the next piece."""
    return tus.patch(actor(), upload_id, _allowed)


def tus_delete(upload_id: UUID) -> Any:
    """Forget an upload."""
    return tus.terminate(upload_id, _allowed)


def tus_override(upload_id: UUID) -> Any:
    """Do what the header says, for clients that cannot send PATCH or DELETE (Core protocol, X-HTTP-Method-Override)."""
    answer = {"PATCH": tus_patch, "DELETE": tus_delete, "HEAD": tus_head}.get(tus.method())
    return answer(upload_id) if answer else abort(405)


def _allowed(institution_id: int) -> bool:
    return institution_id == key().institution_id


# -- how it is declared ------------------------------------------------------------------------------------------------

OPERATIONS = (
    Operation(
        "OPTIONS",
        "/tus",
        tus_options,
        _WRITE,
        "What the server can do: version, extensions, largest file.",
        {204: None},
    ),
    Operation(
        "POST",
        "/tus",
        tus_create,
        _WRITE,
        f"Begin an upload of up to {uploads.LARGEST // 1024**3} GB that survives a lost line (tus 1.0.0). Pieces of "
        f"up to {uploads.PIECE // 1024**2} MB go to the address in `Location`, the result is at `/uploads/{{id}}`.",
        {201: None},
        takes=bytes,
        bare=True,
        media_type=tus.PIECE_TYPE,
        headers=_SPOKEN | _BEGIN,
        answered={"Location": "Address of the upload."} | _OFFSET | _EXPIRES,
        refuses={404: "There is no such package."} | _VERSION | _PIECES,
    ),
    Operation(
        "HEAD",
        _ONE,
        tus_head,
        _WRITE,
        "How much of an upload has arrived.",
        {200: None},
        headers=_SPOKEN,
        answered=_OFFSET | _EXPIRES | {"Upload-Length": "Bytes of the whole file."},
        refuses=_NONE | _VERSION,
    ),
    Operation(
        "PATCH",
        _ONE,
        tus_patch,
        _WRITE,
        "Send the next piece. With the last one the check begins.",
        {204: None},
        takes=bytes,
        media_type=tus.PIECE_TYPE,
        headers=_SPOKEN | _PIECE,
        answered=_OFFSET | _EXPIRES,
        refuses=_NONE | _VERSION | _PIECES | {409: "The piece does not begin where the last one ended."},
    ),
    Operation(
        "DELETE",
        _ONE,
        tus_delete,
        _WRITE,
        "Forget an upload with all that has arrived of it, or its report.",
        {204: None},
        headers=_SPOKEN,
        refuses=_NONE | _VERSION | {409: "It is being checked."},
    ),
    Operation(
        "POST",
        _ONE,
        tus_override,
        _WRITE,
        "PATCH, DELETE or HEAD for clients that cannot send them.",
        {204: None, 200: None},
        takes=bytes,
        bare=True,
        media_type=tus.PIECE_TYPE,
        headers=_SPOKEN
        | {
            "X-HTTP-Method-Override": Header(
                {"type": "string", "enum": ["PATCH", "DELETE", "HEAD"]}, "The method that is meant.", required=True
            )
        },
        answered=_OFFSET | _EXPIRES,
        refuses=_NONE | _VERSION | _PIECES | {405: "No such method.", 409: "Not now; the answer tells why."},
    ),
)
