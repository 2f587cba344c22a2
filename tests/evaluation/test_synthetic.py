"""Made-up candles are candles: consistent, of all timeframes, and the same every time."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from freqtrade.enums import CandleType
from freqtrade.exchange import timeframe_to_seconds

from freqgen.evaluation.synthetic import SyntheticCandles

SPOT = CandleType.SPOT
PRICES = ["open", "high", "low", "close"]


def _step(timeframe: str) -> pd.Timedelta:
    return pd.Timedelta(seconds=timeframe_to_seconds(timeframe))


@pytest.mark.parametrize("timeframe", ["1m", "5m", "1h", "4h", "1d"])
@pytest.mark.parametrize("pair", ["BTC/USDT", "ETH/USDT", "DOGE/EUR", "BTC/USDT:USDT"])
def test_they_are_candles(pair: str, timeframe: str) -> None:
    found = SyntheticCandles(timeframe, 1000).load(pair, timeframe, SPOT)
    assert list(found.columns) == ["date", *PRICES, "volume"]
    assert len(found) >= 1000
    assert (found["date"].diff().dropna() == _step(timeframe)).all()
    values = found[[*PRICES, "volume"]].to_numpy()
    assert np.isfinite(values).all()
    assert (values > 0).all()
    assert (found["high"] >= found[PRICES].max(axis=1)).all()
    assert (found["low"] <= found[PRICES].min(axis=1)).all()
    assert (found["open"].iloc[1:].to_numpy() == found["close"].iloc[:-1].to_numpy()).all()
    assert list(found.index) == list(range(len(found)))
    moves = np.log(found["close"]).diff().dropna()
    assert moves.std() > 0
    assert (moves > 0).mean() == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("slower", ["15m", "1h", "4h", "1d", "1w"])
def test_slower_candles_are_made_of_faster_ones(slower: str) -> None:
    source = SyntheticCandles("5m", 3000)
    fast = source.load("BTC/USDT", "5m", SPOT)
    slow = source.load("BTC/USDT", slower, SPOT)
    assert len(slow) >= 300
    assert slow["date"].dtype == fast["date"].dtype
    end = fast["date"].iloc[-1] + pd.Timedelta("5m")
    assert slow["date"].iloc[-1] + _step(slower) >= end
    inside = slow[(slow["date"] >= fast["date"].iloc[0]) & (slow["date"] + _step(slower) <= end)]
    for candle in inside.itertuples():
        part = fast[(fast["date"] >= candle.date) & (fast["date"] < candle.date + _step(slower))]
        assert len(part) == timeframe_to_seconds(slower) // 300
        assert candle.open == part["open"].iloc[0]
        assert candle.high == part["high"].max()
        assert candle.low == part["low"].min()
        assert candle.close == part["close"].iloc[-1]
        assert candle.volume == pytest.approx(part["volume"].sum())
    assert (slow["date"].diff().dropna() == _step(slower)).all()


def test_weeks_begin_on_mondays() -> None:
    found = SyntheticCandles("1d", 100).load("BTC/USDT", "1w", SPOT)
    assert (found["date"].dt.day_of_week == 0).all()


def test_pairs_differ_and_end_together() -> None:
    source = SyntheticCandles("1h", 500)
    one, other = (source.load(pair, "1h", SPOT) for pair in ("BTC/USDT", "ETH/USDT"))
    assert list(one["date"]) == list(other["date"])
    assert abs(one["close"].pct_change().corr(other["close"].pct_change())) < 0.2


def test_more_candles_end_as_fewer_do() -> None:
    fewer, more = (SyntheticCandles("1h", rows).load("BTC/USDT", "1h", SPOT) for rows in (400, 900))
    pd.testing.assert_frame_equal(fewer, more.tail(len(fewer)).reset_index(drop=True))


@pytest.mark.parametrize(
    ("timeframe", "kind"),
    [("5m", SPOT), ("1m", SPOT), ("8h", CandleType.FUNDING_RATE)],
    ids=["faster", "much faster", "no prices"],
)
def test_what_there_is_not(timeframe: str, kind: CandleType) -> None:
    found = SyntheticCandles("1h", 500).load("BTC/USDT", timeframe, kind)
    assert found.empty
    assert list(found.columns) == ["date", *PRICES, "volume"]


def test_they_are_the_same_in_every_process() -> None:
    code = (
        "from freqtrade.enums import CandleType\n"
        "from freqgen.evaluation.synthetic import SyntheticCandles\n"
        "found = SyntheticCandles('1h', 300).load('BTC/USDT', '4h', CandleType.SPOT)\n"
        "print(repr(found['close'].sum()), found['date'].iloc[0])"
    )
    found = SyntheticCandles("1h", 300).load("BTC/USDT", "4h", SPOT)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"{found['close'].sum()!r} {found['date'].iloc[0]}\n"


def test_a_copy_is_given() -> None:
    source = SyntheticCandles("1h", 300)
    found = source.load("BTC/USDT", "1h", SPOT)
    found["close"] = 0.0
    assert (source.load("BTC/USDT", "1h", SPOT)["close"] > 0).all()
