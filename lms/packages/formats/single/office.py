"""Office documents: their titles, and their conversion to PDF by LibreOffice where it is installed."""

import os
import re
import shutil
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lms.packages.formats.single import confined
from lms.packages.formats.single.names import good_title
from lms.packages.formats.single.xml import root_of
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Refused

_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_CORE = ("docProps/core.xml", "meta.xml")
"""Where Office Open XML and OpenDocument keep it."""
_LIMIT = 256 * 1024
_MOST_DIRECTORY = 4 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SECONDS = 120
_MEMORY = 4 * 1024 * 1024 * 1024
_PROTECTED = _l("The document is protected by a password. Please save it without a password and upload it again.")


def read(path: Path, _media_type: str, name: str) -> tuple[str, dict[str, Any]]:
    """Return the document's title and what a download page shows: ``name``, ``size`` (bytes) and ``format``.

    :raises Refused: the document is protected by a password
    """
    with path.open("rb") as stream:
        head = stream.read(1024 * 1024)
    if head.startswith(_OLE) and _ENCRYPTED in head:
        raise Refused(Fault(name, _PROTECTED))
    title = _title(path) if head.startswith(b"PK") else ""
    return title, {"name": name, "size": path.stat().st_size, "format": Path(name).suffix[1:].lower()}


def installed() -> bool:
    """Tell whether LibreOffice is here, which makes the previews."""
    return _program() is not None


def _program() -> str | None:
    return shutil.which("soffice") or shutil.which("libreoffice")


def office_to_pdf(path: Path, target: Path, *, name: str = "") -> bool:
    """Convert a document to PDF.

    LibreOffice runs with a profile of its own in which macros and links to elsewhere are off.

    :param name: the document's name, when its path has no extension
    :param target: where the PDF goes; replaced when it exists, untouched when nothing came of it
    :returns: False when LibreOffice is not installed, or cannot convert the document within two minutes
    """
    program = _program()
    if program is None:
        return False
    with TemporaryDirectory(prefix="khue-office-") as temporary:
        folder = Path(temporary)
        source = folder / f"document{_suffix(name or path.name)}"
        shutil.copyfile(path, source)
        _lay_profile(folder / "profile")
        output = folder / "made" / "document.pdf"
        output.parent.mkdir()
        command = [program, *_OPTIONS, (folder / "profile").as_uri().join(_PROFILE)]
        command += ["--convert-to", "pdf", "--outdir", str(output.parent), str(source)]
        confined.run(command, seconds=_SECONDS, memory=_MEMORY, folder=folder, environment=_NOWHERE)
        if not _is_pdf(output):
            return False
        shutil.copyfile(output, target)
    return True


# -- titles -----------------------------------------------------------------------------------------------------------


def _title(path: Path) -> str:
    if not _small_directory(path):
        return ""
    try:
        with zipfile.ZipFile(path) as archive:
            for name in _CORE:
                if name in archive.NameToInfo:
                    with archive.open(name) as stream:
                        return _title_in(stream.read(_LIMIT + 1))
    except _UNREADABLE:
        return ""
    return ""


_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError, NotImplementedError)


def _small_directory(path: Path) -> bool:
    """Tell whether the archive's directory may be read as a whole (APPNOTE 4.3.16): no more than 4 MB."""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 66_000))
        tail = stream.read()
    place = tail.rfind(b"PK\x05\x06")
    directory = int.from_bytes(tail[place + 12 : place + 16], "little")
    return place >= 0 and b"PK\x06\x07" not in tail and directory <= _MOST_DIRECTORY


def _title_in(xml: bytes) -> str:
    root = root_of(xml) if len(xml) <= _LIMIT else None
    return "" if root is None else good_title(next((element.text for element in root.iter(_TITLE)), ""))


# -- conversion -------------------------------------------------------------------------------------------------------

_OPTIONS = ("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard")
_PROFILE = ("-env:UserInstallation=", "")
_NOWHERE = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy"), "http://127.0.0.1:9")
_SETTINGS = {
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel"): "3",
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution"): "true",
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent"): "true",
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks"): "true",
    ("/org.openoffice.Office.Writer/Content/Update", "Link"): "0",
    ("/org.openoffice.Office.Calc/Content/Update", "Link"): "1",
}
_ITEM = '<item oor:path="{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'


def _lay_profile(folder: Path) -> None:
    items = "".join(_ITEM.format(path, name, value) for (path, name), value in _SETTINGS.items())
    text = f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{items}</oor:items>'
    (folder / "user").mkdir(parents=True)
    (folder / "user" / "registrymodifications.xcu").write_text(text, "utf-8")


def _suffix(name: str) -> str:
    match = re.search(r"\.[A-Za-z0-9]{1,5}$", name)
    return match[0] if match else ""


def _is_pdf(path: Path) -> bool:
    if not path.is_file() or path.is_symlink():
        return False
    with path.open("rb") as stream:
        return stream.read(5) == b"%PDF-"
