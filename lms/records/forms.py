"""Forms of the record store's pages."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectMultipleField  # type: ignore[attr-defined] # the stubs lag
from wtforms.validators import DataRequired, Length
from wtforms.widgets import CheckboxInput

from lms.core.forms import Form, LineField

SCOPES = {
    "statements/read": _l("Read all statements"),
    "statements/read/mine": _l("Read only the statements that this key has sent itself"),
    "all/read": _l("Read everything: statements, states and profiles"),
    "statements/write": _l("Send statements"),
    "state": _l("Read and write the states of activities"),
    "profile": _l("Read and write profiles of activities and agents"),
    "all": _l("Everything: read and write statements, states and profiles"),
}


class CredentialForm(Form):
    """A key for a client program."""

    name = LineField(_l("What the key is for"), validators=[DataRequired(), Length(max=120)])
    scopes = SelectMultipleField(
        _l("What it may do"),
        choices=[SelectChoice(scope, label) for scope, label in SCOPES.items()],
        default=["statements/read"],
        option_widget=CheckboxInput(),
        validators=[DataRequired(_l("Please choose at least one."))],
    )
