"""What an actor may lack (her staff record, her account) is compared in one place that knows of None."""

import ast
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from lms.classes.models import Session
from lms.core.ownership import is_own, owned_by
from tests import factories as make

LMS = Path(__file__).resolve().parents[2] / "lms"
LACKING = {"person_id", "account_id"}


def of_the_actor(node):
    """``actor.person_id``, ``current_actor().account_id``: what may be None."""
    if not isinstance(node, ast.Attribute) or node.attr not in LACKING:
        return False
    owner = node.value
    if isinstance(owner, ast.Call):
        owner = owner.func
    return isinstance(owner, ast.Name) and "actor" in owner.id.lower()


def bare_comparisons(source):
    """Comparisons with what an actor may lack, except with a written None; also ``filter_by(person_id=…)``."""
    for node in ast.walk(ast.parse(source)):
        sides = []
        if isinstance(node, ast.Compare) and not all(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops):
            for side in (node.left, *node.comparators):
                sides += side.elts if isinstance(side, (ast.Tuple, ast.List, ast.Set)) else [side]
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "filter_by":
            sides = [one.value for one in node.keywords]
        if any(of_the_actor(side) for side in sides):
            yield node.lineno


def test_nobody_compares_what_an_actor_may_lack():
    found = [
        f"{path.relative_to(LMS.parent)}:{line}"
        for path in sorted(LMS.rglob("*.py"))
        for line in bare_comparisons(path.read_text())
    ]
    assert found == [], "use lms.core.ownership: an account without a staff record would match what is nobody's"


@pytest.mark.parametrize(
    "source",
    [
        "select(S.lecturer_id == actor.person_id)",
        "owner != current_actor().account_id",
        "q.filter_by(person_id=actor.person_id)",
        "actor.person_id == owner",
        "owner in (actor.person_id, other)",
    ],
)
def test_the_search_finds_every_way_of_writing_it(source):
    assert list(bare_comparisons(source))


@pytest.mark.parametrize("source", ["actor.person_id is None", "owned_by(S.lecturer_id, actor.person_id)"])
def test_the_search_leaves_what_is_right(source):
    assert not list(bare_comparisons(source))


def test_nobodys_things_belong_to_nobody(session):
    own = make.person()
    run = make.class_run()
    hers, nobodys = make.class_session(run, own), make.class_session(run, None)
    session.flush()
    asked = select(Session.id).where(Session.class_id == run.id)
    assert session.scalars(asked.where(owned_by(Session.lecturer_id, own.id))).all() == [hers.id]
    assert session.scalars(asked.where(owned_by(Session.lecturer_id, None))).all() == []
    assert session.scalars(asked.where(owned_by(Session.lecturer_id, uuid4()))).all() == []
    for one in (hers, nobodys):
        for who in (own.id, None):
            assert is_own(one.lecturer_id, who) == (one is hers and who == own.id)
