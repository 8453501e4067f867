"""What the forms of nominations may contain."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag
from wtforms.validators import AnyOf, DataRequired, Length, Optional

from lms.core.errors import DomainError
from lms.core.forms import INVALID, DayField, Form, LineField, TextField
from lms.core.text import one_line
from lms.core.transitions import LONGEST
from lms.planning.life import REFUSALS, UNIT_REASONS
from lms.planning.services import Pick

_NEEDED = _l("Please fill this in.")
_ORDERS = 10_000


class PickForm(Form):
    """Whom a unit names; each person's own fields are ``pick``, ``order-ID`` and ``answer-ID-QUESTION``."""

    q = LineField(_l("Search by name or staff code"), validators=[Optional(), Length(max=100)])
    pick = SelectMultipleField(_l("Nominate"), choices=[], validate_choice=False)
    ground = LineField(_l("By what your answers are known"), validators=[Optional(), Length(max=500)])
    assured = BooleanField(_l("The unit assures that those named will be given the conditions to finish the course."))
    source = HiddenField(validators=[Optional(), AnyOf(("page", "spreadsheet"))])

    def takes(self, name: str) -> bool:
        """Tell whether it is the field of a person."""
        return name.startswith(("order-", "answer-"))

    def picks(self) -> list[Pick]:
        """Return who was picked, in the order that was given; those without a number follow as they stand."""
        chosen = dict.fromkeys(key for value in self.pick.data or () if (key := _uuid(value)))
        ordered = sorted(chosen, key=_order)
        answers = self.answers()
        return [Pick(person_id, answers.get(person_id, {})) for person_id in ordered]

    def answers(self) -> dict[UUID, dict[str, bool]]:
        """Return what was answered about people, picked or not."""
        given: dict[UUID, dict[str, bool]] = {}
        for name, value in request.form.items():
            if name.startswith("answer-") and value in ("yes", "no") and (person_id := _uuid(name[7:43])):
                given.setdefault(person_id, {})[name[44:]] = value == "yes"
        return given


def _uuid(value: str) -> UUID | None:
    with suppress(ValueError):
        return UUID(value)
    return None


def _order(person_id: UUID) -> int:
    number = request.form.get(f"order-{person_id}", "").strip()
    return int(number) if number.isascii() and number.isdigit() and len(number) < 5 else _ORDERS


class ListForm(Form):
    """Staff codes, pasted or in a spreadsheet."""

    codes = TextField(_l("Staff codes"), validators=[Optional(), Length(max=20_000)])
    file = FileField(_l("Or a spreadsheet"))


class DecideForm(Form):
    """What is decided on several nominations at once."""

    chosen = SelectMultipleField(_l("Nominations"), choices=[], validate_choice=False)
    act = SelectField(_l("What is decided"), validators=[DataRequired(_NEEDED)])
    code = SelectField(_l("Reason from the list"), validators=[Optional()])
    reason = LineField(_l("Reason"), validators=[Optional(), Length(max=LONGEST)])

    def __init__(self, *sent: Any, acts: Sequence[tuple[str, Any]], **given: Any) -> None:
        super().__init__(*sent, **given)
        self.act.choices = [SelectChoice("", _l("– please choose –")), *(SelectChoice(*one) for one in acts)]
        reasons = (UNIT_REASONS | REFUSALS).items()
        self.code.choices = [SelectChoice("", _l("– none –")), *(SelectChoice(*one) for one in reasons)]

    def ids(self) -> list[UUID]:
        """Return which were ticked."""
        return [key for value in self.chosen.data or () if (key := _uuid(value))]


class QuotaForm(Form):
    """Places for each unit, as ``places-UNIT``; and one more unit."""

    unit = LineField(_l("Code of another unit"), validators=[Optional(), Length(max=40)])

    def takes(self, name: str) -> bool:
        """Tell whether it is the field of a unit."""
        return name.startswith("places-")

    def typed(self) -> dict[int, str]:
        """Return unit -> what was typed as its places."""
        given = {name.removeprefix("places-"): one_line(value) for name, value in request.form.items()}
        return {int(key): text for key, text in given.items() if key.isascii() and key.isdigit() and len(key) < 16}

    def places(self) -> dict[int, int]:
        """Return unit -> places; nothing typed is none.

        :raises DomainError: ``no-number``
        """
        typed = self.typed()
        wrong = [text for text in typed.values() if text and not (text.isascii() and text.isdigit() and len(text) < 6)]
        if wrong:
            words = _l("Places are whole numbers; please look at: %(typed)s.", typed=", ".join(wrong)[:200])
            raise DomainError("no-number", words, INVALID)
        return {unit_id: int(text or 0) for unit_id, text in typed.items()}


class CannotForm(Form):
    """Why a trainee cannot come."""

    reason = LineField(_l("Why you cannot come"), validators=[DataRequired(_NEEDED), Length(max=LONGEST)])


class SigningForm(Form):
    """A decision before it is signed."""

    signer = SelectField(_l("Signed by"), validators=[DataRequired(_NEEDED)])
    signed_on = DayField(_l("Date of the decision"), validators=[DataRequired(_NEEDED)])
    number = LineField(_l("Number given by the office, if it keeps its register on paper"), validators=[Length(max=40)])
    reason = LineField(_l("Reason"), validators=[Optional(), Length(max=LONGEST)])


class StandInForm(SigningForm):
    """Another in somebody's place; the fields of the decision are asked for only when she was sent by one."""

    staff_code = LineField(_l("Staff code of who comes instead"), validators=[DataRequired(_NEEDED), Length(max=40)])
    code = SelectField(_l("Reason from the list"), validators=[DataRequired(_NEEDED)])
    reason = LineField(_l("Reason"), validators=[DataRequired(_NEEDED), Length(max=LONGEST)])
    ground = LineField(_l("By what your answers are known"), validators=[Optional(), Length(max=500)])

    def takes(self, name: str) -> bool:
        """Tell whether it is an answer about who comes instead."""
        return name.startswith("answer-")


class SignerForm(Form):
    """Somebody who is entitled to sign."""

    unit = LineField(_l("Code of the body"), validators=[DataRequired(_NEEDED), Length(max=40)])
    name = LineField(_l("Full name"), validators=[DataRequired(_NEEDED), Length(max=100)])
    capacity = SelectField(_l("Signs as"), validators=[DataRequired(_NEEDED)])
    title = LineField(_l("Office"), validators=[DataRequired(_NEEDED), Length(max=100)])
    ground = LineField(_l("By which document"), validators=[Optional(), Length(max=300)])
