"""What a request may contain: forms clean their text, refuse unknown fields, and keep what was typed."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec
from flask import Flask, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Field, FileField, HiddenField, SelectField, SelectMultipleField

from lms.core import form_html
from lms.core.edits import ChangedMeanwhile, Edit
from lms.core.fields import (
    CONVERT,
    CountField,
    DayField,
    DecimalTextField,
    LineField,
    MomentField,
    TextField,
    old_words,
    press_again,
    pressed,
)
from lms.core.form_words import Words

__all__ = [
    "IGNORED",
    "INVALID",
    "CountField",
    "DayField",
    "DecimalTextField",
    "EditForm",
    "Form",
    "LineField",
    "MomentField",
    "TextField",
    "faults_of",
    "pressed",
    "status_of",
]

INVALID = 422
"""How a form that is not valid is answered: with its page, what was typed, and what is wrong with it."""
IGNORED = frozenset({"csrf_token", "next", "submit", "draft", CONVERT})


class Form(FlaskForm):
    """The base of all forms."""

    def raw(self) -> dict[str, str | list[str]]:
        """Return what the fields hold, as a browser sends it: what is not ticked or chosen is left out."""
        shown = {field.name: field for field in self if field.name not in IGNORED}
        return {name: text for name, field in shown.items() if (text := _sent(field)) is not None}

    def takes(self, name: str) -> bool:
        """Tell whether a field that the form does not name belongs to it, such as one a row of a long list."""
        del name
        return False

    class Meta(FlaskForm.Meta):
        """WTForms' own messages in the words of this house."""

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Read forms only: Flask-WTF takes a JSON body for one, whatever it holds."""
            of_request = formdata is not None and not hasattr(formdata, "getlist")
            if of_request and not request.form and not request.files:
                return None
            return super().wrap_formdata(form, formdata)

        def get_translations(self, _form: Any) -> Words:
            """Return the house's words."""
            return Words()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Validate the fields; a field the form does not know is refused."""
        known = {field.name for field in self} | IGNORED
        unknown = [name for name in {*request.form, *request.files} if name not in known and not self.takes(name)]
        valid = bool(super().validate(*args, **kwargs))
        if unknown:
            self.form_errors.append(_l("The form was sent with a field that is not part of it."))
            return False
        return valid


def status_of(*forms: FlaskForm) -> int:
    """Return the status of a page with these forms: ``INVALID`` where one was sent and is not valid."""
    return INVALID if any(form.errors for form in forms) else 200


class Fault(NamedTuple):
    """A line of the summary above a form that was not taken."""

    id: str
    """Of the field, for the link that leads to it; empty where nothing of it is seen."""
    name: str
    message: str


def faults_of(form: FlaskForm) -> list[Fault]:
    """Return what is wrong with a form, in the order of its fields."""
    return [
        Fault("", "", message) if isinstance(field, HiddenField) else Fault(field.id, field.label.text, message)
        for field in form
        for message in _each(field.errors)
    ]


def asks_file(form: FlaskForm) -> bool:
    """Tell whether a file was sent, which must be chosen again when the form comes back."""
    return any(isinstance(field, FileField) and bool(field.data) for field in form)


def init_app(app: Flask) -> None:
    """Give the templates what the summary of a form is made of."""
    form_html.install()
    app.jinja_env.globals.update(faults_of=faults_of, asks_file=asks_file, old_words=old_words, press_again=press_again)


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

    changed = False
    """Whether somebody else has changed meanwhile what was touched here (:meth:`show`)."""

    def values(self) -> dict[str, Any]:
        """Return what the act takes; forms whose fields are not the act's own say how they differ."""
        return {name: value for name, value in self.data.items() if name not in IGNORED | {"seen"}}

    def edit(self) -> Edit:
        """Return what is wanted, and what was seen."""
        seen = self._as_seen()
        return Edit(self.values(), seen.values() if seen is not None else None)

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
        self.changed = True
        self.form_errors.append(changed.message)

    def _remember(self) -> str:
        held = self.raw()
        held.pop("seen", None)
        return msgspec.json.encode(held).decode()

    def _as_seen(self) -> "EditForm | None":
        try:
            held = msgspec.json.decode(self.seen.data or "null", type=dict[str, str | list[str]])
        except msgspec.DecodeError:
            return None
        told = MultiDict(held)
        return type(self)(formdata=told, meta={"csrf": False})


def _each(errors: Any) -> Iterator[str]:
    """Yield the messages of a field, or of the fields of a field."""
    for error in errors.values() if isinstance(errors, Mapping) else errors:
        if isinstance(error, str) or not isinstance(error, Mapping | list | tuple):
            yield str(error)
        else:
            yield from _each(error)


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
