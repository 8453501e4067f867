"""Every life, walked in each state with each act; and the page that tells of them is current."""

import ast
import inspect
import sys
from itertools import product

import pytest
from flask_babel import force_locale

from lms.core.errors import DomainError
from lms.core.guard import reach_of
from lms.core.states import Life
from scripts import states as book


def _lives():
    values = [v for name, m in sys.modules.items() if name.startswith("lms.") for v in vars(m).values()]
    return list({id(value): value for value in values if isinstance(value, Life)}.values())


@pytest.fixture
def lives(app):
    found = _lives()
    assert found
    return found


def test_every_act_in_every_state_is_a_move_or_an_act_or_is_refused_in_words(lives):
    for life in lives:
        moving = {(move.act, source): move for move in life.moves for source in move.sources}
        for act, state in product(life.allowed, life.names):
            reason = life.refusal(act, state)
            if reason is not None:
                assert (act, state) not in moving
                assert str(life.words[reason]), (life.kind, act, state)
                with pytest.raises(DomainError, match=reason):
                    life.move(act, state)
            elif (act, state) in moving:
                assert life.move(act, state) is moving[act, state]
                assert life.move(act, state).to in life.states


def test_every_state_is_reached_from_the_beginning(lives):
    for life in lives:
        reached = {move.to for move in life.moves if not move.sources}
        assert reached, life.kind
        for _step in life.states:
            reached |= {move.to for move in life.moves if move.sources & reached}
        assert reached == life.states, life.kind


def test_who_may_is_declared_and_what_must_hold_is_told(lives):
    for life in lives:
        for move in life.moves:
            assert reach_of(move.permission) is not None, (life.kind, move.act)
            assert all(inspect.getdoc(guard) for guard in move.guards), (life.kind, move.act)


def test_every_word_of_a_life_is_in_vietnamese(app, lives):
    for life in lives:
        words = [life.title, *life.names.values(), *life.words.values()]
        for move in life.moves:
            words += [move.label, move.said, *move.effects, *move.codes.values()]
        with app.test_request_context(), force_locale("vi"):
            assert not [word for word in words if str(word) == word._args[0]], life.kind


def test_the_page_of_states_is_current(app):
    """``.venv/bin/python scripts/states.py update`` writes it anew."""
    with app.test_request_context(), force_locale("en"):
        assert book.PAGE.read_text("utf-8") == book.page()


CALLED = {
    "class": ("run", "ClassRun"),
    "nomination": ("row", "Nomination"),
    "programme_version": ("programme_version", "ProgrammeVersion"),
    "plan": ("plan", "Plan"),
}
"""How code calls the rows of each life, and their model: a life that is new is named here."""


def test_nobody_changes_a_state_but_the_mechanism(lives):
    assert {life.kind for life in lives} == set(CALLED)
    trees = {path: ast.parse(path.read_text("utf-8")) for path in (book.ROOT / "lms").rglob("*.py")}
    for life in lives:
        name, model = CALLED[life.kind]
        for path, tree in trees.items():
            for node in ast.walk(tree):
                targets = node.targets if isinstance(node, ast.Assign) else []
                flat = [
                    one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])
                ]
                assigned = {ast.unparse(one) for one in flat}
                assert f"{name}.{life.column}" not in assigned, (path, node.lineno)
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("update", "delete", "db.session.delete"):
                    assert not {ast.unparse(one) for one in node.args} & {name, model}, (path, node.lineno)
