from typing import ClassVar

import libcst as cst

from freqgen_structure.lookahead import CandlesRule
from freqgen_structure.rule import Bad
from freqgen_structure.vocabulary import Kind

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"
# What a group's rows are told that have not seen its end.
_SO_FAR = frozenset(
    "first cumsum cummax cummin cumprod cumcount ngroup shift diff pct_change ffill pad head "
    "nth rolling expanding ewm fillna".split()
)
_WHOLE = frozenset(
    "max min mean sum median std var last count size nunique prod quantile sem skew idxmax "
    "idxmin any all rank bfill backfill describe".split()
)
_BY_CANDLE = frozenset({"rank", "bfill", "backfill", "ngroup"})


class WholeGroup(CandlesRule):
    """FG209: what a whole group has in common knows the candles at its end.

    ``groupby(day)["high"].transform("max")`` gives the first candle of a day the high of its
    last one. What runs along a group, such as ``cummax``, ``expanding`` and ``first``, knows the
    past only.
    """

    HINT = "use what runs along the group: cummax(), cumsum(), expanding().mean(), first"
    VALID = (
        _POPULATE + "    d = dataframe['date'].dt.date\n"
        "    dataframe['a'] = dataframe.groupby(d)['high'].cummax()",
        _POPULATE + "    d = dataframe['date'].dt.date\n"
        "    dataframe['a'] = dataframe.groupby(d)['open'].transform('first')",
        _POPULATE + "    d = dataframe['date'].dt.date\n"
        "    dataframe['a'] = dataframe.groupby(d)['high'].transform(lambda s: s.cummax())",
        _POPULATE + "    d = dataframe['date'].dt.date\n"
        "    high = dataframe.groupby(d)['high'].max().shift(1)\n"
        "    dataframe['a'] = d.map(high)",
    )
    INVALID: ClassVar = (
        Bad(
            code=_POPULATE + "    d = dataframe['date'].dt.date\n"
            "    dataframe['a'] = dataframe.groupby(d)['high'].transform('max')",
            line=3,
        ),
        Bad(
            code="import pandas as pd\n"
            + _POPULATE
            + "    g = dataframe.groupby(pd.Grouper(key='date', freq='1D'))\n"
            "    dataframe['a'] = g['close'].transform('last')",
            line=4,
        ),
        Bad(
            code=_POPULATE + "    d = dataframe['date'].dt.date\n"
            "    dataframe['a'] = dataframe.groupby(d)['volume'].rank()",
            line=3,
        ),
        Bad(
            code="import numpy as np\n"
            + _POPULATE
            + "    g = dataframe.groupby(dataframe['date'].dt.hour)\n"
            "    dataframe['a'] = g['volume'].transform(np.mean)",
            line=4,
        ),
        Bad(
            code=_POPULATE + "    r = dataframe.set_index('date').resample('1D')['high']\n"
            "    dataframe['a'] = r.transform('max').values",
            line=3,
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        func = node.func
        if not isinstance(func, cst.Attribute) or self.candles.kind(func.value) is not Kind.GROUPS:
            return
        name = func.attr.value
        if name == "transform":
            if not node.args or not self._sees_end(node.args[0].value):
                return
        elif name not in _BY_CANDLE or name in _SO_FAR:
            return
        self.spread(node, "what a whole group has in common knows the candles at its end")

    def _sees_end(self, given: cst.BaseExpression) -> bool:
        """Whether a function that is given a group uses all its rows for each of them."""
        names = self.source.strings(given)
        if names is not None:
            return not names <= _SO_FAR
        path = self.source.imported(given)
        if path is not None:
            return path.rpartition(".")[2] in _WHOLE | {"amax", "amin", "nanmean", "nanmax"}
        return isinstance(given, cst.Name) and given.value in {"max", "min", "sum", "len"}
