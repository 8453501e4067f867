"""Language and local forms: Vietnamese by default, English complete; times in Asia/Ho_Chi_Minh; money in whole đồng."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal, format_percent
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale
from flask_login import current_user

LANGUAGES = ("vi", "en")
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def init_app(app: Flask) -> None:
    """Set up gettext over the catalogues of all domains, and the filters of local forms."""
    folders = sorted(str(p) for p in Path(app.root_path).glob("*/translations"))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folders)
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Asia/Ho_Chi_Minh"
    Babel(app, default_locale="vi", locale_selector=select_language)
    app.jinja_env.filters |= {
        "date": day,
        "time": clock,
        "datetime": moment,
        "number": number,
        "percent": percent,
        "dong": dong,
        "local": local,
    }
    app.jinja_env.globals["language"] = select_language


def select_language() -> str:
    """Return the language of this request: the visitor's choice, then the account's, then Vietnamese."""
    if not has_request_context():
        return "vi"
    if "language" not in g:
        chosen = request.cookies.get("lang")
        if chosen not in LANGUAGES:
            chosen = getattr(current_user, "locale", None)
        g.language = chosen if chosen in LANGUAGES else "vi"
    return str(g.language)


def local(texts: dict[str, str] | None) -> str:
    """Return the text of a ``{"vi": …, "en": …}`` pair in the reader's language, Vietnamese where there is no other."""
    if not texts:
        return ""
    return texts.get(select_language()) or texts.get("vi", "")


def day(value: date | datetime | None, style: str = "dd/MM/yyyy") -> str:
    """Write a date as 23/11/2026."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(ZONE).date()
    return format_date(value, style, locale=_locale())


def clock(value: datetime | None) -> str:
    """Write a time of day as 08:30."""
    return "" if value is None else format_time(value, "HH:mm", tzinfo=ZONE, locale=_locale())


def moment(value: datetime | None) -> str:
    """Write a moment as 08:30 23/11/2026."""
    return "" if value is None else format_datetime(value, "HH:mm dd/MM/yyyy", tzinfo=ZONE, locale=_locale())


def number(value: float | int | None, pattern: str = "#,##0.##") -> str:
    """Write a number as 6.999 or 8,25 (Vietnamese), 6,999 or 8.25 (English)."""
    return "–" if value is None else format_decimal(value, pattern, locale=_locale())


def percent(value: float | None, digits: int = 0) -> str:
    """Write a share (0..1) as 87%."""
    if value is None:
        return "–"
    return format_percent(value, "#,##0" + ("." + "0" * digits if digits else "") + "%", locale=_locale())


def dong(value: int | None) -> str:
    """Write whole đồng as 272.316.000.000 đồng."""
    return "–" if value is None else f"{format_decimal(value, '#,##0', locale=_locale())} đồng"


def _locale() -> Any:
    return get_locale() or "vi"
