"""``plot_config`` draws on the candles' chart what is a price of the pair, and nothing else."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from freqgen.design.plots import LEVELS, NO_LEVELS, PRICES
from freqgen.design.warmup import synthetic_candles
from tests.design.running import load_strategy
from tests.design.test_checked import CATALOGUE
from tests.design.test_compiler import compiled

PLOTS: list[tuple[list[dict[str, Any]], str, list[str], dict[str, list[str]]]] = [
    ([{"id": "x", "function": "EMA"}], "x > 1", ["x"], {}),
    ([{"id": "x", "function": "VWAP"}], "x > mean(x, 3)", ["x"], {}),
    ([{"id": "x", "function": "HA"}], "x.open > x.close", ["x_open", "x_close"], {}),
    ([{"id": "x", "function": "EMA", "timeframe": "4h"}], "x > 1", ["x_4h"], {}),
    (
        [{"id": "x", "function": "EMA", "pair": "BTC/USDT"}],
        "x > 1",
        [],
        {"BTC/USDT": ["btc_usdt_x_1h"]},
    ),
    ([{"id": "x", "function": "RSI"}], "x > 1", [], {"x": ["x"]}),
    (
        [{"id": "x", "function": "RSI"}, {"id": "y", "function": "SMA", "source": "x"}],
        "x > y",
        [],
        {"x": ["x", "y"]},
    ),
    (
        [{"id": "x", "function": "EMA"}, {"id": "y", "function": "SMA", "source": "x"}],
        "x > y",
        ["x", "y"],
        {},
    ),
    ([{"id": "x", "function": "SMA", "source": "volume"}], "x > 1", [], {"volume": ["x"]}),
    (
        [{"id": "x", "function": "SUPERTREND"}],
        "x.value > close or x.direction > 0",
        ["x_value"],
        {"x direction": ["x_direction"]},
    ),
    ([{"id": "x", "function": "ATR"}], "x > 1", [], {"x": ["x"]}),
    ([{"id": "x", "function": "SAREXT"}], "x > 1", [], {"x": ["x"]}),
]


@pytest.mark.parametrize(
    ("specs", "rule", "main", "sub"),
    PLOTS,
    ids=[" of ".join(spec["function"] for spec in reversed(plot[0])) for plot in PLOTS],
)
def test_plots(
    specs: list[dict[str, Any]], rule: str, main: list[str], sub: dict[str, list[str]]
) -> None:
    """By what is measured: an average is drawn with what it is an average of."""
    strategy = load_strategy(compiled(indicators=specs, entry_long=[rule]), "Example")
    assert [*strategy.plot_config["main_plot"]] == main
    assert {chart: [*lines] for chart, lines in strategy.plot_config["subplots"].items()} == sub


@pytest.mark.parametrize("name", sorted({*PRICES, *LEVELS} - {"MAVP"}))
def test_prices_lie_where_the_candles_do(name: str) -> None:
    """What is drawn on the chart of the candles has their scale."""
    candles = synthetic_candles().iloc[:600]
    entry = CATALOGUE.get(name)
    for output, values in entry.compute(candles).items():
        inside = values.between(candles["low"].min() * 0.5, candles["high"].max() * 1.5)
        known = values.notna()
        lies = bool((inside | ~known).all())
        assert lies is ((name, output) not in NO_LEVELS), output


def test_the_example_has_prices() -> None:
    """The synthetic candles are prices far from 0, so that the test above says something."""
    candles = synthetic_candles().iloc[:600]
    assert isinstance(candles, pd.DataFrame)
    assert candles["low"].min() > 5
