"""Videos and audio recordings, alone or with subtitles and a poster."""

from flask_babel import lazy_gettext as _l

from lms.library.kinds import policies
from lms.library.kinds.kind import PLAYERS, Kind, Launch, Player, UnitKind
from lms.packages.formats import single
from lms.packages.formats.single import media
from lms.packages.inspection import signatures
from lms.packages.inspection.marks import Marks

_VIDEO, _AUDIO = (Player(name, PLAYERS / "media.html") for name in ("video", "audio"))
VIDEO = Kind(
    "video",
    _l("Video"),
    Marks(recordings=(".mp4", ".m4v", ".webm", ".ogv", ".ogg"), start=signatures.video),
    units=(UnitKind("video", _l("Video"), Launch.PLAYER, lambda _: _VIDEO),),
    take=single.whole("video", media.read),
    policy=policies.INERT,
)
AUDIO = Kind(
    "audio",
    _l("Audio recording"),
    Marks(recordings=(".mp3", ".m4a", ".wav", ".oga"), start=signatures.audio),
    units=(UnitKind("audio", _l("Audio recording"), Launch.PLAYER, lambda _: _AUDIO),),
    take=single.whole("audio", media.read),
    policy=policies.INERT,
)
