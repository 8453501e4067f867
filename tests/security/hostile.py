"""What the tests with hostile requests to the record store share: what an error may say."""

from base64 import b64encode
from typing import Any

INTERNALS = (
    "Traceback",
    ".py",
    "SELECT",
    "INSERT",
    "psycopg",
    "sqlalchemy",
    "werkzeug",
    "/work",
    "xapi_credentials",
    "0x7",
)


def calm(answer: Any, *statuses: int, secrets: tuple[str, ...] = ()) -> None:
    """Check that an error has one of these statuses and tells what is wrong in JSON, and nothing of the inside."""
    assert answer.status_code in statuses, (answer.status_code, answer.text[:500])
    assert answer.mimetype == "application/json"
    if answer.data:  # none for HEAD
        assert answer.json.keys() == {"code", "error", "request_id"}
        assert answer.json["error"]
    shown = f"{answer.text}\n{answer.headers}"
    assert not [word for word in (*INTERNALS, *secrets) if word in shown], shown
    assert len(answer.data) < 20_000


def basic(value: str | bytes) -> str:
    """Return the header of HTTP Basic with this inside."""
    return "Basic " + b64encode(value.encode() if isinstance(value, str) else value).decode()
