"""H5P content, with its libraries or those that are installed."""

from flask_babel import lazy_gettext as _l

from lms.core.pages import N_
from lms.library.kinds import policies
from lms.library.kinds.kind import PLAYERS, Kind, Launch, Player, UnitKind
from lms.packages.formats import h5p
from lms.packages.inspection.marks import Marks
from lms.packages.messages import Message
from lms.packages.structure import Fault, Files, Refused, Structure

_ONLY_ADMINISTRATORS = Message(
    N_("This is a set of H5P libraries without content. Only an administrator can install it.")
)


def _read(files: Files, path: str) -> Structure:
    if h5p.is_library_set(files):
        raise Refused(Fault(path, _ONLY_ADMINISTRATORS))
    return h5p.read_structure(files, path)


_PLAYER = Player(
    "h5p",
    PLAYERS / "h5p.html",
    words=(PLAYERS / "words_h5p.json", PLAYERS / "words_single.json"),
    policy=policies.PLAYER_OF_PROGRAMS,
)
H5P = Kind(
    "h5p",
    _l("H5P content"),
    Marks(manifest="h5p.json", beside="/library.json", ends=("h5p", "zip")),
    units=(UnitKind("h5p", _l("H5P content"), Launch.PLAYER, lambda _: _PLAYER),),
    read=_read,
    borrows=True,
)
