"""Addresses in manifests: files of the package, or pages elsewhere."""

from unicodedata import normalize
from urllib.parse import unquote, urlsplit

from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Files, Refused


def resolved(files: Files, href: str, where: str) -> str:
    """Return what an href of a manifest names: an absolute http(s) address, or a path with query and fragment.

    :param where: path of the manifest, for the report
    :raises Refused: it leads out of the package, or to nothing.
    """
    url = href.strip().replace("\\", "/")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise Refused(Fault(where, _l("The address “%(url)s” is not valid.", url=url[:200]))) from None
    if parts.scheme or parts.netloc:
        if parts.scheme in ("http", "https") and parts.netloc and not any(c.isspace() for c in url):
            return url
        raise Refused(Fault(where, _l("The address “%(url)s” is not valid.", url=url[:200])))
    plain = unquote(parts.path)
    while plain.startswith("./"):
        plain = plain[2:]
    if not plain or plain.startswith("/") or ".." in plain.split("/"):
        raise Refused(Fault(where, _l("The address “%(url)s” leads out of the package.", url=url[:200])))
    actual = existing(files, plain)
    if actual is None:
        raise Refused(Fault(where, _l("The file “%(path)s” is not in the package.", path=plain[:200])))
    return actual + url[len(parts.path) :]


def existing(files: Files, path: str) -> str | None:
    """Return a file's path as it is in the package; letter case and Unicode form are overlooked."""
    if path in files:
        return path
    wanted = _fold(path)
    return next((name for name in files if _fold(name) == wanted), None)


def _fold(path: str) -> str:
    return normalize("NFC", path).casefold()
