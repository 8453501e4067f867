"""The addresses of the library."""

from lms.core.guard import ANYONE, CITY, HELD, PUBLIC, WHOLE, Route, predicate_scope, unit_scope
from lms.library import access
from lms.library.access import ADMINISTER, MANAGE, READ
from lms.library.views import administration, chosen, keys, launch_logs, launching, packages, previews, uploads
from lms.people.access import unit_path

PACKAGE = unit_scope("institution of the package", access.package_path)
VERSION = unit_scope("institution of the version's package", access.version_path)
UNIT = unit_scope("institution of the unit's package", access.unit_path)
LAUNCH = unit_scope("institution of the launched package", access.launch_path)
UPLOAD = unit_scope("institution of the upload", access.upload_path)
OWN_UPLOAD = predicate_scope("own upload", access.own_upload)
OWN_REGISTRATION = predicate_scope("own registration", access.own_registration)
KEY = unit_scope("institution of the key", access.key_path, reach=WHOLE)
INSTITUTION = unit_scope("institution", unit_path, reach=WHOLE)
POST = ("POST",)
AT = "/library/packages/<uuid:package_id>"

ROUTES = [
    Route("/launch/fetch/<code>", launching.fetch, PUBLIC, ANYONE, ("POST", "OPTIONS"), csrf=False),
    Route("/library", packages.index, READ, HELD),
    Route("/library/chosen/label", chosen.label, MANAGE, HELD, POST),
    Route("/library/chosen/remove", chosen.remove_chosen, MANAGE, HELD, POST),
    Route("/library/uploads/clear", uploads.clear, MANAGE, HELD, POST, endpoint="clear_uploads"),
    Route(AT, packages.package, READ, PACKAGE),
    Route(f"{AT}/rename", packages.rename, MANAGE, PACKAGE, POST),
    Route(f"{AT}/hosts", packages.allow_hosts, MANAGE, PACKAGE, POST),
    Route(f"{AT}/launches", launch_logs.launches, MANAGE, PACKAGE, endpoint="launch_logs"),
    Route(f"{AT}/launches/<uuid:session_id>", launch_logs.launch, MANAGE, LAUNCH, endpoint="launch_log"),
    Route(f"{AT}/remove", packages.remove, MANAGE, PACKAGE, POST),
    Route(f"{AT}/versions/<uuid:version_id>/original", packages.original, READ, VERSION),
    Route(f"{AT}/versions/<uuid:version_id>/remove", packages.remove_version, MANAGE, VERSION, POST),
    Route(f"{AT}/preview/<uuid:unit_id>", previews.preview, READ, UNIT, POST),
    Route("/library/registrations/<uuid:registration_id>", previews.player, READ, OWN_REGISTRATION),
    Route(
        "/library/registrations/<uuid:registration_id>/units/<uuid:unit_id>/launch",
        previews.launch,
        READ,
        OWN_REGISTRATION,
        POST,
    ),
    Route("/library/upload-file", uploads.upload_file, MANAGE, HELD, POST, upload=True),
    Route("/library/uploads", uploads.tus_uploads, MANAGE, HELD, ("POST", "OPTIONS"), upload=True),
    Route("/library/uploads/<uuid:upload_id>", uploads.upload, MANAGE, UPLOAD),
    Route(
        "/library/uploads/<uuid:upload_id>",
        uploads.tus_upload,
        MANAGE,
        OWN_UPLOAD,
        ("PATCH", "DELETE", "POST"),
        upload=True,
    ),
    Route("/library/uploads/<uuid:upload_id>/cancel", uploads.cancel, MANAGE, UPLOAD, POST),
    Route("/admin/library", administration.administration, ADMINISTER, CITY),
    Route("/admin/library/h5p", administration.install_h5p, ADMINISTER, CITY, POST, upload=True),
    Route(
        "/admin/library/institutions/<bigint:unit_id>/quota",
        administration.set_quota,
        ADMINISTER,
        INSTITUTION,
        POST,
    ),
    Route("/admin/library/keys", keys.index, ADMINISTER, CITY, ("GET", "POST"), "keys"),
    Route("/admin/library/keys/<uuid:key_id>/revoke", keys.revoke, ADMINISTER, KEY, POST, "revoke_key"),
]
