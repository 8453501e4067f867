"""What a package may have at most; beyond it is refused before it can cost anything."""

from dataclasses import dataclass

_MB = 1024**2


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one upload, in bytes where nothing else is said.

    :ivar ratio: times that a file may grow when it is unpacked; counted from ``ratio_from`` on
    :ivar segment: bytes of one name within a path
    """

    upload: int = 4096 * _MB
    files: int = 20_000
    unpacked: int = 8192 * _MB
    directory: int = 64 * _MB
    ratio: int = 200
    ratio_from: int = _MB
    segment: int = 240
    path: int = 1000
    depth: int = 30
