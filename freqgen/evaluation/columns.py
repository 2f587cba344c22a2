"""Columns that a worker and the engine tell each other, and how they are told."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from freqtrade.optimize.backtesting import HEADERS
from pandas import DataFrame

CANDLE_COLUMNS = ("date", "open", "high", "low", "close", "volume")
SIGNAL_COLUMNS = tuple(HEADERS[5:])
NUMERIC = frozenset(name for name in SIGNAL_COLUMNS if "tag" not in name)
"""Signals that are numbers; the others are tags."""

COMPARED = (
    "pair",
    "is_short",
    "open_date",
    "close_date",
    "open_rate",
    "close_rate",
    "amount",
    "stake_amount",
    "max_stake_amount",
    "leverage",
    "fee_open",
    "fee_close",
    "funding_fees",
    "profit_ratio",
    "profit_abs",
    "initial_stop_loss_abs",
    "stop_loss_abs",
    "min_rate",
    "max_rate",
    "enter_tag",
    "exit_reason",
)
"""Columns of the trades by which two engines are compared."""


def essential(trades: DataFrame) -> DataFrame:
    """What two engines must agree on."""
    return trades.reindex(columns=list(COMPARED))


_TYPES = frozenset({"str", "string", "category", "boolean", "Int64", "Float64"})


def as_written(column: pd.Series[Any], dtype: str) -> pd.Series[Any]:
    """Give a column the type that it had in the strategy's frame, which its gaps depend on."""
    if dtype in _TYPES and str(column.dtype) != dtype:
        return column.astype(dtype)  # type: ignore[no-any-return,call-overload]
    return column


def as_number(value: Any) -> float:
    """A signal of any type as a number that the engine takes for the same."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return math.nan
    if value == 1:
        return 1.0
    return 2.0 if value else 0.0
