"""Which candles a strategy is made to see: cut, altered, with gaps, or only the last ones."""

from __future__ import annotations

import secrets
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import numpy as np
import pandas as pd
from freqtrade.enums import CandleType
from freqtrade.exchange import timeframe_to_seconds
from pandas import DataFrame

_GAP = 0.03
_SHAPES = 20
"""Candles from before that are enough to draw others from."""
_BOT_HAS = 1000
"""Candles of a slower timeframe that a bot gets from an exchange at least."""


class Source(Protocol):
    """Where candles come from, in the order of their dates."""

    def load(self, pair: str, timeframe: str, candle_type: CandleType) -> DataFrame:
        """All candles of a pair."""
        ...


@dataclass(frozen=True, kw_only=True)
class View:
    """What one trial may see.

    :param source: Where the candles come from.
    :param pair: The pair that is tried.
    :param timeframe: The strategy's.
    :param rows: How many candles of it there are in the full trial.
    :param cut: Keep only so many of them, and of other timeframes those that had closed by then.
    :param altered: From this row on all candles are others; of other timeframes those that had
        not closed before.
    :param gaps: Leave candles out here and there, the same in all trials.
    :param last: Keep only so many of the last ones, of every timeframe.
    """

    source: Source
    pair: str
    timeframe: str
    rows: int
    cut: int | None = None
    altered: int | None = None
    gaps: bool = False
    last: int | None = None

    @classmethod
    def of(cls, source: Source, order: Mapping[str, Any], trial: Mapping[str, Any]) -> View:
        """Read a view from what the main process sent."""
        return cls(
            source=source,
            pair=str(order["pair"]),
            timeframe=str(order["timeframe"]),
            rows=int(order["rows"]),
            cut=trial["cut"],
            altered=trial["altered"],
            gaps=bool(trial["gaps"]),
            last=trial["last"],
        )

    def load(self, pair: str, timeframe: str, candle_type: CandleType) -> DataFrame:
        """The candles of a pair that this trial may see."""
        whole = self.source.load(pair, timeframe, candle_type)
        base = self._base()
        if whole.empty or base.empty:
            return whole
        step = pd.Timedelta(seconds=timeframe_to_seconds(timeframe))
        own = pd.Timedelta(seconds=timeframe_to_seconds(self.timeframe))
        kept = len(base) if self.cut is None else self.cut
        end = base.iloc[kept - 1] + own
        seen = whole.iloc[: _position(whole, end - step, after=True)]
        if self.altered is not None and self.altered < len(base):
            known = base.iloc[self.altered]  # the last candle before it closes when it opens
            seen = _altered(seen, seen["date"] + step > known, f"{pair} {timeframe}")
        first = _position(seen, base.iloc[0])
        if timeframe != self.timeframe:
            first = max(first - (_BOT_HAS if self.last is None else self.last), 0)
        seen = seen.iloc[first:]
        if self.gaps and timeframe == self.timeframe:
            seen = seen[~_missing(seen["date"])]
        if self.last is not None:
            seen = seen.tail(self.last)
        found: DataFrame = seen.reset_index(drop=True)
        return found

    @property
    def kind(self) -> CandleType:
        """The type of its pair's candles."""
        return CandleType.FUTURES if ":" in self.pair else CandleType.SPOT

    def _base(self) -> pd.Series[Any]:
        """Opening times of the candles of the full trial."""
        return self.source.load(self.pair, self.timeframe, self.kind)["date"].tail(self.rows)


def _position(candles: DataFrame, moment: pd.Timestamp, *, after: bool = False) -> int:
    """Where a candle that opens at a moment stands, or would stand.

    :param after: After those that open at that very moment, not before.
    """
    return int(candles["date"].searchsorted(moment, "right" if after else "left"))


def _missing(dates: pd.Series[Any]) -> pd.Series[Any]:
    """Candles that are left out: by their date, so that a cut leaves out the same ones."""
    numbers = dates.astype("int64").to_numpy().astype("uint64")
    mixed = (numbers // np.uint64(1000)) * np.uint64(2_654_435_761) % np.uint64(1 << 32)
    chosen = mixed < np.uint64(int(_GAP * (1 << 32)))
    if len(chosen):
        chosen[0] = False
    return pd.Series(chosen, index=dates.index)


def _altered(candles: DataFrame, which: pd.Series[Any], salt: str) -> DataFrame:
    """The same candles with others in place of some: a path that nobody can undo.

    Nothing of the candles that are replaced is left but their dates: each new one has the shape of
    a candle from before, drawn by chance, and prices walk on from the last one that stays.
    """
    count = int(which.sum())
    if not count:
        return candles
    rng = np.random.default_rng([_secret(), zlib.crc32(salt.encode())])
    found = candles.copy()
    known = candles[~which]
    shapes = known if len(known) >= _SHAPES else candles
    drawn = shapes.iloc[rng.integers(0, len(shapes), count)]
    start = float(known["close"].iloc[-1]) if len(known) else float(candles["open"].iloc[0])
    opening = drawn["open"].to_numpy(dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.nan_to_num(drawn["close"].to_numpy(dtype=float) / opening, nan=1.0, posinf=1.0)
    closes = start * np.cumprod(moves * np.exp(rng.normal(0.002, 0.02, count)))
    opens = np.concatenate([[start], closes[:-1]])
    for column in ("high", "low"):
        if column in found.columns:
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = drawn[column].to_numpy(dtype=float) / opening
            edge = opens * np.nan_to_num(ratio, nan=1.0, posinf=1.0)
            best = np.maximum if column == "high" else np.minimum
            found.loc[which, column] = best(best(opens, closes), edge)
    for column, values in (("open", opens), ("close", closes)):
        if column in found.columns:
            found.loc[which, column] = values
    if "volume" in found.columns:
        scale = rng.uniform(0.2, 5.0, count)
        found.loc[which, "volume"] = drawn["volume"].to_numpy(dtype=float) * scale
    return found


@cache
def _secret() -> int:
    """What the other candles come from; made here when it is first needed, after workers' parent
    was forked, so that no worker has it.
    """
    return secrets.randbits(64)
