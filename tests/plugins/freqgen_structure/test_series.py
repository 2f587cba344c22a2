"""What is known of expressions while columns are computed: kinds, numbers, and where values go."""

from __future__ import annotations

import libcst as cst
import pytest

from freqgen_structure.constants import Numbers, numbers
from freqgen_structure.following import flow_of
from freqgen_structure.series import candles_of
from freqgen_structure.source import Source
from freqgen_structure.vocabulary import Kind

HEAD = """
import numpy as np
import pandas as pd
import talib
import talib.abstract as ta
from freqtrade.strategy import IntParameter, IStrategy, merge_informative_pair

AHEAD = 3
LAGS = {"short": -1, "long": 4}


def scaled(values, size=2):
    return values / size


class S(IStrategy):
    back = -2
    steps = [1, 2]
    lag = IntParameter(-4, -1, default=-2)

    def own(self, frame, n):
        return frame["close"].shift(n)

    def populate_indicators(self, dataframe, metadata):
        close = dataframe["close"]
        upper, middle, lower = talib.BBANDS(close)
        macd = ta.MACD(dataframe)
        moved = self.own(dataframe, 5)
        for step in self.steps:
            dataframe[f"x{step}"] = close
        for i in range(len(dataframe)):
            part = close.values[i - 5 : i]
        norm = lambda s: s
        found = WHAT
        return dataframe

    def custom_exit(self, pair, trade, **kwargs):
        frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        return frame["close"].iloc[-1] > frame["close"].mean()
"""


def value(what: str) -> tuple[Source, cst.BaseExpression]:
    source = Source(HEAD.replace("WHAT", what), "S")
    assert source.problem is None
    return source, next(
        assign.value
        for assign in source.all(cst.Assign)
        if isinstance(assign.targets[0].target, cst.Name)
        and assign.targets[0].target.value == "found"
    )


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("dataframe", Kind.FRAME),
        ("dataframe.copy().reset_index()", Kind.FRAME),
        ("dataframe[['open', 'close']]", Kind.FRAME),
        ("dataframe[dataframe['close'] > 1]", Kind.FRAME),
        ("dataframe.close", Kind.SERIES),
        ("dataframe.loc[:, 'close']", Kind.SERIES),
        ("dataframe.iloc[:, 3]", Kind.SERIES),
        ("close.values", Kind.SERIES),
        ("close.rolling(5)", Kind.WINDOW),
        ("close.rolling(5).mean().shift(1)", Kind.SERIES),
        ("close.mean()", None),
        ("dataframe[['open', 'close']].mean(axis=1)", Kind.SERIES),
        ("np.max([close, close], axis=0)", Kind.SERIES),
        ("np.max(close)", None),
        ("np.where(close > 1, 1, 0)", Kind.SERIES),
        ("(close - upper) / lower", Kind.SERIES),
        ("close > upper", Kind.SERIES),
        ("macd", Kind.RESULT),
        ("macd['macdhist']", Kind.SERIES),
        ("talib.RSI(close)", Kind.SERIES),
        ("scaled(close)", Kind.SERIES),
        ("self.own(dataframe, 1)", Kind.SERIES),
        ("dataframe.iloc[-1]", None),
        ("part", None),
        ("dataframe.index", Kind.INDEX),
        ("dataframe['date'].dt.date", Kind.SERIES),
        ("dataframe.groupby('day')['high']", Kind.GROUPS),
        ("dataframe.groupby('day')['high'].max()", Kind.AGGREGATE),
        ("dataframe.groupby('day')['high'].cummax()", Kind.SERIES),
        ("dataframe.resample('1h', on='date').last()['close']", Kind.AGGREGATE),
        ("self.dp.get_pair_dataframe('BTC/USDT', '1h')", Kind.FRAME),
        ("[x for x in close]", Kind.SERIES),
        ("[close, upper]", None),
        ("len(dataframe)", None),
        ("dataframe.columns", None),
        ("pd.concat([close, upper], axis=1)", Kind.FRAME),
    ],
)
def test_kinds(what: str, kind: Kind | None) -> None:
    source, node = value(what)
    assert candles_of(source).kind(node) is kind


def test_callbacks_are_not_looked_at() -> None:
    source, _ = value("1")
    candles = candles_of(source)
    callback = source.methods["custom_exit"]
    assert not candles.computes(callback.body)
    for call in source.below(callback, cst.Call, cst.Subscript):
        assert candles.kind(call) is None


@pytest.mark.parametrize(
    ("what", "known", "complete"),
    [
        ("-1", {-1}, True),
        ("AHEAD", {3}, True),
        ("-AHEAD", {-3}, True),
        ("1 - AHEAD", {-2}, True),
        ("-abs(-2)", {-2}, True),
        ("int(-1.0)", {-1}, True),
        ("self.back", {-2}, True),
        ("S.back * 2", {-4}, True),
        ("step", {1, 2}, True),
        ("LAGS['short']", {-1}, True),
        ("self.steps[1]", {2}, True),
        ("self.lag.value", {-4, -1, -2}, True),
        ("AHEAD if close else unknown", {3}, False),
        ("unknown", set(), False),
        ("True", {1}, True),
        ("1 / 0", set(), False),
    ],
)
def test_numbers(what: str, known: set[float], complete: bool) -> None:
    source, node = value(what)
    assert numbers(source, node) == Numbers(known=frozenset(known), complete=complete)


@pytest.mark.parametrize(
    ("after", "columns", "decides", "elsewhere"),
    [
        ("dataframe['a'] = found", 1, False, False),
        ("x = [found]\n        dataframe['a'] = x[0]", 1, False, False),
        ("dataframe.loc[close > found, 'a'] = 1", 1, False, False),
        ("dataframe['a'] = scaled(found)", 1, False, False),
        ("if found > 3:\n            dataframe['a'] = 1", 0, True, False),
        ("if found > 3:\n            print(found)", 0, False, False),
        ("print(f'{found:.2f}')", 0, False, False),
        ("self.dp.send_msg(str(found))", 0, False, False),
        ("assert found > 0", 0, False, False),
        ("self.kept = found", 0, False, True),
    ],
)
def test_where_a_value_goes(after: str, columns: int, decides: bool, elsewhere: bool) -> None:
    source, node = value(f"close.mean()\n        {after}")
    flow = flow_of(candles_of(source), node)
    assert (len(flow.columns), flow.decides, flow.elsewhere) == (columns, decides, elsewhere)
