"""Names in archives: from bytes of many systems to safe paths in NFC."""

import struct
import unicodedata
import zlib
from zipfile import ZipInfo

from lms.packages.inspection.limits import Limits
from lms.packages.messages import message as _l

_UTF8 = 0x800
_UNICODE_PATH = 0x7075
_LEFTOVERS = ("__MACOSX/",)
_LEFTOVER_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini"})
_PROGRAMS = frozenset(
    (
        *("exe", "dll", "com", "bat", "cmd", "msi", "scr", "ps1", "vbs", "vbe", "wsf", "hta", "lnk", "reg", "sys"),
        *("jar", "apk", "app", "dmg", "sh", "php", "phar", "jsp", "asp", "aspx", "cgi"),
    )
)
_VIETNAMESE = set("ăâđêôơưĂÂĐÊÔƠƯáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ")


class Bad(Exception):
    """A name that no package may have; its only argument says why."""


def decoded(entry: ZipInfo, raw: bytes) -> str:
    """Return the name of an entry in NFC.

    With the UTF-8 flag it is UTF-8. Without it tools wrote what they had: UTF-8 if it is valid, else the Unicode path
    of the extra field if its checksum fits, else Windows-1258 if that gives Vietnamese letters and nothing odd, else
    CP437, which is zip's own (APPNOTE, 4.4.4, 4.6.9 and appendix D).
    """
    if entry.flag_bits & _UTF8:
        try:
            return unicodedata.normalize("NFC", raw.decode("utf-8"))
        except UnicodeDecodeError:
            raise Bad(_l("Its name is not valid UTF-8.")) from None
    for read in (_utf8, lambda encoded: _unicode_path(entry, encoded), _windows_1258):
        name = read(raw)
        if name is not None:
            return unicodedata.normalize("NFC", name)
    return unicodedata.normalize("NFC", raw.decode("cp437"))


def safe(name: str, limits: Limits) -> str:
    """Return an entry's name as a path within the package.

    :raises Bad: it leads out, or is none.
    """
    path = name.replace("\\", "/")
    if any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or 0xD800 <= ord(c) < 0xE000 for c in path):
        raise Bad(_l("Its name has a control character."))
    if path.startswith("/") or (len(path) > 1 and path[1] == ":" and path[0].isalpha()):
        raise Bad(_l("Its name is an absolute path; names must be relative to the package."))
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Bad(_l("Its name leads out of the package (“..”)."))
    if not parts:
        raise Bad(_l("It has no name."))
    if len(parts) > limits.depth:
        raise Bad(_l("It lies deeper than %(depth)s folders.", depth=limits.depth))
    if max(len(part.encode()) for part in parts) > limits.segment or len(path.encode()) > limits.path:
        raise Bad(_l("Its name is too long."))
    if parts[0] == "_khue":
        raise Bad(_l("The name “_khue” is kept for the player. Please rename the folder."))
    return "/".join(parts)


def leftover(path: str) -> bool:
    """Tell whether a file was left by a system and belongs to no package."""
    return path.startswith(_LEFTOVERS) or path.rsplit("/", 1)[-1].lower() in _LEFTOVER_FILES


def program(path: str) -> bool:
    """Tell whether a file is a program for computers or servers, by its end."""
    return path.rpartition(".")[2].lower() in _PROGRAMS


def _utf8(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _unicode_path(entry: ZipInfo, raw: bytes) -> str | None:
    extra = entry.extra
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and len(field) > 5 and field[0] == 1:
            (crc,) = struct.unpack_from("<I", field, 1)
            if crc == zlib.crc32(raw):
                return _utf8(field[5:])
    return None


def _windows_1258(raw: bytes) -> str | None:
    try:
        name = unicodedata.normalize("NFC", raw.decode("cp1258"))
    except UnicodeDecodeError:
        return None
    odd = [c for c in name if ord(c) > 127 and c not in _VIETNAMESE]
    return None if odd else name
