"""What is wrong with a file of the repository: which file, which key, and what is expected."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin
from unicodedata import is_normalized

import msgspec
import yaml


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing an author must correct."""

    file: str
    key: str
    expected: str

    def __str__(self) -> str:
        """``file: key: what is expected``."""
        return ": ".join(part for part in (self.file, self.key, self.expected) if part)


class ContentError(Exception):
    """The files cannot be loaded; every fault is listed."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Reader:
    """Reads files of a repository and gathers every fault instead of stopping at the first."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.faults: list[Fault] = []
        self.notes: list[Fault] = []
        self.recall: dict[str, tuple[Path, list[dict[str, Any]]]] | None = None

    def fault(self, path: Path, key: str, expected: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(self.name(path), key, expected))

    def note(self, path: Path, key: str, expected: str) -> None:
        """Note what an author should look at, though it can be loaded; in Vietnamese, as authors read it."""
        self.notes.append(Fault(self.name(path), key, expected))

    def name(self, path: Path) -> str:
        """Return how a file is called in what is told."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def text(self, path: Path) -> str | None:
        """Return a file's text, None when it is missing or not UTF-8 in NFC."""
        try:
            text = path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            self.fault(path, "", "the file is missing")
            return None
        except UnicodeDecodeError as error:
            self.fault(path, f"byte {error.start}", "UTF-8 text (not Windows-1258 or another encoding)")
            return None
        if text.startswith("\ufeff"):
            self.fault(path, "", "no byte order mark at the start")
        if "\x00" in text:
            self.fault(path, "", "text without NUL characters")
        if nfd := _not_nfc(text):
            self.fault(path, f"line {nfd}", "composed Vietnamese letters (Unicode NFC)")
        return text.removeprefix("\ufeff").replace("\r\n", "\n")

    def document(self, path: Path, text: str | None = None, at: str = "") -> dict[str, Any] | None:
        """Return a YAML file (or the YAML ``text`` in it) as a mapping, None when it is none.

        :param at: what is told as the place where YAML tells none
        """
        text = self.text(path) if text is None else text
        if text is None:
            return None
        try:
            document = yaml.load(text, _Loader)  # noqa: S506 - a safe loader that also refuses a key given twice
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            key = f"line {mark.line + 1}" if mark else at
            self.fault(path, key, f"valid YAML ({getattr(error, 'problem', None) or error})")
            return None
        if not isinstance(document, dict):
            self.fault(path, at, "a YAML mapping of keys and values")
            return None
        return document

    def shape(self, path: Path, kind: type[Any], document: dict[str, Any], prefix: str = "") -> Any | None:
        """Convert a mapping to a typed shape key by key, so that every wrong key is told at once."""
        before = len(self.faults)
        fields = {field.name: field for field in msgspec.structs.fields(kind)}
        known = {field.encode_name: field for field in fields.values()}
        for key in document.keys() - known.keys():
            self.fault(path, f"{prefix}{key}", f"no such key; known are {', '.join(sorted(known))}")
        values: dict[str, Any] = {}
        for key, field in known.items():
            if key not in document:
                if field.required:
                    self.fault(path, f"{prefix}{key}", "the key is missing")
                continue
            values[field.name] = self._value(path, field.type, document[key], f"{prefix}{key}")
        return kind(**values) if len(self.faults) == before else None

    def _value(self, path: Path, kind: Any, value: Any, key: str) -> Any:
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
            return self.shape(path, kind, value, f"{key}.")
        item = _item_type(kind)
        if item is not None and isinstance(value, list) and value:
            return [self._value(path, item, one, f"{key}[{n}]") for n, one in enumerate(value)]
        try:
            return msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            reason, _, at = str(error).partition(" - at `$")
            self.fault(path, key + at.rstrip("`"), reason)
            return None


class _Loader(yaml.CSafeLoader):
    """YAML in which giving a key twice is an error, and in which only true and false are truth values (YAML 1.2)."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is given twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _item_type(kind: Any) -> type[msgspec.Struct] | None:
    """Return S for ``list[S]`` of a Struct."""
    bare = kind.__origin__ if hasattr(kind, "__metadata__") else kind  # Annotated
    if get_origin(bare) is not list:
        return None
    item: Any = get_args(bare)[0]
    return item if isinstance(item, type) and issubclass(item, msgspec.Struct) else None


def _not_nfc(text: str) -> int | None:
    """Return the first line (from 1) that is not in NFC."""
    if is_normalized("NFC", text):
        return None
    return next(n for n, line in enumerate(text.split("\n"), 1) if not is_normalized("NFC", line))
