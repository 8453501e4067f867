"""The news the catalogue tells."""

from blinker import Namespace

_signals = Namespace()

version_read = _signals.signal("version-read")
"""A version's files were read: ``send(VersionFolder, reader=Reader)``. Receivers read their own files of it and note
faults on the reader; nothing is loaded when there is any."""

version_loaded = _signals.signal("version-loaded")
"""A new version was written, in the same transaction: ``send(id, version=ProgrammeVersion, loaded=VersionFolder)``."""
