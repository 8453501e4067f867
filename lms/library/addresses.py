"""Where uploaded content is served: origins of their own, and tokens in the path instead of cookies.

A token names one session and holds until that ends at the latest. It is valid on one host only: where the content
address has a ``*``, each package and learner has a label of its own in its place, and so storage of its own.
"""

import hashlib
import hmac
from base64 import b32encode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote, urlsplit
from uuid import UUID

from flask import Flask, current_app

_MAC = 16


class Grant(NamedTuple):
    """What a token opens.

    :ivar version_id: the package's version whose files may be read
    :ivar session_id: the launch; its record has the learner, the unit and the mode
    """

    version_id: UUID
    session_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ContentOrigin:
    """The origin of a package and learner, and how isolated it is.

    :ivar url: such as ``http://k7d….localhost:8001``; of the application itself when no other is configured
    :ivar host: host and port, to which tokens are bound
    :ivar prefix: what stands before the token in paths
    """

    url: str
    host: str
    prefix: str = ""


def isolation(app: Flask) -> str:
    """Tell how content is kept apart: ``each`` (an origin for each), ``shared`` (one other), or ``opaque`` (none)."""
    url = app.config["SETTINGS"].content_url
    if url is None:
        return "opaque"
    return "each" if "*" in url else "shared"


def origin_of(package_id: UUID, learner: str, *, application: str, plain: bool = False) -> ContentOrigin:
    """Return the origin at which a learner meets a package.

    :param application: address of the application, such as ``http://localhost:8000``
    :param plain: at the demonstration's plain address, for who does not know names below ``localhost``
    """
    url = current_app.config["SETTINGS"].content_url
    if url is None:
        return ContentOrigin(application, urlsplit(application).netloc, "/content")
    if plain and (address := plain_url(current_app)):
        return ContentOrigin(address, urlsplit(address).netloc)
    digest = _mac("origin", f"{package_id} {learner}".encode())
    own = url.replace("*", f"k{b32encode(digest[:15]).decode().lower()}")
    return ContentOrigin(own, urlsplit(own).netloc)


def plain_url(app: Flask) -> str | None:
    """Return the demonstration's content address without a label; None where every browser knows the names."""
    settings = app.config["SETTINGS"]
    return f"http://127.0.0.1:{settings.content_port}" if "*.localhost" in (settings.content_url or "") else None


def token(grant: Grant, host: str) -> str:
    """Return the token that opens a grant on a host."""
    body = grant.version_id.bytes + grant.session_id.bytes + int(grant.expires_at.timestamp()).to_bytes(6, "big")
    return urlsafe_b64encode(body + _mac(f"token {host}", body)[:_MAC]).decode().rstrip("=")


def grant_of(token_: str, host: str, *, at: datetime) -> Grant | None:
    """Return what a token opens on a host now; None when it is forged, of another host, or over."""
    try:
        raw = urlsafe_b64decode(token_ + "=" * (-len(token_) % 4))
    except (Error, ValueError):
        return None
    body, mac = raw[:-_MAC], raw[-_MAC:]
    if len(body) != 38 or not hmac.compare_digest(mac, _mac(f"token {host}", body)[:_MAC]):
        return None
    expires = datetime.fromtimestamp(int.from_bytes(body[32:], "big"), UTC)
    return Grant(UUID(bytes=body[:16]), UUID(bytes=body[16:32]), expires) if at < expires else None


def secret_of(session_id: UUID) -> str:
    """Return the secret of a session's key to the record store, which is kept nowhere."""
    return _mac("session secret", session_id.bytes).hex()


def browser_secret(session_id: UUID) -> str:
    """Return what the browser that opened a launch first shows with all it asks afterwards."""
    return _mac("browser", session_id.bytes).hex()


def fetch_code(session_id: UUID) -> str:
    """Return the unguessable part of a session's fetch URL (cmi5, section 8.2)."""
    return f"{session_id.hex}{_mac('fetch', session_id.bytes)[:16].hex()}"


def session_of_fetch(code: str) -> UUID | None:
    """Return the session of a fetch URL; None when it is forged."""
    try:
        session_id = UUID(hex=code[:32])
    except ValueError:
        return None
    return session_id if hmac.compare_digest(code.encode(), fetch_code(session_id).encode()) else None


def path_of(href: str) -> str:
    """Return a unit's href, encoded as part of an address; its query and fragment stay."""
    path, mark, rest = href.partition("?")
    path, sharp, fragment = (path, "", "") if mark else path.partition("#")
    return quote(path, safe="/!$&'()*+,;=:@~-._") + mark + sharp + quote(rest or fragment, safe="/!$&'()*+,;=:@~-._?%#")


def _mac(purpose: str, message: bytes) -> bytes:
    key = hashlib.sha256(f"content {purpose}\n{current_app.config['SECRET_KEY']}".encode()).digest()
    return hmac.digest(key, message, "sha256")
