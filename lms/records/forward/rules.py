"""Rules of forwarding without database or network: secrets, addresses, waiting, and what an answer means."""

import hashlib
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

VERSIONS = ("1.0.3", "2.0.0")
BATCH = 100
BATCH_OCTETS = 1_000_000
FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)
LONGEST_ASKED = timedelta(days=1)
"""A Retry-After beyond this is shortened to it."""
MESSAGE = 500
REASONS = ("unreachable", "timeout", "inward", "secret")
"""Why a try may fail besides an HTTP status: no connection, no answer in time, an address within our own network, our
own secret cannot be read."""

_REFUSALS = frozenset({400, 409, 413, 422})
_PERSON = b"khue-xapi-fwd"


def seal(secret: str, secret_key: str) -> bytes:
    """Encrypt the other side's secret for the table."""
    return bytes(_box(secret_key).encrypt(secret.encode()))


def unseal(sealed: bytes, secret_key: str) -> str | None:
    """Decrypt a secret; None when the application's key is another than when it was sealed."""
    try:
        return _box(secret_key).decrypt(sealed).decode()
    except CryptoError:
        return None


def _box(secret_key: str) -> SecretBox:
    return SecretBox(hashlib.blake2b(secret_key.encode(), digest_size=SecretBox.KEY_SIZE, person=_PERSON).digest())


def endpoint(value: str) -> str | None:
    """Return the address of a record store with a slash at its end; None when it cannot be one."""
    try:
        parts = urlsplit(value)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    if not valid or "@" in parts.netloc or parts.query or parts.fragment or not value.isascii() or " " in value:
        return None
    return value if value.endswith("/") else f"{value}/"


def refuses(status: int, *, with_data: bool) -> bool:
    """Tell whether a status speaks of what was sent; any other but success means that the other side is away.

    :param with_data: the request carried the contents of attachments, which a store need not take (415)
    """
    return status in _REFUSALS or (with_data and status == 415)


def wait(failures: int, retry_after: str | None, *, at: datetime) -> timedelta:
    """Return how long to wait after so many failures in a row, at least as long as the other side asks."""
    doubled = min(failures - 1, 10)
    own = min(FIRST_WAIT * (1 << doubled), LONGEST_WAIT)
    return max(own, min(_asked(retry_after, at), LONGEST_ASKED))


def _asked(retry_after: str | None, at: datetime) -> timedelta:
    value = (retry_after or "").strip()
    if value.isdecimal() and value.isascii():
        return timedelta(seconds=min(int(value[:9]), 10**8))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return timedelta()
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - at


def shortened(message: str) -> str:
    """Return what the other side said in one line, without what the database cannot hold, shortened."""
    return " ".join(message.replace("\0", " ").split())[:MESSAGE]
