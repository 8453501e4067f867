"""Links: opened where they lead; nothing of them is stored here but the address."""

from flask_babel import lazy_gettext as _l

from lms.library.kinds.kind import Kind, UnitKind
from lms.packages.formats import single
from lms.packages.inspection import signatures
from lms.packages.inspection.marks import Marks

LINK = Kind(
    "link",
    _l("Link"),
    Marks(text=signatures.link),
    units=(UnitKind("link", _l("Link")),),
    take=single.take_link,
)
