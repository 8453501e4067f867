"""What the requests of the administrators may contain."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired, Length, ValidationError

from lms.core.forms import DayField, Form, LineField, TextField

TEXT_MAX = 1000


class WrittenForm(Form):
    """A request that came in writing."""

    staff_code = LineField(_l("Staff code"), [InputRequired(), Length(max=40)])
    document = LineField(_l("Written request (number and date)"), [InputRequired(), Length(max=200)])


class LeavingForm(Form):
    """The day on which a person left the service."""

    left_on = DayField(_l("Left the service on"), [InputRequired()])


class RefusalForm(Form):
    """Why a request is refused."""

    reason = TextField(
        _l("Reason, as the person will read it"), [InputRequired(), Length(max=TEXT_MAX)], render_kw={"rows": 5}
    )


class ConfirmationForm(Form):
    """The second step before the link is removed."""

    staff_code = LineField(_l("Staff code of the person"), [InputRequired(), Length(max=40)])

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected

    def validate_staff_code(self, field: Any) -> None:
        """Only who looks at the right person goes on."""
        if (field.data or "").upper() != self.expected:
            raise ValidationError(_l("This is not the staff code of this person. Please compare the two."))
