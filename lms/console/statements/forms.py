"""Which statements are shown and exported."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice, SelectField  # type: ignore[attr-defined] # the stubs lag
from wtforms.validators import Length, Optional, ValidationError

from lms.console.statements.sentences import VERB_MAX, plain
from lms.core.collation import text_key
from lms.core.forms import DayField, Form, LineField
from lms.core.i18n import ZONE
from lms.records.values import IRI
from lms.records.vocabulary import VERBS, VOIDED

_YEARS = range(2000, 2201)
_INSTANT = timedelta(microseconds=1)


class PeriodForm(Form):
    """Verb and time: what a trainee asks of her own statements."""

    class Meta(Form.Meta):
        """A search changes nothing and needs no token; an export's is checked for the whole site."""

        csrf = False

    verb = SelectField(_l("Verb"), validators=[Optional()])
    since = DayField(_l("Stored from"), validators=[Optional()])
    until = DayField(_l("Stored until"), validators=[Optional()])

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = [SelectChoice(term.iri, term.display[language]) for term in VERBS.values()]
        words.append(SelectChoice(VOIDED, "đã hủy" if language == "vi" else "voided"))
        verb = self.verb.data or ""
        if verb not in {word.value for word in words} and IRI.fullmatch(verb) and len(verb) <= 2000:
            words.append(SelectChoice(verb, plain(verb, VERB_MAX)))  # of another program, by a link or typed
        self.verb.choices = [SelectChoice("", _l("all")), *sorted(words, key=lambda word: text_key(str(word.label)))]

    def validate_since(self, field: DayField) -> None:
        """Check that the day is one of this age."""
        _check_day(field.data)

    def validate_until(self, field: DayField) -> None:
        """Check that the last day does not lie before the first."""
        _check_day(field.data)
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(_l("The last day lies before the first."))

    def question(self) -> dict[str, Any]:
        """Return what is asked, in the words of :class:`lms.records.parameters.StatementQuery`."""
        since, until = self.since.data, self.until.data
        return {
            "verb": self.verb.data or None,
            "since": datetime.combine(since, time.min, ZONE) - _INSTANT if since else None,
            "until": datetime.combine(until, time.max, ZONE) if until else None,
        }

    def given(self) -> dict[str, str]:
        """Return the filters in use as an address or a hidden field carries them."""
        values = {field.name: field._value() for field in self if field.name in _TYPED} | {"verb": self.verb.data}
        return {name: value for name, value in values.items() if value}


class FilterForm(PeriodForm):
    """What the statement browser is asked."""

    person = LineField(_l("Person (name, code or identifier)"), validators=[Optional(), Length(max=500)])
    activity = LineField(_l("Activity (IRI)"), validators=[Optional(), Length(max=2000)])
    registration = LineField(_l("Registration (UUID)"), validators=[Optional()])

    def validate_registration(self, field: LineField) -> None:
        """Check that the registration is a UUID."""
        try:
            UUID(field.data)
        except ValueError:
            raise ValidationError(
                _l("Please give the whole UUID, such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301.")
            ) from None

    def question(self) -> dict[str, Any]:
        """Return what is asked; the person is left to :func:`lms.console.statements.selection.select`."""
        registration = self.registration.data
        return super().question() | {
            "activity": self.activity.data or None,
            "related_activities": True,
            "registration": UUID(registration) if registration else None,
        }


class ExportForm(FilterForm):
    """A selection to be saved as a file."""

    format = SelectField(choices=[SelectChoice("csv", "CSV"), SelectChoice("xlsx", "XLSX")])


_TYPED = frozenset({"person", "activity", "registration", "since", "until"})


def _check_day(day: date | None) -> None:
    if day is not None and day.year not in _YEARS:
        raise ValidationError(_l("Please give a day from 2000 to 2200."))
