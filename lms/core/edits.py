"""Edits of what exists: only what was touched is written, and nobody's change is overwritten unseen.

A page is read, then sent later; meanwhile somebody else may have saved. So an edit carries what the page showed when it
was read (``seen``) beside what its user wants (``wanted``). Under the row's lock the act asks :func:`settle`:

- what the user did not touch stays as it is stored now, whoever changed it since;
- what only she touched is written;
- where both touched the same field and differ, nothing is written and :class:`ChangedMeanwhile` says what is stored, so
  that the page shows it beside what she typed. Sent again from there, hers is written: she has seen it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from lms.core.errors import DomainError


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody wants, and what she had read; field by field, in the values of the act.

    :ivar seen: None of whoever read nothing, such as a program that sets values: what is stored counts as read
    """

    wanted: Mapping[str, Any]
    seen: Mapping[str, Any] | None = None


class ChangedMeanwhile(DomainError):
    """Somebody else changed the same fields; :ivar fields: field -> what is stored now."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(
            "changed-meanwhile",
            _l("Somebody else has changed this since you opened it. Nothing of yours has been saved yet."),
            409,
        )
        self.fields = dict(fields)


def settle(edit: Edit, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is to be written: the fields that were touched and differ from what is stored.

    A blank field is sent as an empty text and may be stored as None; they are the same here.

    :param stored: what is stored now, read under a lock that lasts until it is written
    :raises ChangedMeanwhile: both changed the same field, to different values
    """
    seen = stored if edit.seen is None else edit.seen
    writes, clashes = {}, {}
    for name, value in edit.wanted.items():
        if _plain(value) in (_plain(seen.get(name)), _plain(stored[name])):
            continue
        if _plain(stored[name]) != _plain(seen.get(name)):
            clashes[name] = stored[name]
        else:
            writes[name] = value
    if clashes:
        raise ChangedMeanwhile(clashes)
    return writes


def _plain(value: Any) -> Any:
    return None if value == "" else value
