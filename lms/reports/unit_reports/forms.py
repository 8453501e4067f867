"""What the forms of campaigns and reports may contain."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from lms.core.forms import CountField, DayField, EditForm, Form, LineField, TextField
from lms.people.forms import KIND_LABELS
from lms.people.models import UNIT_KINDS
from lms.reports.unit_reports import rules
from lms.reports.unit_reports.queries.reports import Report
from lms.reports.unit_reports.services.reports import TEXTS, field_name, stored_fields

FIRST_YEAR, LAST_YEAR = 2022, 2100
"""The scheme begins in 2022."""
_DATE = DataRequired(_l("Please give a date."))
_YEAR = (InputRequired(_l("Please give a year.")), NumberRange(FIRST_YEAR, LAST_YEAR, _l("Please give a year.")))
POINT_LABELS = {
    1: _l("Poor"),
    2: _l("Below what is needed"),
    3: _l("Acceptable"),
    4: _l("Good"),
    5: _l("Very good"),
}
FIELD_LABELS = {
    "quality": _l("Quality of the training"),
    "placed": _l("Given work in the field of the training"),
    "promoted": _l("Promoted, or planned for a higher post"),
    "moved": _l("Moved to another unit"),
    "departed": _l("Left the service"),
    "quota": _l("Places proposed"),
}


class OpenForm(Form):
    """A campaign to be opened."""

    year = CountField(_l("Year"), validators=list(_YEAR))
    due_on = DayField(_l("Deadline"), validators=[_DATE])
    levels = SelectMultipleField(
        _l("Levels whose units all report"),
        choices=[SelectChoice(kind, KIND_LABELS[kind]) for kind in UNIT_KINDS if kind != "city"],
        option_widget=CheckboxInput(),
    )
    quota_from = CountField(_l("Quotas are proposed from"), validators=list(_YEAR))
    quota_to = CountField(_l("to"), validators=list(_YEAR))

    def validate_due_on(self, field: Any) -> None:
        """A report is given during its year or after it."""
        if field.data and self.year.data and field.data.year < self.year.data:
            raise ValidationError(_l("The deadline cannot be before the year that is reported on."))

    def validate_quota_to(self, field: Any) -> None:
        """The period does not end before it begins."""
        if field.data is not None and self.quota_from.data is not None and field.data < self.quota_from.data:
            raise ValidationError(_l("The period cannot end before it begins."))


class ExtendForm(Form):
    """Another last day."""

    due_on = DayField(_l("New deadline"), validators=[_DATE])


class ReturnForm(Form):
    """Why a report goes back."""

    reason = TextField(
        _l("Reason, for the unit to read"), validators=[DataRequired(_l("Please give the reason.")), Length(max=2000)]
    )


class _ReportForm(EditForm):
    """What a unit writes; the fields of each programme are added by :func:`report_form`."""

    quality_text = TextField(_l("Quality of the training as your unit sees it"), validators=[Length(max=5000)])
    use_text = TextField(_l("How trained staff are used"), validators=[Length(max=5000)])
    difficulties = TextField(_l("Difficulties"), validators=[Length(max=5000)])
    proposals = TextField(_l("Proposals"), validators=[Length(max=5000)])
    signer_title = LineField(_l("Office of who signs, such as Director"), validators=[Length(max=100)])
    signer_name = LineField(_l("Full name of who signs"), validators=[Length(max=100)])

    def values(self) -> dict[str, Any]:
        """Return the texts, and the numbers of each programme."""
        return {name: self._value(name, value) for name, value in super().values().items()}

    def mark(self, faults: Sequence[rules.Fault], report: Report) -> None:
        """Put the reasons why it cannot be submitted beside their fields."""
        lines = {line.code: line for line in report.lines}
        for fault in faults:
            if fault.kind == "missing":
                words = _l("Please fill this in.")
            else:
                words = _l(
                    "%(code)s: together more than the %(trained)s who completed it. Each person counts once.",
                    code=fault.code,
                    trained=lines[fault.code].figures.completed,
                )
            field = self[field_name(fault.code, fault.field) if fault.code else fault.field]
            field.errors = [*field.errors, words]

    @staticmethod
    def _value(name: str, value: Any) -> Any:
        if name in TEXTS:
            return value or ""
        return None if value in (None, "") else int(value)


def report_form(report: Report) -> Any:
    """Return the form of a report as it was saved: the use of those trained, and a quota for each programme."""
    fields: dict[str, Any] = {}
    for line in report.lines:
        for name in rules.DECLARED if line.figures.completed else ("quota",):
            fields[field_name(line.code, name)] = _field(name)
    return type("ReportForm", (_ReportForm,), fields)(data=stored_fields(report))


def _field(name: str) -> Any:
    label = FIELD_LABELS[name]
    if name == "quality":
        choices = [SelectChoice(str(point), f"{point} – {words}") for point, words in POINT_LABELS.items()]
        return SelectField(label, choices=[SelectChoice("", "–"), *choices], validators=[Optional()])
    limits = NumberRange(0, 100_000, _l("Please give a whole number, 0 or more."))
    return CountField(label, validators=[Optional(), limits])
