"""Indicators on real candles, chained and informative, and the interpreter's signals of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pytest

from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design

from .designs import designs
from .inputs import indicator_values
from .interpreter import interpret_both

if TYPE_CHECKING:
    from pathlib import Path

    from pandas import DataFrame

CANDLES = 600


class Market:
    """Real candles, cut to a few months; 4h candles are made of 1h ones."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.read = lru_cache(maxsize=8)(self._read)

    def _read(self, pair: str | None, timeframe: str) -> DataFrame:
        import pandas as pd

        name = (pair or "ETH/USDT").replace("/", "_")
        frame = pd.read_feather(self._folder / f"{name}-1h.feather").iloc[:CANDLES]
        if timeframe == "1h":
            return frame.reset_index(drop=True)
        how: dict[str, Any] = {"open": "first", "high": "max", "low": "min", "close": "last"}
        rule = {"4h": "4h", "1d": "1D"}[timeframe]
        slow = frame.set_index("date").resample(rule).agg({**how, "volume": "sum"})
        return slow.reset_index()


@pytest.mark.soak
@pytest.mark.needs_shared
def test_signals_of_random_designs_on_real_candles(shared_data: Path) -> None:
    market = Market(shared_data / "demo_1h_2024")
    catalogue = Catalogue(builtin_indicators())
    base = market.read(None, "1h")
    frame = {name: base[name].tolist() for name in base.columns}
    edges = fired = 0
    made = list(designs(7, 40, catalogue))
    for data in made:
        design = Design.model_validate(data)
        values = indicator_values(design, catalogue, market.read)
        assert all(len(column) == CANDLES for column in values.values())
        signals, margins = interpret_both(design, frame, values)
        entries = signals["enter_short" if not design.entry_long else "enter_long"]
        fired += 0 < sum(entries) < CANDLES
        edges += sum(map(sum, margins.values()))
    assert fired > 0.7 * len(made)
    assert edges < 0.005 * CANDLES * len(made)


@pytest.mark.needs_shared
def test_chained_and_informative_values(shared_data: Path) -> None:
    market = Market(shared_data / "demo_1h_2024")
    catalogue = Catalogue(builtin_indicators())
    design = Design.model_validate(
        {
            "name": "Chained",
            "timeframe": "1h",
            "indicators": [
                {"id": "rsi", "function": "RSI", "params": {"timeperiod": 5}},
                {"id": "smooth", "function": "SMA", "params": {"timeperiod": 2}, "source": "rsi"},
                {"id": "slow", "function": "SMA", "params": {"timeperiod": 2}, "timeframe": "4h"},
                {"id": "bb", "function": "BBANDS", "pair": "BTC/USDT"},
            ],
            "entry_long": ["smooth < 30", "slow > close", "bb.lower > 0"],
            "risk": {"stoploss": -0.1},
        }
    )
    values = indicator_values(design, catalogue, market.read)
    assert set(values) == {"rsi", "smooth", "slow", "bb.upper", "bb.middle", "bb.lower"}
    rsi, smooth, slow = values["rsi"], values["smooth"], values["slow"]
    assert rsi[4] is None
    assert smooth[5] is None
    assert rsi[7] is not None
    assert rsi[8] is not None
    assert smooth[8] == pytest.approx((rsi[7] + rsi[8]) / 2)
    closes = market.read(None, "1h")["close"].tolist()
    assert slow[:7] == [None] * 7
    assert slow[7:11] == pytest.approx([(closes[3] + closes[7]) / 2] * 4)
