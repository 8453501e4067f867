"""An evaluation form as data: what a version of an instrument holds, read and checked.

The six objects are those of Thông tư 10/2017/TT-BNV. A question has a code for life: its words may change from version
to version, what is answered to it may not, so that results can be compared over the years.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

import msgspec
from flask_babel import lazy_gettext as _l
from msgspec import Meta, Struct

OBJECTS = ("programme", "trainee", "lecturer", "facilities", "course", "effectiveness")
AUDIENCES = ("trainee", "lecturer", "follow_up", "employer")
NAMED = frozenset({"follow_up", "employer"})
"""Forms that carry the name of who fills them in, and say so."""
NA = "na"
"""The answer "not applicable"."""

Words = dict[str, Annotated[str, Meta(max_length=500)]]
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")


class Option(Struct, forbid_unknown_fields=True):
    """What can be chosen or ranked."""

    key: Code
    text: Words


class Condition(Struct, forbid_unknown_fields=True):
    """A question is asked only when an earlier one has one of these answers (points as ``"1"``, keys of options)."""

    item: Code
    values: Annotated[list[str], Meta(min_length=1, max_length=20)]


class Item(Struct, forbid_unknown_fields=True):
    """A question.

    :ivar scale: name of its scale, where it is not the form's own
    :ivar na: whether "not applicable" is offered
    :ivar required: whether a form without an answer is sent back whatever else is answered
    :ivar weight: within its section's mean
    """

    code: Code
    text: Words
    kind: Literal["scale", "choice", "multiple", "ranking", "text"] = "scale"
    scale: str | None = None
    na: bool = False
    required: bool = False
    weight: Annotated[float, Meta(ge=0, le=100)] = 1
    options: Annotated[list[Option], Meta(max_length=20)] = []
    when: Condition | None = None


class Section(Struct, forbid_unknown_fields=True):
    """Questions about one object.

    :ivar repeat: asked once for every topic and lecturer who really taught this trainee
    :ivar weight: within the form's index
    :ivar threshold: mean on the form's scale below which an adjustment is due, where it is not the form's own
    """

    key: Code
    object: Literal["programme", "trainee", "lecturer", "facilities", "course", "effectiveness"]
    title: Words
    items: Annotated[list[Item], Meta(max_length=60)] = []
    repeat: Literal["teaching"] | None = None
    weight: Annotated[float, Meta(ge=0, le=100)] = 1
    threshold: float | None = None


class Form(Struct, forbid_unknown_fields=True):
    """A form.

    :ivar scales: labels of the points, the lowest first, by name
    :ivar scale: name of the scale on which means and thresholds are told
    :ivar blank_limit_percent: of its indicators; with more left unanswered a form is not counted
    :ivar threshold: mean below which an adjustment is due
    """

    code: Code
    audience: Literal["trainee", "lecturer", "follow_up", "employer"]
    title: Words
    scales: dict[str, Annotated[list[Words], Meta(min_length=2, max_length=10)]]
    scale: str
    sections: Annotated[list[Section], Meta(max_length=40)] = []
    blank_limit_percent: Annotated[float, Meta(ge=0, le=100)] = 5
    threshold: float | None = None
    intro: Words = {}

    @property
    def points(self) -> int:
        """How many points the form's own scale has."""
        return len(self.scales[self.scale])

    def labels(self, item: Item) -> list[Words]:
        """Return the labels of the scale of a question."""
        return self.scales[item.scale or self.scale]

    def items(self) -> Iterator[tuple[Section, Item]]:
        """Give all questions with their sections, in order."""
        for section in self.sections:
            for item in section.items:
                yield section, item

    def threshold_of(self, section: Section) -> float | None:
        """Return the mean below which this section asks for an adjustment."""
        return self.threshold if section.threshold is None else section.threshold


class Wrong(ValueError):
    """A document is no form; its text says where and why, in English, for whoever wrote the file."""


def read(document: Mapping[str, Any]) -> Form:
    """Read a stored or shipped document.

    :raises Wrong: its shape is wrong
    """
    try:
        return msgspec.convert(document, Form)
    except msgspec.ValidationError as error:
        raise Wrong(str(error)) from None


def plain(form: Form) -> dict[str, Any]:
    """Return a form as plain JSON data."""
    return msgspec.to_builtins(form)  # type: ignore[no-any-return]


def faults(form: Form) -> list[tuple[str, Any]]:
    """Return what keeps a form from being published: the place (a code, or empty) and what is wrong."""
    faults: list[tuple[str, Any]] = []
    if form.scale not in form.scales:
        return [("", _l("The form's own scale is not among its scales."))]
    codes = Counter(item.code for _section, item in form.items())
    keys = Counter(section.key for section in form.sections)
    faults += [(code, _l("This code is used twice.")) for code, count in (codes + keys).items() if count > 1]
    if not any(item.kind != "text" for _section, item in form.items()):
        faults.append(("", _l("A form needs at least one question that is not free text.")))
    for section in form.sections:
        if not section.items:
            faults.append((section.key, _l("This section has no question yet.")))
        if section.repeat and section.object != "lecturer":
            faults.append((section.key, _l("Only a section about lecturers can be repeated for every topic.")))
        limit = form.threshold_of(section)
        if limit is not None and not 1 <= limit <= form.points:
            faults.append((section.key, _l("The threshold must lie on the scale.")))
    earlier: dict[str, tuple[Section, Item]] = {}
    for section, item in form.items():
        faults += [(item.code, words) for words in _item_faults(form, section, item, earlier)]
        earlier[item.code] = (section, item)
    faults += [(place, _l("Please give the Vietnamese text.")) for place, words in _texts(form) if not words.get("vi")]
    return faults


def _item_faults(
    form: Form, section: Section, item: Item, earlier: Mapping[str, tuple[Section, Item]]
) -> Iterator[Any]:
    if item.kind == "scale" and (item.scale or form.scale) not in form.scales:
        yield _l("This scale is not among the form's scales.")
    if item.kind in ("choice", "multiple", "ranking") and len(item.options) < 2:
        yield _l("Please give at least two options.")
    if len({option.key for option in item.options}) < len(item.options):
        yield _l("Two options have the same key.")
    if item.when is None:
        return
    if item.when.item not in earlier:
        yield _l("The condition must name an earlier question.")
        return
    about, asked = earlier[item.when.item]
    if about.repeat and about.key != section.key:
        yield _l("The condition names a question that is repeated in another section.")
    elif asked.kind not in ("scale", "choice") or not set(item.when.values) <= set(answers_of(form, asked)):
        yield _l("The condition must name answers of a question on a scale or with one choice.")


def answers_of(form: Form, item: Item) -> list[str]:
    """Return what can be answered to a question on a scale or of choice, as it is written in a request."""
    known = (
        [str(point) for point in range(1, len(form.labels(item)) + 1)]
        if item.kind == "scale"
        else [option.key for option in item.options]
    )
    return [*known, NA] if item.na else known


def _texts(form: Form) -> Iterator[tuple[str, Words]]:
    yield "", form.title
    for section in form.sections:
        yield section.key, section.title
        for item in section.items:
            yield item.code, item.text
            yield from ((item.code, option.text) for option in item.options)


def changed(old: Form, new: Form) -> list[str]:
    """Return the codes of questions whose answers would mean something else than in an earlier version."""
    before = {item.code: _meaning(old, section, item) for section, item in old.items()}
    return [
        item.code
        for section, item in new.items()
        if before.get(item.code, _meaning(new, section, item)) != _meaning(new, section, item)
    ]


def _meaning(form: Form, section: Section, item: Item) -> tuple[Any, ...]:
    points = len(form.labels(item)) if item.kind == "scale" else 0
    options = tuple(option.key for option in item.options) if item.kind == "ranking" else ()
    return item.kind, points, options, section.object, section.repeat


def free_code(form: Form, stem: str) -> str:
    """Return a code that no section and no question of a form has."""
    used = {item.code for _section, item in form.items()} | {section.key for section in form.sections}
    stem = stem if _CODE.fullmatch(stem) else "q"
    return next(code for number in range(1, 10_000) if (code := f"{stem[:34]}-{number}") not in used)
