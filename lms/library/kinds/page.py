"""Pages in HTML and Markdown, and any text that is of no other kind; stored as safe HTML."""

from flask_babel import lazy_gettext as _l

from lms.library.kinds import policies
from lms.library.kinds.kind import PLAYERS, Kind, Launch, Player, UnitKind
from lms.packages.formats import single
from lms.packages.inspection import signatures
from lms.packages.inspection.marks import Marks

_PLAYER = Player("page", PLAYERS / "page.html", content=True)
PAGE = Kind(
    "page",
    _l("Page"),
    Marks(text=signatures.html, any_text="text/markdown"),
    units=(UnitKind("page", _l("Page"), Launch.PLAYER, lambda _: _PLAYER),),
    take=single.take_page,
    policy=policies.INERT,
)
