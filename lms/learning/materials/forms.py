"""What the forms of packages in modules may contain."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, validators
from wtforms.validators import DataRequired

from lms.core.forms import Form

_UUID = (DataRequired(), validators.UUID())


class PlaceForm(Form):
    """Put a package into a module."""

    module = SelectField(_l("Module"), choices=[], validators=[DataRequired(_l("Please choose a module."))])
    required = BooleanField(_l("In classes to come, the module is done only when this material is done"), default=True)
    in_running = BooleanField(_l("The same holds in classes that have begun"), default=False)


class ManyForm(PlaceForm):
    """Put many packages into a module."""

    package = SelectMultipleField(choices=[], validate_choice=False)


class VersionForm(Form):
    """Choose a version."""

    version = HiddenField(validators=_UUID)


class MoveForm(VersionForm):
    """Move a class to a version."""

    class_ = HiddenField(name="class", validators=_UUID)
