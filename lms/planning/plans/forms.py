"""What is filled in on the pages of targets and plans."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from lms.core.fields import CountField, TextField
from lms.core.forms import DayField, Form, LineField
from lms.core.moving import MoveForm
from lms.planning.plans.services import Decision

_NEEDED = _l("Please fill this in.")


class PopulationForm(Form):
    """The day that counts."""

    day = DayField(_l("Counted as of"), validators=[InputRequired(_NEEDED)])


class PlanForm(Form):
    """The year of a plan, and the population it rests on."""

    year = CountField(_l("Year"), validators=[InputRequired(_NEEDED), NumberRange(2022, 2100)])
    population_id = SelectField(_l("Population"), validators=[InputRequired(_NEEDED)])


class LineForm(Form):
    """Classes of a programme."""

    programme = SelectField(_l("Programme"), validators=[InputRequired(_NEEDED)])
    classes = CountField(_l("Number of classes"), validators=[InputRequired(_NEEDED), NumberRange(1, 500)])
    places = CountField(_l("Places a class"), validators=[InputRequired(_NEEDED), NumberRange(1, 2000)])
    month = CountField(_l("Month of the first"), validators=[InputRequired(_NEEDED), NumberRange(1, 12)])
    institution = SelectField(_l("Training institution"), validators=[Optional()])


class GatherForm(MoveForm):
    """The last day for units."""

    needs_by = DayField(_l("Units answer until"), validators=[InputRequired(_NEEDED)])


class DecisionForm(MoveForm):
    """The decision that approves a plan."""

    number = LineField(_l("Number of the document"), validators=[InputRequired(_NEEDED), Length(max=100)])
    dated = DayField(_l("Date of the document"), validators=[InputRequired(_NEEDED)])
    signer = LineField(_l("Signed by (office and name)"), validators=[DataRequired(_NEEDED), Length(max=200)])

    def decision(self) -> Decision | None:
        """Return what the act takes."""
        dated = self.dated.data
        return None if dated is None else Decision(self.number.data or "", dated, self.signer.data or "")


class QuotaForm(Form):
    """A quota changed by hand."""

    unit = SelectField(_l("Unit"), coerce=int, validators=[InputRequired(_NEEDED)])
    places = CountField(_l("Number of places"), validators=[InputRequired(_NEEDED), NumberRange(0, 100_000)])
    reason = LineField(_l("Reason"), validators=[DataRequired(_NEEDED), Length(max=1000)])


class ReturnForm(Form):
    """Why a unit's answer is returned."""

    reason = LineField(_l("Reason"), validators=[DataRequired(_NEEDED), Length(max=1000)])


class WishesForm(Form):
    """A unit's wishes in its own words; the numbers are read by :func:`lms.planning.plans.views.need`."""

    wishes = TextField(_l("Wishes (time, place, form of delivery)"), validators=[Length(max=2000)])


def need_form(lines: list[Any], wishes: str) -> Any:
    """Return a unit's form: a number and a reason for each programme, and the wishes."""
    fields: dict[str, Any] = {}
    for line in lines:
        fields[f"w_{line.code}"] = CountField(
            _l("Wanted"), default=line.wanted, validators=[InputRequired(_NEEDED), NumberRange(0, 100_000)]
        )
        fields[f"r_{line.code}"] = LineField(_l("Why more"), default=line.reason, validators=[Length(max=1000)])
    return type("NeedForm", (WishesForm,), fields)(data={"wishes": wishes})
