"""By what a kind of content is known, whatever its file is called."""

from collections.abc import Callable, Set
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a kind; a kind has those that it needs.

    :ivar manifest: name of the file that makes an archive a package of this kind, in lower case; a text
        with the mark ``text`` is such a manifest alone
    :ivar above_others: whether this manifest goes before all others
    :ivar heading: tells kinds apart that share a manifest's name, by its namespaces and schema as one text
    :ivar beside: the end of a file's name by which a package is known although its manifest is missing
    :ivar document: tells a document that is an archive by its form: names in lower case -> its media type
    :ivar pages: ends of names at the top of an archive without a manifest
    :ivar files: ends of the names of files that an archive without a course may hold by themselves
    :ivar recordings: ends of the one file that subtitles and a poster accompany in an archive
    :ivar start: tells a single file by its place and first bytes -> its media type
    :ivar text: tells a text by how it begins -> its media type
    :ivar any_text: media type of a text that is of no other kind
    :ivar ends: usual ends of names of such files, where their media type does not tell
    """

    manifest: str = ""
    above_others: bool = False
    heading: Callable[[str], bool] | None = None
    beside: str = ""
    document: Callable[[Set[str]], str | None] | None = None
    pages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    recordings: tuple[str, ...] = ()
    start: Callable[[Path, bytes], str | None] | None = None
    text: Callable[[bytes], str | None] | None = None
    any_text: str = ""
    ends: tuple[str, ...] = ()
