"""H5P content: libraries that it uses and its package does not name are told to staff."""

import json

from lms.packages.formats.h5p import read_structure
from tests.data.h5p import packages
from tests.data.scorm.packages import Held


def with_part(library: str) -> dict[str, bytes]:
    files = packages.quiz()
    content = json.loads(files["content/content.json"])
    content["parts"] = [{"library": library, "params": {"text": "x"}}]
    return files | {"content/content.json": json.dumps(content).encode()}


def test_a_library_that_is_used_and_not_there_is_named() -> None:
    structure = read_structure(Held(with_part("H5P.Image 1.1")))
    assert [note.path for note in structure.notes] == ["H5P.Image 1.1"]


def test_one_that_is_there_is_not() -> None:
    assert read_structure(Held(with_part("H5P.KhueQuiz 1.2"))).notes == ()
    assert read_structure(Held(packages.quiz())).notes == ()
    assert read_structure(Held(with_part("no library at all"))).notes == ()
