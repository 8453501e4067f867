"""Files of many kinds as one package; its units are of the kinds of single files."""

from flask_babel import lazy_gettext as _l

from lms.library.kinds.kind import Kind
from lms.packages.formats import collection
from lms.packages.inspection.marks import Marks

COLLECTION = Kind(
    "collection",
    _l("Set of files"),
    Marks(files=collection.SHOWN, ends=("zip",)),
    read=collection.read_structure,
)
