"""The form by which a move is decided on a page: a reason where the move asks for one, and what the page had shown."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # the stubs lag
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from lms.core.forms import Form, LineField
from lms.core.states import Life, Move
from lms.core.transitions import LONGEST, Because, last

_NEEDED = _l("Please fill this in.")


class MoveForm(Form):
    """Why a move is made; :meth:`of` leaves out what the move does not ask for."""

    code = SelectField(_l("Reason from the list"), validators=[InputRequired(_l("Please choose a reason."))])
    reason = LineField(_l("Reason"), validators=[DataRequired(_NEEDED), Length(max=LONGEST)])
    seen = HiddenField(validators=[Optional()])
    """The last line of the thing's history that the page showed."""

    @classmethod
    def of(cls, life: Life, move: Move, object_id: Any, **given: Any) -> Any:
        """Return the form of a move for a thing; it remembers the state of the thing as it is shown."""
        form = cls(**given)
        form.code.choices = [SelectChoice("", _l("– please choose –")), *map(_choice, move.codes.items())]
        if not move.codes:
            del form.code
        if not move.asks_reason:
            form.reason.validators = [Optional(), Length(max=LONGEST)]
            form.reason.flags.required = False
        if not form.is_submitted():
            form.seen.data = str(last(life, object_id))
        return form

    def because(self, **more: Any) -> Because:
        """Return what the act takes."""
        seen = self.seen.data or ""
        code = self.code.data if "code" in self else None
        return Because(
            self.reason.data or "", code, seen=int(seen) if seen.isdecimal() and len(seen) < 20 else None, **more
        )

    def look_again(self, life: Life, object_id: Any) -> None:
        """Take the history as seen: the page that refused shows it (:class:`lms.core.transitions.MovedMeanwhile`)."""
        self.seen.data = str(last(life, object_id))


def _choice(pair: tuple[str, Any]) -> SelectChoice:
    return SelectChoice(*pair)
