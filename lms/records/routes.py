"""The addresses of the record store."""

from lms.core.guard import ANYONE, HELD, PUBLIC, Route
from lms.records import interface, views
from lms.records.access import READER

ROUTES = [
    Route("/xapi/about", interface.about, PUBLIC, ANYONE),
    Route("/xapi/statements", interface.statements, PUBLIC, READER, csrf=False),
    Route("/admin/xapi", views.credentials, "records.manage", HELD, ("GET", "POST")),
    Route("/admin/xapi/<uuid:credential_id>/revoke", views.revoke, "records.manage", HELD, ("POST",)),
    Route("/admin/xapi/statements", views.reader, "audit.read", HELD),
]
