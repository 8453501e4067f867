"""PDF documents."""

from flask_babel import lazy_gettext as _l

from lms.library.kinds import policies
from lms.library.kinds.kind import PLAYERS, Kind, Launch, Player, UnitKind
from lms.packages.formats import single
from lms.packages.formats.single import pdf
from lms.packages.inspection import signatures
from lms.packages.inspection.marks import Marks

PLAYER = Player("pdf", PLAYERS / "pdf.html")
PDF = Kind(
    "pdf",
    _l("PDF document"),
    Marks(start=signatures.pdf),
    units=(UnitKind("pdf", _l("PDF document"), Launch.PLAYER, lambda _: PLAYER),),
    take=single.whole("pdf", pdf.read),
    policy=policies.INERT,
)
