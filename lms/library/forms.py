"""What the forms of materials may contain."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField, SelectField
from wtforms.validators import UUID, DataRequired, Length, NumberRange, Optional

from lms.core.forms import Form, LineField
from lms.library.services.quotas import MOST


class UploadForm(Form):
    """A file for a new package, or for a new version of one."""

    institution = SelectField(_l("Training institution"), coerce=int, choices=[])
    package = HiddenField(validators=[Optional(), UUID()])
    title = LineField(_l("Package title"), validators=[Length(max=300)])
    file = FileField(_l("File"))


class RenameForm(Form):
    """Another title for a package."""

    title = LineField(
        _l("Package title"),
        id="new-title",
        validators=[DataRequired(_l("Please give the package a title.")), Length(max=300)],
    )


class QuotaForm(Form):
    """How much an institution may keep."""

    gigabytes = IntegerField(_l("Quota in GB"), validators=[Optional(), NumberRange(0, MOST)])
