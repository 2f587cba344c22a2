"""What expressions of plain constants come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.nodes import dotted, number_of

if TYPE_CHECKING:
    from freqgen_structure.source import Source

_MOST_STEPS = 8
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "abs": abs,
    "float": float,
    "int": int,
    "max": max,
    "min": min,
}


def meant(source: Source, node: cst.BaseExpression, steps: int = _MOST_STEPS) -> cst.BaseExpression:
    """The expression that a name stands for, where it stands for one only; else ``node``.

    Follows constants of the module, of the class's body and of the function, and ``self.name``
    of the strategy's class where nothing else in the file sets it.
    """
    if steps == 0:
        return node
    if isinstance(node, cst.Name):
        value = source.value(node)
        if value is not None:
            return meant(source, value, steps - 1)
    elif isinstance(node, cst.Attribute):
        path = dotted(node) or ""
        owner, _, name = path.rpartition(".")
        ours = {"self", "cls", *(c.name.value for c in source.lineage)}
        found = source.attributes.get(name) if owner in ours else None
        if found is not None and not sets_on_object(source, name):
            return meant(source, found[1], steps - 1)
    return node


def sets_on_object(source: Source, name: str) -> bool:
    """Whether some statement assigns ``something.name``."""
    targets = [
        *(node.target for node in source.all(cst.AssignTarget)),
        *(node.target for node in source.all(cst.AnnAssign)),
        *(node.target for node in source.all(cst.AugAssign)),
    ]
    return any(isinstance(t, cst.Attribute) and t.attr.value == name for t in targets)


def number(source: Source, node: cst.BaseExpression, steps: int = _MOST_STEPS) -> float | None:
    """The number that an expression of literals and constants comes to."""
    node = meant(source, node)
    plain = number_of(node)
    if plain is not None or steps == 0:
        return plain
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        inner = number(source, node.expression, steps - 1)
        return None if inner is None else -inner
    if isinstance(node, cst.BinaryOperation):
        left = number(source, node.left, steps - 1)
        right = number(source, node.right, steps - 1)
        if left is None or right is None:
            return None
        match node.operator:
            case cst.Add():
                return left + right
            case cst.Subtract():
                return left - right
            case cst.Multiply():
                return left * right
            case cst.Divide() if right:
                return left / right
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
        return _called(source, node, node.func, steps)
    return None


def _called(source: Source, node: cst.Call, func: cst.Name, steps: int) -> float | None:
    """What one of the functions of numbers gives that Python has by itself."""
    function = _FUNCTIONS.get(func.value)
    if function is None or not source.is_builtin(func) or not node.args:
        return None
    if any(arg.star or arg.keyword for arg in node.args):
        return None
    given = [number(source, arg.value, steps - 1) for arg in node.args]
    known = [one for one in given if one is not None]
    if len(known) < len(given) or (len(known) == 1) is (func.value in {"max", "min"}):
        return None
    try:
        return function(*known)
    except (ArithmeticError, TypeError, ValueError):
        return None


def truth(source: Source, node: cst.BaseExpression) -> bool | None:
    """``True`` or ``False`` where an expression is that constant."""
    node = meant(source, node)
    if isinstance(node, cst.Name) and node.value in {"True", "False"}:
        return node.value == "True"
    return None


def goes_short(source: Source) -> bool:
    """Whether the strategy is for futures for sure: ``can_short = True`` is refused in spot."""
    found = source.attributes.get("can_short")
    return found is not None and truth(source, found[1]) is True
