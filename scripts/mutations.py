"""What ``make mutants`` changes in a source file: one small wrong turn at a time, each with a sentence.

:func:`sites` walks a syntax tree and yields every change it knows; the same tree gives the same changes in the same
order, so a change has a number (:func:`mutated` makes the tree with that change).
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
FILTERS = frozenset({"where", "filter", "filter_by", "having", "and_", "or_"})
"""Calls whose arguments are conditions, each of which is left out once."""
TURNED = {"is_": "is_not", "is_not": "is_", "in_": "not_in", "not_in": "in_", "min": "max", "max": "min"}
TURNED |= {"and_": "or_", "or_": "and_", "any": "all", "all": "any"}
WORDS = frozenset({"_", "_l", "N_", "gettext", "lazy_gettext", "ngettext"})
"""Calls that only make a text."""


@dataclass(frozen=True)
class Site:
    """One possible change: what stands at ``field`` of ``parent`` (at ``index``, in a list) becomes ``new``."""

    parent: ast.AST
    field: str
    index: int | None
    new: ast.AST
    line: int
    change: str
    scope: str
    """Dotted name of the function within its module; empty at module level."""
    statement: ast.stmt

    def apply(self) -> None:
        """Make the change in the tree."""
        for node in ast.walk(self.new):
            for name in ("lineno", "end_lineno"):
                if getattr(node, name, None) is None:
                    setattr(node, name, self.line)
            for name in ("col_offset", "end_col_offset"):
                if getattr(node, name, None) is None:
                    setattr(node, name, 0)
        if self.index is None:
            setattr(self.parent, self.field, self.new)
        else:
            getattr(self.parent, self.field)[self.index] = self.new


def mutated(source: str, number: int) -> ast.Module:
    """The tree of a source with its change of this number."""
    tree = ast.parse(source)
    next(islice(sites(tree), number, None)).apply()
    return tree


def sites(tree: ast.Module) -> Iterator[Site]:
    """All changes of a module, in the order of its lines."""
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from _definition(statement, "")
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)) and statement.value is not None:
            yield from _expressions(statement, "value", None, statement.value, "", statement)


def _definition(node: Any, outer: str) -> Iterator[Site]:
    """A function with all within it, or the methods of a class."""
    name = f"{outer}{node.name}"
    if isinstance(node, ast.ClassDef):
        for part in node.body:
            if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield from _definition(part, f"{name}.")
        return
    yield from _block(node, "body", name, node.returns)


def _block(owner: Any, field: str, scope: str, returns: ast.expr | None) -> Iterator[Site]:
    for index, statement in enumerate(getattr(owner, field)):
        yield from _whole(owner, field, index, statement, scope, returns)
        for name, value in ast.iter_fields(statement):
            if name in ("body", "orelse", "finalbody") and isinstance(value, list):
                inner = statement.returns if isinstance(statement, ast.FunctionDef) else returns
                yield from _block(statement, name, scope, inner)
            elif name == "handlers":
                for handler in value:
                    yield from _block(handler, "body", scope, returns)
            elif name not in ("annotation", "returns", "args", "decorator_list", "targets", "target"):
                for position, part in _parts(value):
                    yield from _expressions(statement, name, position, part, scope, statement)


def _parts(value: Any) -> Iterator[tuple[int | None, ast.AST]]:
    if isinstance(value, ast.AST):
        yield None, value
    elif isinstance(value, list):
        yield from ((n, part) for n, part in enumerate(value) if isinstance(part, ast.AST))


def _whole(owner: Any, field: str, index: int, node: ast.stmt, scope: str, returns: ast.expr | None) -> Iterator[Site]:
    """Changes of a whole statement: left out, a guard removed, a condition turned, another answer returned."""

    def site(new: ast.AST, change: str) -> Site:
        return Site(owner, field, index, new, node.lineno, change, scope, node)

    left_out = ast.copy_location(ast.Pass(), node)
    if isinstance(node, ast.If):
        leaves = isinstance(node.body[-1], (ast.Raise, ast.Return, ast.Continue, ast.Break))
        if leaves and not node.orelse:
            yield site(left_out, f"guard removed: if {_say(node.test)}")
        else:
            turned = ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
            yield site(ast.copy_location(turned, node), f"condition turned: if {_say(node.test)}")
    elif _has_effects(node):
        yield site(left_out, f"left out: {_say(node)}")
    elif isinstance(node, ast.Return) and node.value is not None:
        for value in _answers(node.value, "" if returns is None else ast.unparse(returns)):
            if value.endswith(ast.unparse(node.value)):
                continue
            new = ast.copy_location(ast.Return(ast.parse(value, mode="eval").body), node)
            yield site(new, f"returns {value.rsplit('.', 1)[-1]}: {_say(node)}")


def _has_effects(node: ast.stmt) -> bool:
    """A call, or an assignment to an attribute or item (without one to a name, a NameError would teach nothing)."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, (ast.Call, ast.Yield, ast.Await))
    if isinstance(node, ast.Assign):
        targets = [part for one in node.targets for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
        return all(isinstance(target, (ast.Attribute, ast.Subscript)) for target in targets)
    return isinstance(node, (ast.AugAssign, ast.Delete))


def _answers(value: ast.expr, returns: str) -> list[str]:
    if isinstance(value, ast.Constant):
        return []
    if "ColumnElement[bool]" in returns:
        return ["__import__('sqlalchemy').true()", "__import__('sqlalchemy').false()"] if "list" not in returns else []
    if returns.split(" |", maxsplit=1)[0] == "bool":
        return ["True", "False"]
    return ["None"]


def _expressions(
    parent: ast.AST, field: str, index: int | None, node: ast.AST, scope: str, statement: ast.stmt
) -> Iterator[Site]:
    line = getattr(node, "lineno", statement.lineno)
    for new, change in _turned(node):
        yield Site(parent, field, index, ast.copy_location(new, node), line, change, scope, statement)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORDS:
        return
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "ctx", "ops", "op", "func") and not isinstance(value, (ast.Attribute, ast.Call)):
            continue
        for position, part in _parts(value):
            yield from _expressions(node, name, position, part, scope, statement)


def _turned(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Changes of one expression, with what was and what is."""
    new: ast.expr
    if isinstance(node, ast.Compare):
        for n, op in enumerate(node.ops):
            ops = [*node.ops[:n], COMPARISONS[type(op)](), *node.ops[n + 1 :]]
            new = ast.Compare(node.left, ops, node.comparators)
            yield new, _from_to(node, new)
        if isinstance(node.ops[0], (ast.In, ast.NotIn)):
            for values in _shortened(node.comparators[0]):
                new = ast.Compare(node.left, node.ops, [values])
                yield new, _from_to(node, new)
    elif isinstance(node, ast.BoolOp):
        new = ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        yield new, _from_to(node, new)
        for n, value in enumerate(node.values):
            rest = [*node.values[:n], *node.values[n + 1 :]]
            yield (rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)), f"dropped {_say(value)} of {_say(node)}"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.Invert)):
        yield node.operand, _from_to(node, node.operand)
    elif isinstance(node, ast.BinOp) and type(node.op) in OPERATORS and not _is_text(node):
        new = ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
        yield new, _from_to(node, new)
    elif isinstance(node, ast.IfExp):
        new = ast.IfExp(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
        yield new, _from_to(node, new)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (bool, int)):
        new = ast.Constant(not node.value if isinstance(node.value, bool) else node.value + 1)
        yield new, _from_to(node, new)
    else:
        yield from _conditions(node)


def _conditions(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Changes of a comprehension's conditions and of calls."""
    if isinstance(node, ast.comprehension):
        for condition in node.ifs:
            rest = [one for one in node.ifs if one is not condition]
            yield ast.comprehension(node.target, node.iter, rest, node.is_async), f"dropped: if {_say(condition)}"
    elif isinstance(node, ast.Call):
        yield from _calls(node)


def _calls(node: ast.Call) -> Iterator[tuple[ast.AST, str]]:
    new: ast.expr
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in FILTERS:
        for n, condition in enumerate(node.args):
            args = [*node.args[:n], *node.args[n + 1 :]]
            if not args and isinstance(node.func, ast.Attribute):
                yield node.func.value, f"dropped: .{name}({_say(condition)})"
            elif args:
                yield ast.Call(node.func, args, node.keywords), f"dropped {_say(condition)} of {name}(…)"
    if name in TURNED:
        func = (
            ast.Attribute(node.func.value, TURNED[name], ast.Load()) if isinstance(node.func, ast.Attribute) else None
        )
        new = ast.Call(func or ast.Name(TURNED[name], ast.Load()), node.args, node.keywords)
        if func is not None or name not in ("and_", "or_"):
            yield new, f"{TURNED[name]} instead of {name}: {_say(node)}"
    if name in ("with_for_update", "distinct") and isinstance(node.func, ast.Attribute):
        yield node.func.value, f"dropped: .{name}()"
    if name in ("in_", "not_in", "frozenset") and node.args:
        for values in _shortened(node.args[0]):
            new = ast.Call(node.func, [values, *node.args[1:]], node.keywords)
            yield new, _from_to(node, new)


def _shortened(values: ast.expr) -> Iterator[ast.expr]:
    """A written list of values without each of them once."""
    if isinstance(values, (ast.Tuple, ast.List, ast.Set)) and len(values.elts) > 1:
        for n in range(len(values.elts)):
            kept = [*values.elts[:n], *values.elts[n + 1 :]]
            short = ast.Set(kept) if isinstance(values, ast.Set) else type(values)(kept, ast.Load())
            yield ast.copy_location(short, values)


def _is_text(node: ast.BinOp) -> bool:
    """Texts put together: the change is a TypeError, which teaches nothing. ``|`` of mappings likewise."""
    sides = (node.left, node.right)
    text = any(isinstance(side, ast.JoinedStr) or _constant(side, str) for side in sides)
    mapping = any(isinstance(side, (ast.Dict, ast.DictComp)) for side in sides)
    return text or mapping


def _constant(node: ast.AST, kind: type) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, kind)


def _from_to(old: ast.AST, new: ast.AST) -> str:
    return f"{_say(old)}  →  {_say(new)}"


def _say(node: ast.AST) -> str:
    words = " ".join(ast.unparse(node).split())
    return words if len(words) <= 100 else f"{words[:97]}…"
