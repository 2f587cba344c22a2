"""Candles as the engine's process has them, for itself and for workers that ask for some."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

from freqtrade.data.history import get_datahandler
from freqtrade.enums import CandleType
from pandas import DataFrame

from freqgen.sandbox.channel import Garbled
from freqgen.sandbox.frames import encode_frame
from freqgen.sandbox.pool import Worker

Version: TypeAlias = tuple[int, int, int] | None
"""Of a file of candles; ``None`` if there is none."""

_TIMEFRAME = re.compile(r"[0-9]{1,3}[smhdwMy]")
_PAIR = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}(/[A-Za-z0-9._-]{1,40})?(:[A-Za-z0-9._-]{1,60})?"
)
MOST_QUESTIONS = 10_000
"""How often a worker may ask for candles."""


class CandleFolder:
    """The candles of a data folder, as they are stored.

    :param datadir: Freqtrade's ``datadir``.
    :param data_format: Freqtrade's ``dataformat_ohlcv``.
    """

    def __init__(self, datadir: Path, data_format: str) -> None:
        self._handler = get_datahandler(datadir, data_format)

    def load(self, pair: str, timeframe: str, candle_type: CandleType) -> DataFrame:
        """All candles of a pair; none if there is no file.

        :returns: ``date`` (opening time, UTC), ``open``, ``high``, ``low``, ``close``,
            ``volume``; gaps are not filled.
        """
        found: DataFrame = self._handler._ohlcv_load(  # noqa: SLF001
            pair, timeframe, None, candle_type
        )
        return found

    def version(self, pair: str, timeframe: str, candle_type: CandleType) -> Version:
        """What changes when the file of a pair is written: its time and size."""
        path = self._handler._pair_data_filename(  # noqa: SLF001
            self._handler._datadir,  # noqa: SLF001
            pair,
            timeframe,
            candle_type,
        )
        try:
            status = path.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino


def kind_of(pair: str) -> CandleType:
    """The type of a pair's candles, as its name says."""
    return CandleType.FUTURES if ":" in pair else CandleType.SPOT


def is_pair(name: str) -> bool:
    """Whether a name can be a pair's, and so part of a file's."""
    return _PAIR.fullmatch(name) is not None


def is_timeframe(name: str) -> bool:
    """Whether a name can be a timeframe's."""
    return _TIMEFRAME.fullmatch(name) is not None


def question(head: Mapping[str, Any]) -> tuple[str, str, CandleType]:
    """Read what a worker asks for.

    :raises Garbled: If it can be no pair or timeframe: names become paths of files.
    """
    pair, timeframe = str(head.get("pair")), str(head.get("timeframe"))
    if not is_pair(pair) or not is_timeframe(timeframe):
        raise Garbled(f"a question for {pair[:60]} {timeframe[:20]}")
    try:
        return pair, timeframe, CandleType.from_string(str(head.get("type")))
    except ValueError as exc:
        raise Garbled(f"a question for candles of the type {str(head.get('type'))[:40]}") from exc


def answer(worker: Worker, candles: DataFrame) -> None:
    """Give a worker candles.

    :raises WorkerFault: If it does not take them.
    """
    worker.send({"op": "candles"}, encode_frame(candles))
