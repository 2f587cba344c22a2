"""What a design may say although it is probably not meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf

from freqgen.design.expressions import (
    Call,
    Column,
    Comparison,
    Expression,
    Kind,
    Logic,
    Node,
    Number,
    Parameter,
    scalar_range,
    walk,
)
from freqgen.design.ranges import Range, number_range
from freqgen.design.unparse import unparse

_BELOW_HIGH = frozenset({"open", "high", "low", "close"})


def never_true(root: Node) -> list[str]:
    """Comparisons with an extreme that includes the current candle, which never hold."""
    warnings = []
    for node in walk(root):
        if isinstance(node, Comparison) and node.operator in {"<", ">"}:
            big, small = (
                (node.left, node.right) if node.operator == ">" else (node.right, node.left)
            )
        elif isinstance(node, Call) and node.function.startswith("crosses_"):
            left, right = node.operands
            big, small = (left, right) if node.function == "crosses_above" else (right, left)
        else:
            continue
        if _is_extreme_of(small, "highest", big, "high"):
            warnings.append(
                "this never holds, because the highest value includes the current candle; "
                "write shift(highest(...), 1)"
            )
        elif _is_extreme_of(big, "lowest", small, "low"):
            warnings.append(
                "this never holds, because the lowest value includes the current candle; "
                "write shift(lowest(...), 1)"
            )
    return warnings


def _is_extreme_of(extreme: Node, function: str, value: Node, bound: str) -> bool:
    if not (isinstance(extreme, Call) and extreme.function == function):
        return False
    inner = extreme.operands[0]
    return inner == value or (
        isinstance(inner, Column)
        and inner.name == bound
        and isinstance(value, Column)
        and value.name in _BELOW_HIGH
    )


def nonsense(root: Node, ranges: Mapping[str, Range]) -> list[str]:
    """Comparisons that an indicator's range decides before any candle is known."""
    warnings = []
    for node in walk(root):
        if isinstance(node, Comparison):
            a, b = number_range(node.left, ranges), number_range(node.right, ranges)
            verdict = _decided(node.operator, a, b)
        elif isinstance(node, Call) and node.function.startswith("crosses_"):
            a, b = (number_range(operand, ranges) for operand in node.operands)
            apart = a[1] < b[0] or b[1] < a[0]
            verdict = "never" if apart else ""
        else:
            continue
        if verdict:
            left, right = _operands(node)
            known = ", ".join(
                f"{unparse(side)} lies between {low:g} and {high:g}"
                if high < inf
                else f"{unparse(side)} is never below {low:g}"
                for side, (low, high) in ((left, a), (right, b))
                if not isinstance(side, Number) and low > -inf
            )
            warnings.append(f'"{unparse(node)}" {verdict} holds: {known}')
    return warnings


def contradictions(rules: Sequence[Expression]) -> list[str]:
    """Comparisons of one list, all of which must hold, that exclude each other."""
    warnings = []
    bounds: dict[Node, list[tuple[str, float, Node]]] = {}
    for rule in rules:
        for part in _conjuncts(rule.root):
            if isinstance(part, Comparison) and part.operator in _MIRRORED:
                for value, sign, limit in (
                    (part.left, part.operator, part.right),
                    (part.right, _MIRRORED[part.operator], part.left),
                ):
                    if value.kind is Kind.SERIES and limit.kind is Kind.SCALAR:
                        low, high = scalar_range(limit)
                        furthest = high if "<" in sign else low
                        bounds.setdefault(value, []).append((sign, furthest, part))
    for found in bounds.values():
        below = [item for item in found if "<" in item[0] or item[0] == "=="]
        above = [item for item in found if ">" in item[0] or item[0] == "=="]
        for sign, most, one in below:
            for other_sign, least, other in above:
                strict = sign == "<" or other_sign == ">"
                if one is not other and (least > most or (least == most and strict)):
                    text = f'"{unparse(one)}" and "{unparse(other)}" never hold together'
                    if text not in warnings:
                        warnings.append(text)
    return warnings


def unused_parameters(names: Iterable[str], expressions: Iterable[Expression]) -> list[str]:
    """A sentence for each parameter that nothing reads."""
    used = {
        node.name
        for expression in expressions
        for node in walk(expression.root)
        if isinstance(node, Parameter)
    }
    return [f"parameters.{name}: no rule uses it" for name in names if name not in used]


def _operands(node: Comparison | Call) -> tuple[Node, Node]:
    left, right = node.children()
    return left, right


def _conjuncts(node: Node) -> list[Node]:
    """The parts that must all be true for a condition to be."""
    if isinstance(node, Logic) and node.operator == "and":
        return [part for operand in node.operands for part in _conjuncts(operand)]
    return [node]


def _decided(operator: str, a: Range, b: Range) -> str:
    """``always`` or ``never`` where ranges decide a comparison, else nothing."""
    if operator in {"<", "<="}:
        a, b, operator = b, a, _MIRRORED[operator]
    if operator == ">":
        return "always" if a[0] > b[1] else "never" if a[1] <= b[0] else ""
    if operator == ">=":
        return "always" if a[0] >= b[1] else "never" if a[1] < b[0] else ""
    apart = a[1] < b[0] or b[1] < a[0]
    return ("never" if operator == "==" else "always") if apart else ""


_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
