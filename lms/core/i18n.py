"""Language and local forms: Vietnamese by default, English complete; times in Asia/Ho_Chi_Minh; money in whole đồng."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel, Domain, force_locale, get_locale, gettext, ngettext
from flask_login import current_user
from markupsafe import Markup

from lms.core.rounding import parts_of_whole

LANGUAGES = ("vi", "en")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def init_app(app: Flask) -> None:
    """Set up gettext over the catalogues of all domains, and the filters of local forms."""
    folders = sorted(str(p) for p in Path(app.root_path).glob("*/translations"))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folders)
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Ho_Chi_Minh"
    babel = Babel(app, default_locale="vi", locale_selector=select_language)
    babel.domain_instance = _AllDomains()  # where flask_babel keeps it
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: _catalogue(select_language()).ugettext(message),
        lambda one, many, count: _catalogue(select_language()).ungettext(one, many, count),
        newstyle=True,
        pgettext=lambda context, message: _catalogue(select_language()).upgettext(context, message),
        npgettext=lambda context, one, many, count: _catalogue(select_language()).unpgettext(context, one, many, count),
    )
    app.jinja_env.globals["_"] = _text
    app.jinja_env.filters |= {
        "date": day,
        "time": clock,
        "datetime": moment,
        "at": in_words,
        "until": until,
        "weekday": weekday,
        "due": due,
        "deadline": deadline,
        "due_days": days_until,
        "waited": waited,
        "number": number,
        "percent": percent,
        "parts_of_whole": parts_of_whole,
        "dong": dong,
        "size": size,
        "local": local,
        "sentence": sentence,
    }
    app.jinja_env.globals["language"] = select_language


@cache
def _catalogue(language: str) -> NullTranslations:
    """Return the merged catalogue of all domains, read once a process; English has none beyond the message ids."""
    merged: Translations | None = None
    for folder in sorted(Path(__file__).parents[1].glob("*/translations")):
        translations = Translations.load(str(folder), [language])
        if not isinstance(translations, Translations):
            continue
        if merged is None:
            merged = translations  # the first carries the language's plural forms
        else:
            merged.merge(translations)
    return merged or NullTranslations()


class _AllDomains(Domain):
    """The merged catalogue for texts in Python and for lazy ones: found without asking for it in five places."""

    def get_translations(self) -> NullTranslations:
        """Return the catalogue of the language in force, which :func:`force_locale` may have set."""
        locale = get_locale()
        return NullTranslations() if locale is None else _catalogue(locale.language)


_texts: dict[str, dict[str, Markup]] = {language: {} for language in LANGUAGES}
"""Texts of templates as they are written into pages, by language."""
_MOST = 20_000


def _text(message: str, **values: Any) -> Markup:
    """Return a text of a template: what Jinja's ``_`` returns, without going through its context and two functions.

    Every text is a format, as there: ``%%`` is a percent sign; values are escaped.
    """
    known = _texts[select_language()]
    text = known.get(message)
    if text is None:
        text = Markup(translated(message))  # noqa: S704 - the catalogue's words and the templates' own
        if len(known) < _MOST:
            known[message] = text
    return text % values if values or "%" in text else text


def translated(message: str) -> str:
    """Return a message in the reader's language, its places for values as they are."""
    return _catalogue(select_language()).ugettext(message)


def select_language() -> str:
    """Return the language of this request: the visitor's choice, then the account's, then Vietnamese."""
    try:
        return cast(str, g.language)  # asked for some hundred times a page
    except (AttributeError, RuntimeError):
        return _select_language()


def _select_language() -> str:
    if not has_request_context() or "babel" not in current_app.extensions:
        return "vi"
    if "language" not in g:
        chosen = request.cookies.get("lang")
        if chosen not in LANGUAGES:
            chosen = getattr(current_user, "locale", None)
        g.language = chosen if chosen in LANGUAGES else "vi"
    return str(g.language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write in a language whatever the reader's: official documents are in Vietnamese."""
    before, g.language = select_language(), language
    try:
        with force_locale(language):
            yield
    finally:
        g.language = before


def sentence(text: str) -> str:
    """Return a text with a capital letter at its beginning, and the rest as it is."""
    return text[:1].upper() + text[1:]


def local(texts: dict[str, str] | None) -> str:
    """Return the text of a ``{"vi": …, "en": …}`` pair in the reader's language, Vietnamese where there is no other."""
    if not texts:
        return ""
    return texts.get(select_language()) or texts.get("vi", "")


def day(value: date | datetime | None) -> str:
    """Write a date as 23/11/2026, the form of both languages here."""
    if value is None:
        return ""
    shown = _here(value) if isinstance(value, datetime) else value
    return f"{shown.day:02}/{shown.month:02}/{shown.year:04}"


_WEEKDAYS = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def weekday(value: date | datetime | None) -> str:
    """Write a date with its day of the week: Thứ Hai, 23/11/2026."""
    if value is None:
        return ""
    return f"{_WEEKDAYS[select_language()][_date(value).weekday()]}, {day(value)}"


def last_day(ends_at: datetime) -> date:
    """Return the last day of a period that ends at a moment: at midnight, the day before."""
    return _date(ends_at - timedelta(seconds=1))


def days_until(value: date | datetime, at: date | datetime | None = None) -> int:
    """Return how many midnights of Hà Nội lie between a day (now by default) and another; negative when past."""
    return (_date(value) - _date(at or datetime.now(UTC))).days


def due(value: date | datetime | None, at: date | datetime | None = None) -> str:
    """Say how far off a last day is: today, tomorrow, 2 days left, 3 days overdue.

    :param value: the last day, or a moment on it
    """
    if value is None:
        return ""
    left = days_until(value, at)
    if left < 0:
        return str(ngettext("%(num)s day overdue", "%(num)s days overdue", -left))
    if left < 2:
        return str(gettext("tomorrow") if left else gettext("today"))
    return str(ngettext("%(num)s day left", "%(num)s days left", left))


def deadline(value: date | datetime | None, at: date | datetime | None = None) -> str:
    """Write a last day with its day of the week and how far off it is: Thứ Ba, 08/12/2026 (còn 7 ngày).

    :param value: the last day, or the moment at which a period ends
    """
    if value is None:
        return ""
    on = last_day(value) if isinstance(value, datetime) else value
    return f"{weekday(on)} ({due(on, at)})"


def waited(value: date | datetime | None, at: date | datetime | None = None) -> str:
    """Say for how long something has waited: since today, since yesterday, for 3 days."""
    if value is None:
        return ""
    past = -days_until(value, at)
    if past < 2:
        return str(gettext("since yesterday") if past == 1 else gettext("since today"))
    return str(ngettext("for %(num)s day", "for %(num)s days", past))


def _date(value: date | datetime) -> date:
    return _here(value).date() if isinstance(value, datetime) else value


def clock(value: datetime | None) -> str:
    """Write a time of day as 08:30."""
    return "" if value is None else f"{_here(value):%H:%M}"


def moment(value: datetime | None) -> str:
    """Write a moment as 08:30 23/11/2026."""
    return "" if value is None else f"{clock(value)} {day(value)}"


def in_words(value: datetime | None) -> str:
    """Write a moment within a sentence: 8 giờ 30 ngày 23/11/2026 (Vietnamese), 08:30 on 23/11/2026 (English)."""
    if value is None:
        return ""
    here = _here(value)
    if select_language() == "en":
        return f"{clock(value)} on {day(value)}"
    minutes = f" {here.minute:02}" if here.minute else ""
    return f"{here.hour} giờ{minutes} ngày {day(value)}"


def until(value: datetime | None) -> str:
    """Write the end of a period after the word until; midnight is the end of the day before: hết ngày 15/01/2027."""
    if value is None:
        return ""
    if clock(value) != "00:00":
        return in_words(value)
    return str(gettext("the end of %(day)s", day=day(last_day(value))))


def _here(value: datetime) -> datetime:
    """Return a moment in Hà Nội; at the ends of time, where there is none, as it is."""
    try:
        return value.astimezone(ZONE)
    except (OverflowError, ValueError):
        return value


def number(value: float | int | None, pattern: str = "#,##0.##") -> str:
    """Write a number as 6.999 or 8,25 (Vietnamese), 6,999 or 8.25 (English).

    :param pattern: ``#,##0.##`` up to two decimals, ``0.00`` exactly two, ``+0.00`` with its sign, ``#,##0`` none
    """
    if value is None:
        return "–"
    if pattern == "+0.00":
        written = f"{value:+z,.2f}"
    elif pattern == "#,##0" or isinstance(value, int):
        written = f"{value:z,.0f}" if isinstance(value, float) else f"{value:,}"
    else:
        written = f"{value:z,.2f}"
        if pattern != "0.00":
            written = written.rstrip("0").rstrip(".")
    return written if select_language() == "en" else written.translate(_VIETNAMESE)


def size(octets: int) -> str:
    """Write the size of a file for people: 12 kB, 3,4 MB, 1,2 GB (of 1,024 octets each); anything at all is 1 kB."""
    for unit, name in ((1024**3, "GB"), (1024**2, "MB")):
        if octets >= unit:
            return f"{number(round(octets / unit, 1))} {name}"
    return f"{number(max(round(octets / 1024), 1 if octets else 0))} kB"


def percent(value: float | None, digits: int = 0) -> str:
    """Write a share (0..1) as 87%."""
    if value is None:
        return "–"
    written = f"{value:z,.{digits}%}"
    return written if select_language() == "en" else written.translate(_VIETNAMESE)


_VIETNAMESE = str.maketrans(",.", ".,")


def dong(value: int | None) -> str:
    """Write whole đồng as 272.316.000.000 đồng."""
    return "–" if value is None else f"{number(value)} đồng"
