"""What the forms of classes may contain."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from lms.assessment.rules import mark_fault
from lms.core.forms import (
    IGNORED,
    CountField,
    DayField,
    DecimalTextField,
    EditForm,
    Form,
    LineField,
    MomentField,
    TextField,
)
from lms.core.i18n import ZONE, local
from lms.core.moving import MoveForm

KINDS = {"classroom": _l("In class"), "field_study": _l("Field study"), "online": _l("Online")}
STATUSES = {"present": _l("Present"), "late": _l("Late"), "excused": _l("Excused"), "absent": _l("Absent")}
_NEEDED = _l("Please fill this in.")


class ClassForm(Form):
    """A new class."""

    version_id = SelectField(_l("Programme"), validators=[DataRequired(_NEEDED)])
    institution_id = SelectField(_l("Training institution"), coerce=int, validators=[DataRequired(_NEEDED)])
    code = LineField(
        _l("Class code"),
        validators=[
            Optional(),
            Length(max=40),
            Regexp(r"^[\w.\-/ ]+$", message=_l("Letters, digits, . - / only.")),
        ],
    )
    name = LineField(_l("Class name"), validators=[DataRequired(_NEEDED), Length(max=200)])
    starts_on = DayField(_l("Opening day"), validators=[DataRequired(_NEEDED)])
    ends_on = DayField(_l("Closing day"), validators=[DataRequired(_NEEDED)])
    capacity = CountField(_l("Places"), validators=[InputRequired(_NEEDED), NumberRange(1, 2000)])
    minimum = CountField(_l("Trainees needed"), validators=[Optional(), NumberRange(0, 2000)])

    def values(self) -> dict[str, Any]:
        """Return what the act takes."""
        return {name: value for name, value in self.data.items() if name not in IGNORED} | {
            "version_id": UUID(self.version_id.data),
            "minimum": self.minimum.data or 0,
        }


class EditClassForm(EditForm):
    """Name and places of a class."""

    name = LineField(_l("Class name"), validators=[DataRequired(_NEEDED), Length(max=200)])
    capacity = CountField(_l("Places"), validators=[InputRequired(_NEEDED), NumberRange(1, 2000)])
    minimum = CountField(_l("Trainees needed"), validators=[InputRequired(_NEEDED), NumberRange(0, 2000)])


class OpenForm(MoveForm):
    """Opening for nomination."""

    until = DayField(_l("Last day for nominations"), validators=[DataRequired(_NEEDED)])


class DaysForm(MoveForm):
    """New days of a class; who would be in two places, and what becomes of each."""

    starts_on = DayField(_l("First day"), validators=[DataRequired(_NEEDED)])
    ends_on = DayField(_l("Last day"), validators=[DataRequired(_NEEDED)])
    leaving = SelectMultipleField(_l("Trainees who leave this class"), choices=[], validate_choice=False)
    freed = SelectMultipleField(_l("Sessions without a lecturer for now"), choices=[], validate_choice=False)

    def chosen(self, name: str) -> set[UUID]:
        """Return the ids that were ticked; what is no id is nobody's."""
        ids = set()
        for value in self[name].data or ():
            with suppress(ValueError):
                ids.add(UUID(value))
        return ids


class SessionForm(EditForm):
    """A meeting of a class; times are those of Hà Nội."""

    kind = SelectField(_l("Kind of session"), choices=[SelectChoice(key, label) for key, label in KINDS.items()])
    topic_id = SelectField(_l("Topic"))
    lecturer_id = SelectField(_l("Lecturer"))
    title = LineField(_l("Title"), validators=[DataRequired(_NEEDED), Length(max=300)])
    starts_at = MomentField(_l("Starts"), validators=[DataRequired(_NEEDED)])
    ends_at = MomentField(_l("Ends"), validators=[DataRequired(_NEEDED)])
    place = LineField(_l("Place"), validators=[DataRequired(_NEEDED), Length(max=300)])

    def values(self) -> dict[str, Any]:
        """Return what the act takes; times read as those of Hà Nội."""
        data: dict[str, Any] = self.data
        return {
            "kind": data["kind"],
            "title": data["title"],
            "place": data["place"],
            "topic_id": UUID(data["topic_id"]) if data["topic_id"] else None,
            "lecturer_id": UUID(data["lecturer_id"]) if data["lecturer_id"] else None,
            "starts_at": data["starts_at"] and data["starts_at"].replace(tzinfo=ZONE),
            "ends_at": data["ends_at"] and data["ends_at"].replace(tzinfo=ZONE),
        }


class TeachingForm(Form):
    """A lecturer for a topic."""

    topic_id = SelectField(_l("Topic"))
    lecturer_id = SelectField(_l("Lecturer"))


class EnrolForm(Form):
    """Trainees by staff code."""

    codes = TextField(_l("Staff codes"), validators=[DataRequired(_NEEDED), Length(max=20000)])
    assurance = TextField(_l("What was checked, where the roster does not tell"), validators=[Length(max=1000)])


class WithdrawForm(Form):
    """Why somebody leaves a class."""

    reason = LineField(_l("Reason"), validators=[DataRequired(_NEEDED), Length(max=500)])


class FinishForm(Form):
    """The end of a class, with a reason where something is missing."""

    reason = LineField(_l("Reason"), validators=[Optional(), Length(max=500)])


class ReopenForm(Form):
    """Why a finished class is opened again."""

    reason = LineField(_l("Reason"), validators=[DataRequired(_NEEDED), Length(max=500)])


class MarkForm(EditForm):
    """The mark of an essay: as a whole, or by the criteria of its rubric (:func:`mark_form`)."""

    def values(self) -> dict[str, Any]:
        """Return what the act takes."""
        data = super().values()
        numbers = [name for name in data if name == "score" or name.startswith("points-")]
        return data | {name: None if data[name] is None else float(data[name]) for name in numbers}

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of each criterion: its points, and the remark beside them."""
        return [(field, self[f"remark-{field.name[7:]}"]) for field in self if field.name.startswith("points-")]


def mark_form(criteria: Sequence[Mapping[str, Any]], most: int) -> type[MarkForm]:
    """Return the form of an essay's mark: points and a remark for each criterion of its rubric, or one score.

    :param most: the highest points, of each criterion and as a whole
    """

    def on_the_scale(_form: Form, field: Any) -> None:
        if mark_fault(None if field.data is None else float(field.data), most):
            raise ValidationError(_("Please give a score from 0 to %(max)s in steps of 0.25.", max=most))

    given = [InputRequired(_NEEDED), on_the_scale]
    fields: dict[str, Any] = {}
    for number, criterion in enumerate(criteria, 1):
        fields[f"points-{number}"] = DecimalTextField(local(criterion["text"]), validators=given)
        remark = _l("Remark on criterion %(number)s", number=number)
        fields[f"remark-{number}"] = LineField(remark, validators=[Optional(), Length(max=1000)])
    if not criteria:
        fields["score"] = DecimalTextField(_l("Score"), validators=given)
    fields["comment"] = TextField(_l("Comment for the trainee"), validators=[Optional(), Length(max=5000)])
    return type("MarkForm", (MarkForm,), fields)
