"""What the audit trail is asked."""

from datetime import datetime, time

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField  # type: ignore[attr-defined] # the stubs lag
from wtforms.validators import Length, Optional, ValidationError

from lms.console.trail.phrases import KINDS
from lms.console.trail.queries import Asked
from lms.core import i18n
from lms.core.forms import DayField, Form, LineField


class TrailForm(Form):
    """Who, what, which kind, when."""

    class Meta(Form.Meta):
        """A search changes nothing and needs no token; an export's is checked for the whole site."""

        csrf = False

    who = LineField(_l("Who acted: name or username"), validators=[Optional(), Length(max=100)])
    q = LineField(_l("What it was done to: name, code or id"), validators=[Optional(), Length(max=100)])
    kind = SelectField(_l("Kind of act"), validators=[Optional()])
    since = DayField(_l("From"), validators=[Optional()])
    until = DayField(_l("Until"), validators=[Optional()])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        every = SelectChoice("", _l("all"))
        self.kind.choices = [every, *(SelectChoice(key, i18n.translated(words)) for key, words in KINDS.items())]

    def validate_until(self, field: DayField) -> None:
        """Check that the last day does not lie before the first."""
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(_l("The last day lies before the first."))

    def asked(self) -> Asked:
        """Return what is looked for."""
        since, until = self.since.data, self.until.data
        return Asked(
            self.who.data or "",
            self.q.data or "",
            self.kind.data or "",
            datetime.combine(since, time.min, i18n.ZONE) if since else None,
            datetime.combine(until, time.max, i18n.ZONE) if until else None,
        )

    def given(self) -> dict[str, str]:
        """Return the filters in use as an address or a hidden field carries them."""
        return {name: str(value) for name, value in self.raw().items() if value}
