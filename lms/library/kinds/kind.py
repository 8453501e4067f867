"""What a kind of content is: all that the product knows of it, in one object."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any

from lms.library.kinds import policies
from lms.library.kinds.completion import Rule, passed_or_completed
from lms.packages.formats.single import Taker
from lms.packages.inspection.marks import Marks
from lms.packages.structure import Files, Structure

PLAYERS = Path(__file__).parents[1] / "players"
Reader = Callable[[Files, str], Structure]
"""``read(files, manifest)`` reads an archive."""


class Launch(Enum):
    """How a unit is opened."""

    HOLDS = auto()
    """Not by itself: it holds others."""
    CMI5 = auto()
    """It speaks cmi5 (sections 8 to 10)."""
    XAPI = auto()
    """It speaks xAPI, with the parameters that such packages read."""
    PLAYER = auto()
    """In a player page of ours."""
    ITSELF = auto()
    """It opens itself and cannot report: opened is completed."""


@dataclass(frozen=True, slots=True)
class Player:
    """A player page of ours.

    :ivar name: what its script is told it shows, ``config.kind``
    :ivar page: its HTML, with ``{{config}}``, ``{{title}}``, ``{{lang}}`` and ``{{content}}``
    :ivar words: JSON files with its words, the later ones over the earlier
    :ivar policy: its Content-Security-Policy
    :ivar content: whether the unit's file stands in the page as HTML that was made safe when it was taken in
    :ivar run_time: whether it gets all units of the package with what each committed (SCORM)
    """

    name: str
    page: Path
    words: tuple[Path, ...] = (PLAYERS / "words_single.json",)
    policy: str = policies.PLAYER
    content: bool = False
    run_time: bool = False


@dataclass(frozen=True, slots=True)
class UnitKind:
    """A kind of units: the parts of packages.

    :ivar name: in the reader's language
    :ivar player: by the properties of a unit; None where the kind of the package has the player
    :ivar done: when it is done, if nobody waived it
    :ivar whole: whether a package of such units is opened as a whole, and its run-time leads through them
    :ivar activity_type: IRI of its xAPI activity type
    """

    key: str
    name: Any
    launch: Launch = Launch.ITSELF
    player: Callable[[Mapping[str, Any]], Player] | None = None
    done: Rule = passed_or_completed
    whole: bool = False
    activity_type: str | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of content: packages, and single files as packages of one unit.

    An archive has ``read``, a single file ``take``.

    :ivar name: in the reader's language
    :ivar units: the kinds of units that only such packages have
    :ivar bare: reads a manifest alone, whose units are elsewhere
    :ivar instead: makes the files that are stored in place of those that were sent, for ``read`` to read
    :ivar borrows: whether files that it lacks come from the installed libraries
    :ivar player: the player of all its units
    :ivar policy: Content-Security-Policy of its files
    """

    key: str
    name: Any
    marks: Marks
    units: tuple[UnitKind, ...] = ()
    read: Reader | None = None
    bare: Reader | None = None
    take: Taker | None = None
    instead: Callable[[Files, str], Mapping[str, bytes]] | None = None
    borrows: bool = False
    player: Player | None = None
    policy: str = policies.CONTENT

    @property
    def whole(self) -> bool:
        """Whether it is opened as a whole."""
        return any(unit.whole for unit in self.units)
