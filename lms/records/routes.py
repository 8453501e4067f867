"""The addresses of the record store."""

from lms.core.guard import ANYONE, CITY, PUBLIC, Route, Scope
from lms.records import documents, resources, statements, views
from lms.records.access import client_scope
from lms.records.forward import views as forward

_STATEMENTS, _STATE, _PROFILE = (client_scope(name) for name in ("statements", "state", "profile"))
_WRITE = ("GET", "PUT", "POST", "DELETE")
_POST, _FORWARD = ("POST",), "/admin/xapi/forwarding/<uuid:forwarder_id>"


def _xapi(rule: str, view: object, scope: Scope, methods: tuple[str, ...], endpoint: str) -> Route:
    return Route(f"/xapi/{rule}", view, PUBLIC, scope, methods, endpoint, csrf=False)  # type: ignore[arg-type]


RESOURCES = [
    Route("/xapi/about", resources.about, PUBLIC, ANYONE),
    Route("/xapi/profile", resources.profile, PUBLIC, ANYONE),
    Route("/xapi/profile/v1", resources.profile, PUBLIC, ANYONE, endpoint="profile_version"),
    _xapi("statements", statements.resource, _STATEMENTS, ("GET", "PUT", "POST"), "statements"),
    _xapi("activities/state", documents.state, _STATE, _WRITE, "state"),
    _xapi("activities/profile", documents.activity_profile, _PROFILE, _WRITE, "activity_profile"),
    _xapi("activities", resources.activities, _STATEMENTS, ("GET",), "activities"),
    _xapi("agents/profile", documents.agent_profile, _PROFILE, _WRITE, "agent_profile"),
    _xapi("agents", resources.agents, _STATEMENTS, ("GET",), "agents"),
]
"""Of the application that create_records_app makes."""

PAGES = [
    Route("/admin/xapi", views.credentials, "records.manage", CITY, ("GET", "POST")),
    Route("/admin/xapi/<uuid:credential_id>/revoke", views.revoke, "records.manage", CITY, ("POST",)),
    Route("/admin/xapi/forwarding", forward.forwarding, "records.manage", CITY, ("GET", "POST")),
    Route(_FORWARD, forward.forwarder, "records.manage", CITY),
    Route(f"{_FORWARD}/pause", forward.pause, "records.manage", CITY, _POST, "pause_forwarder"),
    Route(f"{_FORWARD}/resume", forward.resume, "records.manage", CITY, _POST, "resume_forwarder"),
    Route(f"{_FORWARD}/try", forward.try_now, "records.manage", CITY, _POST, "try_forwarder"),
    Route(f"{_FORWARD}/secret", forward.change_secret, "records.manage", CITY, _POST, "change_secret"),
    Route(f"{_FORWARD}/delete", forward.delete, "records.manage", CITY, _POST, "delete_forwarder"),
    Route(f"{_FORWARD}/letters/again", forward.again, "records.manage", CITY, _POST, "all_again"),
    Route(f"{_FORWARD}/letters/<bigint:seq>/again", forward.again, "records.manage", CITY, _POST, "letter_again"),
    Route(f"{_FORWARD}/letters/<bigint:seq>/leave-out", forward.leave_out, "records.manage", CITY, _POST),
]
