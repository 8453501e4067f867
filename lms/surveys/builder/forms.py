"""What the forms of the builder may contain."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FloatField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp, ValidationError

from lms.core.forms import EditForm, Form, LineField, TextField
from lms.surveys.builder import changes

KINDS = {
    "scale": _l("Points on a scale"),
    "choice": _l("One choice"),
    "multiple": _l("Several choices"),
    "ranking": _l("Ranking"),
    "text": _l("Free text"),
}
OBJECTS = {
    "programme": _l("Programme"),
    "trainee": _l("Trainees"),
    "lecturer": _l("Lecturers"),
    "facilities": _l("Facilities"),
    "course": _l("Course"),
    "effectiveness": _l("Effectiveness after training"),
}
AUDIENCES = {
    "trainee": _l("Trainees"),
    "lecturer": _l("Lecturers"),
    "follow_up": _l("Trainees, three to six months later (named)"),
    "employer": _l("Employing units, three to six months later (named)"),
}
_WORDS = [DataRequired(_l("Please give the Vietnamese text.")), Length(max=500)]


class SettingsForm(EditForm):
    """The title of a form and what holds for all of it."""

    title_vi = LineField(_l("Title in Vietnamese"), validators=_WORDS)
    title_en = LineField(_l("Title in English"), validators=[Length(max=500)])
    intro_vi = TextField(_l("Introduction in Vietnamese"), validators=[Length(max=500)])
    intro_en = TextField(_l("Introduction in English"), validators=[Length(max=500)])
    blank_limit_percent = FloatField(
        _l("A form is not counted with more of its questions blank than (%%)"), validators=[NumberRange(0, 100)]
    )
    threshold = FloatField(_l("An adjustment is due below the mean"), validators=[Optional(), NumberRange(1, 10)])
    scale = SelectField(_l("The form's own scale"))
    scales = TextField(_l("Labels of its points, the lowest first, one a line"), validators=[DataRequired()])

    def validate_scales(self, field: Any) -> None:
        """From two to ten points."""
        if not 2 <= len(changes.labels_from(field.data)) <= 10:
            raise ValidationError(_l("A scale has from two to ten points."))


class ScaleForm(Form):
    """A further scale."""

    name = LineField(_l("Name of the scale"), validators=[Regexp(r"^[a-z][a-z0-9-]{0,39}$")])
    labels = TextField(_l("Labels of its points, the lowest first, one a line"), validators=[DataRequired()])


class SectionForm(EditForm):
    """A section."""

    title_vi = LineField(_l("Title in Vietnamese"), validators=_WORDS)
    title_en = LineField(_l("Title in English"), validators=[Length(max=500)])
    object = SelectField(_l("What it is about"), choices=[SelectChoice(*choice) for choice in OBJECTS.items()])
    repeat = BooleanField(_l("Ask once for every topic and lecturer"))
    weight = FloatField(_l("Weight within the form"), default=1, validators=[NumberRange(0, 100)])
    threshold = FloatField(
        _l("An adjustment is due below the mean (empty: as the form)"), validators=[Optional(), NumberRange(1, 10)]
    )


class ItemForm(EditForm):
    """A question."""

    text_vi = LineField(_l("Question in Vietnamese"), validators=_WORDS)
    text_en = LineField(_l("Question in English"), validators=[Length(max=500)])
    kind = SelectField(_l("Kind of answer"), choices=[SelectChoice(*choice) for choice in KINDS.items()])
    scale = SelectField(_l("Scale"), validators=[Optional()])
    options = TextField(_l("Options, one a line"), validators=[Length(max=12_000)])
    na = BooleanField(_l("Offer “not applicable”"))
    required = BooleanField(_l("Must be answered"))
    weight = FloatField(_l("Weight within the section"), default=1, validators=[NumberRange(0, 100)])
    when = SelectMultipleField(_l("Only when"))

    def validate_when(self, field: Any) -> None:
        """Answers of one question."""
        try:
            changes.condition_from(field.data or [])
        except ValueError:
            raise ValidationError(_l("Please tick answers of one question only.")) from None

    def validate_options(self, field: Any) -> None:
        """Questions of choice have options."""
        if self.kind.data in ("choice", "multiple", "ranking") and len(changes.options_from(field.data or "")) < 2:
            raise ValidationError(_l("Please give at least two options."))


class UseForm(Form):
    """Which form evaluations take."""

    code = SelectField(_l("Form used"))
    programme = SelectField(_l("Programme"))


class CopyForm(Form):
    """A form of its own, made from another one."""

    code = LineField(_l("Code of the new form"), validators=[Regexp(r"^[a-z][a-z0-9-]{0,39}$")])
    title_vi = LineField(_l("Title in Vietnamese"), validators=_WORDS)
    title_en = LineField(_l("Title in English"), validators=[Length(max=500)])
