from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_NAN = frozenset({"numpy.nan", "numpy.NaN", "numpy.NAN", "math.nan", "pandas.NA", "pandas.NaT"})


class ComparedWithNothing(Rule):
    """FG331: a column is compared with ``nan`` or ``None``, or asked what object it is.

    What is missing is equal to nothing, not even to itself: ``== np.nan`` is false on every
    candle and ``!= None`` true on every one. ``is None`` looks at the whole column, which is
    never None. ``.isna()`` and ``.notna()`` say where values are missing.
    """

    HINT = "write .isna() or .notna()"
    VALID = (
        "x = dataframe['a'].isna() | dataframe['a'].notna()",
        "if dataframe is None:\n    pass\n",
        "x = dataframe.get('a') is None",
        "if dataframe['a'].iloc[-1] is None:\n    pass\n",
        "x = dataframe['a'] == True",
        "x = 'a' in dataframe",
        "x = dataframe['a'] != dataframe['a']",
        "x = dataframe['tag'] == 'up'",
    )
    INVALID: ClassVar = (
        Bad(
            code="import numpy as np\nx['b'] = (\n    (dataframe['a'] == np.nan)\n)",
            line=3,
            fixed="import numpy as np\nx['b'] = (\n    (dataframe['a'].isna())\n)",
        ),
        Bad(
            code="x = (dataframe['a'] != None) & y",
            line=1,
            fixed="x = (dataframe['a'].notna()) & y",
        ),
        Bad(code="x = dataframe['a'] != None", line=1),
        Bad(code="assert dataframe['a'] is not None", line=1),
        Bad(
            code="x = y[(dataframe['a'] + 1) == float('nan')]",
            line=1,
            fixed="x = y[(dataframe['a'] + 1).isna()]",
        ),
        Bad(
            code="x.loc[dataframe['a'] * 2 is not None, 'b'] = 1",
            line=1,
            fixed="x.loc[(dataframe['a'] * 2).notna(), 'b'] = 1",
        ),
        Bad(
            code="from numpy import nan\nx['b'] = nan == dataframe['a']",
            line=2,
            fixed="from numpy import nan\nx['b'] = dataframe['a'].isna()",
        ),
        Bad(
            code="x = (dataframe['a'] > 3) is True",
            line=1,
            fixed="x = (dataframe['a'] > 3)",
        ),
        Bad(code="if dataframe['a'] is None:\n    pass\n", line=1),
        Bad(code="x = 3 in dataframe['a']", line=1),
        Bad(code="x = dataframe['a'] in [1, 2]", line=1, fixed="x = dataframe['a'].isin([1, 2])"),
        Bad(code="import numpy as np\nx = dataframe['a'] < np.nan", line=2),
    )

    def visit_Comparison(self, node: cst.Comparison) -> None:
        self.kinds = kinds_of(self.source)
        if len(node.comparisons) != 1:
            return
        operator, left, right = (
            node.comparisons[0].operator,
            node.left,
            node.comparisons[0].comparator,
        )
        if isinstance(operator, cst.In | cst.NotIn):
            self._in(node, left, operator, right)
            return
        if not self._many(left):
            left, right = right, left
        if not self._many(left):
            return
        if self._nothing(right):
            self._compared(node, left, operator)
        elif isinstance(operator, cst.Is | cst.IsNot):
            edits: list[Edit] = []
            if (
                isinstance(right, cst.Name)
                and right.value == "True"
                and left is node.left
                and isinstance(operator, cst.Is)
                and self.kinds.of(left) is Kind.BOOLS
            ):
                edits = [self.replace(node, self._whole(left))]
            self.report(node, '"is" looks at the whole column, not at its values', edits=edits)

    def _compared(
        self, node: cst.Comparison, left: cst.BaseExpression, operator: cst.BaseCompOp
    ) -> None:
        edits: list[Edit] = []
        if isinstance(operator, cst.Equal | cst.NotEqual | cst.Is | cst.IsNot):
            wanted = "isna" if isinstance(operator, cst.Equal | cst.Is) else "notna"
            if self._selects(node) and "#" not in self.text(node):
                edits = [self.replace(node, f"{self._whole(left)}.{wanted}()")]
        always = "true" if isinstance(operator, cst.NotEqual | cst.IsNot) else "false"
        # "is" may be asked of the object on purpose, where no candles are chosen by it.
        meant = isinstance(operator, cst.Is | cst.IsNot) and not self._selects(node)
        self.report(
            node,
            f"a column compared with what is missing is {always} on every candle",
            edits=edits,
            severity=Severity.WARNING if meant else None,
        )

    def _selects(self, node: cst.BaseExpression) -> bool:
        """Whether candles are chosen by a comparison, or it becomes a column."""
        inside: cst.CSTNode = node
        parent = self.source.parent(node)
        while isinstance(parent, cst.BinaryOperation | cst.UnaryOperation):
            if isinstance(parent, cst.UnaryOperation) and isinstance(parent.operator, cst.Not):
                return False
            if isinstance(parent, cst.BinaryOperation):
                return True
            inside, parent = parent, self.source.parent(parent)
        match parent:
            case cst.Index() | cst.SubscriptElement():
                return True
            case cst.Arg():
                call = self.source.parent(parent)
                path = self.source.imported(call.func) if isinstance(call, cst.Call) else None
                return path in {"numpy.where", "numpy.select", "numpy.logical_and"}
            case cst.Assign():
                return parent.value is inside and isinstance(
                    parent.targets[0].target, cst.Subscript
                )
        return False

    def _in(
        self,
        node: cst.Comparison,
        left: cst.BaseExpression,
        operator: cst.BaseCompOp,
        right: cst.BaseExpression,
    ) -> None:
        if self._many(left):
            plain = isinstance(right, cst.List | cst.Tuple | cst.Set)
            edits: list[Edit] = []
            if plain and isinstance(operator, cst.In) and "#" not in self.text(node):
                items = self.text(right)
                if isinstance(right, cst.Tuple):
                    items = f"({items})"
                edits = [self.replace(node, f"{self._whole(left)}.isin({items})")]
            self.report(
                node,
                '"in" asks for one value, and this is a whole column',
                hint="write .isin([…])",
                edits=edits,
            )
        elif self.kinds.of(right) in {Kind.SERIES, Kind.BOOLS} and text_of(left) is None:
            self.report(
                node,
                '"in" looks among the numbers of the rows of a column, not among its values',
                hint="write (column == value).rolling(…).max(), or column.isin([…])",
            )

    def _many(self, node: cst.BaseExpression) -> bool:
        return self.kinds.of(node) in {Kind.SERIES, Kind.BOOLS}

    def _whole(self, node: cst.BaseExpression) -> str:
        text = self.text(node)
        simple = isinstance(node, cst.Name | cst.Attribute | cst.Subscript | cst.Call)
        return text if simple and not node.lpar else f"({text})"

    def _nothing(self, node: cst.BaseExpression) -> bool:
        match node:
            case cst.Name(value="None"):
                return True
            case cst.Name() | cst.Attribute():
                return (self.source.imported(node) or "") in _NAN
            case cst.Call(func=cst.Name(value="float"), args=[cst.Arg(value=value)]):
                return (text_of(value) or "").lower() == "nan"
        return False
