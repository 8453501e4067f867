"""Forms of the record store's pages."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField, SelectMultipleField  # type: ignore[attr-defined] # the stubs lag
from wtforms.validators import DataRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from lms.core.forms import Form, LineField
from lms.records.vocabulary import VERBS

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


class FilterForm(Form):
    """Which statements the reader page shows."""

    class Meta(Form.Meta):
        """A search changes nothing and needs no token."""

        csrf = False

    verb = SelectField(_l("Verb"), validators=[Optional()])
    activity = LineField(_l("Activity (IRI)"), validators=[Optional(), Length(max=2000)])
    registration = LineField(_l("Registration (UUID)"), validators=[Optional()])

    def __init__(self, *args: object, language: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        words = [SelectChoice(term.iri, term.display[language]) for term in VERBS.values()]
        self.verb.choices = [SelectChoice("", _l("all")), *sorted(words, key=lambda word: word.label)]

    def validate_registration(self, field: LineField) -> None:
        """Check that the registration is a UUID."""
        try:
            UUID(field.data)
        except ValueError:
            raise ValidationError(
                _l("Please give the whole UUID, such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301.")
            ) from None
