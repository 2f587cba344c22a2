from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_SIGNS = {cst.And: "&", cst.Or: "|"}
_WORDS: tuple[type[cst.BaseExpression], ...] = (cst.BooleanOperation, cst.UnaryOperation)
_CASTS = frozenset({"bool", "float", "int"})


class TruthOfColumn(Rule):
    """FG305: a column is asked whether it is true as a whole.

    ``and``, ``or``, ``not``, ``if``, ``while`` and ``assert`` want one truth value, and a column
    has one for every candle: pandas raises an error when the strategy runs. Conditions on
    columns are joined with ``&`` and ``|`` and negated with ``~``, each in parentheses.
    """

    HINT = "join conditions with & and |, negate them with ~, and put each in parentheses"
    VALID = (
        "def f(self, pair, rate):\n"
        "    dataframe, _ = self.dp.get_analyzed_dataframe(pair, '5m')\n"
        "    dataframe = dataframe.iloc[-1].squeeze()\n    if rate > dataframe['close']:\n"
        "        return False\n",
        "def f(self, pair, when):\n"
        "    dataframe, _ = self.dp.get_analyzed_dataframe(pair, '5m')\n"
        "    candle = dataframe.loc[dataframe['date'] == when]\n    candle = candle.squeeze()\n"
        "    if candle['close'] > 1:\n        return False\n",
        "dataframe.loc[(dataframe['a'] < 3) & (dataframe['b'] > 1), 'x'] = 1",
        "if dataframe is None or dataframe.empty:\n    pass\n",
        "if len(dataframe) and dataframe['close'].iloc[-1] > 3 and not flag:\n    pass\n",
        "last = dataframe.iloc[-1]\nif last['a'] > 3 and last['b'] < 2:\n    pass\n",
        "if (dataframe['a'] > 3).any() or not dataframe['a'].isna().all():\n    pass\n",
        "if 'a' not in dataframe.columns and 'b' in dataframe:\n    pass\n",
        "for row in dataframe.itertuples():\n    if row.close > 1 and row.open:\n        pass\n",
        "mask = enabled and (dataframe['a'] > 3)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code="parts = [dataframe['a'] > 3, dataframe['b'] < 2]\nentry = parts[0] & parts[1]\n"
            "dataframe['enter_long'] = 1 if (entry) else 0\n",
            line=3,
        ),
        Bad(
            code="dataframe.loc[dataframe['a'] < 3 and dataframe['b'] > 1, 'x'] = 1",
            line=1,
            fixed="dataframe.loc[(dataframe['a'] < 3) & (dataframe['b'] > 1), 'x'] = 1",
        ),
        Bad(
            code="x = 1\ny = (\n    (dataframe['a'] < 3)  # low\n    or (dataframe['b'] > 1)\n"
            "    and dataframe.close.gt(2)\n)\n",
            line=4,
            fixed="x = 1\ny = (\n    (dataframe['a'] < 3)  # low\n    | ((dataframe['b'] > 1)\n"
            "    & dataframe.close.gt(2))\n)\n",
        ),
        Bad(
            code="low = dataframe['a'] < 3\ndataframe['x'] = not low\n",
            line=2,
            fixed="low = dataframe['a'] < 3\ndataframe['x'] = ~low\n",
        ),
        Bad(
            code="dataframe['x'] = not dataframe['a'] < 3 and dataframe['b'] > 1\n",
            line=1,
            fixed="dataframe['x'] = ~(dataframe['a'] < 3) & (dataframe['b'] > 1)\n",
        ),
        Bad(code="x = 1\nif dataframe['a'] < 30:\n    x = 2\n", line=2),
        Bad(code="x = 1\nif dataframe['a'] < 30 and x:\n    x = 2\n", line=2),
        Bad(code="x = 1\nif (\n    x > 0\n    and dataframe['a'] > 30\n):\n    x = 2\n", line=4),
        Bad(code="x = 1 if dataframe['a'] > 3 else 0\n", line=1),
        Bad(code="while dataframe['a'].shift(1) > 3:\n    pass\n", line=1),
        Bad(code="if not dataframe:\n    pass\n", line=1, fixed="if dataframe.empty:\n    pass\n"),
        Bad(code="x = dataframe or None\n", line=1),
        Bad(code="x = bool(dataframe['a'] > 3)\n", line=1),
        Bad(code="x = [c for c in y if dataframe['a'] > c]\n", line=1),
    )

    def check(self) -> None:
        self.kinds = kinds_of(self.source)
        for boolean in self.source.all(cst.BooleanOperation):
            if not isinstance(self.source.parent(boolean), cst.BooleanOperation):
                self._boolean(boolean)
        for unary in self.source.all(cst.UnaryOperation):
            if isinstance(unary.operator, cst.Not):
                self._not(unary)
        for kind in (cst.If, cst.While, cst.IfExp, cst.Assert, cst.CompIf):
            for node in self.source.all(kind):
                self._test(node.test)  # type: ignore[attr-defined]
        for call in self.source.all(cst.Call):
            name = call.func.value if isinstance(call.func, cst.Name) else ""
            if name in _CASTS and len(call.args) == 1 and self._many(call.args[0].value):
                self.report(call, f"{name}() wants one value, and this is a whole column")

    def _many(self, node: cst.CSTNode) -> bool:
        kind = self.kinds.of(node)
        return kind is not None and (kind.many or kind is Kind.FRAME)

    def _what(self, node: cst.CSTNode) -> str:
        return "a dataframe" if self.kinds.of(node) is Kind.FRAME else "a whole column"

    def _test(self, node: cst.BaseExpression) -> None:
        if self._many(node):
            self.report(
                node,
                f"this asks whether {self._what(node)} is true, which pandas refuses",
                hint="mark the candles with dataframe.loc[condition, …], or look at one candle, "
                "as in dataframe['x'].iloc[-1]",
            )

    # -- and, or ---------------------------------------------------------------------------

    def _boolean(self, node: cst.BooleanOperation) -> None:
        place = self._place(node)
        if place is None:
            return
        at, part, word = place
        edits: list[Edit] = []
        if all(self._joins(one) for one in self._parts(node)) and not self._tested(node):
            edits = self._joined(node)
        what = self._what(part)
        line = self.source.text.count("\n", 0, at) + 1
        self.report(
            line,
            f'"not" cannot negate {what}' if word == "not" else f'"{word}" cannot join {what}',
            column=at - self.source.text.rfind("\n", 0, at),
            edits=edits,
        )

    def _place(self, node: cst.BooleanOperation) -> tuple[int, cst.BaseExpression, str] | None:
        """Where the first column is whose truth is asked for, that column and by which word."""
        for one in self.source.below(node, *_WORDS):
            if one is not node and not self._part_of(one, node):
                continue
            if isinstance(one, cst.BooleanOperation):
                if self._many(one.left):
                    at, word = self._word(one)
                    return at, one.left, word
            elif isinstance(one, cst.UnaryOperation) and self._negates(one):
                return self.source.span(one)[0], one.expression, "not"
        last = node.right
        while isinstance(last, cst.BooleanOperation):
            last = last.right
        if self._tested(node) and self._many(last):
            return self.source.span(last)[0], last, self._word(node)[1]
        return None

    def _negates(self, node: cst.UnaryOperation) -> bool:
        return isinstance(node.operator, cst.Not) and self._many(node.expression)

    def _part_of(self, inner: cst.CSTNode, node: cst.CSTNode) -> bool:
        """Whether ``inner`` is joined by ``node``, and is not somewhere in a call."""
        for outer in self.source.ancestors(inner):
            if outer is node:
                return True
            if not isinstance(outer, cst.BooleanOperation | cst.UnaryOperation):
                return False
        return False

    def _word(self, node: cst.BooleanOperation) -> tuple[int, str]:
        start, end = self.source.span(node.operator)
        word = "and" if isinstance(node.operator, cst.And) else "or"
        return self.source.text.find(word, start, end), word

    def _parts(self, node: cst.BaseExpression) -> list[cst.BaseExpression]:
        """What is joined, without the operations in between."""
        if isinstance(node, cst.BooleanOperation):
            return [*self._parts(node.left), *self._parts(node.right)]
        if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not):
            return self._parts(node.expression)
        return [node]

    def _joins(self, part: cst.BaseExpression) -> bool:
        return self.kinds.of(part) is Kind.BOOLS

    def _tested(self, node: cst.CSTNode) -> bool:
        """Whether the whole must be one truth value, so that & and | would not do either."""
        parent = self.source.parent(node)
        if isinstance(parent, cst.UnaryOperation):
            return self._tested(parent)
        tests = cst.If | cst.While | cst.IfExp | cst.Assert | cst.CompIf
        return isinstance(parent, tests) and parent.test is node

    def _joined(self, node: cst.BaseExpression) -> list[Edit]:
        """The edits that write ``node`` with ``&``, ``|`` and ``~``."""
        edits: list[Edit] = []
        if isinstance(node, cst.UnaryOperation):
            return self._negated(node)
        if not isinstance(node, cst.BooleanOperation):
            return []
        sign = _SIGNS[type(node.operator)]
        begin, word = self._word(node)
        edits.append(Edit(start=begin, end=begin + len(word), text=sign))
        for side in (node.left, node.right):
            edits += self._joined(side)
            mixed = isinstance(side, cst.BooleanOperation) and type(side.operator) is not type(
                node.operator
            )
            if (mixed or self._loose(side)) and not side.lpar:
                edits += [self.insert_before(side, "("), self.insert_after(side, ")")]
        return edits

    def _loose(self, node: cst.BaseExpression) -> bool:
        """Whether an expression binds less than & and |, so that it needs parentheses."""
        return isinstance(node, cst.Comparison | cst.IfExp | cst.NamedExpr | cst.Lambda)

    # -- not -------------------------------------------------------------------------------

    def _not(self, node: cst.UnaryOperation) -> None:
        if isinstance(node.expression, cst.BooleanOperation) or not self._many(node.expression):
            return
        outer = next(
            (a for a in self.source.ancestors(node) if not isinstance(a, cst.UnaryOperation)), None
        )
        if isinstance(outer, cst.BooleanOperation):
            return  # said of the whole
        tested = self._tested(node)
        edits: list[Edit] = []
        inner = node.expression
        if self.kinds.of(inner) is Kind.FRAME and tested and isinstance(inner, cst.Name):
            edits = [self.replace(node, f"{self.text(inner)}.empty")]
        elif self._joins(inner) and not tested:
            edits = self._negated(node)
        self.report(node, f'"not" cannot negate {self._what(inner)}', edits=edits)

    def _negated(self, node: cst.UnaryOperation) -> list[Edit]:
        inner = node.expression
        if isinstance(inner, cst.BooleanOperation):
            return []
        start, _ = self.source.span(node)
        first, last = self.source.span(inner)
        if inner.lpar:
            return [Edit(start=start, end=start + 3, text="~")]
        if isinstance(inner, cst.Comparison | cst.BinaryOperation):
            return [
                Edit(start=start, end=first, text="~("),
                Edit(start=last, end=last, text=")"),
            ]
        return [Edit(start=start, end=first, text="~")]
