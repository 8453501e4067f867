"""The map of the API: every operation with its scope, shapes and answers."""

from lms.core.guard import ANYONE, PUBLIC, Route
from lms.library.api import description, resumable, shapes, views
from lms.library.api.operations import PREFIX, Operation

_READ, _WRITE = "packages:read", "packages:write"
_SEE, _ACT = "registrations:read", "registrations:write"
_NONE = {404: "There is no such object, or it is another institution's."}
_TOO_LARGE = {413: "The file is too large, or the institution's room is used up."}
_SENT = {404: "There is no such package.", 411: "Content-Length is required.", 422: "Refused; `faults` tell why."}

OPERATIONS = (
    Operation(
        "POST",
        "/uploads",
        views.upload,
        _WRITE,
        "Send a file whole. Up to 64 MB it is taken in at once (201, or 422); larger ones in the background (202).",
        {201: shapes.Upload, 202: shapes.Upload},
        takes=bytes,
        query=shapes.UploadQuery,
        refuses=_SENT | _TOO_LARGE,
    ),
    Operation(
        "GET",
        "/uploads/<uuid:upload_id>",
        views.read_upload,
        _WRITE,
        "Read how far an upload is, and its report.",
        {200: shapes.Upload},
        refuses=_NONE,
    ),
    Operation(
        "GET",
        "/packages",
        views.list_packages,
        _READ,
        "List packages by title.",
        {200: shapes.Packages},
        query=shapes.PackagesQuery,
    ),
    Operation(
        "GET",
        "/packages/<uuid:package_id>",
        views.read_package,
        _READ,
        "Read a package.",
        {200: shapes.Package},
        refuses=_NONE,
    ),
    Operation(
        "DELETE",
        "/packages/<uuid:package_id>",
        views.delete_package,
        _WRITE,
        "Remove a package that nobody uses; what learners did in it stays on record.",
        {204: None},
        refuses=_NONE | {409: "It is still used; the answer says where."},
    ),
    Operation(
        "GET",
        "/packages/<uuid:package_id>/versions",
        views.list_versions,
        _READ,
        "List all versions of a package, newest first.",
        {200: shapes.Versions},
        refuses=_NONE,
    ),
    Operation(
        "GET",
        "/versions/<uuid:version_id>",
        views.read_version,
        _READ,
        "Read a version with all its units.",
        {200: shapes.VersionWithUnits},
        refuses=_NONE,
    ),
    Operation(
        "DELETE",
        "/versions/<uuid:version_id>",
        views.delete_version,
        _WRITE,
        "Remove an old version that nobody has taken.",
        {204: None},
        refuses=_NONE | {409: "It is the newest, or still used."},
    ),
    Operation(
        "POST",
        "/registrations",
        views.register,
        _ACT,
        "Register a learner for a version.",
        {201: shapes.Registration},
        takes=shapes.RegistrationIn,
        refuses={404: "There is no such version or learner.", 415: "The body is no JSON."},
    ),
    Operation(
        "GET",
        "/registrations/<uuid:registration_id>",
        views.read_registration,
        _SEE,
        "Read a learner's status in each unit.",
        {200: shapes.Registration},
        refuses=_NONE,
    ),
    Operation(
        "GET",
        "/registrations/<uuid:registration_id>/statements",
        views.read_statements,
        _SEE,
        "Read a registration's statements, oldest first.",
        {200: shapes.Statements},
        query=shapes.StatementsQuery,
        refuses=_NONE,
    ),
    Operation(
        "POST",
        "/registrations/<uuid:registration_id>/launches",
        views.launch,
        _ACT,
        "Open a unit in a launch mode; open sessions of the registration are abandoned.",
        {201: shapes.Launch},
        takes=shapes.LaunchIn,
        refuses=_NONE | {409: "The registration was superseded.", 415: "The body is no JSON."},
    ),
    Operation(
        "POST",
        "/registrations/<uuid:registration_id>/units/<uuid:unit_id>/waive",
        views.waive,
        _ACT,
        "Let a unit count as done; doing it again changes nothing.",
        {200: shapes.Registration},
        takes=shapes.WaiveIn,
        refuses=_NONE | {415: "The body is no JSON."},
    ),
    Operation(
        "POST",
        "/sessions/<uuid:session_id>/abandon",
        views.abandon,
        _ACT,
        "End a session that was not terminated.",
        {200: shapes.Abandoned},
        refuses=_NONE,
    ),
)


def openapi() -> object:
    """The description of the API."""
    return description.openapi([*OPERATIONS, *resumable.OPERATIONS])


ROUTES = [
    Route(f"{PREFIX}/openapi.json", openapi, PUBLIC, ANYONE),
    *(operation.route for operation in (*OPERATIONS, *resumable.OPERATIONS)),
]
