from typing import ClassVar

import libcst as cst

from freqgen_structure.lookahead import CandlesRule
from freqgen_structure.rule import Bad
from freqgen_structure.tracing import tracer_of
from freqgen_structure.vocabulary import DATA, Kind

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"
_SET = "dataframe.set_index('date')"
# Methods that put rows to candles by their date.
_MATCHING = frozenset("map merge join replace reindex reindex_like align asof".split())
_FUNCTIONS = frozenset(
    {"pandas.merge", "pandas.merge_asof", "pandas.merge_ordered", "pandas.concat", "numpy.interp"}
)


class PeriodEnd(CandlesRule):
    """FG210: a period's row is dated at its beginning and holds what is known at its end.

    ``resample("1h").last()`` at 15:00 is the close of 16:00. Brought back to the candles by
    date, as with ``map``, ``merge`` or ``reindex``, it tells those of 15:05 what is yet to come;
    daily groups do the same. Shift the rows by one before, label them on the right, or use
    Freqtrade's ``merge_informative_pair`` or ``resampled_merge`` of technical, which do it.
    """

    HINT = (
        "shift(1) the period's rows before they are brought back, or use merge_informative_pair "
        "or technical's resampled_merge"
    )
    VALID = (
        _POPULATE + f"    r = {_SET}['close'].resample('1h').last()\n"
        "    dataframe['a'] = dataframe['date'].dt.floor('1h').map(r.shift(1))",
        _POPULATE + f"    r = {_SET}['close'].resample('1h').last().shift()\n"
        "    dataframe['a'] = r.reindex(dataframe['date'], method='ffill').values",
        _POPULATE + f"    r = {_SET}['close'].resample('1h', label='right').last()\n"
        "    dataframe['a'] = r.reindex(dataframe['date'], method='ffill').values",
        "from technical.util import resample_to_interval, resampled_merge\n"
        + _POPULATE
        + "    r = resample_to_interval(dataframe, 60)\n    r['a'] = r['close'].ewm(3).mean()\n"
        "    dataframe = resampled_merge(dataframe, r)\n    return dataframe",
        _POPULATE + "    d = dataframe.groupby(dataframe['date'].dt.date)['open'].first()\n"
        "    dataframe['a'] = dataframe['date'].dt.date.map(d)",
        _POPULATE + "    d = dataframe.groupby(dataframe['date'].dt.date).agg({'high': 'max'})\n"
        "    d['before'] = d['high'].shift(1)\n"
        "    dataframe['a'] = dataframe['date'].dt.date.map(d['before'])",
    )
    INVALID: ClassVar = (
        Bad(
            code=_POPULATE + f"    r = {_SET}['close'].resample('1h').last()\n"
            "    dataframe['a'] = dataframe['date'].dt.floor('1h').map(r)",
            line=3,
        ),
        Bad(
            code=_POPULATE + f"    r = {_SET}.resample('4h').agg({{'high': 'max'}})\n"
            "    dataframe['a'] = (\n        r['high']\n"
            "        .reindex(dataframe['date'], method='ffill')\n        .values\n    )",
            line=5,
        ),
        Bad(
            code="import pandas as pd\n"
            + _POPULATE
            + "    r = dataframe.resample('1D', on='date').agg({'low': 'min'}).reset_index()\n"
            "    return pd.merge_asof(dataframe, r, on='date')",
            line=4,
        ),
        Bad(
            code=_POPULATE + "    day = dataframe['date'].dt.date\n"
            "    dataframe['a'] = day.map(dataframe.groupby(day)['high'].max())",
            line=3,
        ),
        Bad(
            code="from technical.util import resample_to_interval\n"
            + _POPULATE
            + "    r = resample_to_interval(dataframe, 60)\n"
            "    dataframe = dataframe.merge(r, on='date', how='left')\n    return dataframe",
            line=4,
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func)
        if path in _FUNCTIONS:
            parts = [arg.value for arg in node.args if arg.keyword is None]
            if parts and isinstance(parts[0], cst.List | cst.Tuple):
                parts = [element.value for element in parts[0].elements]
            parts += [
                a.value for a in node.args if a.keyword and a.keyword.value in {"left", "right"}
            ]
            self._matched(node, parts)
        elif isinstance(node.func, cst.Attribute) and node.func.attr.value in _MATCHING:
            self._matched(node, [node.func.value, *(arg.value for arg in node.args)])

    def visit_Assign(self, node: cst.Assign) -> None:
        target = node.targets[0].target
        if self.candles.kind(node.value) is not Kind.AGGREGATE:
            return
        if isinstance(target, cst.Subscript) and self.candles.kind(target.value) is Kind.FRAME:
            tracer = tracer_of(self.candles)
            if not tracer.is_moved(node.value):
                self.report(node.value, self._message())

    def _matched(self, node: cst.Call, parts: list[cst.BaseExpression]) -> None:
        kinds = {part: self.candles.kind(part) for part in parts}
        rows = [part for part, kind in kinds.items() if kind is Kind.AGGREGATE]
        candles = [part for part, kind in kinds.items() if kind in DATA or kind is Kind.INDEX]
        tracer = tracer_of(self.candles)
        if not rows or not candles or any(tracer.is_moved(part) for part in rows):
            return
        if any(tracer.is_delayed(part) for part in candles):
            return
        self.spread(node, self._message())

    def _message(self) -> str:
        return "a period's row, dated at its beginning, tells the candles in it how it ends"
