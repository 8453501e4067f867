"""Changes to a form; each takes the form and changes it. Plain data, no request, no database."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from lms.core.errors import NotFound
from lms.surveys.document import Condition, Form, Item, Option, Section, Words, answers_of, free_code

_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")


def section_of(form: Form, key: str) -> Section:
    """Return a section.

    :raises NotFound: there is none with this key
    """
    section = next((section for section in form.sections if section.key == key), None)
    if section is None:
        raise NotFound
    return section


def item_of(form: Form, code: str) -> tuple[Section, Item]:
    """Return a question and its section.

    :raises NotFound: there is none with this code
    """
    match = next(((section, item) for section, item in form.items() if item.code == code), None)
    if match is None:
        raise NotFound
    return match


def put_section(form: Form, key: str | None, values: dict[str, Any]) -> str:
    """Change a section, or add one at the end; returns its key."""
    if key is None:
        key = free_code(form, values["object"])
        form.sections.append(Section(key=key, **values))
        return key
    section = section_of(form, key)
    for name, value in values.items():
        setattr(section, name, value)
    return key


def put_item(form: Form, section_key: str, code: str | None, values: dict[str, Any]) -> str:
    """Change a question, or add one at the end of a section; returns its code."""
    section = section_of(form, section_key)
    if code is None:
        code = free_code(form, section.key)
        section.items.append(Item(code=code, **values))
        return code
    _section, item = item_of(form, code)
    for name, value in values.items():
        setattr(item, name, value)
    return code


def move(form: Form, name: str, step: int) -> None:
    """Move a section or a question up (-1) or down (1) among its neighbours; at the end nothing happens."""
    holders: list[list[Any]] = [form.sections, *(section.items for section in form.sections)]
    for holder in holders:
        names = [part.key if isinstance(part, Section) else part.code for part in holder]
        if name in names:
            place = names.index(name)
            other = place + step
            if 0 <= other < len(names):
                holder[place], holder[other] = holder[other], holder[place]
            return
    raise NotFound


def remove(form: Form, name: str) -> None:
    """Remove a section with its questions, or a question; conditions that named them go too."""
    before = {item.code for _section, item in form.items()}
    form.sections = [section for section in form.sections if section.key != name]
    for section in form.sections:
        section.items = [item for item in section.items if item.code != name]
    left = {item.code for _section, item in form.items()}
    for _section, item in form.items():
        if item.when is not None and item.when.item in before - left:
            item.when = None


# -- texts that people edit -------------------------------------------------------------------------------------------


def labels_text(labels: list[Words]) -> str:
    """Return the labels of a scale, one a line: ``Tiếng Việt | English``."""
    return "\n".join(f"{label.get('vi', '')} | {label.get('en', '')}" for label in labels)


def labels_from(text: str) -> list[Words]:
    """Read the labels of a scale."""
    return [_words(line) for line in text.splitlines() if line.strip()]


def options_text(options: list[Option]) -> str:
    """Return options, one a line: ``Tiếng Việt | English | key``."""
    return "\n".join(f"{option.text.get('vi', '')} | {option.text.get('en', '')} | {option.key}" for option in options)


def options_from(text: str) -> list[Option]:
    """Read options; those without a key get one of their own."""
    lines = [[part.strip() for part in line.split("|")] for line in text.splitlines() if line.strip()]
    keys = {parts[2] for parts in lines if len(parts) > 2 and _KEY.fullmatch(parts[2])}
    free = (key for number in range(1, 1000) if (key := f"o{number}") not in keys)
    return [
        Option(
            key=parts[2] if len(parts) > 2 and _KEY.fullmatch(parts[2]) else next(free),
            text=_words(" | ".join(parts[:2])),
        )
        for parts in lines
    ]


def condition_ticks(when: Condition | None) -> list[str]:
    """Return a condition as ticked answers, ``code:answer`` each."""
    return [f"{when.item}:{value}" for value in when.values] if when else []


def condition_from(ticks: Sequence[str]) -> Condition | None:
    """Read a condition from ticked answers; None for none.

    :raises ValueError: they are answers of more than one question
    """
    codes = {tick.partition(":")[0] for tick in ticks}
    if len(codes) > 1:
        raise ValueError(", ".join(sorted(codes)))
    return Condition(item=codes.pop(), values=[tick.partition(":")[2] for tick in ticks]) if ticks else None


def conditions(form: Form, section: Section, item: Item | None) -> list[tuple[Item, list[tuple[str, Words | None]]]]:
    """Return the earlier questions a question can depend on, each with its answers as ticks and their labels.

    "Not applicable" has no label in the form.

    :param item: the question; None for one that is added at the end of the section
    """
    earlier_questions: list[tuple[Item, list[tuple[str, Words | None]]]] = []
    for holder, earlier in form.items():
        if earlier is item or (item is None and form.sections.index(holder) > form.sections.index(section)):
            break
        if earlier.kind in ("scale", "choice") and (not holder.repeat or holder is section):
            labels = form.labels(earlier) if earlier.kind == "scale" else [option.text for option in earlier.options]
            answers = zip_longest(answers_of(form, earlier), labels)
            earlier_questions.append((earlier, [(f"{earlier.code}:{value}", label) for value, label in answers]))
    return earlier_questions


def _words(line: str) -> Words:
    vi, _, en = line.partition("|")
    return {"vi": vi.strip()[:500], "en": en.strip()[:500] or vi.strip()[:500]}
