"""cmi5 courses."""

from functools import partial

from flask_babel import lazy_gettext as _l

from lms.library.kinds.completion import move_on
from lms.library.kinds.kind import Kind, Launch, UnitKind
from lms.packages.formats import cmi5
from lms.packages.inspection import signatures
from lms.packages.inspection.marks import Marks

AU = UnitKind("au", _l("cmi5 unit"), Launch.CMI5, done=move_on)
CMI5 = Kind(
    "cmi5",
    _l("cmi5 course"),
    Marks(manifest="cmi5.xml", text=signatures.course_structure, ends=("zip", "pif")),
    units=(AU,),
    read=cmi5.read_structure,
    bare=partial(cmi5.read_structure, bare=True),
)
