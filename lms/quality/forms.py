"""What the forms of adjustments and replies may contain."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import DataRequired, Length, Optional

from lms.core.forms import DayField, EditForm, Form, LineField, TextField

_NEEDED = DataRequired(_l("Please fill this in."))


class StateForm(EditForm):
    """Cause, measure, person, date."""

    cause = TextField(_l("Cause"), validators=[_NEEDED, Length(max=2000)])
    measure = TextField(_l("Measure"), validators=[_NEEDED, Length(max=2000)])
    responsible = LineField(_l("Person responsible"), validators=[_NEEDED, Length(max=200)])
    due_on = DayField(_l("To be done by"), validators=[DataRequired(_l("Please give a date."))])


class DoneForm(Form):
    """What came of it."""

    outcome = TextField(_l("What was done, and what came of it"), validators=[_NEEDED, Length(max=2000)])


class ReplyForm(Form):
    """What a lecturer says to her results; its length and emptiness are the act's to refuse."""

    text = TextField(_l("What you want to say to these results"), render_kw={"rows": 5, "maxlength": 4000})


class AnswerForm(Form):
    """The version that answers it."""

    version = SelectField(_l("Answered by version"), validators=[Optional()])
