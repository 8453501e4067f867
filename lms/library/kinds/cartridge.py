"""Common Cartridges; their units are of other kinds."""

from flask_babel import lazy_gettext as _l

from lms.library.kinds.kind import Kind
from lms.packages.formats import cartridge
from lms.packages.inspection import signatures
from lms.packages.inspection.marks import Marks

CARTRIDGE = Kind(
    "cartridge",
    _l("Common Cartridge"),
    Marks(manifest="imsmanifest.xml", heading=signatures.is_cartridge, ends=("imscc", "zip")),
    read=cartridge.read_structure,
)
