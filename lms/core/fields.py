"""Fields that read what people write: clean text, numbers with comma or point, days of plausible years."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from flask import has_request_context, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, DateTimeLocalField, DecimalField, IntegerField, StringField, TextAreaField
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from lms.core import legacy
from lms.core.text import nfc, one_line, prose

CONVERT = "to-unicode"
"""Name of the button that sends a form with its texts converted; it repeats the button that was pressed before."""
BUTTONS = ("submit", "action", "next")
"""Names of buttons by which a form says what is wanted of it."""


def pressed(name: str) -> str | None:
    """Return the value of the button by which a form was sent, also when its texts were converted on the way."""
    again, _sep, value = request.form.get(CONVERT, "").partition("=")
    return value if again == name else request.form.get(name)


def press_again() -> str:
    """Return the value of the button that converts: the button pressed before, with its value."""
    return next((f"{name}={value}" for name in BUTTONS if (value := pressed(name)) is not None), "1")


def in_unicode(value: Any) -> Any:
    """Return a text of a form that is no :class:`Form`; in Unicode, when the button that converts was pressed."""
    return _in_unicode(value) if has_request_context() and CONVERT in request.form else value


def old_words(text: str) -> str | None:
    """Return what to say of a text in TCVN3, VNI or VPS; None of any other."""
    old = legacy.suspect(text[:2000])
    return None if old is None else _said(old)


def _said(old: legacy.Legacy) -> str:
    return str(
        _(
            "This text is in the old encoding %(name)s. In Unicode it reads: %(text)s",
            name=old.encoding,
            text=old.text[:300],
        )
    )


def _in_unicode(value: Any) -> Any:
    old = legacy.suspect(value[:2000]) if isinstance(value, str) else None
    return legacy.convert(value, old.encoding) if old else value


def line_filter(value: Any) -> Any:
    """One NFC line."""
    return one_line(value) if isinstance(value, str) else value


def text_filter(value: Any) -> Any:
    """Clean text of many lines, trimmed."""
    return prose(value) if isinstance(value, str) else value


class _Human:
    """Text that people write: an old encoding is told, with what it says in Unicode and a button that converts it.

    :ivar old: what was found, once it was validated
    """

    old: legacy.Legacy | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was sent; in Unicode, when the button that converts was pressed."""
        if has_request_context() and CONVERT in request.form:
            valuelist = [_in_unicode(value) for value in valuelist]
            setattr(self, "raw_data", valuelist)  # noqa: B010 - the field's, whose stub this class does not share
        super().process_formdata(valuelist)  # type: ignore[misc] # of the field that this is mixed into

    def _value(self) -> str:
        """Return what the page shows: an old text as it came, since what looks invisible is a letter in it."""
        raw = getattr(self, "raw_data", None)
        return nfc(raw[0]) if self.old and raw else super()._value()  # type: ignore[misc] # of the field

    def pre_validate(self, form: Any) -> None:
        """Refuse a text in TCVN3, VNI or VPS.

        :raises StopValidation: it is one; the message shows it in Unicode.
        """
        super().pre_validate(form)  # type: ignore[misc] # of the field that this is mixed into
        raw = getattr(self, "raw_data", None)
        self.old = old = legacy.suspect(raw[0][:2000]) if raw and isinstance(raw[0], str) else None
        if old is not None:
            raise StopValidation(_said(old))


class LineField(_Human, StringField):
    """One clean line of text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"filters": [line_filter]} | kwargs)


class TextField(_Human, TextAreaField):
    """Many lines of clean text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"filters": [text_filter]} | kwargs)


class _Typed:
    """A value that could not be read says so itself, also where the field must be filled in."""

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Validate the field."""
        field: Any = self
        if field.process_errors:
            field.errors = list(field.process_errors)
            return False
        return bool(super().validate(form, extra_validators))  # type: ignore[misc] # of the field that this is mixed into


class DecimalTextField(_Typed, DecimalField):
    """A number with decimals, with comma or point: 8,5 and 8.5 are one."""

    widget = TextInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args, **{"places": None, "render_kw": {"inputmode": "decimal", "autocomplete": "off"}} | kwargs
        )

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed.

        :raises ValueError: it is no number.
        """
        self.data = None
        text = one_line(valuelist[0]) if valuelist else ""
        if text and not re.fullmatch(r"[+-]?[0-9]{1,9}(?:[.,][0-9]{1,6})?", text):
            raise ValueError(_("Please write a number, such as 8,5."))
        self.data = Decimal(text.replace(",", ".")) if text else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{Decimal(str(self.data)).normalize():f}".replace(".", ",")


class CountField(_Typed, IntegerField):
    """A whole number; thousands may be set apart: 1.000, 1 000."""

    widget = TextInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"render_kw": {"inputmode": "numeric", "autocomplete": "off"}} | kwargs)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed.

        :raises ValueError: it is no whole number.
        """
        self.data = None
        text = one_line(valuelist[0]) if valuelist else ""
        if text and not re.fullmatch(r"-?(?:[0-9]{1,9}|[0-9]{1,3}(?:[. ][0-9]{3}){1,2})", text):
            raise ValueError(_("Please write a whole number, such as 25 or 1.000."))
        self.data = int(text.replace(".", "").replace(" ", "")) if text else None


FIRST_YEAR, LAST_YEAR = 2000, 2100
"""What happens in the product happens between these years."""


class _Dated:
    """The years in which a day may lie."""

    def _check(self, first: int, last: int) -> None:
        field: Any = self
        if field.data is not None and not first <= field.data.year <= last:
            field.data = None
            raise ValueError(_year(first, last))


_CALENDAR = {"autocomplete": "off", "data-calendar": _l("Choose from a calendar")}
"""Browsers write days as their own language does; ours are written as here, and a script adds a calendar."""


class DayField(_Dated, _Typed, DateField):
    """A day, as programs send it or as people write it: 2026-11-30, 30/11/2026; its year must be plausible."""

    widget = TextInput()

    def __init__(self, *args: Any, first: int = FIRST_YEAR, last: int = LAST_YEAR, **kwargs: Any) -> None:
        shown = _CALENDAR | {"placeholder": _l("day/month/year"), "inputmode": "numeric"}
        super().__init__(*args, **{"render_kw": shown, "format": ["%d/%m/%Y", "%Y-%m-%d"]} | kwargs)
        self.first, self.last = first, last

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed.

        :raises ValueError: it is no day, or one of no plausible year.
        """
        self.data = None
        text = one_line(valuelist[0]) if valuelist else ""
        if text:
            self.data = read_day(text)
            self._check(self.first, self.last)


class MomentField(_Dated, _Typed, DateTimeLocalField):
    """A day and time of day in Hà Nội: 2026-11-30T08:00, 08:00 30/11/2026; its year must be plausible."""

    widget = TextInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        shown = _CALENDAR | {"placeholder": _l("hour:minute day/month/year"), "data-time": True}
        super().__init__(*args, **{"render_kw": shown, "format": ["%H:%M %d/%m/%Y", "%Y-%m-%dT%H:%M"]} | kwargs)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed.

        :raises ValueError: it is no moment, or one of no plausible year.
        """
        self.data = None
        text = one_line(" ".join(valuelist))
        if not text:
            return
        match = re.fullmatch(r"(\S+)[T ]([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?", text)
        turned = re.fullmatch(r"([0-9]{1,2}):([0-9]{2}) (\S+)", text)
        if match is None and turned is None:
            raise ValueError(_("Please write a day and time, such as 30/11/2026 08:00."))
        written, hour, minute = (match[1], match[2], match[3]) if match else (turned[3], turned[1], turned[2])  # type: ignore[index]
        if int(hour) > 23 or int(minute) > 59:
            raise ValueError(_("Please write a day and time, such as 30/11/2026 08:00."))
        self.data = datetime.combine(read_day(written), time(int(hour), int(minute)))
        self._check(FIRST_YEAR, LAST_YEAR)


def _year(first: int, last: int) -> str:
    return str(_("The year must lie between %(first)s and %(last)s.", first=str(first), last=str(last)))


def read_day(text: str) -> date:
    """Read a day as programs or people write it.

    :raises ValueError: it is none.
    """
    iso = re.fullmatch(r"([0-9]{4,6})-([0-9]{2})-([0-9]{2})", text)
    ours = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", text)
    if iso and len(iso[1]) > 4:
        raise ValueError(_year(FIRST_YEAR, LAST_YEAR))
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        if ours:
            return date(int(ours[3]), int(ours[2]), int(ours[1]))
    except ValueError:
        pass
    raise ValueError(_("Please write a day, month and year, such as 30/11/2026."))
