"""H5P packages for tests, with a content type of our own."""

import json
from pathlib import Path
from typing import Any

_SOURCES = Path(__file__).parent / "sources"
QUESTION = "Hồ sơ của công dân được tiếp nhận ở đâu?"


def _library(name: str, minor: int, **more: Any) -> bytes:
    about = {
        "machineName": name,
        "title": name,
        "majorVersion": 1,
        "minorVersion": minor,
        "patchVersion": 3,
        "runnable": 1,
    }
    return json.dumps(about | more).encode()


def quiz(
    *, libraries: bool = True, folder: str = "H5P.KhueQuiz-1.2", asks: bool = True, **change: Any
) -> dict[str, bytes]:
    """Return a package with one question; without its libraries where they are installed."""
    answers = [{"text": "Bộ phận Một cửa", "right": True}, {"text": "Phòng Văn thư", "right": False}]
    about = {
        "title": "Một cửa điện tử",
        "language": "vi",
        "mainLibrary": "H5P.KhueQuiz",
        "embedTypes": ["iframe"],
        "license": "U",
        "preloadedDependencies": [
            {"machineName": "H5P.KhueQuiz", "majorVersion": 1, "minorVersion": 2},
            {"machineName": "KhueLook", "majorVersion": 1, "minorVersion": 0},
        ],
    } | change
    content = {"question": QUESTION, "answers": answers if asks else []}
    files = {
        "h5p.json": json.dumps(about, ensure_ascii=False).encode(),
        "content/content.json": json.dumps(content, ensure_ascii=False).encode(),
    }
    return files | (library_set(folder) if libraries else {})


def library_set(folder: str = "H5P.KhueQuiz-1.2") -> dict[str, bytes]:
    """Return the libraries alone, as an administrator installs them."""
    look = folder.replace("H5P.KhueQuiz-1.2", "KhueLook-1.0").replace("H5P.KhueQuiz", "KhueLook")
    dependency = [{"machineName": "KhueLook", "majorVersion": 1, "minorVersion": 0}]
    return {
        f"{folder}/library.json": _library(
            "H5P.KhueQuiz", 2, preloadedJs=[{"path": "quiz.js"}], preloadedDependencies=dependency
        ),
        f"{folder}/quiz.js": (_SOURCES / "quiz.js").read_bytes(),
        f"{look}/library.json": _library("KhueLook", 0, runnable=0, preloadedCss=[{"path": "look.css"}]),
        f"{look}/look.css": b".h5p-khue-quiz button { color: rgb(1, 2, 3); }",
    }
