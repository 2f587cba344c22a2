"""Real candles as trials see them, kept from one trial to the next."""

from __future__ import annotations

import threading
from typing import TypeAlias

from freqtrade.data.converter import clean_ohlcv_dataframe
from freqtrade.enums import CandleType
from pandas import DataFrame

from freqgen.evaluation.candle_source import CandleFolder, Version

_MOST = 16
"""Frames that are kept: a strategy reads a few pairs and timeframes, again and again."""

_Key: TypeAlias = tuple[str, str, CandleType]


class TrialCandles:
    """Candles of a folder; those of spot stand in where there are none of futures.

    A file that was written since it was read is read again. Safe to use from several threads.
    """

    def __init__(self, folder: CandleFolder) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._known: dict[_Key, tuple[tuple[Version, ...], DataFrame]] = {}

    def load(self, pair: str, timeframe: str, candle_type: CandleType) -> DataFrame:
        """All candles of a pair, gaps filled. Not to be changed: others are given the same."""
        key = (pair, timeframe, candle_type)
        places = [(pair, candle_type)]
        if candle_type == CandleType.FUTURES:
            places.append((pair.partition(":")[0], CandleType.SPOT))
        with self._lock:
            version = tuple(self._folder.version(of, timeframe, kind) for of, kind in places)
            found = self._known.pop(key, None)
            if found is None or found[0] != version:
                found = version, self._read(pair, timeframe, places)
            if any(version):  # else the file has a name that only Freqtrade knows, or there is none
                self._known[key] = found  # the last one to be forgotten
            if len(self._known) > _MOST:
                del self._known[next(iter(self._known))]
            return found[1]

    def _read(self, pair: str, timeframe: str, places: list[tuple[str, CandleType]]) -> DataFrame:
        for of, kind in places:
            candles = self._folder.load(of, timeframe, kind)
            if not candles.empty:
                # As Freqtrade does when it loads them.
                candles = clean_ohlcv_dataframe(
                    candles, timeframe, pair=pair, fill_missing=True, drop_incomplete=False
                )
                break
        return candles
