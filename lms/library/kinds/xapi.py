"""xAPI packages (tincan.xml)."""

from flask_babel import lazy_gettext as _l

from lms.library.kinds.kind import Kind, Launch, UnitKind
from lms.packages.formats import tincan
from lms.packages.inspection.marks import Marks

XAPI = Kind(
    "xapi",
    _l("xAPI package"),
    Marks(manifest="tincan.xml", ends=("zip", "pif")),
    units=(UnitKind("activity", _l("xAPI activity"), Launch.XAPI),),
    read=tincan.read_structure,
)
