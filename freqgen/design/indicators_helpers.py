"""Functions that a strategy may have to contain; both the catalogue and strategies use them.

Their source goes into a strategy's file as it stands, so each is complete in itself with the
imports below.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from pandas import DataFrame, Series


def after_warmup(values: Series, source: Series, lookback: int) -> Series:
    """Leave out the first values, which TA-Lib fills with zeros."""
    candles = source.notna().cummax().cumsum()
    return values.astype(float).where(candles > lookback)


def candles_since(rows: Series, source: Series, lookback: int) -> Series:
    """Turn TA-Lib's row numbers into the number of candles since then, 0 for this one."""
    candles = source.notna().cummax().cumsum()
    numbers = Series(np.arange(len(rows), dtype=float), index=rows.index)
    return (numbers - rows).where(candles > lookback)


def rolling_vwap(dataframe: DataFrame, window: int) -> Series:
    """Average of the typical price weighted by volume; missing where nothing was traded."""
    price = (dataframe["high"] + dataframe["low"] + dataframe["close"]) / 3
    volume = dataframe["volume"]
    traded = volume.rolling(window).sum()
    average = (price * volume).rolling(window).sum() / traded
    # A rolling sum may leave a rounding error where all volumes are zero; a maximum does not.
    return average.where((traded > 0) & (volume.rolling(window).max() > 0))


def source_of(helper: Callable[..., Any]) -> str:
    """Return the source of one of these functions."""
    return inspect.getsource(helper)
