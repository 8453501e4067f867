"""The addresses of exports."""

from lms.core.guard import HELD, Route
from lms.learning.exchange import views

ROUTES = [
    Route("/programmes/<code>/versions/<int:number>/export", views.export, "library.manage", HELD, ("GET", "POST")),
]
