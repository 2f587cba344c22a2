from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_LOGIC = (cst.BitAnd, cst.BitOr, cst.BitXor)


class MissingParentheses(Rule):
    """FG307: a comparison that is joined with ``&`` or ``|`` has no parentheses.

    ``&`` binds more than ``<`` does, so that ``a < 30 & b > 0`` means ``a < (30 & b) > 0``: an
    error when the strategy runs, or, with ``(a < 30) & b > 0``, a condition of another meaning.
    """

    HINT = "put every comparison in parentheses"
    VALID = (
        "low, red = dataframe['a'] < 3, dataframe['b'] > 1\ndataframe['x'] = low & red == True",
        "dataframe['x'] = (dataframe['a'] < 30) & (dataframe['b'] > 0)",
        "dataframe['x'] = (dataframe['a'] < 30) & dataframe['b']",
        "x = flags & 4 > 0",
        "dataframe['x'] = (dataframe['a'] & 3) > 0",
        "dataframe['x'] = dataframe['bits'] & 3 == 3",
        "low = dataframe['a'] < 3\ndataframe['x'] = low & (dataframe['b'] > 1)",
    )
    INVALID: ClassVar = (
        Bad(
            code="dataframe['x'] = dataframe['a'] < 30 & dataframe['b'] > 0",
            line=1,
            fixed="dataframe['x'] = (dataframe['a'] < 30) & (dataframe['b'] > 0)",
        ),
        Bad(
            code="dataframe.loc[\n    (dataframe['a'] < 30)  # low\n    & dataframe['b'] > 0,\n"
            "    'x',\n] = 1",
            line=3,
            fixed="dataframe.loc[\n    (dataframe['a'] < 30)  # low\n    & (dataframe['b'] > 0),\n"
            "    'x',\n] = 1",
        ),
        Bad(
            code="dataframe['x'] = dataframe['a'] < 30 & (dataframe['b'] > 0)",
            line=1,
            fixed="dataframe['x'] = (dataframe['a'] < 30) & (dataframe['b'] > 0)",
        ),
        Bad(
            code="low = dataframe['a'] < 3\n"
            "dataframe['x'] = low & dataframe['b'] > 1 | dataframe['c'] == 2",
            line=2,
            fixed="low = dataframe['a'] < 3\n"
            "dataframe['x'] = low & (dataframe['b'] > 1) | (dataframe['c'] == 2)",
        ),
        Bad(
            code="dataframe['x'] = 5 <= dataframe['a'] & ~(dataframe['b'] > 0)",
            line=1,
            fixed="dataframe['x'] = (5 <= dataframe['a']) & ~(dataframe['b'] > 0)",
        ),
    )

    def visit_Comparison(self, node: cst.Comparison) -> None:
        self.kinds = kinds_of(self.source)
        sides = [node.left, *(target.comparator for target in node.comparisons)]
        groups = [self._split(side) for side in sides]
        if all(len(group) == 1 for group in groups) or not self._meant(sides, groups):
            return
        # What stands between two operators of logic belongs together, operators of comparison
        # and all: [[a], [30, b], [0]] is the comparisons of a with 30 and of b with 0.
        edits: list[Edit] = []
        fault: cst.BaseExpression | None = None
        first = groups[0][-1]
        for number, group in enumerate(groups):
            if number == 0:
                continue
            last = group[0]
            if number == len(groups) - 1 or len(group) > 1:
                if number > 0:
                    edits += [self._open(first), self._close(last)]
                    fault = fault or first
                first = group[-1]
        if len(node.comparisons) > 1 and any(len(group) == 1 for group in groups[1:-1]):
            edits = []  # a chained comparison is in it as well
        self.report(
            fault or node,
            "parentheses are missing: & and | bind more than comparisons do",
            edits=edits,
        )

    def _split(self, node: cst.BaseExpression) -> list[cst.BaseExpression]:
        """The operands of & and | that are written without parentheses."""
        if (
            isinstance(node, cst.BinaryOperation)
            and not node.lpar
            and isinstance(node.operator, _LOGIC)
        ):
            return [*self._split(node.left), *self._split(node.right)]
        return [node]

    def _meant(
        self, sides: list[cst.BaseExpression], groups: list[list[cst.BaseExpression]]
    ) -> bool:
        """Whether conditions on columns are joined, and not the bits of numbers compared."""
        flat = [operand for group in groups for operand in group]
        of_each = [self.kinds.of(operand) for operand in flat]
        if not any(kind is not None and kind.many for kind in of_each):
            return False
        if (
            len(sides) == 2
            and self.text(sides[1]) in {"True", "1"}
            and all(kind is Kind.BOOLS for kind in of_each[:-1])
        ):
            return False  # the same either way
        for group in groups:
            if len(group) == 1:
                continue
            kinds = [self.kinds.of(operand) for operand in group]
            if Kind.BOOLS in kinds:
                return True
            # 30 & column > 0: each end is compared with something else.
        middle = groups[1:-1]
        return any(len(group) > 1 for group in middle) and len(sides) > 2

    def _open(self, node: cst.BaseExpression) -> Edit:
        start, _ = self._outer(node)
        return Edit(start=start, end=start, text="(")

    def _close(self, node: cst.BaseExpression) -> Edit:
        _, end = self._outer(node)
        return Edit(start=end, end=end, text=")")

    def _outer(self, node: cst.BaseExpression) -> tuple[int, int]:
        """The span of a node with the parentheses around it."""
        start, end = self.source.span(node)
        text = self.source.text
        for _ in node.lpar:
            start = text.rfind("(", 0, start)
            end = text.find(")", end) + 1
        return start, end
