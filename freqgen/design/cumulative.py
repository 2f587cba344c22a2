"""Running totals, whose level depends on where the candles begin.

The level of OBV is the sum of all volume since the first candle that happened to be loaded,
so ``obv > 1000000`` means something else for every start. It may be used where the unknown
level cancels: in ``change``, in differences, and in comparisons with itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from freqgen.design.expressions import (
    Arithmetic,
    Call,
    Column,
    Comparison,
    Expression,
    Kind,
    Negative,
    Node,
    Number,
    walk,
)
from freqgen.exceptions import DesignError

if TYPE_CHECKING:
    from freqgen.design.indicators import Indicator

Weights = dict[str, float]
"""How often the unknown level of each running total is contained in a value."""


def passes_offset(indicator: Indicator, params: Mapping[str, float | int]) -> bool | None:
    """Whether adding a constant to what an indicator reads adds the same to what it gives.

    :returns: ``True`` as for averages, ``False`` where the constant cancels as in a
        difference, ``None`` where it does something else. Found by trying.
    """
    import numpy as np
    import pandas as pd

    source = pd.Series(100 + np.sin(np.arange(400) / 7) * 5 + np.arange(400) % 13)
    columns = [f"source{number}" for number in range(len(indicator.sources))]
    frames = [
        pd.DataFrame(
            {**dict.fromkeys(indicator.inputs, source), **dict.fromkeys(columns, source + level)}
        )
        for level in (0.0, 1000.0)
    ]
    before, after = (indicator.compute(frame, params, columns) for frame in frames)
    steps = set()
    for output, values in before.items():
        difference = (after[output] - values).dropna()
        if len(difference) and np.allclose(difference, 1000.0, rtol=1e-6):
            steps.add(True)
        elif np.allclose(difference, 0.0, atol=1e-6):
            steps.add(False)
        else:
            return None
    return steps.pop() if len(steps) == 1 else None


def check_cumulative(
    expression: Expression, roots: Mapping[str, str], path: str, *, price: bool = False
) -> None:
    """Refuse an expression in which the level of a running total matters.

    :param roots: Names whose level is unknown, with the total that they come from.
    :param price: Whether the value itself is compared with a price.
    :raises DesignError: Naming the running total.
    """
    if not any(isinstance(node, Column) and node.name in roots for node in walk(expression.root)):
        return
    checker = _Checker(expression, roots, path)
    for node in walk(expression.root):
        if isinstance(node, Comparison):
            checker.same(node.left, node.right)
        elif isinstance(node, Call) and node.function.startswith("crosses_"):
            checker.same(*node.operands)
        elif isinstance(node, Call | Arithmetic) and node.kind is Kind.SERIES:
            checker.weights(node)
    if price and any(checker.weights(expression.root).values()):
        raise checker.error(expression.root)


class _Checker:
    def __init__(self, expression: Expression, roots: Mapping[str, str], path: str) -> None:
        self.expression = expression
        self.roots = roots
        self.path = path

    def error(self, node: Node) -> DesignError:
        name = next(n.name for n in walk(node) if isinstance(n, Column) and n.name in self.roots)
        return DesignError(
            f'"{name}" is a running total, its level depends on where the candles begin, '
            f'at character {node.start + 1} of "{self.expression.text}"',
            path=self.path,
            position=node.start,
            hint=f"compare it with itself, as in {name} > mean({name}, 20), "
            f"or write change({name}, 10)",
        )

    def same(self, left: Node, right: Node) -> None:
        difference = _add(self.weights(left), self.weights(right), -1.0)
        if any(abs(weight) > 1e-9 for weight in difference.values()):
            raise self.error(left if self.weights(left) else right)

    def weights(self, node: Node) -> Weights:
        match node:
            case Column(name=name):
                return {self.roots[name]: 1.0} if name in self.roots else {}
            case Negative(operand=operand):
                return _add({}, self.weights(operand), -1.0)
            case Arithmetic(operator="+" | "-" as sign, left=left, right=right):
                return _add(self.weights(left), self.weights(right), 1.0 if sign == "+" else -1.0)
            case Arithmetic(operator=operator, left=left, right=right):
                a, b = self.weights(left), self.weights(right)
                if isinstance(right, Number) and not b and right.value:
                    factor = right.value if operator == "*" else 1 / right.value
                    return _add({}, a, factor)
                if isinstance(left, Number) and not a and operator == "*":
                    return _add({}, b, left.value)
                if any(a.values()) or any(b.values()):
                    raise self.error(node)
                return {}
            case Call(function="change" | "std" | "zscore" | "bars_since" | "rising" | "falling"):
                return {}
            case Call(function="shift" | "highest" | "lowest" | "mean", operands=(operand,)):
                return self.weights(operand) if operand.kind is Kind.SERIES else {}
            case Call(function="min" | "max", operands=operands):
                first, *rest = (self.weights(operand) for operand in operands)
                for other in rest:
                    if any(abs(w) > 1e-9 for w in _add(first, other, -1.0).values()):
                        raise self.error(node)
                return first
            case Call(function="abs", operands=(operand,)):
                if any(self.weights(operand).values()):
                    raise self.error(node)
        return {}


def _add(left: Weights, right: Weights, factor: float) -> Weights:
    total = dict(left)
    for root, weight in right.items():
        total[root] = total.get(root, 0.0) + factor * weight
    return {root: weight for root, weight in total.items() if abs(weight) > 1e-12}
