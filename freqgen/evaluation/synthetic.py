"""Made-up candles of any pair and timeframe, for trying code where there are no real ones.

Returns have heavy tails, volatility clusters and trends turn (R. Cont, *Empirical properties of
asset returns*, Quantitative Finance 1, 2001), so that the usual conditions of strategies come
true now and then. Nothing is to be earned from them.
"""

from __future__ import annotations

import zlib
from functools import lru_cache

import numpy as np
import pandas as pd
from freqtrade.enums import CandleType
from freqtrade.exchange import timeframe_to_seconds
from pandas import DataFrame
from scipy.signal import lfilter

_END = pd.Timestamp("2024-12-30", tz="UTC")  # a Monday, so that weeks are whole
_DAILY_VOLATILITY = 0.03
_MOST = 600_000
_STEPS = 4
_PULL_DAYS = 800
"""In how many days a third is left of a price's distance from where it began: it may wander for
years, and neither vanishes nor explodes."""
_HISTORY = 400  # candles that a slower timeframe has before the first of the fast one


class SyntheticCandles:
    """A market whose timeframes fit together.

    :param timeframe: The fastest one.
    :param rows: How many candles it shall have at least.
    """

    def __init__(self, timeframe: str, rows: int) -> None:
        self._seconds = timeframe_to_seconds(timeframe)
        self._rows = rows

    def load(self, pair: str, timeframe: str, candle_type: CandleType) -> DataFrame:
        """Candles of a pair; none of a faster timeframe, and none that are no prices."""
        seconds = timeframe_to_seconds(timeframe)
        if seconds < self._seconds or candle_type == CandleType.FUNDING_RATE:
            return _candles(pair, self._seconds, 1).iloc[:0]
        wanted = self._rows + _HISTORY * (seconds // self._seconds)
        fine = _candles(pair, self._seconds, _rounded(min(wanted, _MOST)))
        if seconds == self._seconds:
            return fine.tail(self._rows + _HISTORY).reset_index(drop=True)
        return _coarser(fine, seconds)


def _rounded(rows: int) -> int:
    """A number of which there are few, so that one path serves several timeframes."""
    size = 4096
    while size < rows:
        size *= 2
    return size


@lru_cache(maxsize=64)  # a strategy may ask for any number of pairs
def _candles(pair: str, seconds: int, rows: int) -> DataFrame:
    # One generator each, and the newest candle first: a longer path only adds to the beginning.
    shock, calm, turn, trade = (
        np.random.default_rng([zlib.crc32(pair.encode()), seconds, number]) for number in range(4)
    )
    spread = _DAILY_VOLATILITY * np.sqrt(seconds / 86_400)
    mood = _wave(calm, rows, 300) * 0.6
    trend = _wave(turn, rows, 120) * 0.12
    shocks = shock.standard_t(4, (rows, _STEPS)) / np.sqrt(2 * _STEPS)
    moves = spread * np.exp(mood)[:, None] * (shocks + trend[:, None] / _STEPS)
    keep = np.exp(-seconds / (86_400 * _PULL_DAYS * _STEPS))
    path = lfilter([1.0], [1.0, -keep], moves.ravel())[::-1].reshape(rows, _STEPS)
    start = 10.0 ** (1 + zlib.crc32(pair.encode()) % 4)
    steps = start * np.exp(path)
    closes = steps[:, -1]
    opens = np.concatenate((steps[:1, 0], closes[:-1]))
    volume = 1e6 / start * np.exp(mood[::-1] + 0.5 * trade.standard_normal(rows)[::-1])
    dates = pd.date_range(end=_END, periods=rows + 1, freq=f"{seconds}s", unit="ms")[:-1]
    return DataFrame(
        {
            "date": dates,
            "open": opens,
            "high": np.maximum(steps.max(axis=1), opens),
            "low": np.minimum(steps.min(axis=1), opens),
            "close": closes,
            "volume": volume,
        }
    ).round({"open": 4, "high": 4, "low": 4, "close": 4, "volume": 2})


def _wave(
    rng: np.random.Generator, rows: int, length: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Something that changes over about so many candles, with a standard deviation near 1."""
    knots = rng.standard_normal(rows // length + 3)
    return np.interp(np.arange(rows) / length, np.arange(len(knots)), knots) * 1.3


def _coarser(fine: DataFrame, seconds: int) -> DataFrame:
    frequency = f"{seconds}s" if seconds != 604_800 else "W-MON"
    rule = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    grouped = fine.set_index("date").resample(frequency, label="left", closed="left")
    found = grouped.agg(rule).dropna().iloc[1:].reset_index()  # the first may be incomplete
    found["date"] = found["date"].dt.as_unit("ms")
    return found
