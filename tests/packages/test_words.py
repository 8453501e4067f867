"""What readers say: in Vietnamese throughout, naming files as their senders named them."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from lms.packages.messages import Message

PACKAGES = Path(__file__).resolve().parents[2] / "lms" / "packages"
CATALOGUE = PACKAGES / "translations" / "vi" / "LC_MESSAGES" / "messages.po"
with CATALOGUE.open("rb") as stream:
    WORDS = {message.id: message.string for message in read_po(stream, locale="vi")}
ENGLISH = re.compile(r"\b(the|is|are|not|please|package|of|and)\b", re.IGNORECASE)
MESSAGES = ("_l", "N_", "message")
FOREIGN = {"reason", "error", "exception"}
"""Names of values that would bring the English words of a parser into a sentence."""


def calls():
    for path in sorted(PACKAGES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MESSAGES
            if named and node.args and isinstance(node.args[0], ast.Constant):
                yield pytest.param(node, id=f"{path.relative_to(PACKAGES)}:{node.lineno}")


@pytest.mark.parametrize("call", list(calls()))
def test_every_message_has_vietnamese_words_and_carries_none_of_a_parser(call):
    text = call.args[0].value
    vietnamese = WORDS.get(text)
    assert vietnamese, f"no Vietnamese for {text!r}"
    assert set(re.findall(r"%\((\w+)\)", text)) == set(re.findall(r"%\((\w+)\)", vietnamese))
    assert not ENGLISH.search(re.sub(r"%\(\w+\)s|“[^”]*”", "", vietnamese)), vietnamese
    given = {keyword.arg for keyword in call.keywords}
    assert not given & FOREIGN, given & FOREIGN
    for keyword in call.keywords:
        inner = {node.id for node in ast.walk(keyword.value) if isinstance(node, ast.Name)}
        assert not inner & FOREIGN, f"{keyword.arg} takes the words of an exception"


def test_no_fault_names_the_place_where_a_file_lies_now():
    """Files wait under names of ours: a fault that told them would name nothing that its reader knows."""
    told = [
        f"{path.name}:{node.lineno}"
        for path in sorted(PACKAGES.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Fault"
        and node.args
        and ast.unparse(node.args[0]).startswith("path.name")
    ]
    assert told == []


def test_messages_may_hold_messages():
    assert str(Message("It is %(what)s.", {"what": Message("a picture")})) == "It is a picture."
