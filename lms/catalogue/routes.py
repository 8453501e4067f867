"""The addresses of the catalogue."""

from lms.catalogue import views
from lms.catalogue.circle import views as circle
from lms.core.guard import ANYONE, CITY, HELD, PUBLIC, SIGNED_IN, Route

VERSION = "/programmes/<code>/versions/<int:number>"

REVIEW = "catalogue.review"

ROUTES = [
    Route("/programmes", views.index, PUBLIC, ANYONE),
    Route("/decision", views.decision, PUBLIC, ANYONE),
    Route("/programmes/<code>", views.programme, PUBLIC, ANYONE),
    Route(f"{VERSION}/review", circle.review, REVIEW, HELD),
    Route(f"{VERSION}/comparison", circle.comparison, REVIEW, HELD),
    Route(f"{VERSION}/comments", circle.comment, "catalogue.opinion", HELD, ("POST",)),
    Route(f"{VERSION}/comments/<uuid:comment_id>", circle.answer, "catalogue.propose", HELD, ("POST",)),
    Route(f"{VERSION}/papers/<uuid:paper_id>", circle.paper, REVIEW, HELD),
    Route(f"{VERSION}/moves/<act>", circle.move, REVIEW, HELD, ("GET", "POST"), upload=True),
    Route(f"{VERSION}/approval", circle.approve, "catalogue.approve", CITY, ("GET", "POST"), upload=True),
    Route(f"{VERSION}/lessons/<lesson_code>", views.review_lesson, REVIEW, HELD),
    Route("/glossary", views.glossary, SIGNED_IN, ANYONE),
    Route("/figures/<uuid:version_id>/<path:name>", views.figure, SIGNED_IN, ANYONE),
]
