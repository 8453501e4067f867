"""What the approval of a version may contain."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField
from wtforms.validators import InputRequired, Length

from lms.core.forms import Form, LineField


class ApprovalForm(Form):
    """Number and date of the approving document."""

    number = LineField(_l("Number of the approving document"), validators=[InputRequired(), Length(max=100)])
    dated = DateField(_l("Date of the document"), validators=[InputRequired()])
