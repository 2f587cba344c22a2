"""A look at whether a backtest's signals knew the future, where no strategy expects one.

A strategy can tell the trials of validation from a backtest by the number of its candles, and peek
in the backtest alone. So the signals of a backtest are computed once more, of a pair and up to a
candle that are drawn anew each time, by a worker that has no later candle, and must be the same.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from freqtrade.enums import CandleType
from freqtrade.exchange import timeframe_to_seconds
from pandas import DataFrame

from freqgen.evaluation.columns import SIGNAL_COLUMNS
from freqgen.evaluation.view import Source

_EARLIEST, _LATEST = 0.6, 0.98
_LEAST = 50
_TRADED = tuple(name for name in SIGNAL_COLUMNS if not name.endswith("_tag"))


@dataclass(frozen=True)
class Until:
    """Candles of another source up to a moment, which is when the newest of them closes."""

    source: Source
    end: pd.Timestamp

    def load(self, pair: str, timeframe: str, candle_type: CandleType) -> DataFrame:
        """The candles that have closed by then."""
        found = self.source.load(pair, timeframe, candle_type)
        if found.empty:
            return found
        step = pd.Timedelta(seconds=timeframe_to_seconds(timeframe))
        return found[found["date"] + step <= self.end].reset_index(drop=True)


def draw(data: Mapping[str, DataFrame], signals: Mapping[str, DataFrame]) -> tuple[str, int] | None:
    """Choose a pair and how many of its candles to see; ``None`` if no pair has enough.

    The last candle to see is one with a signal, where there is any: a signal that knew the
    candles after it is another without them.
    """
    long = [pair for pair, candles in data.items() if len(candles) >= _LEAST]
    if not long:
        return None
    chance = random.SystemRandom()  # a strategy must not guess it
    pair = chance.choice(long)
    size = len(data[pair])
    first, last = int(size * _EARLIEST), int(size * _LATEST)
    columns = [name for name in _TRADED if name in signals[pair].columns]
    marked = [_set(signals[pair][name]) for name in columns]
    rows = np.flatnonzero(np.any(marked, axis=0)) if marked else np.array([], dtype=int)
    rows = rows[(rows >= first) & (rows < last)]
    return pair, int(chance.choice(rows.tolist())) + 1 if len(rows) else chance.randint(first, last)


def differing(full: DataFrame, cut: DataFrame) -> tuple[str, int] | None:
    """The first signal that is another one without the later candles.

    :param full: Signals with all candles.
    :param cut: The strategy's frame without them.
    :returns: Column and row.
    """
    for column in SIGNAL_COLUMNS:
        if column.endswith("_tag") or column not in full.columns:
            continue
        mine = _set(full[column].iloc[: len(cut)])
        theirs = _set(cut[column]) if column in cut.columns else np.zeros(len(cut), dtype=bool)
        if (rows := np.flatnonzero(mine != theirs)).size:
            return column, int(rows[0])
    return None


def _set(column: pd.Series[Any]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Where a signal is set, which Freqtrade asks by comparing it with 1."""
    return np.array([value == 1 for value in column.tolist()], dtype=bool)
