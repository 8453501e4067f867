"""What the floors above may want to judge and to know of launched content, whose tokens are bound (binding.py)."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from flask import current_app, g, request

from lms.core.errors import DomainError
from lms.records.access import Client


class DocumentAsked(NamedTuple):
    """A request for a document by launched content.

    :ivar kind: state, agent or activity
    :ivar document_id: stateId or profileId; empty when all are asked for
    :ivar named: whether the request says whose document it is
    """

    kind: str
    method: str
    document_id: str
    named: bool
    content_type: str
    content: bytes


class Told(NamedTuple):
    """How a request of launched content was answered.

    :ivar credential_id: its token; None when the token opened nothing
    :ivar key: user name and password as they were sent, where it opened nothing
    :ivar about: the verbs that were sent, or what was asked for
    :ivar reason: what the program was told
    """

    credential_id: UUID | None
    key: tuple[str, str] | None
    method: str
    about: str
    status: int
    reason: str = ""


class Watch(NamedTuple):
    """Who judges and who listens.

    :ivar document: raises a :class:`DomainError` for what conflicts with how the content was launched
    :ivar told: notes what was asked, sent and refused
    """

    document: Callable[[UUID, DocumentAsked], None]
    told: Callable[[Told], None]


def watch() -> Watch | None:
    """Return who watches this store; a store served alone is watched by nobody."""
    watching: Watch | None = current_app.extensions.get("xapi_watch")
    return watching


def judge_document(client: Client, kind: str, parameter: str) -> None:
    """Have a request for a document judged, before anything else is looked at.

    :raises DomainError: 403
    """
    watching = watch()
    if client.binding is None:
        return
    if kind == "activity" and request.method not in ("GET", "HEAD"):
        raise DomainError("bound", "activityId: launched content writes no profile that others share", 403)
    if watching is None or client.credential_id is None:
        return
    content = b"" if request.method in ("GET", "HEAD") else request.get_data()
    named = kind == "activity" or "agent" in request.args
    id_ = request.args.get(parameter, "")
    type_ = request.headers.get("Content-Type", "")
    watching.document(client.credential_id, DocumentAsked(kind, request.method, id_, named, type_, content))


def tell(client: Client, method: str, about: str, status: int, reason: str = "") -> None:
    """Tell who listens how a request of launched content was answered."""
    watching = watch()
    if watching is not None and client.binding is not None:
        watching.told(Told(client.credential_id, None, method, about, status, reason))


def tell_of_request(status: int, reason: str) -> None:
    """As :func:`tell`, for a request that Flask has answered."""
    watching = watch()
    if watching is None or request.method == "OPTIONS":
        return
    if "xapi_client" in g:
        tell(g.xapi_client, request.method, about(), status, reason)
    elif status == 401:
        try:
            sent = request.authorization
        except ValueError:
            return
        if sent is not None and sent.username:
            key = (str(sent.username), str(sent.password or ""))
            watching.told(Told(None, key, request.method, about(), status, reason))


def verbs() -> str:
    """Return the verbs of the statements that this request brings, as far as they were read."""
    return ", ".join(dict.fromkeys(g.get("xapi_verbs", ())))[:200]


def about() -> str:
    """Return what a request is about, in words of programs."""
    if sent := verbs():
        return sent
    resource = request.path.removeprefix("/xapi/")
    id_ = request.args.get("stateId") or request.args.get("profileId") or ""
    return f"{resource} {id_}".strip()[:200]
