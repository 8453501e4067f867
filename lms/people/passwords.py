"""Passwords: argon2id at the parameters that OWASP names, and an answer in equal time for whom we do not know.

Why these parameters: docs/decisions/0003-passwords-and-sessions.md.
"""

import base64
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l

from lms.core.errors import DomainError
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


class Places:
    """How many threads of a process may be at a hash: they never take all, and others are told to come back soon.

    Half of the threads compute and one more may wait; the last one stays free, for other pages and for known browsers.
    """

    def __init__(self, threads: int) -> None:
        self._inside = threading.BoundedSemaphore(max(1, threads - 1))
        self._computing = threading.BoundedSemaphore(max(1, threads // 2))

    @contextmanager
    def one(self, *, known: bool) -> Iterator[None]:
        """Keep a place; a known browser does not queue with those that are not.

        :raises DomainError: ``busy``, all places are taken
        """
        if not known and not self._inside.acquire(blocking=False):
            raise busy()
        try:
            if not self._computing.acquire(timeout=LONGEST):
                raise busy()
            try:
                yield
            finally:
                self._computing.release()
        finally:
            if not known:
                self._inside.release()


LONGEST = 10.0
"""Seconds that somebody waits for a place: some three hundred hashes."""


def busy() -> DomainError:
    """Return the error of a process in which too many sign in at this moment."""
    text = _l("Very many people are signing in at this moment. Nothing was counted; please try again in a few seconds.")
    return DomainError("busy", text, 503)
