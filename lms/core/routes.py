"""The addresses of the ground floor."""

from lms.core import views
from lms.core.guard import ANYONE, PUBLIC, SIGNED_IN, Route, predicate_scope

ROUTES = [
    Route("/healthz", views.healthz, PUBLIC, ANYONE),
    Route("/readyz", views.readyz, PUBLIC, ANYONE),
    Route("/language/<code>", views.language, PUBLIC, ANYONE),
    Route("/jobs/<uuid:job_id>", views.job, SIGNED_IN, predicate_scope("own job", views.owns_job)),
]
