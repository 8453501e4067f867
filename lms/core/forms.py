"""What a request may contain: forms clean their text, refuse unknown fields, and keep what was typed."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField, TextAreaField

from lms.core.i18n import select_language
from lms.core.text import nfc, one_line

IGNORED = frozenset({"csrf_token", "next", "submit"})


def line_filter(value: Any) -> Any:
    """One NFC line."""
    return one_line(value) if isinstance(value, str) else value


def text_filter(value: Any) -> Any:
    """NFC text of many lines, trimmed."""
    return nfc(value).strip() if isinstance(value, str) else value


class LineField(StringField):
    """One line of text, NFC, trimmed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"filters": [line_filter]} | kwargs)


class TextField(TextAreaField):
    """Many lines of text, NFC, trimmed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"filters": [text_filter]} | kwargs)


class Form(FlaskForm):
    """The base of all forms."""

    class Meta(FlaskForm.Meta):
        """WTForms' own messages in the reader's language."""

        @property
        def locales(self) -> list[str]:
            """WTForms' catalogue of the reader's language."""
            return [select_language()]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Validate the fields; a field the form does not know is refused."""
        known = {field.name for field in self} | IGNORED
        unknown = [name for name in {*request.form, *request.files} if name not in known]
        valid = bool(super().validate(*args, **kwargs))
        if unknown:
            self.form_errors.append(_l("The form was sent with a field that is not part of it."))
            return False
        return valid
