from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import argument
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

# What gives the same column or frame, put right: its result can only be meant for the same place.
_SAME = frozenset(
    "astype bfill clip ffill fillna infer_objects interpolate mask replace round where".split()
)
_SAME_FRAME = frozenset("assign bfill clip drop ffill fillna rename replace round astype".split())
_KEEPS_ELSEWHERE = frozenset(
    "append insert pop update to_csv set_index info plot hist describe".split()
)
# What a person writes to look at a dataframe, in a notebook: nothing was to be changed.
_LOOKS = frozenset("copy head nlargest nsmallest sample tail".split())
_HEAD = "import talib.abstract as ta\nfrom freqtrade.strategy import merge_informative_pair\n"


class LostResult(Rule):
    """FG315: something is computed, and the result is thrown away.

    Methods of dataframes and columns give a new one and leave the old one as it is:
    ``dataframe.fillna(0)`` as a statement fills nothing. ``==`` compares, where ``=`` assigns.
    To look at a dataframe, as with ``dataframe.tail()``, is a warning.
    """

    HINT = "assign the result"
    VALID = (
        "dataframe = dataframe.fillna(0)",
        "dataframe.fillna(0, inplace=True)",
        "dataframe.drop(columns=['a'], inplace=True)",
        "dataframe.insert(0, 'a', 1)",
        "def f(dataframe):\n    dataframe['x'] = 1\n    return dataframe\n\n\nf(dataframe)\n",
        "'''text'''\n...\n",
        "print(dataframe['a'].max())",
        "dataframe.info()",
        "dataframe.describe()",
        "conditions.append(dataframe['a'] > 1)",
        # FG134 says it
        _HEAD + "merge_informative_pair(dataframe, hours, '5m', '1h')",
    )
    INVALID: ClassVar = (
        Bad(
            code="dataframe.fillna(0)  # gaps",
            line=1,
            fixed="dataframe = dataframe.fillna(0)  # gaps",
        ),
        Bad(
            code="dataframe['x'].replace(\n    0, 1\n)",
            line=1,
            fixed="dataframe['x'] = dataframe['x'].replace(\n    0, 1\n)",
        ),
        Bad(
            code="dataframe.loc[dataframe['a'] > 1, 'enter_long'] == 1",
            line=1,
            fixed="dataframe.loc[dataframe['a'] > 1, 'enter_long'] = 1",
        ),
        Bad(code="x = 1\ndataframe['a'].shift(1)", line=2),
        Bad(
            code="dataframe.loc[\n    low, 'x'\n] == 1\n",
            line=3,
            fixed="dataframe.loc[\n    low, 'x'\n] = 1\n",
        ),
        Bad(code="dataframe['a'] > 3", line=1),
        Bad(code=_HEAD + "ta.RSI(dataframe)", line=3),
        Bad(code=_HEAD + "merge_informative_pair(*frames)", line=3),
        Bad(code="dataframe.dropna()", line=1),
        Bad(
            code="dataframe.rename(columns={'a': 'b'})",
            line=1,
            fixed="dataframe = dataframe.rename(columns={'a': 'b'})",
        ),
        Bad(code="dataframe['a'].rolling(20)", line=1),
        Bad(code="dataframe.tail(3)", line=1),
        Bad(code="dataframe['a'].head()", line=1),
        Bad(code="x = 1\ndataframe.copy()", line=2),
        Bad(
            code="dataframe.drop(columns=['a'])",
            line=1,
            fixed="dataframe = dataframe.drop(columns=['a'])",
        ),
    )

    def visit_Expr(self, node: cst.Expr) -> None:
        self.kinds = kinds_of(self.source)
        value = node.value
        if isinstance(value, cst.Comparison):
            self._comparison(value)
            return
        if isinstance(value, cst.Call):
            self._call(node, value)
        elif isinstance(
            value, cst.Subscript | cst.BinaryOperation | cst.UnaryOperation
        ) and self.kinds.of(value) in {Kind.SERIES, Kind.BOOLS, Kind.ARRAY}:
            self.report(value, "this is computed, and nothing gets the result")

    def _comparison(self, value: cst.Comparison) -> None:
        target = value.comparisons[0]
        edits: list[Edit] = []
        left = value.left
        if not isinstance(left, cst.Subscript) and self.kinds.of(value) is None:
            return
        equal = isinstance(target.operator, cst.Equal) and len(value.comparisons) == 1
        if equal and isinstance(left, cst.Subscript):
            start, end = self.source.span(target.operator)
            begin = self.source.text.find("==", start, end)
            edits = [Edit(start=begin, end=begin + 2, text="=")]
        at = self.source.text.find(
            self.text(target.operator).strip(), self.source.span(target.operator)[0]
        )
        self.report(
            self.source.text.count("\n", 0, at) + 1,
            "this compares, and nothing gets the result",
            column=at - self.source.text.rfind("\n", 0, at),
            hint="write = to assign" if equal else "assign the result",
            edits=edits,
        )

    def _call(self, node: cst.Expr, call: cst.Call) -> None:
        path = self.source.imported(call.func)
        if path is not None:
            kind = self.kinds.of(call)
            if kind is not None and kind is not Kind.SCALAR and not _merges(call, path):
                self._say(node, path.rpartition(".")[2], [])
            return
        if not isinstance(call.func, cst.Attribute):
            return
        base, name = call.func.value, call.func.attr.value
        if self._in_place(call) or name in _KEEPS_ELSEWHERE:
            return
        kind, of_base = self.kinds.of(call), self.kinds.of(base)
        if of_base not in {Kind.FRAME, Kind.SERIES, Kind.BOOLS, Kind.WINDOW} or kind is None:
            return
        if kind is Kind.SCALAR or name in _LOOKS:
            self._say(node, name, [], severity=Severity.WARNING)
        else:
            self._say(node, name, self._assigned(node, base, of_base, name))

    def _assigned(
        self, node: cst.Expr, base: cst.BaseExpression, kind: Kind, name: str
    ) -> list[Edit]:
        if kind is Kind.FRAME and name in _SAME_FRAME and isinstance(base, cst.Name):
            return [self.insert_before(node, f"{base.value} = ")]
        if (
            name in _SAME
            and self.kinds.column_of(base) is not None
            and isinstance(base, cst.Subscript)
        ):
            return [self.insert_before(node, f"{self.text(base)} = ")]
        return []

    def _in_place(self, call: cst.Call) -> bool:
        return any(
            arg.star or (arg.keyword is not None and arg.keyword.value == "inplace")
            for arg in call.args
        )

    def _say(
        self, node: cst.Expr, name: str, edits: list[Edit], severity: Severity | None = None
    ) -> None:
        self.report(
            node,
            f"nothing gets the result of {name}(), and the dataframe stays as it is",
            severity=severity,
            edits=edits,
        )


def _merges(call: cst.Call, path: str) -> bool:
    """Whether FG134, which knows such calls, says that the result is lost."""
    return (
        path.rpartition(".")[2] == "merge_informative_pair"
        and argument(call, 0, "dataframe") is not None
        and argument(call, 1, "informative") is not None
    )
