"""The addresses of the top floor."""

from lms.console import views
from lms.core.guard import ANYONE, HELD, PUBLIC, Route

ROUTES = [
    Route("/", views.home, PUBLIC, ANYONE),
    Route("/admin/audit", views.audit, "audit.read", HELD),
]
