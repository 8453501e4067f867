"""Formulas that authors write: read into a tree of lists, computed here and in the browser alike (``blocks.js``).

A tree is a number, ``["var", name]``, or ``[operation, tree, …]``. Nothing else can be written, so nothing else runs.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

Tree = Any
NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")
_LIMIT = 500
_BINARY: dict[type[ast.AST], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_COMPARE: dict[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_CALLS = {"min": (1, 8), "max": (1, 8), "round": (1, 1), "floor": (1, 1), "ceil": (1, 1), "abs": (1, 1), "if_": (3, 3)}


class BadFormulaError(ValueError):
    """The formula cannot be read, or has no value; the message says what is expected."""


def read(text: str, names: set[str]) -> Tree:
    """Read a formula.

    :param names: variables it may use
    :raises BadFormulaError: it is not one
    """
    if len(text) > _LIMIT:
        raise BadFormulaError(f"a formula of at most {_LIMIT} letters")
    try:
        parsed = ast.parse(re.sub(r"\bif\s*\(", "if_(", text.strip()), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise BadFormulaError(f"a formula such as a * (b + 1), not “{text[:60]}”") from None
    return _read(parsed.body, names)


def read_assignment(text: str, names: set[str]) -> tuple[str, Tree]:
    """Read ``name = formula``.

    :raises BadFormulaError: it is none, or the name is none of ``names``
    """
    name, sign, formula = text.partition("=")
    if not sign or name.strip() not in names:
        raise BadFormulaError(f"variable = formula with a variable of {', '.join(sorted(names))}, not “{text[:60]}”")
    return name.strip(), read(formula, names)


def value(tree: Tree, values: Mapping[str, float]) -> float:
    """Compute a formula; a condition is 1 or 0.

    :raises BadFormulaError: division by zero, or a number too large
    """
    try:
        found = _value(tree, values)
    except ZeroDivisionError:
        raise BadFormulaError("a formula that never divides by 0") from None
    except OverflowError:
        found = math.inf
    if not math.isfinite(found) or abs(found) > 1e15:
        raise BadFormulaError("a formula whose value stays below 10^15")
    return found


def _read(node: ast.AST, names: set[str]) -> Tree:  # noqa: PLR0911 - one return a kind of node
    match node:
        case ast.Constant(value=number) if isinstance(number, int | float) and not isinstance(number, bool):
            return number
        case ast.Name(id=name) if name in names:
            return ["var", name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return [_BINARY[type(op)], _read(left, names), _read(right, names)]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return ["-", 0, _read(operand, names)]
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _read(operand, names)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ["not", _read(operand, names)]
        case ast.BoolOp(op=op, values=values):
            return ["and" if isinstance(op, ast.And) else "or", *(_read(one, names) for one in values)]
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARE:
            return [_COMPARE[type(op)], _read(left, names), _read(right, names)]
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _CALLS:
            least, most = _CALLS[name]
            if least <= len(args) <= most:
                return [name.rstrip("_"), *(_read(one, names) for one in args)]
    raise BadFormulaError(_expected(node, names))


def _expected(node: ast.AST, names: set[str]) -> str:
    if isinstance(node, ast.Name):
        return f"a variable of {', '.join(sorted(names))}; “{node.id}” is none"
    return "numbers, variables, + - * / ( ) and min, max, round, floor, ceil, abs, if(condition, a, b)"


def _half_up(number: float) -> float:
    return math.floor(number + 0.5)  # as the browser rounds


_OPERATIONS: dict[str, Callable[..., float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: abs(a - b) < 1e-9,
    "!=": lambda a, b: abs(a - b) >= 1e-9,
    "not": lambda a: not a,
    "min": min,
    "max": max,
    "round": _half_up,
    "floor": math.floor,
    "ceil": math.ceil,
    "abs": abs,
}


def _value(tree: Tree, values: Mapping[str, float]) -> float:
    if not isinstance(tree, list):
        return float(tree)
    operation, *rest = tree
    match operation:
        case "var":
            return float(values[rest[0]])
        case "if":
            return _value(rest[1] if _value(rest[0], values) else rest[2], values)
        case "and":
            return float(all(_value(one, values) for one in rest))
        case "or":
            return float(any(_value(one, values) for one in rest))
    return float(_OPERATIONS[operation](*(_value(one, values) for one in rest)))
