"""The addresses of the content origin."""

from lms.core.guard import ANYONE, PUBLIC, Route
from lms.library.origin import views
from lms.library.origin.access import GRANTED

ROUTES = [
    Route("/_khue/known", views.known, PUBLIC, ANYONE),
    Route("/<token>/_khue/play", views.play, PUBLIC, GRANTED),
    Route("/<token>/_khue/return", views.return_, PUBLIC, GRANTED),
    Route("/<token>/_khue/commit", views.commit, PUBLIC, GRANTED, ("POST",), csrf=False),
    Route("/<token>/_khue/close", views.close, PUBLIC, GRANTED, ("POST",), csrf=False),
    Route("/<token>/_khue/blocked", views.blocked, PUBLIC, GRANTED, ("POST",), csrf=False),
    Route("/<token>/", views.file, PUBLIC, GRANTED, endpoint="start"),
    Route("/<token>/<path:path>", views.file, PUBLIC, GRANTED),
]
