"""Candles that trials share: read once, and again when the file was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from freqtrade.enums import CandleType
from pandas import DataFrame

from freqgen.evaluation import trial_candles
from freqgen.evaluation.candle_source import CandleFolder
from freqgen.evaluation.trial_candles import TrialCandles
from tests.evaluation.conftest import walk, write_candles

# Freqtrade itself uses what pandas deprecates; in the engine's process that is only logged.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Reads = list[tuple[str, CandleType]]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    """What was read from the disk."""
    found: Reads = []
    load: Callable[..., DataFrame] = CandleFolder.load

    def counted(self: CandleFolder, pair: str, timeframe: str, kind: CandleType) -> DataFrame:
        found.append((pair, kind))
        return load(self, pair, timeframe, kind)

    monkeypatch.setattr(CandleFolder, "load", counted)
    return found


@pytest.fixture
def candles(tmp_path: Path) -> TrialCandles:
    return TrialCandles(CandleFolder(tmp_path, "feather"))


def test_a_file_is_read_once_until_it_is_written(
    candles: TrialCandles, tmp_path: Path, reads: Reads
) -> None:
    write_candles(tmp_path, "BTC/USDT", walk(1, 100.0, 50, 2))
    first = candles.load("BTC/USDT", "1h", CandleType.SPOT)
    assert candles.load("BTC/USDT", "1h", CandleType.SPOT) is first
    assert (len(first), len(reads)) == (50, 1)
    write_candles(tmp_path, "BTC/USDT", walk(1, 100.0, 60, 2))
    assert len(candles.load("BTC/USDT", "1h", CandleType.SPOT)) == 60
    assert len(reads) == 2


def test_what_is_not_there_is_looked_for_again(candles: TrialCandles, tmp_path: Path) -> None:
    assert candles.load("BTC/USDT", "1h", CandleType.SPOT).empty
    write_candles(tmp_path, "BTC/USDT", walk(1, 100.0, 50, 2))
    assert len(candles.load("BTC/USDT", "1h", CandleType.SPOT)) == 50


def test_spot_stands_in_for_futures_that_are_not_there(
    candles: TrialCandles, tmp_path: Path, reads: Reads
) -> None:
    write_candles(tmp_path, "BTC/USDT", walk(1, 100.0, 50, 2))
    assert len(candles.load("BTC/USDT:USDT", "1h", CandleType.FUTURES)) == 50
    assert reads == [("BTC/USDT:USDT", CandleType.FUTURES), ("BTC/USDT", CandleType.SPOT)]
    # A funding rate is no price.
    assert candles.load("BTC/USDT:USDT", "1h", CandleType.FUNDING_RATE).empty


def test_gaps_are_filled(candles: TrialCandles, tmp_path: Path) -> None:
    rows = walk(1, 100.0, 50, 2)
    write_candles(tmp_path, "BTC/USDT", rows[:7] + rows[9:])
    found = candles.load("BTC/USDT", "1h", CandleType.SPOT)
    assert len(found) == 50
    assert found["close"].iloc[7] == found["close"].iloc[8] == rows[6][4]


def test_only_so_many_are_kept(candles: TrialCandles, tmp_path: Path, reads: Reads) -> None:
    names = [f"C{number}/USDT" for number in range(trial_candles._MOST + 1)]
    for name in names:
        write_candles(tmp_path, name, walk(1, 100.0, 20, 2))
        candles.load(name, "1h", CandleType.SPOT)
    candles.load(names[-1], "1h", CandleType.SPOT)
    assert len(reads) == len(names)
    candles.load(names[0], "1h", CandleType.SPOT)
    assert len(reads) == len(names) + 1
