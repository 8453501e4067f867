"""Web packages: pages as authoring tools export them, and any other."""

from flask_babel import lazy_gettext as _l

from lms.library.kinds.kind import Kind, UnitKind
from lms.packages.formats import web
from lms.packages.inspection.marks import Marks

HTML = Kind(
    "html",
    _l("Web package"),
    Marks(pages=(".html", ".htm"), ends=("zip",)),
    units=(UnitKind("web", _l("Web page")),),
    read=web.read_structure,
)
