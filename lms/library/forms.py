"""What the forms of materials may contain."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (  # type: ignore[attr-defined] # the stubs lag
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import UUID, DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from lms.core.database import utcnow
from lms.core.forms import CountField, DayField, Form, LineField
from lms.library.scopes import SCOPES
from lms.library.services.quotas import MOST
from lms.people.sessions import local_day


class UploadForm(Form):
    """A file for a new package, or for a new version of one."""

    institution = SelectField(_l("Training institution"), coerce=int, choices=[])
    package = HiddenField(validators=[Optional(), UUID()])
    title = LineField(_l("Package title"), validators=[Length(max=300)])
    file = FileField(_l("File"))


class HostsForm(Form):
    """Which hosts outside a package's content may load from."""

    hosts = SelectMultipleField(_l("Hosts outside"), choices=[], validate_choice=False)
    more = LineField(_l("Another host"), validators=[Length(max=300)])


class RenameForm(Form):
    """Another title for a package."""

    title = LineField(
        _l("Package title"),
        id="new-title",
        validators=[DataRequired(_l("Please give the package a title.")), Length(max=300)],
    )


class QuotaForm(Form):
    """How much an institution may keep."""

    gigabytes = CountField(_l("Quota in GB"), validators=[Optional(), NumberRange(0, MOST)])


class KeyForm(Form):
    """A key of the API for an institution's program."""

    institution = SelectField(_l("Training institution"), coerce=int, choices=[])
    name = LineField(
        _l("What the key is for"),
        validators=[DataRequired(_l("Please write what the key is for.")), Length(max=120)],
    )
    scopes = SelectMultipleField(
        _l("What it may do"),
        choices=[SelectChoice(scope, label) for scope, label in SCOPES.items()],
        default=["packages:read"],
        option_widget=CheckboxInput(),
        validators=[DataRequired(_l("Please choose what the key is good for."))],
    )
    last_day = DayField(_l("Good until the end of"), validators=[Optional()])

    def validate_last_day(self, field: DayField) -> None:
        """Refuse a day that has passed."""
        if field.data is not None and field.data < local_day(utcnow()):
            raise ValidationError(_l("The last day of the key has passed already."))
