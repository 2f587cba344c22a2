"""What hides columns from the rules, and what does not: one line that should not blind them."""

from __future__ import annotations

import pytest

from tests.plugins.freqgen_structure.conftest import Check

STRATEGY = """\
import numpy as np
import pandas as pd
import talib.abstract as ta
import freqtrade.vendor.qtpylib.indicators as qtpylib
from technical.util import resample_to_interval, resampled_merge
from technical.indicators import PMAX, ichimoku
from freqtrade.strategy import IStrategy, merge_informative_pair


class S(IStrategy):
    timeframe = "5m"
    minimal_roi = {{"0": 0.1}}
    stoploss = -0.1
    seen = {{}}

    def populate_indicators(self, dataframe, metadata):
        pair = metadata["pair"]
        dataframe["rsi"] = ta.RSI(dataframe)
        {line}
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsj"] < 30, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] > 70, "exit_long"] = 1
        return dataframe
"""

TOLD = [
    "marks = np.zeros(len(dataframe)); marks[pair] = 1; dataframe['rsi'] = marks",
    "low = dataframe['low'].to_numpy(); low[pair] = 1; dataframe['rsi'] = low",
    "low = dataframe['low'].values; low[pair] = 1; dataframe['rsi'] = low",
    "self.seen[pair] = 1",
    "self.seen[pair] = {}; self.seen[pair][self.name] = 2",
    "state = self.seen[pair] = {}; state[pair] = 1",
    "state = self.seen.setdefault(pair, {}); state[self.name] = 1",
    "dataframe['rsi'][pair] = 3",
    "name = f'ema_{self.n}'; dataframe[name] = 1; dataframe['rsi'] = dataframe[name]",
    "name = 'ema_' + str(self.n); dataframe[name] = 1; dataframe['rsi'] = dataframe[name]",
    "dataframe[f'a{self.a}_{self.b}_{self.c}_{self.d}_{self.e}'] = 1",
    "dataframe['rsi'] = ta.RSI(qtpylib.typical_price(dataframe))",
    "dataframe['rsi'] = ichimoku(dataframe)['tenkan_sen']",
    "dataframe = resampled_merge(dataframe, resample_to_interval(dataframe, 60))",
    "other = self.dp.get_pair_dataframe(pair, '1h').rename(columns=lambda s: f'btc_{s}')",
    "other = dataframe.rename(columns=lambda s: 'x_' + s if s != 'date' else s)",
]

HIDDEN = [
    "dataframe[self.name] = 1",
    "dataframe = PMAX(dataframe)",
    "dataframe = helper.more(dataframe)",
    "helper.more(dataframe)",
    "dataframe.ta.rsi(append=True)",
    "dataframe = dataframe.rename(columns=self.names)",
    "dataframe = dataframe.rename(columns=lambda s: s[1:])",
    "self.frame = dataframe.copy(); self.frame[pair] = 1",
    "self.seen[pair] = dataframe.copy(); self.seen[pair][self.name] = 1",
    "for name in self.names: dataframe[name] = 1",
    "dataframe[f'{self.a}{self.b}'] = 1",
]


@pytest.mark.parametrize("line", TOLD)
def test_an_unwritten_column_is_found_beside(line: str, check: Check) -> None:
    found = check(STRATEGY.format(line=line), "S").findings
    assert [f.message for f in found if f.code == "FG302"] == [
        'the column "rsj" is read, but nothing writes it'
    ]


@pytest.mark.parametrize("line", HIDDEN)
def test_nothing_is_said_where_the_column_may_come_from_there(line: str, check: Check) -> None:
    assert [f for f in check(STRATEGY.format(line=line), "S").findings if f.code == "FG302"] == []
