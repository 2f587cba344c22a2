from typing import ClassVar

import libcst as cst

from freqgen_structure.calls import by_row
from freqgen_structure.constants import numbers
from freqgen_structure.lookahead import CandlesRule
from freqgen_structure.nodes import argument
from freqgen_structure.rule import Bad
from freqgen_structure.vocabulary import DATA

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"
_BINNING = {"pandas.qcut": "qcut", "pandas.cut": "cut"}


class Ranked(CandlesRule):
    """FG217: a rank within a whole column counts candles that have not happened yet.

    ``dataframe["volume"].rank(pct=True)`` compares a candle with all of a backtest.
    ``pandas.qcut`` makes its bins of all of them, and so does ``pandas.cut`` where it is told
    how many and not where they lie.
    """

    HINT = "rank among the candles so far: .rolling(n).rank(pct=True), or .expanding().rank()"
    VALID = (
        _POPULATE + "    dataframe['a'] = dataframe['close'].rolling(50).rank(pct=True)",
        _POPULATE + "    dataframe['a'] = dataframe[['open', 'close']].rank(axis=1)['open']",
        "import pandas as pd\n"
        + _POPULATE
        + "    dataframe['a'] = pd.cut(dataframe['rsi'], [0, 30, 70, 100], labels=False)",
    )
    INVALID: ClassVar = (
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe['close'].rank(pct=True)", line=2),
        Bad(
            code="import pandas as pd\n"
            + _POPULATE
            + "    dataframe['a'] = pd.qcut(dataframe['rsi'], 4, labels=False)",
            line=3,
        ),
        Bad(
            code="from pandas import cut\n"
            + _POPULATE
            + "    dataframe['a'] = cut(dataframe['rsi'], bins=5, labels=False)",
            line=3,
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func) or ""
        if path in _BINNING:
            if self._bins(node, path):
                self._ranked(node, _BINNING[path])
        elif isinstance(node.func, cst.Attribute) and node.func.attr.value == "rank":
            whole = self.candles.kind(node.func.value) in DATA
            if whole and not by_row(node):
                self._ranked(node, "rank")

    def _bins(self, node: cst.Call, path: str) -> bool:
        if not node.args or not self.candles.has_candles(node.args[0].value):
            return False
        if path == "pandas.qcut":
            return True
        bins = argument(node, 1, "bins")
        return bins is not None and bool(numbers(self.source, bins).known)

    def _ranked(self, node: cst.Call, name: str) -> None:
        self.spread(node, f"{name} compares with the whole column, later candles included")
