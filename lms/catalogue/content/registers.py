"""The registers that all courses share: legal and other sources, and the glossary."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from lms.catalogue.content.faults import Reader
from lms.catalogue.content.shapes import Line, Long, Shape

SOURCES = "content/can-cu.yaml"
TERMS = "content/thuat-ngu.yaml"
CHECKED_FOR_DAYS = 90
"""A source that was not looked at for longer is reported."""

Day = Annotated[str, Meta(pattern=r"^\d{4}(-\d{2}(-\d{2})?)?$")]
"""A day, a month or a year, as far as it is known."""
SourceKind = Literal[
    "luat",
    "nghi-quyet",
    "phap-lenh",
    "nghi-dinh",
    "thong-tu",
    "quyet-dinh",
    "chi-thi",
    "ke-hoach",
    "cong-van",
    "tieu-chuan",
    "sach",
    "khac",
]
_KINDS = {
    "nghi-quyet": "Nghị quyết",
    "phap-lenh": "Pháp lệnh",
    "nghi-dinh": "Nghị định",
    "thong-tu": "Thông tư",
    "quyet-dinh": "Quyết định",
    "chi-thi": "Chỉ thị",
    "ke-hoach": "Kế hoạch",
    "cong-van": "Công văn",
    "tieu-chuan": "Tiêu chuẩn",
}
_ARTICLE = re.compile(r"Đ(\d+[a-zđ]?)(?:\.(\d+[a-zđ]?))?(?:\.([a-zđ]))?")
_PARTS = {"PL": "Phụ lục", "M": "Mục", "Ch": "Chương"}
_PART = re.compile(r"(PL|Ch|M)(\w+)")


class Checked(Shape):
    """When, by whom and how a source was looked at last."""

    on: Day
    by: Line
    how: Line


class RegisteredSource(Shape):
    """An entry of ``content/can-cu.yaml``."""

    kind: SourceKind
    title: Line
    short: Line
    sure: Literal["cao", "trung-binh", "thap"]
    number: Line | None = None
    date: Day | None = None
    issuer: Line | None = None
    in_force_from: Day | None = None
    in_force_to: Day | None = None
    amended_by: list[Line] = []
    replaced_by: list[Line] = []
    checked: Checked | None = None
    note: Line | None = None
    ask: list[Line] = []
    url: Annotated[str, Meta(pattern=r"^https?://")] | None = None

    @property
    def full(self) -> str:
        """How it is quoted in full.

        >>> RegisteredSource(kind="luat", title="Luật Đất đai", short="Luật Đất đai 2024", sure="cao",
        ...                  number="31/2024/QH15", date="2024-01-18").full
        'Luật Đất đai số 31/2024/QH15 ngày 18/01/2024'
        """
        number = f" số {self.number}" if self.number else ""
        day = f" {when(self.date)}" if self.date else ""
        kind = _KINDS.get(self.kind)
        if kind is None:
            return f"{self.title}{number}{day}"
        issuer = f" của {self.issuer}" if self.issuer else ""
        return f"{kind}{number}{day}{issuer} {self.title}"

    def problems(self, today: datetime.date) -> list[str]:
        """Tell what a reviewer must know before relying on it."""
        found = []
        if self.replaced_by:
            found.append(f"đã được thay thế bởi {', '.join(self.replaced_by)}")
        if self.in_force_to and self.in_force_to < today.isoformat()[: len(self.in_force_to)]:
            found.append(f"hết hiệu lực {when(self.in_force_to)}")
        if self.in_force_from and self.in_force_from > today.isoformat()[: len(self.in_force_from)]:
            found.append(f"có hiệu lực từ {when(self.in_force_from)}, chưa tới")
        if self.checked is None:
            found.append("chưa ai kiểm tra")
        elif (age := _age(self.checked.on, today)) > CHECKED_FOR_DAYS:
            found.append(f"kiểm tra lần cuối đã {age} ngày")
        if self.sure != "cao":
            found.append({"thap": "độ chắc thấp", "trung-binh": "độ chắc trung bình"}[self.sure])
        return found


class GlossaryTerm(Shape):
    """An entry of ``content/thuat-ngu.yaml``."""

    vi: Long
    en: Long | None = None
    also: list[Line] = []
    source: Line | None = None


class _SourcesFile(Shape):
    sources: dict[str, dict[str, Any]] = {}


class _TermsFile(Shape):
    terms: dict[str, dict[str, Any]] = {}


@dataclass(slots=True)
class Registers:
    """Sources by code; terms by name, and names by every form that may be written, in lower case."""

    sources: dict[str, RegisteredSource] = field(default_factory=dict)
    terms: dict[str, GlossaryTerm] = field(default_factory=dict)
    forms: dict[str, str] = field(default_factory=dict)

    def term(self, written: str) -> str | None:
        """Return the name of the term that is written so."""
        return self.forms.get(_form(written))


def read_registers(reader: Reader) -> Registers:
    """Read both registers; a file that is missing is an empty register."""
    registers = Registers()
    path = reader.root / SOURCES
    for code, raw in _entries(reader, path, _SourcesFile, "sources").items():
        if _CODE.fullmatch(code) is None:
            reader.fault(path, f"sources.{code}", "a code of small letters, digits and hyphens")
            continue
        source = reader.shape(path, RegisteredSource, _days(raw), f"sources.{code}.")
        if source is not None:
            registers.sources[code] = source
    path = reader.root / TERMS
    for name, raw in _entries(reader, path, _TermsFile, "terms").items():
        term = reader.shape(path, GlossaryTerm, raw, f"terms.{name}.")
        if term is not None:
            _add_term(reader, path, registers, name, term)
    return registers


def locator(written: str) -> str:
    """Return a place in a legal text as it is read, from the most precise to the widest; other words stay.

    >>> locator("Đ135.6.a"), locator("PL2"), locator("Đ5, Đ7"), locator("Đ?"), locator("trang 4")
    ('điểm a khoản 6 Điều 135', 'Phụ lục 2', 'Điều 5, Điều 7', '', 'trang 4')
    """
    return ", ".join(place for part in written.split(",") if (place := _place(part.strip())))


def when(day: str) -> str:
    """Return a day, month or year in words as official papers write them.

    >>> when("2024-01-18"), when("2025-06-02"), when("2025-12"), when("2025")
    ('ngày 18/01/2024', 'ngày 02/6/2025', 'tháng 12/2025', 'năm 2025')
    """
    parts = day.split("-")
    if len(parts) == 1:
        return f"năm {day}"
    month = parts[1] if int(parts[1]) < 3 else str(int(parts[1]))
    return f"tháng {month}/{parts[0]}" if len(parts) == 2 else f"ngày {parts[2]}/{month}/{parts[0]}"


_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


def _entries(reader: Reader, path: Path, kind: type[Shape], key: str) -> dict[str, dict[str, Any]]:
    if not path.is_file():
        return {}
    document = reader.document(path)
    file = reader.shape(path, kind, document) if document is not None else None
    entries: dict[str, dict[str, Any]] = getattr(file, key) if file is not None else {}
    return entries


def _add_term(reader: Reader, path: Path, registers: Registers, name: str, term: GlossaryTerm) -> None:
    for written in (name, *term.also):
        other = registers.forms.setdefault(_form(written), name)
        if other != name:
            reader.fault(path, f"terms.{name}", f"a term of its own; “{written}” already stands for “{other}”")
    registers.terms[name] = term
    if term.source and term.source.partition(" ")[0] not in registers.sources:
        reader.fault(path, f"terms.{name}.source", f"a code of {SOURCES}")


def _days(raw: Any) -> Any:
    """Write YAML's days as text."""
    if isinstance(raw, dict):
        return {key: _days(value) for key, value in raw.items()}
    if isinstance(raw, datetime.date):
        return raw.isoformat()[:10]
    return raw


def _form(written: str) -> str:
    return " ".join(written.split()).lower()


def _place(part: str) -> str:
    if part == "Đ?":
        return ""
    if match := _ARTICLE.fullmatch(part):
        article, clause, point = match.groups()
        return " ".join(
            f"{name} {value}" for name, value in (("điểm", point), ("khoản", clause), ("Điều", article)) if value
        )
    if match := _PART.fullmatch(part):
        return f"{_PARTS[match[1]]} {match[2]}"
    return part


def _age(day: str, today: datetime.date) -> int:
    parts = [int(part) for part in day.split("-")]
    try:
        return (today - datetime.date(*[*parts, 1, 1][:3])).days
    except ValueError:
        return CHECKED_FOR_DAYS + 1


def cited(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Split citations into code and place: ``ldd-2024 Đ135.6`` is ``("ldd-2024", "Đ135.6")``."""
    return [(code, rest.strip()) for code, _, rest in (" ".join(one.split()).partition(" ") for one in codes) if code]
