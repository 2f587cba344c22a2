"""The measured warm-up: enough history on other prices too, and not much more than needed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from freqgen.design.indicators import Catalogue, Indicator
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.warmup import CAP, measured_warmup, synthetic_candles, tolerance
from freqgen.exceptions import DesignError

CATALOGUE = Catalogue(builtin_indicators())
OTHER_PATH = 4_711
ENDS = range(3_000, 6_000, 53)

LEAP = {"HT_TRENDMODE", "MAMA", "SAR", "SAREXT", "HT_DCPERIOD", "HT_SINE", "HT_DCPHASE"}
"""Their values leap by what was long ago, so that a history measured on one path can be too short
on another: at no more than one candle in twenty."""


@pytest.mark.parametrize(
    "entry", [e for e in CATALOGUE if not e.cumulative], ids=lambda entry: entry.name
)
def test_with_the_measured_history_the_last_value_is_that_of_a_long_one(entry: Indicator) -> None:
    """On another path, where the worst case of the measured one need not be the worst: functions
    that remember must agree within ten times 1e-4 at all candles looked at but one, those that
    look at a window at all."""
    candles = synthetic_candles(OTHER_PATH, 6_000)
    sources = entry.sources
    history = entry.warmup()
    assert history >= entry.lookback() + 1
    whole = entry.compute(candles, sources=sources)
    allowed = {name: 10 * tolerance(values.to_numpy()) for name, values in whole.items()}
    wrong = 0
    for end in ENDS:
        last = entry.compute(candles.iloc[end - history : end], sources=sources)
        for name, values in last.items():
            value, wanted = values.iloc[-1], whole[name].iloc[end - 1]
            same = np.isnan(value) and np.isnan(wanted)
            wrong += not (same or abs(value - wanted) <= allowed[name][end - 1])
    share = 0.05 if entry.name in LEAP else 0.0 if history == entry.lookback() + 1 else 0.02
    assert wrong <= share * len(ENDS) * len(entry.outputs)


@pytest.mark.parametrize(
    ("name", "params", "low", "high"),
    [
        ("SMA", {"timeperiod": 50}, 50, 50),
        ("MAX", {"timeperiod": 20}, 20, 20),
        ("BBANDS", {"timeperiod": 20}, 20, 20),
        ("CDLENGULFING", {}, 3, 3),
        ("DONCHIAN", {"timeperiod": 20}, 20, 20),
        ("ICHIMOKU", {}, 77, 77),
        ("RSI", {"timeperiod": 14}, 5 * 14, 12 * 14),
        ("ATR", {"timeperiod": 14}, 5 * 14, 12 * 14),
        ("ADX", {"timeperiod": 14}, 7 * 14, 16 * 14),
        ("EMA", {"timeperiod": 200}, 400, 1200),
        ("OBV", {}, 1, 1),
    ],
)
def test_how_much_history_known_functions_need(
    name: str, params: dict[str, int], low: int, high: int
) -> None:
    assert low <= CATALOGUE.get(name).warmup(params) <= high


def test_talibs_lookback_alone_would_decide_rsi_differently() -> None:
    rsi = CATALOGUE.get("RSI")
    close = synthetic_candles(OTHER_PATH, 3_000)
    whole = rsi.compute(close)["value"]

    def different(history: int) -> int:
        return sum(
            (rsi.compute(close.iloc[end - history : end])["value"].iloc[-1] < 50)
            != (whole.iloc[end - 1] < 50)
            for end in range(1_000, 3_000, 5)
        )

    assert different(rsi.lookback() + 1) > 20
    assert different(rsi.warmup()) == 0


def test_longer_periods_need_more() -> None:
    ema = CATALOGUE.get("EMA")
    counts = [ema.warmup({"timeperiod": n}) for n in (5, 20, 50, 200)]
    assert counts == sorted(counts)


def test_what_never_settles_at_start_is_refused() -> None:
    with pytest.raises(DesignError, match=r"RMA\(timeperiod=1000\) needs more candles") as caught:
        CATALOGUE.get("RMA").warmup({"timeperiod": 1000})
    assert "shorter" in caught.value.hint


def test_the_count_is_the_same_in_every_process() -> None:
    assert synthetic_candles() is synthetic_candles()
    frame = synthetic_candles(3, 100)
    assert frame.equals(synthetic_candles.__wrapped__(3, 100))
    assert list(frame) == ["open", "high", "low", "close", "volume", "periods"]
    assert (frame["low"] <= frame[["open", "close"]].min(axis=1)).all()
    assert (frame["high"] >= frame[["open", "close"]].max(axis=1)).all()


def test_tolerance_is_relative_but_not_below_a_part_of_the_typical_size() -> None:
    values = np.array([np.nan, 1.0, 100.0, 0.0, -100.0, 100.0])
    allowed = tolerance(values)
    assert allowed[2] == pytest.approx(1e-2)
    assert allowed[1] == pytest.approx(2e-4)
    assert allowed[3] == pytest.approx(2e-4)
    assert tolerance(np.array([np.nan]))[0] != 0.0


def test_agreement_by_chance_is_not_enough() -> None:
    """Short histories that happen to agree lie below longer ones that do not."""

    def run(start: int, stop: int) -> list[np.ndarray]:
        length = stop - start
        return [np.full(length, 0.0 if length >= 300 or length == 12 else 0.5)]

    assert measured_warmup(run, 3) == 300


def test_a_lookback_beyond_what_can_be_loaded_has_no_warm_up() -> None:
    assert measured_warmup(lambda start, stop: [np.zeros(stop - start)], CAP) is None
    assert measured_warmup(lambda start, stop: [np.zeros(stop - start)], CAP - 1) == CAP


def test_never_settling_values_have_no_warm_up() -> None:
    def run(start: int, stop: int) -> list[np.ndarray]:
        return [np.asarray(pd.Series(1.0, index=range(start, stop)).cumsum())]

    assert measured_warmup(run, 0) is None
