"""A trial sees the candles that it may see, and no others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.enums import CandleType
from freqtrade.exchange import timeframe_to_seconds
from hypothesis import given
from hypothesis import strategies as st

from freqgen.evaluation.synthetic import SyntheticCandles
from freqgen.evaluation.view import View

SPOT = CandleType.SPOT
START = pd.Timestamp("2024-01-01", tz="UTC")
PRICES = ["open", "high", "low", "close"]


def _step(timeframe: str) -> pd.Timedelta:
    return pd.Timedelta(seconds=timeframe_to_seconds(timeframe))


class Made:
    """Ten days of candles whose values say which they are."""

    def __init__(self, days: int = 10) -> None:
        self.days = days

    def load(self, pair: str, timeframe: str, candle_type: CandleType) -> pd.DataFrame:
        """All candles of a pair."""
        if pair.startswith("NONE"):
            return pd.DataFrame(columns=["date", *PRICES, "volume"])
        assert candle_type == (CandleType.FUTURES if ":" in pair else SPOT)
        step = timeframe_to_seconds(timeframe)
        count = self.days * 86_400 // step
        dates = pd.date_range(START, periods=count, freq=f"{step}s", unit="ms")
        numbers = np.arange(1.0, count + 1)
        return pd.DataFrame({"date": dates, **dict.fromkeys([*PRICES, "volume"], numbers)})


def seen(pair: str = "BTC/USDT", timeframe: str = "1h", **more: Any) -> pd.DataFrame:
    """What a trial sees of a pair."""
    source = more.pop("source", Made())
    own = more.pop("own", "BTC/USDT")
    order = {"pair": own, "timeframe": "1h", "rows": more.pop("rows", 200)}
    trial = {"cut": None, "altered": None, "gaps": False, "last": None, **more}
    kind = CandleType.FUTURES if ":" in pair else SPOT
    return View.of(source, order, trial).load(pair, timeframe, kind)


END = START + pd.Timedelta(days=10)


@pytest.mark.parametrize(
    ("pair", "timeframe", "more", "first", "last", "rows"),
    [
        ("BTC/USDT", "1h", {}, "2024-01-02 16:00", "2024-01-10 23:00", 200),
        ("BTC/USDT", "1h", {"rows": 1000}, "2024-01-01", "2024-01-10 23:00", 240),
        ("BTC/USDT", "1h", {"cut": 50}, "2024-01-02 16:00", "2024-01-04 17:00", 50),
        ("BTC/USDT", "1h", {"cut": 1}, "2024-01-02 16:00", "2024-01-02 16:00", 1),
        ("BTC/USDT", "1h", {"last": 30}, "2024-01-09 18:00", "2024-01-10 23:00", 30),
        ("BTC/USDT", "1h", {"last": 9, "cut": 20}, "2024-01-03 03:00", "2024-01-03 11:00", 9),
        ("ETH/USDT", "1h", {"cut": 50}, "2024-01-02 16:00", "2024-01-04 17:00", 50),
        ("BTC/USDT", "4h", {}, "2024-01-01", "2024-01-10 20:00", 60),
        ("BTC/USDT", "4h", {"cut": 50}, "2024-01-01", "2024-01-04 12:00", 22),
        ("BTC/USDT", "4h", {"cut": 52}, "2024-01-01", "2024-01-04 16:00", 23),
        ("BTC/USDT", "4h", {"last": 6}, "2024-01-10", "2024-01-10 20:00", 6),
        ("BTC/USDT", "1d", {"cut": 50}, "2024-01-01", "2024-01-03", 3),
        ("BTC/USDT:USDT", "1h", {"cut": 3, "own": "BTC/USDT:USDT"}, "2024-01-02 16:00",
         "2024-01-02 18:00", 3),
    ],
)  # fmt: skip
def test_what_is_seen(
    pair: str, timeframe: str, more: dict[str, Any], first: str, last: str, rows: int
) -> None:
    found = seen(pair, timeframe, **more)
    assert len(found) == rows
    assert found["date"].iloc[0] == pd.Timestamp(first, tz="UTC")
    assert found["date"].iloc[-1] == pd.Timestamp(last, tz="UTC")
    assert list(found.index) == list(range(rows))


def test_slower_candles_reach_as_far_back_as_a_bots() -> None:
    found = seen("BTC/USDT", "4h", source=Made(400), rows=24)
    start = START + pd.Timedelta(days=399)
    assert (found["date"] < start).sum() == 1000
    assert (seen("BTC/USDT", "4h", source=Made(400), rows=24, last=9)["date"] < start).sum() == 3


def test_without_candles_there_is_nothing_to_see() -> None:
    assert seen("NONE/USDT").empty
    assert len(seen("ETH/USDT", own="NONE/USDT")) == 240


def test_gaps_are_the_same_in_every_trial() -> None:
    full = seen()
    gaps = seen(gaps=True)
    missing = set(full["date"]) - set(gaps["date"])
    assert 0 < len(missing) < 20
    assert full["date"].iloc[0] in set(gaps["date"])
    for cut in (50, 120, 199):
        part = seen(gaps=True, cut=cut)
        pd.testing.assert_frame_equal(part, gaps.head(len(part)))
        assert len(part) >= cut - 20
    assert len(seen("BTC/USDT", "4h", gaps=True)) == 60


@given(
    cut=st.integers(1, 200),
    timeframe=st.sampled_from(["1h", "2h", "4h", "1d"]),
    pair=st.sampled_from(["BTC/USDT", "ETH/USDT"]),
    gaps=st.booleans(),
)
def test_nothing_after_a_cut_is_seen_and_nothing_before_it_changes(
    cut: int, timeframe: str, pair: str, gaps: bool
) -> None:
    full, part = seen(pair, timeframe, gaps=gaps), seen(pair, timeframe, gaps=gaps, cut=cut)
    own = seen()["date"]
    known = own.iloc[cut - 1] + pd.Timedelta("1h")
    closes = part["date"] + _step(timeframe)
    assert (closes <= known).all()
    wanted = full[full["date"] + _step(timeframe) <= known]
    pd.testing.assert_frame_equal(part, wanted.reset_index(drop=True))


@given(
    altered=st.integers(0, 250),
    timeframe=st.sampled_from(["1h", "2h", "4h", "1d"]),
    pair=st.sampled_from(["BTC/USDT", "ETH/USDT"]),
)
def test_what_is_altered_had_not_happened(altered: int, timeframe: str, pair: str) -> None:
    full, other = seen(pair, timeframe), seen(pair, timeframe, altered=altered)
    own = seen()["date"]
    assert list(full["date"]) == list(other["date"])
    same = (full[[*PRICES, "volume"]] == other[[*PRICES, "volume"]]).all(axis=1)
    if altered >= 200:
        assert same.all()
        return
    before = full["date"] + _step(timeframe) <= own.iloc[altered]
    assert same[before].all()
    assert not same[~before].any()
    assert np.isfinite(other[PRICES].to_numpy()).all()
    assert (other[PRICES] > 0).all(axis=None)
    pd.testing.assert_frame_equal(other, seen(pair, timeframe, altered=altered))
    assert (other["high"] >= other["low"]).all()


def test_what_is_altered_tells_nothing_of_what_was_there() -> None:
    """Neither a price nor a candle's shape: who could undo it would have seen the future."""
    source = SyntheticCandles("1h", 1000)
    full = seen(source=source, rows=1000).iloc[300:]
    other = seen(source=source, rows=1000, altered=300).iloc[300:]
    for column in ("high", "low", "close"):
        shape, altered = (frame[column] / frame["open"] for frame in (full, other))
        assert abs(np.corrcoef(shape, altered)[0, 1]) < 0.25
        assert not np.isclose(shape, altered, rtol=1e-9).all()
    assert (other["volume"] / full["volume"]).nunique() == len(other)
    assert (other["high"] >= other[["open", "close", "low"]].max(axis=1)).all()
    assert (other["low"] <= other[["open", "close", "high"]].min(axis=1)).all()


def test_an_altered_candle_of_two_pairs_is_altered_in_two_ways() -> None:
    one, other = seen(altered=100), seen("ETH/USDT", altered=100)
    assert not (one["close"] == other["close"]).iloc[100:].any()
