"""What is allowed but cannot be meant is told; what may be meant is not."""

from __future__ import annotations

import pytest

from freqgen.design.ranges import AVERAGES, INDICATOR_RANGES, OUTPUT_RANGES
from freqgen.design.warmup import synthetic_candles
from tests.design.test_checked import CATALOGUE, check, indicators

THRESHOLD = [{"name": "thr", "low": 10, "high": 50, "default": 30}]
SPECS = indicators(
    {"id": "adx", "function": "ADX"},
    {"id": "smooth", "function": "SMA", "source": "rsi"},
    {"id": "slow", "function": "EMA", "source": "rsi", "params": {"timeperiod": 3}},
    {"id": "will", "function": "WILLR"},
    {"id": "engulf", "function": "CDLENGULFING"},
    {"id": "kdj", "function": "KDJ"},
)

ADVICE = [
    ("rsi < 130", '"rsi < 130" always holds: rsi lies between 0 and 100'),
    ("rsi > 100", '"rsi > 100" never holds: rsi lies between 0 and 100'),
    ("rsi < 0", '"rsi < 0" never holds: rsi lies between 0 and 100'),
    ("130 > rsi", '"130 > rsi" always holds'),
    ("adx > 120", '"adx > 120" never holds'),
    ("smooth > 100", '"smooth > 100" never holds'),
    ("will > 0", '"will > 0" never holds: will lies between -100 and 0'),
    ("-will < 0", '"-will < 0" never holds'),
    ("engulf > 300", '"engulf > 300" never holds'),
    ("kdj.k > 110", '"kdj.k > 110" never holds'),
    ("rsi == 101", '"rsi == 101" never holds'),
    ("rsi != 101", '"rsi != 101" always holds'),
    ("rsi >= 0", '"rsi >= 0" always holds'),
    ("rsi + adx > 200", '"rsi + adx > 200" never holds'),
    ("rsi / 2 > 50", '"rsi / 2 > 50" never holds'),
    ("rsi * 2 - 10 > 190", '"rsi * 2 - 10 > 190" never holds'),
    ("highest(rsi, 5) > 100", '"highest(rsi, 5) > 100" never holds'),
    ("abs(will) > 100", '"abs(will) > 100" never holds'),
    ("max(rsi, adx) > 100", '"max(rsi, adx) > 100" never holds'),
    ("rsi > thr + 60 and thr > 60", '"thr > 60" never holds: thr lies between 10 and 50'),
    ("hour() > 23", '"hour() > 23" never holds: hour() lies between 0 and 23'),
    ("weekday() == 7", '"weekday() == 7" never holds'),
    ("close < 0", '"close < 0" never holds: close is never below 0'),
    ("crosses_above(rsi, 120)", '"crosses_above(rsi, 120)" never holds'),
    ("bars_since(rsi < 30) < 0", '"bars_since(rsi < 30) < 0" never holds'),
    ("rsi < 30 and rsi > 70", '"rsi < 30" and "rsi > 70" never hold together'),
    ("rsi < 30 and rsi >= 30", '"rsi < 30" and "rsi >= 30" never hold together'),
    ("rsi == 30 and 40 < rsi", '"rsi == 30" and "40 < rsi" never hold together'),
    ("rsi < thr and rsi > 60", '"rsi < thr" and "rsi > 60" never hold together'),
]


@pytest.mark.parametrize(("rule", "says"), ADVICE, ids=[rule for rule, _ in ADVICE])
def test_nonsense(rule: str, says: str) -> None:
    """A rule that its indicator's range decides is told, with the range."""
    checked = check(entry_long=[rule], indicators=SPECS, parameters=THRESHOLD)
    assert any(says in warning for warning in checked.warnings), checked.warnings


@pytest.mark.parametrize(
    "rule",
    [
        *("rsi < 30", "rsi <= 0", "rsi >= 100", "close > 0", "volume > 0", "20 < rsi < 40"),
        *("rsi < 30 or rsi > 70", "rsi <= 30 and rsi >= 30", "rsi < thr and rsi > 40"),
        *("crosses_above(rsi, 100)", "close / rsi > 3", "close * rsi > 3", "slow > smooth"),
        *("rsi < 30 and shift(rsi, 1) > 70", "zscore(rsi, 9) < -2", "min(rsi, close) > 3"),
        *("rsi > 70 and not (rsi < 30 and adx > 3)", "change(rsi, 3) < -0.5", "1 / rsi > 0"),
        *("hour() > 22", "will < -80", "engulf == 100", "close > bb.lower", "std(rsi, 5) > 3"),
    ],
)
def test_what_may_be_meant(rule: str) -> None:
    """Nothing is told of rules that may hold and may not."""
    checked = check(entry_long=[rule], indicators=SPECS, parameters=THRESHOLD)
    assert not [warning for warning in checked.warnings if "no rule uses it" not in warning]


def test_rules_of_one_list_must_hold_together() -> None:
    """They are looked at together; those of another list are not."""
    both = check(entry_long=["rsi < 30", "rsi > 70", "close > bb.lower"])
    assert both.warnings == ('entry_long: "rsi < 30" and "rsi > 70" never hold together',)
    assert not check(entry_long=["rsi < 30", "close > bb.lower"], exit_long=["rsi > 70"]).warnings


def test_unused_parameters() -> None:
    """A parameter that nothing reads would be tuned for nothing."""
    checked = check(parameters=THRESHOLD)
    assert checked.warnings == ("parameters.thr: no rule uses it",)
    assert not check(parameters=THRESHOLD, entry_long=["rsi < thr", "close < bb.lower"]).warnings
    target = {"stoploss": -0.1, "target": "bb.middle + thr"}
    assert not check(parameters=THRESHOLD, risk=target).warnings


@pytest.mark.parametrize("name", sorted({*INDICATOR_RANGES, *(n for n, _ in OUTPUT_RANGES)}))
def test_ranges_hold(name: str) -> None:
    """On candles that rise and fall, no value leaves the range that is said."""
    values = CATALOGUE.get(name).compute(synthetic_candles())
    for output, series in values.items():
        low, high = OUTPUT_RANGES.get((name, output)) or INDICATOR_RANGES.get(name, (0, 0))
        if (low, high) != (0, 0):
            assert series.notna().any()
            assert series.min() >= low - 1e-9
            assert series.max() <= high + 1e-9


def test_averages_are_in_the_catalogue() -> None:
    """A name that is misspelt would say nothing."""
    assert {*CATALOGUE.names()} >= AVERAGES
