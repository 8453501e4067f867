"""Pictures."""

from flask_babel import lazy_gettext as _l

from lms.library.kinds import policies
from lms.library.kinds.kind import PLAYERS, Kind, Launch, Player, UnitKind
from lms.packages.formats import single
from lms.packages.formats.single import images
from lms.packages.inspection import signatures
from lms.packages.inspection.marks import Marks

_PLAYER = Player("image", PLAYERS / "image.html")
IMAGE = Kind(
    "image",
    _l("Picture"),
    Marks(start=signatures.image, text=signatures.drawing),
    units=(UnitKind("image", _l("Picture"), Launch.PLAYER, lambda _: _PLAYER),),
    take=single.whole("image", images.read),
    policy=policies.INERT,
)
