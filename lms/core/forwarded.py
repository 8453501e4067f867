"""Notices that a proxy stands in front which nobody told us of, for `flask doctor` and the log.

Without ``LMS_TRUSTED_PROXIES`` every visitor then has the proxy's address, and what slows down guesses slows down all.
"""

import logging
import time
from contextlib import suppress
from datetime import timedelta

from flask import Flask, request
from sqlalchemy.exc import SQLAlchemyError

from lms.core import throttle
from lms.core.database import utcnow

log = logging.getLogger("lms.forwarded")
KEY = "doctor:forwarded"
KEPT = timedelta(days=1)
_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP")
_EVERY = 600.0


def init_app(app: Flask) -> None:
    """Look at each request's headers, where none is trusted; what is seen is noted every ten minutes at most."""
    if app.config["SETTINGS"].trusted_proxies:
        return
    noted = -_EVERY

    @app.before_request
    def look() -> None:
        nonlocal noted
        if not any(header in request.headers for header in _HEADERS) or time.monotonic() - noted < _EVERY:
            return
        noted = time.monotonic()
        log.warning("forwarded headers came and are not trusted: set LMS_TRUSTED_PROXIES if a proxy stands in front")
        with suppress(SQLAlchemyError):  # a note is no reason to answer worse
            throttle.take({KEY: throttle.Pace(1, KEPT)}, at=utcnow())
