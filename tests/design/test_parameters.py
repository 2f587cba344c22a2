"""What parameters reach is computed anew for every set of them; facts are no masks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from freqtrade.strategy import IStrategy

from freqgen import Design
from freqgen.design.checked import check_design
from freqgen.design.compiler import compile_design
from freqgen.design.signals import reference_signals
from freqgen.design.warmup import synthetic_candles
from tests.design.running import PAIR, load_strategy
from tests.design.test_checked import CATALOGUE, changed

PARAMETERS = [
    {"name": "thr", "low": 20, "high": 60, "default": 30},
    {
        "name": "factor",
        "kind": "decimal",
        "space": "sell",
        "low": 0.9,
        "high": 1.1,
        "default": 1.01,
    },
]
SETS: list[dict[str, float]] = [{}, {"thr": 20, "factor": 0.9}, {"thr": 60, "factor": 1.1}]


def candles() -> pd.DataFrame:
    """A random walk."""
    frame = synthetic_candles().iloc[:400].reset_index(drop=True)
    dates = pd.date_range("2024-01-01", periods=len(frame), freq="h", tz="UTC")
    return frame.assign(date=dates)


def made(**fields: Any) -> tuple[Design, IStrategy]:
    """A design with both parameters, and its strategy."""
    design = Design.from_data(changed(parameters=PARAMETERS, **fields))
    source = compile_design(check_design(design, CATALOGUE))
    return design, load_strategy(source, design.name)


def as_hyperopt(strategy: IStrategy, chosen: dict[str, float]) -> pd.DataFrame:
    """What hyperopt does: indicators once, before any value is chosen; then the two others."""
    once = strategy.advise_indicators(candles(), {"pair": PAIR})
    for name, value in chosen.items():
        getattr(strategy, name).value = value
    frame: pd.DataFrame = strategy.ft_advise_signals(once.copy(), {"pair": PAIR})
    return frame


TARGETS = ["bb.middle * factor", "max(close, mean(close, 9) * factor)", "factor * close + thr"]


@pytest.mark.parametrize("chosen", SETS, ids=str)
@pytest.mark.parametrize("exits", [[], ["rsi > thr"]], ids=["no exit rule", "exit rule"])
@pytest.mark.parametrize("target", TARGETS)
def test_a_target_follows_its_parameters(
    target: str, exits: list[str], chosen: dict[str, float]
) -> None:
    """Hyperopt computes indicators once, so that the target stands in ``populate_exit_trend``."""
    risk = {"stoploss": -0.1, "target": target}
    design, strategy = made(risk=risk, exit_long=exits)
    got = as_hyperopt(strategy, chosen)
    wanted = reference_signals(check_design(design, CATALOGUE), candles(), parameters=chosen)
    np.testing.assert_allclose(got["exit_target"], wanted["exit_target"], rtol=1e-12)
    if exits:
        fired = got["exit_long"].fillna(0) == 1
        assert fired.tolist() == wanted["exit_long"].tolist()


def test_a_target_without_parameters_is_an_indicator() -> None:
    """It is computed once, with the others."""
    design = Design.from_data(changed(risk={"stoploss": -0.1, "target": "bb.middle"}))
    source = compile_design(check_design(design, CATALOGUE))
    indicators, _, signals = source.partition("def populate_entry_trend")
    assert 'dataframe["exit_target"] =' in indicators
    assert "exit_target" not in signals.split("def custom_exit")[0]


FACTS = [
    ["rsi < 30 or thr > 40"],
    ["thr > 40 or rsi < 30"],
    ["rsi < 30 or not thr > 40"],
    ["rsi < 30 or thr > 40", "close > open or thr > 25"],
    ["rsi < 30 or thr > 40 and factor > 1", "factor < 1 or close > open"],
    ["rsi < 30 or 25 < thr < 40"],
    ["thr > 40 or factor > 1 or rsi < 30"],
    ["thr > 40 and rsi < 70"],
    ["not (rsi > 30 and thr > 40)"],
    ["close > open", "rsi < 30 or thr > 40"],
    ["bars_since(thr > 40 or rsi < 30) < 3"],
    ["shift(thr > 40 or rsi < 30, 2)"],
    ["rsi < thr or close > open"],
]


@pytest.mark.parametrize("chosen", SETS, ids=str)
@pytest.mark.parametrize("rules", FACTS, ids=" & ".join)
def test_facts_are_spread_over_the_candles(rules: list[str], chosen: dict[str, float]) -> None:
    """An alternative that is the same for every candle marks all of them, or none."""
    lists = dict.fromkeys(("entry_long", "exit_long", "entry_short", "exit_short"), rules)
    design, strategy = made(can_short=True, **lists)
    got = as_hyperopt(strategy, chosen)
    wanted = reference_signals(check_design(design, CATALOGUE), candles(), parameters=chosen)
    for column in ("enter_long", "exit_long", "enter_short", "exit_short"):
        fired = (got[column].fillna(0) == 1).tolist() if column in got else [False] * len(got)
        assert fired == wanted[column].tolist()
    assert wanted["enter_long"].any() or rules == ["thr > 40 and rsi < 70"]
