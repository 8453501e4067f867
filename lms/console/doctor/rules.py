"""What can be told from the settings alone."""

import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lms.console.doctor.findings import Finding, fault, warning
from lms.core.config import Settings

_GUESSED = re.compile(r"change.?me|secret|passw|example|default|12345|qwerty|khue", re.IGNORECASE)


def about(settings: Settings) -> Iterator[Finding]:
    """Yield what is wrong with the settings, whatever runs."""
    yield from demonstration(settings)
    if not settings.demo:
        yield from secret(settings.secret_key)
        yield from database(settings)
        yield from keys(settings)
        yield from content(settings)
        yield from contact(settings)
    if settings.debug:
        yield fault("LMS_DEBUG", "debug mode shows code and variables to visitors", "unset LMS_DEBUG")
    yield from proxies(settings)
    yield from forwarding(settings)


def is_open(host: str) -> bool:
    """Tell whether others than this machine reach an address."""
    if host == "localhost" or host.endswith(".localhost"):
        return False
    with suppress(ValueError):
        return not ip_address(host).is_loopback
    return True


def demonstration(settings: Settings) -> Iterator[Finding]:
    """Demonstration mode has a known secret and known passwords."""
    if not settings.demo:
        return
    what = "demonstration mode: its secret key and the passwords of its accounts are printed in the documentation"
    if is_open(settings.host):
        remedy = "set LMS_DEMO=0, or listen on localhost"
        yield fault("LMS_DEMO", f"{what}, and {settings.host} is reached from outside", remedy)
    else:
        yield warning("LMS_DEMO", what, "set LMS_DEMO=0 for anything but a trial on one's own machine")


def contact(settings: Settings) -> Iterator[Finding]:
    """People must know whom to ask, and who answers for their data."""
    if not settings.contact.told:
        what = "no page says whom to ask, and who answers for personal data"
        yield warning("LMS_CONTACT_UNIT", what, "set LMS_CONTACT_UNIT and _PHONE, _EMAIL or _ADDRESS")


def secret(key: str) -> Iterator[Finding]:
    """The secret key signs cookies and seals the secrets of other record stores."""
    if len(set(key)) < 12 or _GUESSED.search(key):
        yield fault(
            "LMS_SECRET_KEY",
            "the key is long enough but not random",
            "make one: python -c 'import secrets; print(secrets.token_urlsafe(48))'; everybody signs in anew",
        )


def database(settings: Settings) -> Iterator[Finding]:
    """The embedded server is for one machine's trial."""
    if settings.database_url is None:
        yield fault(
            "LMS_DATABASE_URL",
            "the embedded database serves: it has no backup of its own, no replica, and stops with the product",
            "set LMS_DATABASE_URL to PostgreSQL 15 or later; move the data with flask backup create and flask restore",
        )
        return
    parts = urlsplit(settings.database_url)
    remote = parts.hostname is not None and is_open(parts.hostname)
    if remote and "sslmode=verify" not in parts.query:
        yield warning(
            "LMS_DATABASE_URL",
            f"the way to {parts.hostname} is not checked: whoever stands in it reads everything",
            "add ?sslmode=verify-full&sslrootcert=…",
        )


def keys(settings: Settings) -> Iterator[Finding]:
    """Who has the keys of open evaluations and the database can read who wrote what."""
    neighbours = [("the embedded database", settings.instance / "postgresql")]
    if (store := _folder(settings.files_url)) is not None:
        neighbours.append(("the file store", store))
    beside = [
        name
        for name, place in neighbours
        if place.is_relative_to(settings.keys_dir) or settings.keys_dir.is_relative_to(place.parent)
    ]
    if beside:
        yield fault(
            "LMS_KEYS_DIR",
            f"keys of open evaluations lie in {settings.keys_dir}, beside {' and '.join(beside)}: a copy holds both",
            "give them a folder, and a backup, of their own (docs/operations.md, keys)",
        )
    if settings.keys_dir.exists() and stat.S_IMODE(settings.keys_dir.stat().st_mode) & 0o077:
        what = f"others on this machine can open {settings.keys_dir}"
        yield fault("LMS_KEYS_DIR", what, f"chmod 700 {settings.keys_dir}")


def _folder(files_url: str) -> Path | None:
    parts = urlsplit(files_url)
    if parts.scheme not in ("", "file", "local"):
        return None
    return Path(unquote(parts.path)).resolve()


def content(settings: Settings) -> Iterator[Finding]:
    """Uploaded content needs an origin of its own."""
    if settings.content_url is None:
        yield warning(
            "LMS_CONTENT_URL",
            "uploaded content has no origin of its own: packages that keep something in the browser do not work",
            "set it to https://*.some-name-of-its-own, and send those names to flask content",
        )
    elif not settings.content_url.startswith("https://"):
        yield fault("LMS_CONTENT_URL", "uploaded content comes without TLS", "use https://")
    elif "*" not in settings.content_url:
        yield warning(
            "LMS_CONTENT_URL",
            "all packages and learners share one content origin, and with it what they keep in the browser",
            "use a name with *, as https://*.some-name-of-its-own",
        )


def forwarding(settings: Settings) -> Iterator[Finding]:
    """Who may enter the address of another record store reaches what LMS_FORWARD_ALLOW lists."""
    for network in settings.forward_allow.networks:
        if network.num_addresses > 256:
            yield warning(
                "LMS_FORWARD_ALLOW",
                f"{network} is wider than a record store needs: who makes a forwarder reaches every machine in it",
                "list the name or the one address of the record store",
            )
        if any(network.version == one.version and network.overlaps(one) for one in _OWN):
            yield warning(
                "LMS_FORWARD_ALLOW",
                f"{network} holds this machine itself, or the addresses of a cloud's metadata",
                "list the name or the one address of the record store",
            )


_OWN = tuple(map(ip_network, ("127.0.0.0/8", "::1/128", "169.254.0.0/16", "fe80::/10")))


def proxies(settings: Settings) -> Iterator[Finding]:
    """What is said about the visitor's address is believed as far as it was told."""
    if settings.trusted_proxies and is_open(settings.host):
        yield warning(
            "LMS_TRUSTED_PROXIES",
            f"{settings.host} is reached from outside while forwarded headers are trusted: who comes past the proxy "
            "chooses her own address",
            "listen on LMS_HOST=127.0.0.1, or let a firewall admit the proxy only",
        )
