from typing import ClassVar

import libcst as cst

from freqgen_structure.calls import by_row
from freqgen_structure.data_checks import asks_whether_empty
from freqgen_structure.lookahead import CandlesRule
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad
from freqgen_structure.vocabulary import DATA, NUMPY_REDUCTIONS, OTHER_REDUCTIONS, REDUCTIONS, Kind

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"
_BUILTINS = frozenset("max min sum".split())
# What the first candles tell, or any of them.
_OF_DATES = frozenset("min median mode".split())


class WholeColumn(CandlesRule):
    """FG205: a statistic of a whole column knows candles that have not happened yet.

    ``dataframe["volume"].mean()`` is the mean of all candles of a backtest, of those after the
    one that a signal is for as well; in trading it is another number with each candle. The same
    holds for maximum, minimum, deviation, quantiles and sums, of pandas and of NumPy, in the
    functions of the file that get a column too. ``rolling`` and ``expanding`` are for this, and
    statistics of them, or along the columns of a row, are left alone. Where the number cannot
    be followed into a column or a decision, or only tells whether there is any data, the
    finding is a warning.
    """

    HINT = "take it over the candles so far: .rolling(n).mean(), or .expanding().mean()"
    VALID = (
        _POPULATE + "    dataframe['a'] = dataframe['close'].rolling(20).mean()",
        _POPULATE + "    dataframe['a'] = dataframe['close'].expanding().max()",
        _POPULATE + "    dataframe['a'] = dataframe['close'].ewm(span=3).std()",
        _POPULATE + "    dataframe['a'] = dataframe[['open', 'close']].max(axis=1)",
        _POPULATE + "    dataframe['a'] = dataframe[['open', 'close']].mean(1)",
        "import numpy as np\n"
        + _POPULATE
        + "    dataframe['a'] = np.max([dataframe.open, dataframe.close], axis=0)",
        "import pandas as pd\n"
        + _POPULATE
        + "    dataframe['a'] = pd.DataFrame([dataframe.open, dataframe.close]).min()",
        _POPULATE + "    print(dataframe['close'].mean())",
        _POPULATE + "    x = dataframe['close'].mean()\n    logger.info('%s', x)",
        _POPULATE + "    f = lambda w: w.max() - w.min()\n"
        "    dataframe['a'] = dataframe['close'].rolling(5).apply(f)",
        _POPULATE + "    c = dataframe['close'].values\n"
        "    dataframe['a'] = [c[i - 5:i].mean() for i in range(len(c))]",
        "def custom_exit(self, pair, trade, **kwargs):\n"
        "    dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n"
        "    return dataframe['close'].max() > 3",
    )
    INVALID: ClassVar = (
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe['close'].mean()", line=2),
        Bad(
            code=_POPULATE + "    c = dataframe.close\n"
            "    dataframe['a'] = (c - c.min()) / c.rolling(5).max()",
            line=3,
        ),
        Bad(
            code="import numpy as np\n"
            + _POPULATE
            + "    level = np.percentile(dataframe['close'], 90)\n"
            "    dataframe.loc[dataframe['close'] > level, 'enter_long'] = 1",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    dataframe.loc[\n        dataframe['volume']\n"
            "        > dataframe['volume'].quantile(0.9),\n        'enter_long',\n    ] = 1",
            line=4,
        ),
        Bad(
            code="def norm(s):\n    return s / s.std()\n"
            + _POPULATE
            + "    dataframe['a'] = norm(dataframe['close'])",
            line=2,
        ),
        Bad(code=_POPULATE + "    dataframe['a'] = max(dataframe['close'])", line=2),
        Bad(
            code=_POPULATE + "    x = dataframe[['rsi']]\n"
            "    dataframe['a'] = x.apply(lambda c: c / c.max())",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    if dataframe['close'].mean() > 5:\n"
            "        dataframe['enter_long'] = 1",
            line=2,
        ),
        Bad(
            code=_POPULATE + "    level = dataframe['close'].max()\n"
            "    return dataframe.assign(a=level)",
            line=2,
        ),
        Bad(code=_POPULATE + "    self.level = dataframe['close'].max()", line=2),
        Bad(
            code=_POPULATE + "    dataframe['a'] = dataframe['a'].fillna(dataframe['a'].mean())",
            line=2,
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func)
        if path is not None:
            self._function(node, path)
        elif isinstance(node.func, cst.Name):
            name = node.func.value
            if name in _BUILTINS and self.source.is_builtin(node.func) and len(node.args) == 1:
                kind = self.candles.kind(node.args[0].value)
                if kind is Kind.SERIES or kind is Kind.RESULT:
                    self._statistic(node, name, node.args[0].value)
        elif isinstance(node.func, cst.Attribute):
            name, receiver = node.func.attr.value, node.func.value
            if name in REDUCTIONS or name in {"any", "all"}:
                kind = self.candles.kind(receiver)
                of_dates = kind is Kind.INDEX and name == "max"
                if (kind in DATA or of_dates) and not by_row(node):
                    self._statistic(node, name, receiver)

    def _function(self, node: cst.Call, path: str) -> None:
        library, _, name = path.rpartition(".")
        if not node.args or by_row(node, library=True):
            return
        values = node.args[0].value
        unbound = library in {"pandas.Series", "pandas.DataFrame"} and name in REDUCTIONS
        numpy = library == "numpy" and name in NUMPY_REDUCTIONS
        if (unbound or numpy or path in OTHER_REDUCTIONS) and self.candles.has_candles(values):
            self._statistic(node, name, values)

    def _statistic(self, node: cst.Call, name: str, values: cst.BaseExpression) -> None:
        if name in _OF_DATES and self._of_dates(values):
            return
        self.spread(
            node,
            f"{name} of the whole column knows candles that have not happened yet",
            any_use=name not in {"any", "all"},
            certain=not asks_whether_empty(self.source, node),
        )

    def _of_dates(self, values: cst.BaseExpression) -> bool:
        names = {text_of(text) for text in self.source.below(values, cst.SimpleString)}
        names |= {attribute.attr.value for attribute in self.source.below(values, cst.Attribute)}
        return "date" in names and not names & {"open", "high", "low", "close", "volume"}
