"""Who may use the record store's interface: clients with a key and secret (HTTP Basic), within their scopes."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import current_app, g, request
from werkzeug.datastructures import Authorization

from lms.core import throttle
from lms.core.database import direct, utcnow
from lms.core.errors import DomainError
from lms.core.guard import Actor, Scope
from lms.core.throttle import Pace
from lms.records.binding import Binding
from lms.records.errors import BadParameter
from lms.records.parameters import VERSION, negotiate
from lms.records.shapes import account_ifi

_READ = frozenset({"statements/read", "all/read", "all"})
NEEDED = {
    "statements": (_READ | {"statements/read/mine"}, frozenset({"statements/write", "all"})),
    "state": (frozenset({"state", "all/read", "all"}), frozenset({"state", "all"})),
    "profile": (frozenset({"profile", "all/read", "all"}), frozenset({"profile", "all"})),
}
"""Which scopes open a resource for reading and for writing."""
SCOPES = tuple(sorted(set().union(*(scopes for pair in NEEDED.values() for scopes in pair))))
WRONG_TRIES = Pace(30, timedelta(seconds=10))
"""From one address. A right key is never counted and passes whatever others tried: its secret cannot be guessed."""
USED_EVERY = timedelta(hours=1)
REMEMBERED = timedelta(seconds=5)
"""How long a process that stores statements need not look at a credential again: ``xapi_store`` does."""
MOST_REMEMBERED = 10_000

THROUGH = """
    least(now(), (
        SELECT min(a.xact_start) FROM pg_stat_activity a
        WHERE a.backend_xid IS NOT NULL AND a.datname = current_database() AND a.pid <> pg_backend_pid()
    ))
"""
"""The moment up to which a statement of SQL that starts later sees all that was stored: see :class:`Client`."""
_CREDENTIAL = f"""
    SELECT c.id, c.secret_hash, c.scopes, c.last_used_at, c.agent, c.registration, c.activity,
           {THROUGH}
    FROM (SELECT 1) one LEFT JOIN xapi_credentials c
         ON c.key = %(key)s AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > %(now)s)
"""  # noqa: S608 - constants
_USED = "UPDATE xapi_credentials SET last_used_at = %(at)s WHERE id = %(id)s RETURNING id"


@dataclass(frozen=True, slots=True)
class Client:
    """A client program that has shown a valid key and secret, or a learner at a page of the product.

    :ivar consistent_through: every statement stored up to this moment can be read by this request: a writer takes its
        transaction's number before it reads the database's clock for ``stored``, so one that is not finished yet either
        began before this moment, and is then the bound, or stores later
    """

    credential_id: UUID | None
    key: str
    scopes: frozenset[str]
    consistent_through: datetime
    binding: Binding | None = None
    """The limits of a session token."""
    learner: str | None = None
    """Identifier of the agent whose statements are read, within a sign-in session of the product."""

    @property
    def only_of(self) -> UUID | None:
        """The credential whose statements alone it reads: its own; none when it reads all."""
        return None if self.scopes & _READ else self.credential_id


def secret_hash(secret: str) -> bytes:
    """Return what is kept of a secret; it has 256 random bits, so a fast hash is enough."""
    return hashlib.sha256(secret.encode()).digest()


def client() -> Client:
    """Return the client of this request, after the scope has let it in."""
    signed_in: Client = g.xapi_client
    return signed_in


def client_scope(resource: str) -> Scope:
    """The scope of a resource: a client whose key opens it for the method of the request."""
    reading, writing = NEEDED[resource]

    def allows(_actor: Actor, _permission: str, _args: Mapping[str, Any]) -> bool:
        problem = request.environ.get("khue.alternate_problem")
        if problem:
            raise BadParameter(*problem)
        negotiate(request.headers.get(VERSION))
        storing = resource == "statements" and request.method not in ("GET", "HEAD")
        g.xapi_client = _signed_in() or _authenticate(storing=storing, at=utcnow())
        needed = reading if request.method in ("GET", "HEAD") else writing
        if not g.xapi_client.scopes & needed:
            raise DomainError("scope", f"Authorization: this key needs one of {', '.join(sorted(needed))}", 403)
        return True

    return Scope(f"credential for {resource}", allows, asks_actor=False)


def _signed_in() -> Client | None:
    """Let a page of the product read the statements of whoever is signed in; it needs no key."""
    if request.method != "GET" or request.endpoint != "records.statements" or "Authorization" in request.headers:
        return None
    learner = current_app.extensions["xapi_learner_of"](request.environ)
    if learner is None:
        return None
    ((through,),) = direct(f"SELECT {THROUGH}", {})
    return Client(None, "", frozenset({"statements/read"}), through, learner=account_ifi(learner))


def remembered(authorization: str, *, at: datetime) -> Client | None:
    """Return the client that has shown this header to this process a moment ago; for storing only."""
    until, known = current_app.extensions["xapi_clients"].get(_digest(authorization), (at, None))
    return known if at < until else None


def _authenticate(*, storing: bool, at: datetime) -> Client:
    credentials, header = _given(), request.headers.get("Authorization", "")
    if credentials is None or credentials.type != "basic" or not credentials.username:
        raise DomainError("no-credential", "Authorization: HTTP Basic with a key and its secret is required", 401)
    if storing and (known := remembered(header, at=at)):
        return known
    known = _look_up(str(credentials.username), secret_hash(str(credentials.password or "")), at=at)
    clients: dict[bytes, tuple[datetime, Client]] = current_app.extensions["xapi_clients"]
    if len(clients) >= MOST_REMEMBERED:
        clients.clear()
    clients[_digest(header)] = (at + REMEMBERED, known)
    return known


def _given() -> Authorization | None:
    try:
        return request.authorization
    except ValueError:  # octets that no base64 has
        return None


def _digest(header: str) -> bytes:
    return hashlib.sha256(header.encode("utf-8", "surrogatepass")).digest()


def _look_up(key: str, secret: bytes, *, at: datetime) -> Client:
    values = {"key": key.replace("\0", ""), "now": at}
    ((id_, kept, scopes, used, agent, registration, activity, through),) = direct(_CREDENTIAL, values)
    if id_ is None or not hmac.compare_digest(kept, secret):
        if throttle.take({f"address:{request.remote_addr}|xapi": WRONG_TRIES}, at=at):
            text = "Authorization: this key or secret is wrong, like too many before from this address; wait a while"
            raise DomainError("too-many-tries", text, 429)
        raise wrong_credential()
    if used is None or at - used > USED_EVERY:
        direct(_USED, {"at": at, "id": id_})
    binding = Binding(agent, registration, activity) if agent else None
    return Client(id_, key, frozenset(scopes), through, binding)


def may_store(client: Client) -> bool:
    """Tell whether a client's key opens the storing of statements."""
    return bool(client.scopes & NEEDED["statements"][1])


def wrong_credential() -> DomainError:
    """Return the error of a credential that opens nothing."""
    return DomainError("wrong-credential", "Authorization: the key or the secret is wrong, or was revoked", 401)
