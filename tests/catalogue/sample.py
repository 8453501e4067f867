"""A lesson with every block (``tests/data/course``), on its own or as the first lesson of a copy of A2.1."""

import shutil
from pathlib import Path

from lms.catalogue.content import Reader
from lms.catalogue.content.lessons import LessonFile, read_lesson
from lms.catalogue.content.registers import read_registers
from lms.core.config import ROOT

COURSE = ROOT / "tests/data/course"
LESSON = "content/B9/m1-mo-dau/01-moi-khoi.md"
CODE = "a21-m1-l1"


def read(root: Path, name: str = LESSON) -> tuple[LessonFile | None, Reader]:
    """Read a lesson of a folder like COURSE."""
    reader = Reader(root)
    path = root / name
    return read_lesson(reader, path, path.parent.parent, read_registers(reader)), reader


def install(root: Path) -> Path:
    """Copy the repository to ``root``, with the sample as the first lesson of A2.1; return that lesson's path."""
    for name in ("courses", "content"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copytree(COURSE / "content/A9", root / "content/A9")
    for name in ("can-cu.yaml", "thuat-ngu.yaml"):  # the sample's entries have names of their own
        entries = (COURSE / "content" / name).read_text("utf-8").partition("\n")[2]
        register = root / "content" / name
        register.write_text(f"{register.read_text('utf-8').rstrip()}\n{entries}", "utf-8")
    module = root / "content/A2.1/m1-do-thi-thong-minh"
    lesson = next(module.glob("01-*.md"))
    text = (COURSE / LESSON).read_text("utf-8")
    lesson.write_text(text.replace("id: b9-m1-l1", f"id: {CODE}"), "utf-8")
    for folder in ("tinh-huong", "mo-phong", "tai-ve", "nghe-nhin"):
        shutil.copytree((COURSE / LESSON).parent / folder, module / folder, dirs_exist_ok=True)
    shutil.copy((COURSE / LESSON).parent / "figures/hien-truong.svg", module / "figures")
    return lesson
