"""The parts of a condition on columns, and what each of them says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.kinds import kinds_of

if TYPE_CHECKING:
    from freqgen_structure.source import Source

TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}
"""What each operator is when its sides change places."""

NEGATED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "==": "!=", "!=": "=="}
_METHODS = {"gt": ">", "lt": "<", "ge": ">=", "le": "<=", "eq": "==", "ne": "!="}
_DEEPEST = 200
_DEEPEST_NAME = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One comparison of a condition.

    :param node: Where it is written.
    :param crosses: Whether it is true only where one crosses the other.
    """

    node: cst.BaseExpression
    left: cst.BaseExpression
    sign: str
    right: cst.BaseExpression
    crosses: bool = False


def comparison(source: Source, node: cst.BaseExpression) -> Part | None:
    """What a comparison says, in whichever of pandas' spellings it is written."""
    if isinstance(node, cst.Comparison):
        if len(node.comparisons) != 1:
            return None
        target = node.comparisons[0]
        start, end = source.span(target.operator)
        sign = source.text[start:end].strip()
        if sign not in TURNED:
            return None
        return Part(node=node, left=node.left, sign=sign, right=target.comparator)
    if not isinstance(node, cst.Call):
        return None
    name = (source.imported(node.func) or "").rpartition(".")[2]
    if name in {"crossed_above", "crossed_below"} and len(node.args) >= 2:
        return Part(
            node=node,
            left=node.args[0].value,
            sign=">" if name == "crossed_above" else "<",
            right=node.args[1].value,
            crosses=True,
        )
    if isinstance(node.func, cst.Attribute) and len(node.args) == 1:
        sign = _METHODS.get(node.func.attr.value, "")
        if sign and not node.args[0].star and not source.imported(node.func):
            return Part(node=node, left=node.func.value, sign=sign, right=node.args[0].value)
    return None


def comparisons(source: Source) -> Iterator[Part]:
    """Every comparison of a file."""
    for node in source.all(cst.Comparison):
        if (part := comparison(source, node)) is not None:
            yield part
    for call in source.all(cst.Call):
        if (part := comparison(source, call)) is not None:
            yield part


def key_of(source: Source, node: cst.BaseExpression, depth: int = 0) -> str:
    """The same text for expressions that read the same; a column's name is in it as such."""
    column = kinds_of(source).column_of(node)
    if column is not None:
        return f"[{column}]"
    if isinstance(node, cst.Name) and depth < _DEEPEST_NAME:
        value = source.value(node)
        if isinstance(value, cst.Comparison | cst.Subscript | cst.Attribute | cst.Call):
            return key_of(source, value, depth + 1)
    if (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and not source.imported(node.func)
    ):
        inner = key_of(source, node.func.value, depth + 1)
        given = ",".join("".join(_written(source, arg)) for arg in node.args)
        return f"{inner}.{node.func.attr.value}({given})"
    return "".join(_written(source, node))


def _written(source: Source, node: cst.CSTNode) -> list[str]:
    if isinstance(node, cst.Arg):
        keyword = f"{node.keyword.value}=" if node.keyword is not None else ""
        return [node.star, keyword, *_written(source, node.value)]
    start, end = source.span(node)
    return source.text[start:end].replace("'", '"').split()


def joined(
    source: Source, node: cst.BaseExpression, operator: type[cst.BaseBinaryOp], depth: int = 0
) -> Iterator[cst.BaseExpression]:
    """The parts that an expression joins by one operator, names with one value followed."""
    if depth > _DEEPEST:
        return
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, operator):
        yield from joined(source, node.left, operator, depth + 1)
        yield from joined(source, node.right, operator, depth + 1)
        return
    if isinstance(node, cst.Name):
        value = source.value(node)
        if isinstance(value, cst.BinaryOperation | cst.Comparison | cst.Call):
            yield from joined(source, value, operator, depth + 1)
            return
    yield node


def part_of(source: Source, node: cst.BaseExpression) -> Part | None:
    """What one part says, turned round where it is negated."""
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.BitInvert):
        inner = part_of(source, node.expression)
        if inner is None or inner.crosses:
            return None
        return Part(node=node, left=inner.left, sign=NEGATED[inner.sign], right=inner.right)
    return comparison(source, node)
