"""Passwords: argon2id at the parameters that OWASP names, and an answer in equal time for whom we do not know.

Why these parameters: docs/decisions/0003-passwords-and-sessions.md.
"""

import base64
import secrets

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from lms.core.text import nfc

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)


def _never() -> str:
    """Return a well-formed hash at our parameters which no password fits; making it costs nothing."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")
        for size in (_hasher.salt_len, _hasher.hash_len)
    )
    return f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${digest}"


NEVER = _never()


def make_hash(password: str) -> str:
    """Return the argon2id hash of a password (NFC)."""
    return _hasher.hash(nfc(password))


def fits(stored: str | None, password: str) -> bool:
    """Tell whether the password fits; takes the same time when there is no stored hash."""
    try:
        return _hasher.verify(stored or NEVER, nfc(password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)
