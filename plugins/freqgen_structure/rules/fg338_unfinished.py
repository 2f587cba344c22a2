import inspect
from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.columns import columns_of
from freqgen_structure.imported import get
from freqgen_structure.kinds import kinds_of
from freqgen_structure.pandas_calls import class_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind


class Unfinished(Rule):
    """FG338: a method is named and not called, or a window has nothing computed in it.

    ``dataframe["close"].rolling(20).mean`` without parentheses is the method, not its result,
    and ``dataframe["close"].rolling(20)`` by itself is no column: neither can be compared, and
    stored in a column they are the same useless thing on every candle, or an error.
    """

    VALID = (
        "dataframe['x'] = dataframe['close'].rolling(20).mean()",
        "dataframe['x'] = dataframe.close > dataframe.open",
        "dataframe['rank'] = 1\nx = dataframe.rank > 3",
        "window = dataframe['close'].rolling(20)\ndataframe['x'] = window.mean()",
        "dataframe['x'] = dataframe['close'].values > 3",
        "mean = dataframe['close'].mean\nx = mean()",
        "x = dataframe['close'].rolling(3).mean() > dataframe['close'].size",
    )
    INVALID: ClassVar = (
        Bad(
            code="dataframe['x'] = dataframe['close'].rolling(20).mean  # average\n",
            line=1,
            fixed="dataframe['x'] = dataframe['close'].rolling(20).mean()  # average\n",
        ),
        Bad(
            code="x = (\n    dataframe['close'] >\n    dataframe['open'].abs\n)\n",
            line=3,
            fixed="x = (\n    dataframe['close'] >\n    dataframe['open'].abs()\n)\n",
        ),
        Bad(
            code="def f(dataframe):\n    x = 1\n    return dataframe.copy\n",
            line=3,
            fixed="def f(dataframe):\n    x = 1\n    return dataframe.copy()\n",
        ),
        Bad(
            code="x = dataframe['close'] > dataframe['close'].shift\n",
            line=1,
            fixed="x = dataframe['close'] > dataframe['close'].shift()\n",
        ),
        Bad(code="dataframe['x'] = dataframe['volume'].rolling(20)\n", line=1),
        Bad(code="dataframe.loc[:, 'x'] = dataframe['volume'].ewm(span=20)\n", line=1),
        Bad(
            code="x = (\n    dataframe['volume']\n    > dataframe['volume'].rolling(20) * 2\n)\n",
            line=3,
        ),
        Bad(code="w = dataframe['volume'].rolling(20)\nx = dataframe['volume'] > w\n", line=2),
        Bad(code="dataframe['x'] = dataframe['close'].rolling\n", line=1),
    )

    def check(self) -> None:
        kinds = kinds_of(self.source)
        for node in self.source.all(cst.Attribute):
            if self._used(node):
                self._method(node)
        for one in [*self.source.all(cst.Call), *self.source.all(cst.Name)]:
            if self._used(one) and kinds.of(one) is Kind.WINDOW:
                self.report(
                    one,
                    "this is a window of candles, and nothing is computed in it",
                    hint="write .mean(), .max() or what is meant behind it",
                )

    def _used(self, node: cst.CSTNode) -> bool:
        """Whether the value itself is computed with, compared, returned or put in a column."""
        match self.source.parent(node):
            case cst.BinaryOperation() | cst.Comparison() | cst.ComparisonTarget():
                return True
            case cst.Return():
                return isinstance(node, cst.Attribute)
            case cst.Assign(targets=targets) as assign if assign.value is node:
                return any(isinstance(target.target, cst.Subscript) for target in targets)
        return False

    def _method(self, node: cst.Attribute) -> None:
        name = node.attr.value
        owner = class_of(self.source, node.value)
        if owner is None or not owner.startswith("pandas"):
            return
        columns = columns_of(self.source)
        if owner == "pandas.DataFrame" and (
            name in {use.name for use in columns.writes}
            or any(pattern.fullmatch(name) for pattern in columns.patterns)
        ):
            return
        method = getattr(get(owner), name, None)
        if not inspect.isroutine(method):
            return
        edits: list[Edit] = [self.insert_after(node, "()")] if _bare(method) else []
        self.report(
            node.attr,
            f"{name} is named here, and not called",
            hint=f"write {name}()" if edits else f"write {name}(…)",
            edits=edits,
        )


def _bare(method: object) -> bool:
    """Whether a method can be called without arguments."""
    try:
        parameters = list(inspect.signature(method).parameters.values())[1:]  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    several = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    return all(p.default is not p.empty or p.kind in several for p in parameters)
