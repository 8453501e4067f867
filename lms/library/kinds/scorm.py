"""SCORM 1.2 and 2004: one run-time of ours leads through the whole package."""

from flask_babel import lazy_gettext as _l

from lms.library.kinds.kind import PLAYERS, Kind, Launch, Player, UnitKind
from lms.packages.inspection import signatures
from lms.packages.inspection.marks import Marks
from lms.packages.scorm import manifest

SCO = UnitKind("sco", _l("SCORM unit"), Launch.PLAYER, whole=True)
ASSET = UnitKind("asset", _l("SCORM page"), Launch.PLAYER, whole=True)
_RUN_TIME = Player(
    "scorm",
    PLAYERS / "scorm.html",
    words=(PLAYERS / "words_scorm.json", PLAYERS / "words_single.json"),
    run_time=True,
)
_MANIFEST, _ENDS = "imsmanifest.xml", ("zip", "pif")
SCORM12 = Kind(
    "scorm12",
    _l("SCORM 1.2 package"),
    Marks(manifest=_MANIFEST, heading=signatures.is_scorm12, ends=_ENDS),
    units=(SCO, ASSET),
    read=manifest.read_structure,
    player=_RUN_TIME,
)
SCORM2004 = Kind(
    "scorm2004",
    _l("SCORM 2004 package"),
    Marks(manifest=_MANIFEST, heading=signatures.is_scorm2004, ends=_ENDS),
    units=(SCO, ASSET),
    read=manifest.read_structure,
    player=_RUN_TIME,
)
