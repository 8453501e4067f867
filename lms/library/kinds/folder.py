"""Courses in the folder form of this product: stored and played as the cmi5 course that is made of them."""

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import lazy_gettext as _l

from lms.library.kinds.kind import Kind
from lms.packages.exports import cmi5 as writer
from lms.packages.formats import cmi5, folder
from lms.packages.inspection.marks import Marks
from lms.packages.structure import Files, Structure


def _as_cmi5(files: Files, path: str) -> Mapping[str, bytes]:
    return dict(writer.files(folder.read_course(files, path)))


def _read(files: Files, _path: str) -> Structure:
    return replace(cmi5.read_structure(files, "cmi5.xml"), kind="folder")


FOLDER = Kind(
    "folder",
    _l("Course in the folder form"),
    Marks(manifest="khue.yaml", above_others=True, ends=("zip",)),
    read=_read,
    instead=_as_cmi5,
)
