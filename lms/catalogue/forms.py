"""What the approval of a version may contain."""

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length

from lms.core.forms import DayField, Form, LineField


class ApprovalForm(Form):
    """Number and date of the approving document."""

    number = LineField(_l("Number of the approving document"), validators=[InputRequired(), Length(max=100)])
    dated = DayField(_l("Date of the document"), validators=[InputRequired()])
