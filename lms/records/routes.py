"""The addresses of the record store."""

from lms.core.guard import ANYONE, HELD, PUBLIC, Route, Scope
from lms.records import documents, resources, statements, views
from lms.records.access import client_scope

_STATEMENTS, _STATE, _PROFILE = (client_scope(name) for name in ("statements", "state", "profile"))
_WRITE = ("GET", "PUT", "POST", "DELETE")


def _xapi(rule: str, view: object, scope: Scope, methods: tuple[str, ...], endpoint: str) -> Route:
    return Route(f"/xapi/{rule}", view, PUBLIC, scope, methods, endpoint, csrf=False, upload=len(methods) > 1)  # type: ignore[arg-type]


ROUTES = [
    Route("/xapi/about", resources.about, PUBLIC, ANYONE),
    Route("/xapi/profile", resources.profile, PUBLIC, ANYONE),
    Route("/xapi/profile/v1", resources.profile, PUBLIC, ANYONE, endpoint="profile_version"),
    _xapi("statements", statements.resource, _STATEMENTS, ("GET", "PUT", "POST"), "statements"),
    _xapi("activities/state", documents.state, _STATE, _WRITE, "state"),
    _xapi("activities/profile", documents.activity_profile, _PROFILE, _WRITE, "activity_profile"),
    _xapi("activities", resources.activities, _STATEMENTS, ("GET",), "activities"),
    _xapi("agents/profile", documents.agent_profile, _PROFILE, _WRITE, "agent_profile"),
    _xapi("agents", resources.agents, _STATEMENTS, ("GET",), "agents"),
    Route("/admin/xapi", views.credentials, "records.manage", HELD, ("GET", "POST")),
    Route("/admin/xapi/<uuid:credential_id>/revoke", views.revoke, "records.manage", HELD, ("POST",)),
    Route("/admin/xapi/statements", views.reader, "audit.read", HELD),
]
