"""Columns that only begin elsewhere, and columns that are slow, on many made-up markets.

What a sum lacks on less history is a matter of luck, and no market alone shows what is said of it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import talib.abstract as ta
from freqtrade.enums import CandleType

from freqgen import Finding, Run, Trial
from freqgen.evaluation.synthetic import SyntheticCandles
from freqgen_behaviour.warmup import WarmUp

from .lab import Bench, ScriptedLaboratory, strategy

MARKETS = [
    pytest.param(f"SEED{number}/USDT", marks=[pytest.mark.soak] if number > 1 else [])
    for number in range(8)
]
ROWS = 1200

SMA = 'dataframe["x"].rolling(20).mean()'
EMA = 'ta.EMA(dataframe["x"], timeperiod=20)'
VWAP = '(dataframe["close"] * dataframe["volume"]).cumsum() / dataframe["volume"].cumsum()'
RSI = 'dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)'
ABOVE = '(dataframe["x"] > dataframe["m"])'


@cache
def _market(pair: str) -> pd.DataFrame:
    candles = SyntheticCandles("1h", ROWS).load(pair, "1h", CandleType.SPOT)
    return candles.tail(ROWS).reset_index(drop=True)


def _findings(pair: str, x: str, against: str, condition: str, startup: int) -> list[Finding]:
    """What is said of a column that is compared with another one."""
    indicators = f'dataframe["x"] = {x}\ndataframe["m"] = {against}\n{RSI}'
    entry = f'dataframe.loc[{condition}, "enter_long"] = 1'

    def answer(trial: Trial) -> Run:
        seen = _market(pair).iloc[: trial.cut]
        seen = seen.tail(trial.last or ROWS).reset_index(drop=True)
        frame = seen.copy()
        names = {"dataframe": frame, "ta": ta, "np": np, "pd": pd}
        exec(f"{indicators}\n{entry}", names)  # the lines of this file
        return Run(frame=frame, candles=seen)

    laboratory = ScriptedLaboratory(answer=answer, rows=ROWS, startup=startup)
    source = strategy(indicators=indicators, entry=entry, startup=startup)
    return Bench(laboratory, Path()).check(WarmUp(), source, runs=False)


@pytest.mark.parametrize("pair", MARKETS)
@pytest.mark.parametrize(
    ("x", "against", "startup"),
    [
        pytest.param("ta.OBV(dataframe)", EMA, 100, id="OBV, its exponential mean"),
        pytest.param("ta.OBV(dataframe)", SMA, 100, id="OBV, its mean"),
        pytest.param("ta.AD(dataframe)", 'dataframe["x"].shift(3)', 100, id="AD, itself before"),
        pytest.param('dataframe["volume"].cumsum()', SMA, 100, id="a sum of volumes"),
        pytest.param('dataframe["close"].diff().cumsum()', SMA, 100, id="a sum of changes"),
        pytest.param('(1 + dataframe["close"].pct_change()).cumprod()', SMA, 100, id="a product"),
    ],
)
def test_nothing_is_said_of_a_level_that_no_signal_moves_with(
    pair: str, x: str, against: str, startup: int
) -> None:
    assert _findings(pair, x, against, ABOVE, startup) == []


@pytest.mark.parametrize("pair", MARKETS)
def test_a_level_is_not_named_beside_what_is_too_short(pair: str) -> None:
    condition = f'{ABOVE} & (dataframe["rsi"] < 40)'
    (finding,) = _findings(pair, "ta.OBV(dataframe)", EMA, condition, 20)
    assert finding.code == "FG825"
    assert "of 20 is too small for rsi: " in finding.message
    assert "x" not in finding.message.split("(likewise")[-1].split(")")[0].split(", ")


@pytest.mark.parametrize("pair", MARKETS)
@pytest.mark.parametrize(
    ("x", "against"),
    [
        pytest.param("ta.OBV(dataframe)", 'np.sin(dataframe["x"])', id="OBV, its level"),
        pytest.param("ta.AD(dataframe)", 'np.sin(dataframe["x"])', id="AD, its level"),
        pytest.param('dataframe["volume"].cumsum()', 'np.sin(dataframe["x"])', id="a sum"),
        pytest.param(VWAP, 'dataframe["close"]', id="VWAP of everything, the close"),
        pytest.param(VWAP, SMA, id="VWAP of everything, its mean"),
    ],
)
def test_what_moves_signals_depends_on_the_first_candle(pair: str, x: str, against: str) -> None:
    condition = ABOVE if x == VWAP else '(dataframe["m"] > 0)'
    found = _findings(pair, x, against, condition, 100)
    assert [finding.code for finding in found] == ["FG826"]


@pytest.mark.parametrize("pair", MARKETS)
@pytest.mark.parametrize(
    ("x", "said"),
    [
        pytest.param("ta.EMA(dataframe, timeperiod=200)", "too small", id="EMA 200"),
        pytest.param('dataframe["close"].ewm(span=200).mean()', "too small", id="ewm 200"),
        pytest.param("ta.EMA(dataframe, timeperiod=400)", "too small", id="EMA 400"),
        pytest.param("ta.EMA(dataframe, timeperiod=600)", "far too small", id="EMA 600"),
        pytest.param(
            'dataframe["close"].ewm(span=400, adjust=False).mean()', "too small", id="ewm 400"
        ),
    ],
)
def test_what_is_slow_is_found(pair: str, x: str, said: str) -> None:
    (finding,) = _findings(pair, x, 'dataframe["close"]', ABOVE, 100)
    assert finding.code == "FG825"
    assert f"{said} for x: " in finding.message
