"""A number that is too large for a float cannot be computed: it is missing, and never infinite."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from freqgen import Design, DesignError
from freqgen.design.checked import check_design
from freqgen.design.compiler import compile_design
from freqgen.design.signals import reference_signals
from tests.design.running import run_compiled
from tests.design.test_checked import CATALOGUE, changed, check
from tests.oracle.inputs import indicator_values
from tests.oracle.interpreter import evaluate, interpret

HUGE = " * ".join(["1000000000000000"] * 20)


def candles() -> pd.DataFrame:
    """Prices about 700, some of them 0 and some too large for an exponential."""
    close = np.array([709.0, 700, 650, 0, 712, 708, 1, 2, 709.5, 300] * 6)
    frame = pd.DataFrame(dict.fromkeys(("open", "high", "low", "close"), close))
    frame.insert(0, "date", pd.date_range("2024-01-01", periods=len(close), freq="h", tz="UTC"))
    frame["volume"] = 1.0 + np.arange(len(close))
    return frame


NUMBERS = [
    f"close * {HUGE} * {HUGE}",
    f"close * {HUGE} * {HUGE} - close * {HUGE} * {HUGE}",
    f"abs(close * {HUGE} * close) + close * {HUGE}",
    f"mean(close * {HUGE}, 3) * {HUGE}",
    f"max(close * {HUGE} * 1000000000, close)",
    f"close / (close / {HUGE} / 1000000000)",
    "big * 2",
    "big * big / big",
    "change(big, 1)",
    "-big - big",
    "big / 0.01",
    "zscore(big, 3)",
    "highest(big + big, 2)",
]
SPECS = [{"id": "big", "function": "EXP"}]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "rule", ["{} > 5", "not {} > 5", "{} == {}", "crosses_above({}, 1)", "not rising({}, 2)"]
)
def test_three_parties_agree(number: str, rule: str) -> None:
    """Neither a comparison with what overflowed nor its negation is true, for any of them."""
    text = rule.replace("{}", f"({number})")
    if len(text) > 1_000:
        text = rule.replace("{}", "(big * big)")
    data = changed(entry_long=[text], indicators=SPECS)
    design = Design.from_data(data)
    checked = check_design(design, CATALOGUE)
    frame = candles()
    wanted = reference_signals(checked, frame)["enter_long"].to_numpy()
    compiled = run_compiled(compile_design(checked), design.name, frame)
    got = (compiled["enter_long"].fillna(0) == 1).to_numpy() if "enter_long" in compiled else False
    rows = {column: frame[column].tolist() for column in frame.columns}
    values = indicator_values(design, CATALOGUE, lambda _pair, _timeframe: frame)
    third = np.array(interpret(design, rows, values)["enter_long"])
    assert np.array_equal(wanted, np.broadcast_to(got, wanted.shape))
    if "zscore" not in text and "mean" not in text:  # pandas' moving sums do not recover
        assert np.array_equal(wanted, third)


@pytest.mark.parametrize("number", [number for number in NUMBERS if len(number) <= 1_000])
def test_a_target_is_never_infinite(number: str) -> None:
    """The column is finite or missing, in the reference and in the strategy."""
    risk = {"stoploss": -0.1, "target": number}
    design = Design.from_data(changed(indicators=SPECS, entry_long=["close > 1"], risk=risk))
    checked = check_design(design, CATALOGUE)
    frame = candles()
    wanted = reference_signals(checked, frame)["exit_target"].to_numpy()
    got = run_compiled(compile_design(checked), design.name, frame)["exit_target"].to_numpy()
    assert not np.isinf(wanted).any()
    np.testing.assert_array_equal(got, wanted)


def test_something_overflows() -> None:
    """The tests above say something: some values are missing for that reason alone."""
    rows = {column: candles()[column].tolist() for column in ("close", "date")}
    values = evaluate(NUMBERS[0], rows)
    assert values.count(None) > 40
    assert values.count(0.0) == 6


@pytest.mark.parametrize(
    "rule",
    [
        "close * 1.02 > open",
        "close / open - 1 > 0.01",
        "volume * close * close > 1000000",
        "rsi > 3",
    ],
)
def test_usual_rules_stay_plain(rule: str) -> None:
    """Nobody writes a check for infinities around a price."""
    assert "finite" not in compile_design(check(entry_long=[rule, "close < bb.lower"]))


@pytest.mark.parametrize(
    "rule",
    [
        "close > 10000000000000000",
        "close > 1000000000000 * 1000000000000",
        "close > 1 / 0.0000000000000000001",
        "close > thr * 1000000000000000",
    ],
)
def test_fixed_numbers_are_refused(rule: str) -> None:
    """What is too large whatever the candles is an error at once."""
    parameters = [{"name": "thr", "low": 1, "high": 50, "default": 30}]
    with pytest.raises(DesignError, match="out of range"):
        check(entry_long=[rule], parameters=parameters)
    wide = [{"name": "thr", "low": 1, "high": 1e16, "default": 30}]
    with pytest.raises(DesignError, match=r"parameters\[0\].high"):
        check(entry_long=["close > thr"], parameters=wide)


PARAMETERS: list[dict[str, Any]] = [
    {"name": "count", "low": 1, "high": 50, "default": 30},
    {"name": "share", "kind": "real", "low": 0.5, "high": 1.5, "default": 1},
]


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ({"coun": 3}, 'no parameter "coun"'),
        ({"count": 51}, "between 1 and 50"),
        ({"count": 2.5}, "whole number"),
        ({"share": 0.4}, "between 0.5 and 1.5"),
        ({"share": float("nan")}, "between 0.5 and 1.5"),
        ({"count": float("inf")}, "between 1 and 50"),
    ],
)
def test_values_of_parameters(chosen: dict[str, float], says: str) -> None:
    """The reference takes what hyperopt could choose, and nothing else."""
    checked = check(entry_long=["close > count * share"], parameters=PARAMETERS)
    with pytest.raises(DesignError, match=says):
        reference_signals(checked, candles(), parameters=chosen)
    assert reference_signals(checked, candles(), parameters={"count": 50, "share": 0.5}) is not None
