"""A defect is found whatever stands beside it: no sound line keeps the rules from seeing."""

from __future__ import annotations

import pytest

from freqgen_structure import validators
from tests.plugins.freqgen_structure.conftest import Check

STRATEGY = """\
import numpy as np
import pandas as pd
import pandas_ta as pta
import talib.abstract as ta
from freqtrade.strategy import IntParameter, IStrategy, merge_informative_pair
from technical import qtpylib


class S(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {{"0": 0.1}}
    stoploss = -0.1
    startup_candle_count = 200
    n = IntParameter(5, 20, default=10, space="buy")

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe)
        {line}
        {indicators}
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        {entry}
        dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        {exit}
        dataframe.loc[dataframe["rsi"] > 70, "exit_long"] = 1
        return dataframe

    def doubled(self, data):
        data["double"] = data["close"] * 2
        return data

    def copied(self, data: pd.DataFrame) -> pd.DataFrame:
        data = data.copy()
        return data

    def smooth(self, data, pair):
        return data.rolling(3).mean()
"""

BESIDE = {
    "nothing": "pass",
    "a helper that adds": "dataframe = self.doubled(dataframe)",
    "a helper that copies": "dataframe = self.copied(dataframe)",
    "a helper for a column": 'dataframe["h"] = self.smooth(dataframe["close"], 1)',
    "an informative pair": 'inf = self.dp.get_pair_dataframe(metadata["pair"], "1h"); '
    'dataframe = merge_informative_pair(dataframe, inf, self.timeframe, "1h", ffill=True)',
    "a loop over a parameter": "for w in self.n.range: "
    'dataframe[f"ema_{w}"] = ta.EMA(dataframe, timeperiod=w)',
    "several outputs": 'dataframe[["macd", "sig"]] = ta.MACD(dataframe)[["macd", "macdsignal"]]',
    "pandas_ta": 'dataframe["e"] = pta.ema(dataframe["close"], length=10)',
    "the index": 'dataframe = dataframe.set_index("date").reset_index()',
    "assign": 'dataframe = dataframe.assign(z=dataframe["close"])',
    "sorted": 'dataframe = dataframe.sort_values("date")',
    "an order book": 'if self.dp.runmode.value in ("live", "dry_run"): '
    'dataframe["bid"] = self.dp.orderbook(metadata["pair"], 1)["bids"][0][0]',
    "heikin ashi": 'candles = qtpylib.heikinashi(dataframe); dataframe["ha"] = candles["close"]',
    "plain outputs": 'upper, middle, lower = ta.BBANDS(dataframe["close"].values)',
    "where": 'dataframe["k"] = np.where(dataframe["close"] > 1, 1, 0)',
    "a second name": 'df = dataframe; df["k"] = 2',
    "the places of an array": "marks = np.zeros(len(dataframe)); marks[self.places] = 1; "
    'dataframe["marks"] = marks',
    "something kept by pair": 'self.seen[metadata["pair"]] = 1',
}

DEFECTS = {
    ("indicators", 'dataframe["a"] = dataframe["close"].shift(-1)'): "FG201",
    ("indicators", 'dataframe["a"] = dataframe["close"].iloc[-1]'): "FG20",
    ("indicators", 'dataframe["a"] = dataframe["close"] - dataframe["close"].mean()'): "FG20",
    ("indicators", 'dataframe["a"] = dataframe["close"].rolling(5, center=True).mean()'): "FG2",
    ("indicators", 'dataframe["a"] = dataframe["close"][::-1].rolling(3).mean()'): "FG2",
    ("indicators", 'dataframe["a"] = ta.RSI(dataframe, period=3)'): "FG32",
    ("indicators", 'dataframe["a"] = dataframe["close"].fillna(method="ffill")'): "FG35",
    ("indicators", 'for i, row in dataframe.iterrows(): dataframe.at[i, "g"] = 1'): "FG4",
    ("indicators", 'dataframe["unused"] = ta.ADX(dataframe)'): "FG318",
    ("entry", 'dataframe["close"][dataframe["rsi"] > 1] = 2'): "FG303",
    ("entry", 'if dataframe["rsi"] > 30: dataframe["enter_long"] = 1'): "FG3",
    ("entry", 'dataframe.loc[dataframe["rsj"] < 30, "enter_long"] = 1'): "FG302",
    ("entry", 'dataframe.loc[dataframe["rsi"] > 130, "enter_long"] = 1'): "FG308",
    ("entry", 'dataframe.loc[dataframe["rsi"] < 30, "enter_lnog"] = 1'): "FG110",
    ("entry", 'dataframe["rsi"].fillna(0, inplace=True)'): "FG3",
    ("exit", 'dataframe.loc[dataframe["rsi"] < 30, "exit_long"] = "1"'): "FG312",
}


def _codes(check: Check, line: str, place: str = "", defect: str = "") -> set[tuple[str, str]]:
    parts = dict.fromkeys(("indicators", "entry", "exit"), "pass") | {place: defect}
    found = check(STRATEGY.format(line=line, **parts), "S").findings
    return {(finding.code, finding.message) for finding in found}


@pytest.mark.parametrize("line", BESIDE.values(), ids=BESIDE)
def test_every_defect_is_found_beside(line: str, check: Check) -> None:
    sound = _codes(check, line)
    assert {code for code, _ in sound} <= {"FG318"}  # what is only written
    missed = [
        defect
        for (place, defect), begin in DEFECTS.items()
        if not any(code.startswith(begin) for code, _ in _codes(check, line, place, defect) - sound)
    ]
    assert missed == []


def test_the_codes_are_those_of_rules() -> None:
    codes = {code for validator in validators() for code in validator.codes}
    assert all(any(code.startswith(begin) for code in codes) for begin in DEFECTS.values())
