"""The addresses of the catalogue."""

from lms.catalogue import views
from lms.core.guard import ANYONE, CITY, HELD, PUBLIC, SIGNED_IN, Route

VERSION = "/programmes/<code>/versions/<int:number>"

ROUTES = [
    Route("/programmes", views.index, PUBLIC, ANYONE),
    Route("/decision", views.decision, PUBLIC, ANYONE),
    Route("/programmes/<code>", views.programme, PUBLIC, ANYONE),
    Route(f"{VERSION}/approval", views.approve, "catalogue.approve", CITY, ("POST",)),
    Route(f"{VERSION}/lessons/<lesson_code>", views.review_lesson, "catalogue.review", HELD),
    Route("/glossary", views.glossary, SIGNED_IN, ANYONE),
    Route("/figures/<uuid:version_id>/<path:name>", views.figure, SIGNED_IN, ANYONE),
]
