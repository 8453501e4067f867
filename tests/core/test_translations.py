"""Words: one message, one meaning; one term for one thing; moments as people say them within a sentence."""

import ast
import importlib.util
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from flask import render_template_string
from flask_babel import pgettext

from lms.core import i18n, logs

ROOT = Path(__file__).resolve().parents[2]
LMS = ROOT / "lms"
spec = importlib.util.spec_from_file_location("translations", ROOT / "scripts/translations.py")
translations = importlib.util.module_from_spec(spec)
spec.loader.exec_module(translations)

CATALOGUES = {domain.name: translations.catalogue(domain) for domain in translations.domains()}
TEMPLATES = {path.relative_to(LMS): path.read_text("utf-8") for path in sorted(LMS.glob("*/templates/**/*.html"))}


def catalogue(*messages):
    known = Catalog(locale="vi")
    for text, string, context in messages:
        known.add(text, string, context=context)
    return known


def test_a_message_that_two_domains_translate_differently_is_a_fault():
    days = ("%(num)s day", "%(num)s days")
    one = catalogue(("Form", "Phiếu", None), ("Class", "Lớp", None), (days, ("x",), None))
    two = catalogue(("Form", "Mẫu phiếu", None), ("Class", "Lớp", None), (days, ("y",), None))
    faults = translations.two_meanings({"one": one, "two": two})
    assert ["'Form'" in faults[0], "'%(num)s day'" in faults[1], len(faults)] == [True, True, 2]


def test_a_context_keeps_two_meanings_apart():
    one = catalogue(("Form", "Phiếu", None))
    two = catalogue(("Form", "Mẫu phiếu", "instrument"))
    assert translations.two_meanings({"one": one, "two": two}) == []


def test_a_message_means_one_thing_in_all_domains():
    assert translations.two_meanings(CATALOGUES) == []


def test_contexts_are_extracted_and_kept_apart(tmp_path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "a.py").write_text(
        'pgettext("number of", "Sessions"); npgettext("b", "one", "many", 2)\n_("Sessions")\n'
    )
    (tmp_path / "templates/a.html").write_text('{{ pgettext("menu", "Sessions") }}\n')
    found = translations.extracted(tmp_path)
    assert {(m.id, m.context) for m in found if m.id} == {
        ("Sessions", None), ("Sessions", "number of"), ("Sessions", "menu"), (("one", "many"), "b"),
    }  # fmt: skip
    half = catalogue(("Sessions", "Buổi học", None))
    assert translations.missing(catalogue(("Sessions", "", "menu")), half) == ["not translated: 'Sessions'"]


def test_contexts_speak_in_python_and_in_templates(app):
    with app.test_request_context():
        template = render_template_string('{{ pgettext("number of", "Sessions") }} {{ _("Sessions") }}')
        assert (pgettext("number of", "Sessions"), template) == ("Số buổi", "Số buổi Buổi học")
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert render_template_string('{{ npgettext("x", "%(num)s day", "%(num)s days", 2) }}') == "2 days"


# -- one term for one thing -------------------------------------------------------------------------------------------
TERMS = {
    r"[Gg]hi danh": "bổ sung học viên vào lớp",
    r"[Rr]út (\S+ )?khỏi lớp": "cho thôi học",
    r"[Kk]iểm soát viên": "người kiểm tra, giám sát",
    r"[Nn]hật ký kiểm soát": "nhật ký thay đổi",
    r"\b[Ee]-?mail": "thư điện tử",
    r"góp ý|đáng tin cậy|được tin cậy": "ý kiến, người đọc ý kiến",
    r"Phần lời": "nội dung thuyết minh",
    r"Ký thay mặt": "quyền hạn ký",
    r"cơ sở dữ liệu": "plain words",
    r"anh/chị|Anh chị\b": "Anh/Chị",
    r"còn 0 chỗ": "đã đủ học viên",
}


@pytest.mark.parametrize(("pattern", "better"), TERMS.items())
def test_terms_that_are_not_used(pattern, better):
    used = [
        (domain, text)
        for domain, known in CATALOGUES.items()
        for message in known
        if message.id and domain != "records"
        for text in translations.strings(message)
        if re.search(pattern, text)
    ]
    assert used == [], f"say: {better}"


def test_every_finder_is_sent_by_the_same_word():
    buttons = {}
    for name, text in TEMPLATES.items():
        for form in re.findall(r"<form\b(?:(?!</form>).)*</form>", text, re.S):
            if 'type="search"' in form and 'method="post"' not in form:
                buttons[name] = re.findall(r"<button\b[^>]*>\s*\{\{-?\s*_\(\"([^\"]+)\"\)", form)
    assert len(buttons) > 6
    assert {name: words for name, words in buttons.items() if words != ["Search"]} == {}


# -- moments ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("hour", "minute", "vi", "en"),
    [
        (1, 30, "8 giờ 30 ngày 02/12/2026", "08:30 on 02/12/2026"),
        (1, 5, "8 giờ 05 ngày 02/12/2026", "08:05 on 02/12/2026"),
        (7, 0, "14 giờ ngày 02/12/2026", "14:00 on 02/12/2026"),
    ],
)
def test_a_moment_in_a_sentence(app, hour, minute, vi, en):
    at = datetime(2026, 12, 2, hour, minute, tzinfo=UTC)
    for language, words in (("vi", vi), ("en", en)):
        with app.test_request_context(headers={"Cookie": f"lang={language}"}):
            assert (i18n.in_words(at), i18n.until(at)) == (words, words)


def test_midnight_is_the_end_of_the_day_before(app):
    midnight = datetime(2027, 1, 15, 17, 0, tzinfo=UTC)
    with app.test_request_context():
        assert i18n.until(midnight) == "hết ngày 15/01/2027"
        assert i18n.until(None) == i18n.in_words(None) == ""
    with app.test_request_context(headers={"Cookie": "lang=en"}):
        assert i18n.until(midnight) == "the end of 15/01/2027"


def test_a_moment_given_to_a_message_is_in_words():
    compact = [
        (str(name), found) for name, text in TEMPLATES.items() for found in re.findall(r"\w+=\s*[\w.]+\|datetime", text)
    ]
    for path in LMS.glob("**/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "_l", "gettext", "ngettext"):
                compact += [
                    (str(path.relative_to(LMS)), ast.unparse(keyword))
                    for keyword in node.keywords
                    if isinstance(keyword.value, ast.Call) and getattr(keyword.value.func, "id", "") == "moment"
                ]
    assert compact == []


def test_a_request_id_can_be_read_out():
    drawn = {logs.new_request_id() for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", one) for one in drawn)
