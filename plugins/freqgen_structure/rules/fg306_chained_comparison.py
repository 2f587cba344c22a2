from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule

_LOGIC = (cst.BitAnd, cst.BitOr)


class ChainedComparison(Rule):
    """FG306: a column stands in the middle of a chained comparison.

    ``30 < dataframe["rsi"] < 70`` means ``30 < rsi and rsi < 70`` to Python, and ``and`` wants
    one truth value: pandas raises an error when the strategy runs.
    """

    HINT = "write two comparisons joined with &, each in parentheses"
    VALID = (
        "dataframe['x'] = (30 < dataframe['rsi']) & (dataframe['rsi'] < 70)",
        "if 0 < len(dataframe) < 20:\n    pass\n",
        "if 30 < dataframe['rsi'].iloc[-1] < 70:\n    pass\n",
        "dataframe['x'] = dataframe['rsi'].between(30, 70)",
        "x = dataframe['rsi'] < 30 & dataframe['x'] > 1  # FG307 says this",
    )
    INVALID: ClassVar = (
        Bad(
            code="dataframe['x'] = 30 < dataframe['rsi'] < 70",
            line=1,
            fixed="dataframe['x'] = (30 < dataframe['rsi']) & (dataframe['rsi'] < 70)",
        ),
        Bad(
            code="dataframe.loc[\n    (dataframe['a'] > 1)\n"
            "    & (1 <= dataframe['b'] <= dataframe['c'] < 4),\n    'x',\n] = 1",
            line=3,
            fixed="dataframe.loc[\n    (dataframe['a'] > 1)\n    & ((1 <= dataframe['b']) & "
            "(dataframe['b'] <= dataframe['c']) & (dataframe['c'] < 4)),\n    'x',\n] = 1",
        ),
        Bad(code="if 1 < dataframe['a'] < 3:\n    x = 1\n", line=1),
        Bad(code="x = dataframe['a'] < f(3) < dataframe['b']", line=1),
        Bad(
            code="low = dataframe['low']\nx = low < dataframe.open < 3 if y else z",
            line=2,
            fixed="low = dataframe['low']\n"
            "x = (low < dataframe.open) & (dataframe.open < 3) if y else z",
        ),
    )

    def visit_Comparison(self, node: cst.Comparison) -> None:
        kinds = kinds_of(self.source)
        if len(node.comparisons) < 2:
            return
        sides = [node.left, *(target.comparator for target in node.comparisons)]
        if any(isinstance(side, cst.BinaryOperation) and _joins(side) for side in sides):
            return  # parentheses are missing, which is said of them
        of_sides = [kinds.of(side) for side in sides]
        # The truth of every comparison but the last is asked for.
        if not any(kind is not None and kind.many for kind in of_sides[: len(sides) - 1]):
            return
        edits: list[Edit] = []
        # What stands in the middle is written twice: a call that may do something must not be.
        twice = any(
            kinds.of(side) is None and self.source.below(side, cst.Call) for side in sides[1:-1]
        )
        if "#" not in self.text(node) and not self._tested(node) and not twice:
            edits = [self._split(node, sides)]
        self.report(
            node, "a comparison of a column has two operators, which pandas refuses", edits=edits
        )

    def _split(self, node: cst.Comparison, sides: list[cst.BaseExpression]) -> Edit:
        parts = [
            f"({self._whole(left)} {_sign(self.text(target.operator))} {self._whole(right)})"
            for left, target, right in zip(sides, node.comparisons, sides[1:], strict=False)
        ]
        return self.replace(node, " & ".join(parts))

    def _whole(self, node: cst.BaseExpression) -> str:
        return f"({self.text(node)})" if node.lpar else self.text(node)

    def _tested(self, node: cst.Comparison) -> bool:
        parent = self.source.parent(node)
        if isinstance(parent, cst.BooleanOperation):
            return True
        tests = cst.If | cst.While | cst.IfExp | cst.Assert | cst.CompIf
        return isinstance(parent, tests) and parent.test is node


def _sign(operator: str) -> str:
    return " ".join(operator.split())


def _joins(node: cst.BinaryOperation) -> bool:
    return isinstance(node.operator, _LOGIC) and not node.lpar
