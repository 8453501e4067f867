"""What a request may contain: forms clean their text, refuse unknown fields, and keep what was typed."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, HiddenField, SelectField, SelectMultipleField

from lms.core.edits import ChangedMeanwhile, Edit
from lms.core.fields import CONVERT, CountField, DayField, DecimalTextField, LineField, MomentField, TextField
from lms.core.i18n import select_language

__all__ = [
    "IGNORED",
    "CountField",
    "DayField",
    "DecimalTextField",
    "EditForm",
    "Form",
    "LineField",
    "MomentField",
    "TextField",
]

IGNORED = frozenset({"csrf_token", "next", "submit", "draft", CONVERT})


class Form(FlaskForm):
    """The base of all forms."""

    def raw(self) -> dict[str, str | list[str]]:
        """Return what the fields hold, as a browser sends it: what is not ticked or chosen is left out."""
        shown = {field.name: field for field in self if field.name not in IGNORED}
        return {name: text for name, field in shown.items() if (text := _sent(field)) is not None}

    class Meta(FlaskForm.Meta):
        """WTForms' own messages in the reader's language."""

        @property
        def locales(self) -> list[str]:
            """WTForms' catalogue of the reader's language."""
            return [select_language()]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Validate the fields; a field the form does not know is refused."""
        known = {field.name for field in self} | IGNORED
        unknown = [name for name in {*request.form, *request.files} if name not in known]
        valid = bool(super().validate(*args, **kwargs))
        if unknown:
            self.form_errors.append(_l("The form was sent with a field that is not part of it."))
            return False
        return valid


class EditForm(Form):
    """A form over something that exists: it remembers what it showed, so that only what was touched is written.

    A view makes it with what is stored (``data=``), gives :meth:`edit` to the act, and :meth:`show` what that refused.
    """

    seen = HiddenField()
    """What the fields held when the page was read, as JSON; it says what its reader saw, so nothing rests on it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_submitted():
            self.seen.data = self._remember()

    def values(self) -> dict[str, Any]:
        """Return what the act takes; forms whose fields are not the act's own say how they differ."""
        return {name: value for name, value in self.data.items() if name not in IGNORED | {"seen"}}

    def edit(self) -> Edit:
        """Return what is wanted, and what was seen."""
        return Edit(self.values(), self._as_seen().values() if self.seen.data else None)

    def show(self, changed: ChangedMeanwhile, stored: Mapping[str, Any]) -> None:
        """Show what is stored beside what was typed, and remember it as seen.

        :param stored: what is stored now, as the form is made with it
        """
        other = type(self)(formdata=None, data=stored, meta={"csrf": False})
        for name in changed.fields:
            field = self[name]
            other[name].choices = getattr(field, "choices", None)
            words = _l(
                "Meanwhile somebody else has set “%(value)s”. Save again to keep yours.", value=_shown(other[name])
            )
            field.errors = [*field.errors, words]
        self.seen.data = other._remember()
        self.form_errors.append(changed.message)

    def _remember(self) -> str:
        held = self.raw()
        held.pop("seen", None)
        return msgspec.json.encode(held).decode()

    def _as_seen(self) -> "EditForm":
        try:
            held = msgspec.json.decode(self.seen.data or "{}", type=dict[str, str | list[str]])
        except msgspec.DecodeError:
            held = {}
        told = MultiDict(held)
        return type(self)(formdata=told, meta={"csrf": False})


def _sent(field: Field) -> str | list[str] | None:
    """Return what a browser would send for a field; None where it would send nothing."""
    if isinstance(field, BooleanField):
        return "y" if field.data else None
    if isinstance(field, SelectMultipleField):
        return [str(value) for value in field.data or ()]
    if isinstance(field, SelectField):
        return None if field.data is None else str(field.data)
    if hasattr(field, "_value"):
        return str(field._value())
    return None if field.data is None else str(field.data)


def _shown(field: Field) -> str:
    """Return what a field holds, in the words of the page."""
    if isinstance(field, SelectMultipleField):
        labels = {str(choice[0]): str(choice[1]) for choice in field.choices or ()}
        return ", ".join(labels.get(str(value), str(value)) for value in field.data or ()) or "–"
    if isinstance(field, SelectField):
        labels = {str(choice[0]): str(choice[1]) for choice in field.choices or ()}
        return labels.get(str(field.data), str(field.data))
    if isinstance(field, BooleanField):
        return str(_l("yes") if field.data else _l("no"))
    return str(_sent(field) or "–")
