"""Numbers, days and moments as Vietnamese write them; every form of every domain reads them alike."""

import importlib
import pkgutil
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, DecimalField, FileField, HiddenField, IntegerField, StringField
from wtforms.fields import PasswordField, SubmitField

import lms
from lms.core import fields, i18n
from lms.core.database import db
from lms.core.forms import CountField, DayField, DecimalTextField, Form, LineField, MomentField, TextField


class Sample(Form):
    class Meta(Form.Meta):
        csrf = False

    mark = DecimalTextField()
    count = CountField()
    day = DayField()
    moment = MomentField()
    line = LineField()
    prose = TextField()


@pytest.fixture
def read(app):
    def send(**values):
        with app.test_request_context(method="POST", data=values):
            form = Sample(MultiDict(values))
            form.validate()
            return form

    return send


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("mark", "8,5", Decimal("8.5")),
        ("mark", "8.5", Decimal("8.5")),
        ("mark", " 0,25 ", Decimal("0.25")),
        ("mark", "10", Decimal(10)),
        ("count", "1.000", 1000),
        ("count", "1 000", 1000),
        ("count", "25", 25),
        ("count", "1.234.567", 1234567),
        ("day", "2026-11-30", date(2026, 11, 30)),
        ("day", "30/11/2026", date(2026, 11, 30)),
        ("day", "1.2.2027", date(2027, 2, 1)),
        ("moment", "2026-11-30T08:00", datetime(2026, 11, 30, 8)),
        ("moment", "30/11/2026 08:00", datetime(2026, 11, 30, 8)),
        ("moment", "08:00 30/11/2026", datetime(2026, 11, 30, 8)),
        ("line", "Ðỗ\u200b Thị", "Đỗ Thị"),
        ("prose", "\u200b\u3164", ""),
    ],
)
def test_what_people_write_is_understood(read, name, typed, value):
    form = read(**{name: typed})
    assert (form[name].data, form[name].errors) == (value, [])


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        *(("mark", typed) for typed in ("8,5,5", "abc", "1e5", "NaN", "Infinity", "8,", "--1")),
        *(("count", typed) for typed in ("1.00", "1,5", "99999999999", "1e3", "x")),
        *(
            ("day", typed)
            for typed in ("0001-01-01", "0027-03-01", "20266-03-01", "1/1/26", "31/02/2026", "x", "2101-01-01")
        ),
        *(
            ("moment", t)
            for t in ("0001-01-01T06:00", "0027-03-01T08:00", "20266-01-01T08:00", "2026-01-01", "2026-01-01T25:00")
        ),
        ("line", "TrÇn ThÞ Hång"),
        ("prose", "Chuyªn viªn qu¶n lý"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_vietnamese(read, name, typed):
    (message,) = read(**{name: typed})[name].errors
    assert any(sign > "\xff" for sign in str(message)), message


@given(st.datetimes(timezones=st.just(UTC)))
def test_no_moment_breaks_a_filter(moment):
    for write in (i18n.day, i18n.clock, i18n.moment):
        assert write(moment)
    assert i18n.day(moment.date())


@pytest.mark.parametrize(
    "stored", ["0001-01-01 06:00:00 BC", "0001-01-01 00:00+14", "infinity", "-infinity", "20266-01-01"]
)
def test_no_stored_moment_or_day_breaks_a_page(session, stored):
    moment = db.session.scalar(text("SELECT CAST(:given AS timestamptz)"), {"given": stored})
    day = db.session.scalar(text("SELECT CAST(CAST(:given AS timestamptz) AS date)"), {"given": stored})
    assert i18n.moment(moment) and i18n.day(day)


def _forms():
    for module in pkgutil.walk_packages(lms.__path__, "lms."):
        if module.name.rpartition(".")[2] in ("forms", "fields") and "translations" not in module.name:
            importlib.import_module(module.name)
    waiting = [Form]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("lms."):
            yield kind


CASES = [
    (kind, name, field.field_class)
    for kind in _forms()
    for name, field in vars(kind).items()
    if hasattr(field, "field_class")
] + [
    (kind, name, field.field_class)
    for kind in _forms()
    for base in kind.__mro__[1:]
    if base.__name__.startswith("_")
    for name, field in vars(base).items()
    if hasattr(field, "field_class")
]
FREE = (PasswordField, HiddenField, FileField, SubmitField, BooleanField)
TOKENS = {("RosterConfirmation", "token")}


@pytest.mark.parametrize(
    ("kind", "name", "field"), CASES, ids=[f"{k.__module__}.{k.__name__}.{n}" for k, n, _f in CASES]
)
def test_every_field_of_every_form_is_one_of_the_house(kind, name, field):
    if issubclass(field, FREE) or (kind.__name__, name) in TOKENS:
        return
    for plain, ours in (
        (DecimalField, DecimalTextField), (IntegerField, CountField), (DateField, (DayField, MomentField)),
        (StringField, (LineField, TextField)),
    ):  # fmt: skip
        if issubclass(field, plain):
            assert issubclass(field, ours), f"{kind.__name__}.{name} is a plain {field.__name__}"


OLD = "®Õn muén v× t¾c ®­êng"  # TCVN3
NEW = "đến muộn vì tắc đường"


def test_a_text_of_a_form_without_fields_is_told_and_converted_alike(app):
    with app.test_request_context("/", method="POST", data={"note": OLD}):
        assert fields.in_unicode(OLD) == OLD and NEW in fields.old_words(OLD)
    with app.test_request_context("/", method="POST", data={"note": OLD, fields.CONVERT: "1"}):
        assert fields.in_unicode(OLD) == NEW and fields.old_words(NEW) is None


@pytest.mark.parametrize("name", fields.BUTTONS)
def test_the_button_that_converts_repeats_the_button_that_was_pressed(app, name):
    with app.test_request_context("/", method="POST", data={name: "next"}):
        assert fields.pressed(name) == "next" and fields.press_again() == f"{name}=next"
    with app.test_request_context("/", method="POST", data={fields.CONVERT: f"{name}=next"}):
        assert fields.pressed(name) == "next" and fields.press_again() == f"{name}=next"
    with app.test_request_context("/", method="POST", data={fields.CONVERT: "1"}):
        assert fields.pressed(name) is None and fields.press_again() == "1"


def test_every_named_button_beside_fields_is_one_that_is_repeated():
    """The button that converts says again what is wanted of a form; it must know all buttons that say so."""
    root = Path(lms.__file__).parent
    beside = {
        (path.name, name)
        for path in root.rglob("templates/**/*.html")
        for form in re.findall(r"<form.*?</form>", path.read_text(), re.DOTALL)
        if re.search(r"\{\{-? field\(|convert_button", form)
        for name in re.findall(r'<button[^>]*type="submit"\s+name="([^"]+)"', form)
    }
    assert {name for _path, name in beside} <= {*fields.BUTTONS, fields.CONVERT}, beside
    names = "|".join(fields.BUTTONS)
    read = re.compile(rf'"(?:{names})" in request\.form|request\.form\.get\("(?:{names})"')
    assert [path.name for path in root.rglob("views/*.py") if read.search(path.read_text())] == []
    assert [path.name for path in root.rglob("views.py") if read.search(path.read_text())] == []


class _Said(Form):
    text = TextField("Text")


def test_an_old_text_comes_back_whole_so_that_it_can_be_converted(app):
    """The soft hyphen is invisible, and ư in TCVN3: a page that lost it would convert “đường” to “đờng”."""
    with app.test_request_context("/", method="POST", data={"text": OLD}):
        form = _Said(meta={"csrf": False})
        assert not form.validate() and OLD in str(form.text())
