"""WTForms' English is nowhere: each of its messages has words of this house, and no form says another."""

import ast
import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import flask_wtf
import pytest
import wtforms
from werkzeug.datastructures import MultiDict

import lms
from lms.core import forms as core_forms
from lms.core.form_words import WORDS, Words

PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%s")


def _messages():
    """Every text that WTForms and Flask-WTF give to gettext."""
    texts = set()
    for package in (wtforms, flask_wtf):
        for path in Path(package.__file__).parent.rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("gettext", "ngettext"):
                    values = {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
                    texts |= {value for value in values if isinstance(value, str)}
    return texts


MESSAGES = sorted(_messages())
ENGLISH = re.compile("|".join(".*".join(map(re.escape, PLACES.split(text))) for text in MESSAGES))


def test_every_message_of_wtforms_has_words_of_ours_with_the_same_places(app):
    assert len(MESSAGES) > 25 and "Not a valid integer value." in MESSAGES
    with app.test_request_context(headers={"Cookie": "lang=vi"}):
        for message in MESSAGES:
            said = Words().gettext(message)
            assert said != message and said != WORDS[message], f"no Vietnamese: {message}"
            assert set(PLACES.findall(said)) <= set(PLACES.findall(message)), message


def _form_classes():
    for module in pkgutil.walk_packages(lms.__path__, "lms."):
        if module.name.rsplit(".", 1)[-1] == "forms":
            importlib.import_module(module.name)
    todo, known = [core_forms.Form], []
    while todo:
        form = todo.pop()
        known.append(form)
        todo += form.__subclasses__()
    return sorted(
        {form for form in known if form.__module__.startswith("lms.")},
        key=lambda form: (form.__module__, form.__name__),
    )


ODD = ["", " ", "x", "-1", "999999999", "99999999999999999999", "0,5", "x" * 9000, "2026-13-45", "0001-01-01", "@"]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_form_says_what_wtforms_says(app, language):
    said = set()
    for form_class in _form_classes():
        known = {"language": language, "expected": "VC-1", "acts": [("approve", "Duyệt")]}
        needed = {name: known[name] for name in known if name in inspect.signature(form_class.__init__).parameters}
        for odd in ODD:
            with app.test_request_context(method="POST", headers={"Cookie": f"lang={language}"}):
                empty = form_class(formdata=None, meta={"csrf": False}, **needed)
                names = [field.name for field in empty]
                form = form_class(MultiDict((name, odd) for name in names), meta={"csrf": False}, **needed)
                for field in form:
                    if getattr(field, "choices", 0) is None:
                        field.choices = []
                form.validate()
                for errors in form.errors.values():
                    said |= {str(error) for error in errors}
    assert len(said) > 10
    assert [words for words in said if ENGLISH.fullmatch(words)] == []
