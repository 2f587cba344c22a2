"""Indicators beyond TA-Lib: against other libraries, and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.warmup import synthetic_candles

CATALOGUE = Catalogue(builtin_indicators())
CANDLES = synthetic_candles(9, 400)


def test_ichimoku_is_that_of_technical_without_what_reads_the_future() -> None:
    from technical.indicators import ichimoku

    theirs = ichimoku(CANDLES.copy())
    ours = CATALOGUE.get("ICHIMOKU").compute(CANDLES)
    for output in CATALOGUE.get("ICHIMOKU").outputs:
        np.testing.assert_allclose(ours[output.name], theirs[output.native], rtol=1e-12)
    assert "chikou_span" not in {o.native for o in CATALOGUE.get("ICHIMOKU").outputs}


def test_the_cloud_over_a_candle_is_known_long_before_it() -> None:
    changed = CANDLES.copy()
    changed.loc[changed.index[-25:], ["high", "low"]] *= 2
    before = CATALOGUE.get("ICHIMOKU").compute(CANDLES)
    after = CATALOGUE.get("ICHIMOKU").compute(changed)
    for name in ("senkou_a", "senkou_b"):
        assert before[name].iloc[-1] == after[name].iloc[-1]
    assert before["tenkan"].iloc[-1] != after["tenkan"].iloc[-1]


def test_zscore_by_hand() -> None:
    frame = pd.DataFrame({"close": [1.0, 2.0, 3.0, 3.0, 3.0, 3.0, 5.0]})
    values = CATALOGUE.get("ZSCORE").compute(frame, {"timeperiod": 3})["value"]
    spread = np.sqrt(2 / 3)
    assert values.iloc[:2].isna().all()
    assert values.iloc[2] == pytest.approx(1 / spread)
    assert values.iloc[4:6].isna().all(), "a standard deviation of zero"
    assert values.iloc[6] == pytest.approx((5 - 11 / 3) / np.std([3, 3, 5]))


def test_rolling_vwap_by_hand() -> None:
    frame = pd.DataFrame(
        {
            "high": [3.0, 6.0, 9.0, 9.0, 9.0, 9.0],
            "low": [1.0, 4.0, 7.0, 7.0, 7.0, 7.0],
            "close": [2.0, 5.0, 8.0, 8.0, 8.0, 8.0],
            "volume": [1e9, 3.3, 0.0, 0.1, 0.0, 0.0],
        }
    )
    values = CATALOGUE.get("ROLLING_VWAP").compute(frame, {"timeperiod": 2})["value"]
    assert np.isnan(values.iloc[0])
    assert values.iloc[1] == pytest.approx((2e9 + 5 * 3.3) / (1e9 + 3.3))
    assert values.iloc[3] == pytest.approx(8.0, rel=1e-5)
    assert np.isnan(values.iloc[5]), "nothing was traded"


def test_rolling_vwap_is_talibs_vwma_of_the_typical_price() -> None:
    import talib

    price = talib.TYPPRICE(*(CANDLES[c].to_numpy() for c in ("high", "low", "close")))
    theirs = talib.VWMA(price, CANDLES["volume"].to_numpy(), 20)
    ours = CATALOGUE.get("ROLLING_VWAP").compute(CANDLES)["value"]
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_chandelier_hangs_from_the_extremes() -> None:
    import talib

    columns = [CANDLES[c].to_numpy() for c in ("high", "low", "close")]
    atr = talib.ATR(*columns, timeperiod=10)
    ours = CATALOGUE.get("CHANDELIER").compute(CANDLES, {"timeperiod": 10, "multiplier": 2})
    highest = CANDLES["high"].rolling(10).max()
    lowest = CANDLES["low"].rolling(10).min()
    np.testing.assert_allclose(ours["long"], highest - 2 * atr, rtol=1e-12)
    np.testing.assert_allclose(ours["short"], lowest + 2 * atr, rtol=1e-12)


def test_price_is_its_source() -> None:
    values = CATALOGUE.get("PRICE").compute(CANDLES, sources=("high",))["value"]
    assert values.equals(CANDLES["high"].rename(values.name))
