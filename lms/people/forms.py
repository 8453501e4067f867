"""What the forms of accounts, persons and units may contain."""

from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from lms.core.forms import CountField, DayField, Form, LineField
from lms.core.text import nfc
from lms.people.models import UNIT_KINDS
from lms.people.permissions import ROLES

KIND_LABELS = {
    "city": _l("City"),
    "department": _l("Department"),
    "district": _l("District level"),
    "commune": _l("Commune level"),
    "service_unit": _l("Public service unit"),
    "institution": _l("Training institution"),
    "data_centre": _l("Data centre"),
}
CATEGORY_LABELS = {
    "civil_servant": _l("Civil servant"),
    "commune_level": _l("Commune-level official or civil servant"),
    "public_employee": _l("Public employee"),
    "guest": _l("Guest lecturer"),
}
T = TypeVar("T")
_NEEDED = _l("Please fill this in.")


def _needed() -> DataRequired:
    return DataRequired(message=_NEEDED)


def given(value: T | None) -> T:
    """Return the value of a validated field that must be filled in."""
    if value is None:
        raise RuntimeError("read a needed field only after validation")
    return value


class SecretField(PasswordField):
    """A password: NFC, never trimmed, never sent back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"filters": [lambda value: nfc(value) if isinstance(value, str) else value]} | kwargs)


class SignInForm(Form):
    """Username and password."""

    username = LineField(_l("Username"), validators=[_needed(), Length(max=64)])
    password = SecretField(_l("Password"), validators=[_needed(), Length(max=512)])


class _NewPassword(Form):
    def validate_repeated(self, field: StringField) -> None:
        """Both must be the same."""
        if field.data != self["password"].data:
            raise ValidationError(_l("The two passwords differ. Please type the same twice."))


class ActivationForm(_NewPassword):
    """A one-time code and the password it sets."""

    username = LineField(_l("Username"), validators=[_needed(), Length(max=64)])
    code = LineField(_l("One-time code"), validators=[_needed(), Length(max=64)])
    password = SecretField(_l("New password"), validators=[_needed(), Length(max=512)])
    repeated = SecretField(_l("New password again"), validators=[_needed(), Length(max=512)])


class PasswordForm(_NewPassword):
    """The current password and a new one."""

    current = SecretField(_l("Current password"), validators=[_needed(), Length(max=512)])
    password = SecretField(_l("New password"), validators=[_needed(), Length(max=512)])
    repeated = SecretField(_l("New password again"), validators=[_needed(), Length(max=512)])


class LanguageForm(Form):
    """The language of the pages."""

    locale = SelectField(
        _l("Language of the pages"), choices=[SelectChoice("vi", "Tiếng Việt"), SelectChoice("en", "English")]
    )


class RoleForm(Form):
    """A role over a unit, for a period."""

    role = SelectField(
        _l("Role"), choices=[SelectChoice(key, _l(label)) for key, label in ROLES.items() if key != "trainee"]
    )
    unit = LineField(_l("Unit code"), validators=[_needed(), Length(max=40)])
    valid_from = DayField(_l("From"), validators=[Optional()])
    valid_until = DayField(_l("Last day of the role"), validators=[Optional()])


class EndRoleForm(Form):
    """A role to take away."""

    holding = CountField(validators=[_needed()])


class UnitForm(Form):
    """A new unit."""

    code = LineField(_l("Unit code"), validators=[_needed(), Length(max=40)])
    name = LineField(_l("Name of the unit"), validators=[_needed(), Length(max=250)])
    kind = SelectField(_l("Kind"), choices=[SelectChoice(kind, KIND_LABELS[kind]) for kind in UNIT_KINDS])
    parent = LineField(_l("Code of the unit above"), validators=[_needed(), Length(max=40)])
    valid_from = DayField(_l("Exists from"), first=1900, validators=[_needed()])


class CloseUnitForm(Form):
    """The end of a unit and what came of it."""

    on = DayField(_l("First day on which it no longer exists"), validators=[_needed()])
    successors = LineField(_l("Codes of the successors"), validators=[Length(max=400)])
    document = LineField(_l("Deciding document"), validators=[Length(max=200)])


class RosterForm(Form):
    """A roster to check."""

    file = FileField(_l("Roster file (XLSX or CSV)"))


class RosterConfirmation(Form):
    """A checked roster to import."""

    token = StringField(validators=[_needed()])
