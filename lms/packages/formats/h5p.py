"""H5P packages: h5p.json, the content, and the libraries that show it (H5P specification, package definition)."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import orjson

from lms.core.text import one_line
from lms.packages.messages import message as _l
from lms.packages.structure import Fault, Files, Refused, Structure, Unit, placed, read

_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_USED = re.compile(rf"(?P<name>{_NAME.pattern}) (?P<major>\d{{1,5}})\.(?P<minor>\d{{1,5}})", re.ASCII)
_JSON_LIMIT, _MOST = 20 * 1024 * 1024, 500


class Library(NamedTuple):
    """A library by name and version; as text as its folder is named, with a blank for the dash."""

    name: str
    major: int
    minor: int

    def __str__(self) -> str:
        """Return it as ``H5P.Video 1.6``."""
        return f"{self.name} {self.major}.{self.minor}"


def read_structure(files: Files, manifest: str = "h5p.json") -> Structure:
    """Read an H5P package. Libraries that it lacks are named in the course's property ``missing``.

    :raises Refused: with every fault found.
    """
    about = _object(files, manifest)
    main = about.get("mainLibrary")
    dependencies = [_library(dependency, manifest) for dependency in _list(about.get("preloadedDependencies"))]
    if "content/content.json" not in files:
        raise Refused(Fault("content/content.json", _l("The file is missing from the package.")))
    content = _object(files, "content/content.json", any_value=True)
    chosen = next((library for library in dependencies if library.name == main), None)
    if chosen is None:
        raise Refused(Fault(manifest, _l("The main library is not among the libraries that the package names.")))
    folders = libraries(files)
    needed, missing = _closure(files, dependencies, folders)
    unnamed = sorted(str(library) for library in _used(content) - set(needed) - set(folders))
    notes = [
        Fault(
            name, _l("The content uses this H5P library, and the package does not name it. That part may not appear.")
        )
        for name in unnamed
    ]
    title = {"und": one_line(str(about.get("title") or ""))[:300] or str(chosen)}
    properties = {
        "library": str(chosen),
        "libraries": {str(library): folders[library] for library in needed if library in folders},
    }
    unit = Unit("h5p", str(chosen), title, "content/content.json", properties=properties)
    root = Unit(
        "course",
        "course",
        title,
        properties={"missing": [str(library) for library in missing], **properties},
        children=(unit,),
    )
    return Structure("h5p", root, notes=tuple(notes))


def libraries(files: Files) -> dict[Library, str]:
    """Return the libraries of a package with their folders.

    :raises Refused: a library's description cannot be read, or its files are not there.
    """
    folders: dict[Library, str] = {}
    faults: list[Fault] = []
    for path in files:
        folder, _, name = path.rpartition("/")
        if name != "library.json" or "/" in folder or not folder or folder == "content":
            continue
        about = _object(files, path)
        library = _library(about, path)
        faults += [
            Fault(f"{folder}/{asset}", _l("The library names a file that is not in the package."))
            for asset in _scripts(about)
            if f"{folder}/{asset}" not in files
        ]
        folders[library] = folder
    if faults:
        raise Refused(*faults)
    return folders


def is_library_set(files: Files) -> bool:
    """Tell whether a package holds libraries only, without content."""
    return "h5p.json" not in files or "content/content.json" not in files


def _closure(
    files: Files, dependencies: Iterable[Library], folders: Mapping[Library, str]
) -> tuple[list[Library], list[Library]]:
    """Return all libraries that are needed, and those that the package lacks."""
    waiting, needed, missing = list(dependencies), [], []
    while waiting:
        library = waiting.pop()
        if library in needed:
            continue
        needed.append(library)
        if len(needed) > _MOST:
            raise Refused(Fault(str(library), _l("The package needs too many libraries.")))
        if library not in folders:
            missing.append(library)
            continue
        path = f"{folders[library]}/library.json"
        about = _object(files, path)
        waiting += [_library(dependency, path) for dependency in _list(about.get("preloadedDependencies"))]
    return needed, missing


def _library(declaration: Any, path: str) -> Library:
    values = declaration if isinstance(declaration, dict) else {}
    name, major, minor = (values.get(key) for key in ("machineName", "majorVersion", "minorVersion"))
    try:
        library = Library(str(name), int(str(major)), int(str(minor)))
    except ValueError:
        raise Refused(Fault(path, _l("The version of a library is no number."))) from None
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(name) > 255:
        raise Refused(Fault(path, _l("“%(name)s” is no name of a library.", name=str(name)[:100])))
    if min(library.major, library.minor) < 0 or max(library.major, library.minor) > 99_999:
        raise Refused(Fault(path, _l("The version of a library is no number.")))
    return library


def _used(content: Any) -> set[Library]:
    """Return the libraries that content names where it uses them."""
    used: set[Library] = set()
    waiting = [content]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
            found = _USED.fullmatch(value["library"]) if isinstance(value.get("library"), str) else None
            if found is not None and "params" in value:
                used.add(Library(found["name"], int(found["major"]), int(found["minor"])))
    return used


def _scripts(about: Mapping[str, Any]) -> list[str]:
    listed = [*_list(about.get("preloadedJs")), *_list(about.get("preloadedCss"))]
    return [str(file.get("path", "")).removeprefix("./") for file in listed if isinstance(file, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(files: Files, path: str, *, any_value: bool = False) -> dict[str, Any]:
    if path not in files:
        raise Refused(Fault(path, _l("The file is missing from the package.")))
    try:
        value = orjson.loads(read(files, path, limit=_JSON_LIMIT).removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        words = _l("The file is no valid JSON. Please export the package again.")
        raise Refused(Fault(placed(path, error.lineno), words)) from None
    if not isinstance(value, dict) and not any_value:
        raise Refused(Fault(path, _l("The file must hold a JSON object.")))
    return value if isinstance(value, dict) else {}
