"""What the forms of reports may contain."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import DataRequired, Length, Optional

from lms.core.forms import DayField, EditForm, Form, LineField, TextField
from lms.reports.issued.rules import life
from lms.reports.issued.rules.report import Issue

_NEEDED = DataRequired(_l("Please fill this in."))


def _part(label: Any) -> TextField:
    most = _l("Please write at most %(most)s characters.", most=life.LONGEST)
    return TextField(label, validators=[Length(max=life.LONGEST, message=most)])


class TextsForm(EditForm):
    """The written parts; those that this kind of report does not have are taken away."""

    basis = _part(_l("Legal basis"))
    organisation = _part(_l("Organisation"))
    assessment = _part(_l("Overall assessment"))
    use = _part(_l("Use of trained staff"))
    causes = _part(_l("Shortcomings and causes"))
    content = _part(_l("Topics and contents to be added or adjusted"))
    measures = _part(_l("Measures"))
    proposals = _part(_l("Proposals"))

    @classmethod
    def of(cls, kind: str, texts: Mapping[str, str]) -> "TextsForm":
        """Return the form of a kind of report."""
        form = cls(data=texts)
        for part in set(form.data) - set(life.PARTS[kind]) - {"csrf_token", "seen"}:
            del form[part]
        return form

    def values(self) -> dict[str, Any]:
        """Return the parts, as they are kept."""
        return {part: life.plain(text or "") for part, text in super().values().items()}


class ReasonForm(Form):
    """Why a report is sent back, or replaced."""

    reason = TextField(_l("Reason"), validators=[_NEEDED, Length(max=2000)])


class IssueForm(Form):
    """What the document carries when it is issued."""

    number = LineField(_l("Number and symbol"), validators=[Optional(), Length(max=60)])
    issued_on = DayField(_l("Date"), validators=[DataRequired(_l("Please give a date."))])
    place = LineField(_l("Place of issue"), validators=[_NEEDED, Length(max=100)])
    signer_on_behalf = TextField(_l("Authority to sign (TM., KT., TL., TUQ.)"), validators=[Length(max=300)])
    signer_title = LineField(_l("Office of the signer"), validators=[_NEEDED, Length(max=200)])
    signer_name = LineField(_l("Name of the signer"), validators=[_NEEDED, Length(max=200)])
    recipients = TextField(_l("Recipients"), validators=[_NEEDED, Length(max=2000)])

    def details(self) -> Issue:
        """Return what was filled in, a recipient a line."""
        texts = {name: life.plain(value) for name, value in self.data.items() if isinstance(value, str)}
        recipients = tuple(line for text in texts["recipients"].split("\n") if (line := text.strip()))
        names = ("number", "place", "signer_on_behalf", "signer_title", "signer_name")
        on: Any = self.issued_on.data
        return Issue(issued_on=on, recipients=recipients, **{name: texts[name] for name in names})
