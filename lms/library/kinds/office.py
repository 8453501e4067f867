"""Office documents: shown as PDF where LibreOffice could convert them, offered as a download otherwise."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.library.kinds import pdf, policies
from lms.library.kinds.kind import PLAYERS, Kind, Launch, Player, UnitKind
from lms.packages.formats import single
from lms.packages.inspection import signatures
from lms.packages.inspection.marks import Marks

_DOWNLOAD = Player("office", PLAYERS / "office.html")


def _player(properties: Mapping[str, Any]) -> Player:
    return pdf.PLAYER if properties.get("pdf") else _DOWNLOAD


OFFICE = Kind(
    "office",
    _l("Office document"),
    Marks(document=signatures.office),
    units=(UnitKind("office", _l("Office document"), Launch.PLAYER, _player),),
    take=single.take_office,
    policy=policies.INERT,
)
