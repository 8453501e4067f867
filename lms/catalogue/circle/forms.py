"""What is filled in on the pages of the circle."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from lms.catalogue.circle.services import LONGEST, Given
from lms.core.fields import TextField
from lms.core.forms import DayField, Form, LineField
from lms.core.moving import MoveForm

_NEEDED = _l("Please fill this in.")


class SendForm(MoveForm):
    """Which department is asked for its opinion."""

    unit_id = SelectField(
        _l("Department of the field"), coerce=int, validators=[InputRequired(_l("Please choose the department."))]
    )

    def offer(self, departments: list[tuple[int, str]]) -> None:
        """Offer these departments."""
        self.unit_id.choices = [SelectChoice(*one) for one in departments]


class PaperForm(MoveForm):
    """The paper by which a move is made."""

    number = LineField(_l("Number of the document"), validators=[InputRequired(_NEEDED), Length(max=LONGEST["number"])])
    dated = DayField(_l("Date of the document"), validators=[InputRequired(_NEEDED)])
    signer = LineField(
        _l("Signed by (office and name)"), validators=[DataRequired(_NEEDED), Length(max=LONGEST["signer"])]
    )
    scan = FileField(_l("Scanned or digitally signed document (PDF, PNG or JPEG)"), validators=[Optional()])

    def given(self) -> Given | None:
        """Return what the act takes."""
        if self.dated.data is None:
            return None
        scan = self.scan.data.stream if self.scan.data else None
        return Given(self.number.data or "", self.dated.data, self.signer.data or "", scan)


class CommentForm(Form):
    """A comment on a place in the text."""

    place = SelectField(_l("Place in the text"), validators=[InputRequired(_NEEDED)])
    quote = LineField(_l("The words it is about, if only some"), validators=[Length(max=LONGEST["quote"])])
    text = TextField(_l("What is to be considered"), validators=[DataRequired(_NEEDED), Length(max=LONGEST["text"])])


class AnswerForm(Form):
    """The institution's answer to a comment."""

    kind = RadioField(
        _l("How it was settled"),
        choices=[
            SelectChoice("changed", _l("The text was changed")),
            SelectChoice("kept", _l("The text stays as it is, for this reason")),
        ],
        validators=[InputRequired(_l("Please choose what was done."))],
    )
    text = TextField(_l("Answer"), validators=[DataRequired(_NEEDED), Length(max=LONGEST["text"])])
