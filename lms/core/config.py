"""Settings, read once from the environment (`LMS_*`; the table is in README.md)."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from click import ClickException

from lms.core.outward import Allowed

ROOT = Path(__file__).resolve().parents[2]
DEMO_SECRET = "demo-only-not-secret"  # noqa: S105 - refused outside demo mode


class SettingsError(ClickException):
    """A setting is missing or makes no sense; the message says which and what to do: one line on the command line."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom people turn to, as pages show it; what is empty has not been told."""

    unit: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    hours: str = ""

    @classmethod
    def read(cls, env: Mapping[str, str]) -> "Contact":
        """Read it from ``LMS_CONTACT_*``.

        :raises SettingsError: the address of mail is none.
        """
        told = cls(**{name: env.get(f"LMS_CONTACT_{name.upper()}", "").strip() for name in cls.__slots__})
        if told.email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", told.email):
            raise SettingsError(f"LMS_CONTACT_EMAIL must be like hotro@hanoi.gov.vn: {told.email!r}")
        return told

    @property
    def told(self) -> bool:
        """Whether anybody can be reached."""
        return bool(self.unit and (self.phone or self.email or self.address))


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the product can be told from outside."""

    demo: bool
    debug: bool
    secret_key: str
    instance: Path
    database_url: str | None
    files_url: str
    keys_dir: Path
    host: str
    port: int
    content_url: str | None
    """Where uploaded content is served: another origin; with ``*`` for a label of each package and learner."""
    content_port: int
    web_workers: int
    web_threads: int
    quota_gb: int
    """How much an institution may keep, unless it has a quota of its own."""
    max_upload_mb: int
    xapi_max_statement_kb: int
    xapi_max_batch: int
    registration_statements: int
    """Statements that launched content may store for one registration."""
    session_statements_a_minute: int
    registration_documents: int
    """Documents that launched content may keep for one registration, and beside it for one learner."""
    registration_documents_mb: int
    record_retention_years: int
    forward_allow: Allowed
    """Hosts and ranges of our own network that statements may be forwarded to."""
    statement_timeout: int
    """Seconds that one statement of the database may take in a web server."""
    job_statement_timeout: int
    """Seconds that one may take in a job or a command."""
    trusted_proxies: int
    log_level: str
    contact: Contact
    """Who runs it and answers questions."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Read and check the settings.

        :raises SettingsError: a value is not of its kind, or the secret key is the default outside demo mode.
        """
        demo = _flag(env, "LMS_DEMO")
        instance = Path(env.get("LMS_INSTANCE", ROOT / "instance")).resolve()
        secret_key = env.get("LMS_SECRET_KEY", DEMO_SECRET if demo else "")
        if not demo and (secret_key in ("", DEMO_SECRET) or len(secret_key) < 32):
            raise SettingsError(
                "LMS_SECRET_KEY must be set to at least 32 random characters outside demo mode; "
                "make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        return cls(
            demo=demo,
            debug=_flag(env, "LMS_DEBUG"),
            secret_key=secret_key,
            instance=instance,
            database_url=env.get("LMS_DATABASE_URL") or None,
            files_url=env.get("LMS_FILES_URL") or (instance / "files").as_uri(),
            keys_dir=Path(env.get("LMS_KEYS_DIR", instance / "keys")).resolve(),
            host=env.get("LMS_HOST", "localhost"),
            port=_number(env, "LMS_PORT", 8000, 1, 65535),
            content_url=_content_url(env, demo=demo),
            content_port=_content_port(env),
            web_workers=_number(env, "LMS_WEB_WORKERS", 4, 1, 64),
            web_threads=_number(env, "LMS_WEB_THREADS", 4, 1, 64),
            quota_gb=_number(env, "LMS_STORAGE_QUOTA_GB", 50, 1, 1_000_000),
            max_upload_mb=_number(env, "LMS_MAX_UPLOAD_MB", 50, 1, 4096),
            xapi_max_statement_kb=_number(env, "LMS_XAPI_MAX_STATEMENT_KB", 1024, 16, 16384),
            xapi_max_batch=_number(env, "LMS_XAPI_MAX_BATCH", 1000, 1, 10000),
            registration_statements=_number(env, "LMS_REGISTRATION_STATEMENTS", 20_000, 100, 1_000_000),
            session_statements_a_minute=_number(env, "LMS_SESSION_STATEMENTS_A_MINUTE", 1200, 10, 100_000),
            registration_documents=_number(env, "LMS_REGISTRATION_DOCUMENTS", 200, 5, 10_000),
            registration_documents_mb=_number(env, "LMS_REGISTRATION_DOCUMENTS_MB", 32, 1, 4096),
            record_retention_years=_number(env, "LMS_RECORD_RETENTION_YEARS", 5, 1, 70),
            forward_allow=_allowed(env),
            statement_timeout=_number(env, "LMS_STATEMENT_TIMEOUT", 30, 1, 3600),
            job_statement_timeout=_number(env, "LMS_JOB_STATEMENT_TIMEOUT", 3600, 30, 86_400),
            trusted_proxies=_number(env, "LMS_TRUSTED_PROXIES", 0, 0, 8),
            log_level=env.get("LMS_LOG_LEVEL", "INFO").upper(),
            contact=Contact.read(env),
        )


def version() -> str:
    """Return the product's version."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"])


def _allowed(env: Mapping[str, str]) -> Allowed:
    try:
        return Allowed.read(env.get("LMS_FORWARD_ALLOW", ""))
    except ValueError as error:
        raise SettingsError(f"LMS_FORWARD_ALLOW lists hosts, addresses and CIDR ranges with commas: {error}") from None


def _content_port(env: Mapping[str, str]) -> int:
    return _number(env, "LMS_CONTENT_PORT", _number(env, "LMS_PORT", 8000, 1, 65535) + 1, 1, 65535)


def _content_url(env: Mapping[str, str], *, demo: bool) -> str | None:
    url = env.get("LMS_CONTENT_URL", f"http://*.localhost:{_content_port(env)}" if demo else "").rstrip("/")
    if not url:
        return None
    if not re.fullmatch(r"https?://(\*\.)?[a-z0-9.-]+(:\d{1,5})?", url):
        raise SettingsError(
            f"LMS_CONTENT_URL must be like https://content.example or https://*.content.example: {url!r}"
        )
    return url


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "0").strip().lower()
    if value not in ("0", "1", "true", "false", "yes", "no", ""):
        raise SettingsError(f"{name} must be 1 or 0, not {value!r}")
    return value in ("1", "true", "yes")


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    value = env.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {value!r}")
    return int(value)
