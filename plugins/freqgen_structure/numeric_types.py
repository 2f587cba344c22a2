"""Whether an expression is a whole number, a number with a point, or a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import libcst as cst

from freqgen_structure.nodes import dotted, number_of, text_of

if TYPE_CHECKING:
    from freqgen_structure.source import Source

NumericType = Literal["int", "float", "str"]

_PARAMETERS: dict[str, NumericType] = {
    "IntParameter": "int",
    "DecimalParameter": "float",
    "RealParameter": "float",
}
_DEEPEST = 10


def numeric_type(source: Source, node: cst.BaseExpression, depth: int = 0) -> NumericType | None:
    """The type of ``node``; ``None`` where the text does not say."""
    if text_of(node) is not None or isinstance(node, cst.FormattedString):
        return "str"
    match node:
        case cst.Integer():
            return "int"
        case cst.Float():
            return "float"
    if number_of(node) is not None and isinstance(node, cst.UnaryOperation):
        return numeric_type(source, node.expression, depth + 1)
    if depth > _DEEPEST:
        return None
    match node:
        case cst.Name():
            values = source.values(node)
            return _same(source, values, depth)
        case cst.Attribute():
            return _attribute(source, node, depth)
        case cst.BinaryOperation():
            return _binary(source, node, depth)
        case cst.UnaryOperation(operator=cst.Minus() | cst.Plus(), expression=inner):
            return numeric_type(source, inner, depth + 1)
        case cst.IfExp(body=one, orelse=other):
            return _same(source, [one, other], depth)
        case cst.Call(func=cst.Name(value=name) as function):
            if source.bindings(function) and not source.is_builtin(function):
                return None
            return _called(source, name, node, depth)
    return None


def _same(
    source: Source, values: list[cst.BaseExpression | None], depth: int
) -> NumericType | None:
    found = {
        numeric_type(source, value, depth + 1) if value is not None else None for value in values
    }
    return found.pop() if len(found) == 1 else None


def _attribute(source: Source, node: cst.Attribute, depth: int) -> NumericType | None:
    """``self.period`` and, of a parameter of hyperopt, ``self.period.value``."""
    path = dotted(node) or ""
    owner, _, name = path.partition(".")
    if owner not in {"self", "cls"} or not name:
        return None
    name, _, part = name.partition(".")
    if _set_elsewhere(source, name) or name not in source.attributes:
        return None
    value = source.attributes[name][1]
    if part == "value" and isinstance(value, cst.Call):
        made = (source.imported(value.func) or "").rpartition(".")[2]
        return _PARAMETERS.get(made)
    return numeric_type(source, value, depth + 1) if not part else None


def _set_elsewhere(source: Source, name: str) -> bool:
    """Whether a method sets the attribute as well."""
    targets: list[cst.BaseExpression] = [t.target for t in source.all(cst.AssignTarget)]
    targets += [t.target for t in source.all(cst.AnnAssign)]
    targets += [t.target for t in source.all(cst.AugAssign)]
    return any(isinstance(t, cst.Attribute) and t.attr.value == name for t in targets)


def _binary(source: Source, node: cst.BinaryOperation, depth: int) -> NumericType | None:
    left = numeric_type(source, node.left, depth + 1)
    right = numeric_type(source, node.right, depth + 1)
    if left not in {"int", "float"} or right not in {"int", "float"}:
        return None
    match node.operator:
        case cst.Divide():
            return "float"
        case cst.Add() | cst.Subtract() | cst.Multiply() | cst.FloorDivide() | cst.Modulo():
            return "int" if left == right == "int" else "float"
    return None


def _called(source: Source, name: str, node: cst.Call, depth: int) -> NumericType | None:
    if name in {"int", "len"}:
        return "int"
    if name in {"float", "str"}:
        return "float" if name == "float" else "str"
    if name == "round" and node.args:
        return "int" if len(node.args) == 1 else numeric_type(source, node.args[0].value, depth + 1)
    several = len(node.args) > 1 and name in {"max", "min"}
    if (several or name == "abs") and not any(arg.star or arg.keyword for arg in node.args):
        return _same(source, [arg.value for arg in node.args], depth)
    return None
