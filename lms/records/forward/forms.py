"""Forms of forwarding."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectChoice, SelectField  # type: ignore[attr-defined] # the stubs lag
from wtforms.validators import DataRequired, Length, ValidationError

from lms.core.forms import Form, LineField, TextField
from lms.records.forward import rules
from lms.records.values import IRI

MOST = 200


def lines(value: str | None) -> list[str]:
    """Return the lines of a field that say something, each once."""
    return list(dict.fromkeys(line.strip() for line in (value or "").splitlines() if line.strip()))


def _iris(_form: Any, field: Any) -> None:
    iris = lines(field.data)
    if len(iris) > MOST:
        raise ValidationError(_("At most %(number)s addresses, please.", number=MOST))
    for iri in iris:
        if not IRI.fullmatch(iri):
            raise ValidationError(_("“%(iri)s” is no IRI (an address such as https://…).", iri=iri[:200]))


def _endpoint(_form: Any, field: Any) -> None:
    address = rules.endpoint(field.data or "")
    if address is None:
        raise ValidationError(_("Please give an address that begins with https:// or http://, without name or “?”."))
    field.data = address


class SecretForm(Form):
    """With what the other store lets us in."""

    key = LineField(_l("Key"), validators=[DataRequired(), Length(max=500)])
    secret = PasswordField(_l("Secret"), validators=[DataRequired(), Length(max=500)])

    def validate_key(self, field: Any) -> None:
        """HTTP Basic ends the name at the first colon."""
        if ":" in (field.data or ""):
            raise ValidationError(_("A key has no colon."))


class ForwarderForm(SecretForm):
    """Another record store."""

    name = LineField(_l("Name of the other store"), validators=[DataRequired(), Length(max=120)])
    endpoint = LineField(_l("Address of its xAPI interface"), validators=[DataRequired(), Length(max=500), _endpoint])
    version = SelectField(_l("Version of xAPI"), choices=[SelectChoice(version, version) for version in rules.VERSIONS])
    start = SelectField(
        _l("Which statements"),
        choices=[
            SelectChoice("now", _l("Those stored from now on")),
            SelectChoice("beginning", _l("All, from the first one")),
        ],
    )
    verbs = TextField(_l("Only these verbs"), validators=[Length(max=50_000), _iris])
    activities = TextField(_l("Only these activities"), validators=[Length(max=50_000), _iris])
    classes = TextField(_l("Only these classes"), validators=[Length(max=50_000), _iris])
