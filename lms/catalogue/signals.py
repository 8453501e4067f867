"""The news the catalogue tells."""

from dataclasses import dataclass

from blinker import Namespace

_signals = Namespace()

version_read = _signals.signal("version-read")
"""A version's files were read: ``send(VersionFolder, reader=Reader)``. Receivers read their own files of it and note
faults on the reader; nothing is loaded when there is any."""

version_loaded = _signals.signal("version-loaded")
"""A new version was written, in the same transaction: ``send(ProgrammeVersion id, version=…, folder=Path)``."""


@dataclass(frozen=True, slots=True)
class VersionNote:
    """What a floor above says of a version on its page: a title, a sentence, and where to read on (empty: nowhere)."""

    title: str
    text: str
    url: str


version_reviewed = _signals.signal("version-reviewed")
"""Somebody who reviews programmes opens a version: ``send(version id, actor=Actor)``; receivers return VersionNotes."""
