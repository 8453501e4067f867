"""The changes that ``make mutants`` tries: each makes another program, and none is forgotten."""

import ast
from pathlib import Path

import pytest

from scripts.mutations import mutated, sites

LMS = Path(__file__).resolve().parents[2] / "lms"


def changes(source):
    number = len(list(sites(ast.parse(source))))
    return [ast.unparse(mutated(source, n)) for n in range(number)]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("a = b == c", "a = b != c"),
        ("a = b < c", "a = b <= c"),
        ("a = b in ('x', 'y')", "a = b in ('x',)"),
        ("a = b and c", "a = b or c"),
        ("a = b and c", "a = c"),
        ("a = not b", "a = b"),
        ("a = b + 1", "a = b - 1"),
        ("a = b + 1", "a = b + 2"),
        ("a = b if c else d", "a = b if not c else d"),
        ("a = select(B).where(c, d)", "a = select(B).where(d)"),
        ("a = select(B).where(c)", "a = select(B)"),
        ("a = B.c.in_(['x', 'y'])", "a = B.c.not_in(['x', 'y'])"),
        ("a = select(B).with_for_update()", "a = select(B)"),
        ("a = f(c=True)", "a = f(c=False)"),
        ("a = [b for b in c if d]", "a = [b for b in c]"),
        ("a.b = c", "pass"),
        ("a += 1", "pass"),
        ("a(b)", "pass"),
        ("if a:\n        raise B", "pass"),
        ("if a:\n        b()\n    else:\n        c()", "if not a:\n        b()\n    else:\n        c()"),
    ],
)
def test_a_wrong_turn_of_each_kind(body, wanted):
    assert f"def f(a, b):\n    {wanted}" in changes(f"def f(a, b):\n    {body}")


@pytest.mark.parametrize(
    ("returns", "wanted"), [("bool", "True"), ("bool | None", "False"), ("int", "None"), ("int | None", "None")]
)
def test_another_answer_is_returned(returns, wanted):
    assert f"def f(a) -> {returns}:\n    return {wanted}" in changes(f"def f(a) -> {returns}:\n    return g(a)")


@pytest.mark.parametrize(
    "body", ['"""Words."""', "raise E('code', _l('%(n)d left', n=b))", "return None", "a: int = b", "a = f'{b}' + 'c'"]
)
def test_what_would_teach_nothing_is_left(body):
    assert changes(f"def f(a, b) -> int | None:\n    {body}") == []


def test_every_change_of_the_house_makes_another_program_that_compiles():
    for path in [LMS / "classes/access.py", LMS / "classes/rules.py", LMS / "people/access.py", LMS / "core/guard.py"]:
        source = path.read_text()
        plain = ast.unparse(ast.parse(source))
        found = list(sites(ast.parse(source)))
        assert found
        for number in range(len(found)):
            tree = mutated(source, number)
            assert ast.unparse(tree) != plain, found[number].change
            compile(tree, str(path), "exec")
