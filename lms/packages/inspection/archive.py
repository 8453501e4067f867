"""Zip archives opened safely: everything is checked before anything is unpacked, and again while it is."""

import io
import stat
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from lms.packages.inspection import names
from lms.packages.inspection.limits import Limits
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Refused

_SHOWN = 50
_METHODS = (0, 8)
"""Stored and deflated."""
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_END, _END_SIZE, _LOCAL = b"PK\x05\x06", 22, b"PK\x03\x04"
_LOCATOR_64, _END_64 = b"PK\x06\x07", b"PK\x06\x06"


def open_archive(path: Path, limits: Limits, *, name: str, root: str = "") -> "Archive":
    """Open an archive whose every entry is harmless.

    :param name: what its sender called it: faults name it so, never by where it lies now
    :param root: the folder within it that is the package, with ``/`` at its end; all else is left out
    :raises Refused: with the first 50 faults.
    """
    _look_at_the_end(path, limits, name)
    try:
        archive = ZipFile(path)
    except (BadZipFile, OSError, ValueError, struct.error, NotImplementedError, UnicodeDecodeError, RecursionError):
        raise Refused(Fault(name, _DAMAGED)) from None
    try:
        return Archive(archive, path, limits, name, root)
    except BaseException:
        archive.close()
        raise


_DAMAGED = _l("The archive is damaged or incomplete. Please make it again and send it once more.")


class Archive:
    """The files of an archive (:class:`lms.packages.structure.Files`); a context manager.

    :ivar notes: what was left out or renamed
    """

    def __init__(self, archive: ZipFile, path: Path, limits: Limits, name: str, root: str = "") -> None:
        self.archive, self.limits, self.root = archive, limits, root
        self.notes: list[Fault] = []
        self._entries: dict[str, ZipInfo] = {}
        faults: list[Fault] = []
        self._take(faults)
        if not faults:
            _check_layout(archive, path, name, faults)
        if not faults and not self._entries:
            faults.append(Fault(name, _l("The archive holds no file.")))
        if faults:
            rest = len(faults) - _SHOWN
            more = [Fault("", _l("%(number)s more faults are not listed.", number=rest))] if rest > 0 else []
            raise Refused(*faults[:_SHOWN], *more)

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_error: object) -> None:
        self.archive.close()

    def __iter__(self) -> Iterator[str]:
        """Give all paths."""
        return iter(self._entries)

    def __contains__(self, path: object) -> bool:
        """Tell whether there is such a file."""
        return path in self._entries

    def size(self, path: str) -> int:
        """Return a file's size, unpacked."""
        return self._entries[path].file_size

    def open(self, path: str) -> IO[bytes]:
        """Open a file.

        Reading raises :class:`lms.packages.structure.Refused` when it is damaged or longer than it says.
        """
        entry = self._entries[path]
        try:
            return cast(IO[bytes], io.BufferedReader(_Checked(self.archive.open(entry), path, entry), 512 * 1024))
        except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, struct.error):
            raise Refused(Fault(path, _DAMAGED_FILE)) from None

    def _take(self, faults: list[Fault]) -> None:
        total = 0
        seen: dict[str, str] = {}
        for entry in self.archive.infolist():
            raw = _raw_name(entry)
            try:
                path = names.safe(names.decoded(entry, raw), self.limits)
                _check_kind(entry)
                _check_ratio(entry, self.limits)
            except names.Bad as bad:
                faults.append(Fault(_shown(entry), bad.args[0]))
                continue
            folder = entry.is_dir() or raw.endswith(b"\\")
            if folder or names.leftover(path):
                continue
            if self.root:
                if not path.startswith(self.root):
                    continue
                path = path.removeprefix(self.root)
            if names.program(path):
                self.notes.append(Fault(path, _l("Left out: it is a program, and programs are not taken.")))
                continue
            twin = seen.setdefault(path.casefold(), path)
            if twin != path or path in self._entries:
                faults.append(
                    Fault(path, _l("Another file has the same name, but for letter case: %(name)s.", name=twin))
                )
                continue
            total += entry.file_size
            self._entries[path] = entry
        if total > self.limits.unpacked:
            size = self.limits.unpacked // 1024**3
            faults.append(Fault("", _l("Unpacked it would have more than %(size)s GB.", size=size)))


def _check_kind(entry: ZipInfo) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise names.Bad(_l("It is encrypted. Please make the archive without a password."))
    mode = entry.external_attr >> 16
    if entry.create_system == 3 and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise names.Bad(_l("It is a link or a device, not a file."))
    if not entry.is_dir() and entry.compress_type not in _METHODS:
        raise names.Bad(_l("It is packed by a method that is not supported. Please use plain zip (deflate)."))


def _check_ratio(entry: ZipInfo, limits: Limits) -> None:
    if entry.file_size > limits.ratio_from and entry.file_size > entry.compress_size * limits.ratio:
        raise names.Bad(_l("It grows more than %(times)s times when unpacked: a zip bomb.", times=limits.ratio))
    if entry.file_size > limits.unpacked:
        raise names.Bad(_l("It is too large."))


def _check_layout(archive: ZipFile, path: Path, filename: str, faults: list[Fault]) -> None:
    """Compare each entry's own header with the directory; no two share data, and nothing lies before the first."""
    reached, end = 0, path.stat().st_size
    with path.open("rb") as stream:
        for entry in sorted(archive.infolist(), key=lambda info: info.header_offset):
            stream.seek(min(max(entry.header_offset, 0), end))  # the directory may say anything
            header = stream.read(30) if entry.header_offset >= 0 else b""
            if len(header) < 30 or header[:4] != _LOCAL:
                faults.append(Fault(_shown(entry), _DAMAGED_FILE))
                return
            flags, method = struct.unpack_from("<HH", header, 6)
            name_size, extra_size = struct.unpack_from("<HH", header, 26)
            name = stream.read(name_size)
            if name != _raw_name(entry) or method != entry.compress_type or (flags ^ entry.flag_bits) & 1:
                faults.append(Fault(_shown(entry), _l("Its header and the archive's directory say different things.")))
                return
            if entry.header_offset < reached:
                faults.append(Fault(_shown(entry), _l("Its data overlap those of another file: a zip bomb.")))
                return
            if reached == 0 and entry.header_offset:
                faults.append(
                    Fault(filename, _l("Something stands before the archive: this file pretends to be two things."))
                )
                return
            reached = entry.header_offset + 30 + name_size + extra_size + entry.compress_size


def _look_at_the_end(path: Path, limits: Limits, filename: str) -> None:
    """Read how many entries there are before the directory is read."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - _END_SIZE - 65535 - 20))
        tail = stream.read()
        place = tail.rfind(_END)
        if place < 0 or len(tail) - place < _END_SIZE:
            raise Refused(Fault(filename, _DAMAGED))
        disk, first_disk, _here, count, length, _start, comment = struct.unpack_from("<HHHHIIH", tail, place + 4)
        if disk not in (0, 0xFFFF) or first_disk not in (0, 0xFFFF):
            raise Refused(Fault(filename, _l("The archive is one of several parts. Please make it as one file.")))
        if len(tail) - place - _END_SIZE != comment:
            raise Refused(
                Fault(filename, _l("Something stands after the archive: this file pretends to be two things."))
            )
        if place >= 20 and tail[place - 20 : place - 16] == _LOCATOR_64:
            (offset,) = struct.unpack_from("<Q", tail, place - 12)
            stream.seek(min(offset, size))
            record = stream.read(56)
            if len(record) < 56 or record[:4] != _END_64:
                raise Refused(Fault(filename, _DAMAGED))
            count, length = struct.unpack_from("<QQ", record, 32)
    if count > limits.files:
        most = limits.files
        raise Refused(
            Fault(filename, _l("The archive has %(count)s files; at most %(most)s are taken.", count=count, most=most))
        )
    if length > limits.directory:
        raise Refused(Fault(filename, _DAMAGED))


def _raw_name(entry: ZipInfo) -> bytes:
    """Return the bytes of a name as the directory has them."""
    name = entry.orig_filename
    try:
        return name.encode("utf-8" if entry.flag_bits & 0x800 else "cp437")
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogatepass")


def _shown(entry: ZipInfo) -> str:
    return "".join(c if c.isprintable() else "�" for c in entry.orig_filename)[:200]


_DAMAGED_FILE = _l("The file is damaged in the archive. Please make the archive again.")


class _Checked(io.RawIOBase):
    """A file being unpacked: it ends where it says, and its checksum fits."""

    def __init__(self, stream: IO[bytes], path: str, entry: ZipInfo) -> None:
        self.stream, self.path, self.rest = stream, path, entry.file_size

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer."""
        try:
            chunk = self.stream.read(len(buffer))
        except (BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
            raise Refused(Fault(self.path, _DAMAGED_FILE)) from None
        self.rest -= len(chunk)
        if self.rest < 0 or (not chunk and self.rest > 0):
            raise Refused(Fault(self.path, _l("It has another size than the archive says.")))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        """Close the stream beneath."""
        self.stream.close()
        super().close()
