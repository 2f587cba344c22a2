"""A strategy that peeks in backtests alone, and what a backtest does about it."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pandas as pd
import pytest

from freqgen.draft import Draft, ValidatedDraft
from freqgen.evaluation.engine import BacktestRequest, Engine
from freqgen.evaluation.spot_check import Until, differing, draw
from freqgen.exceptions import StrategyFault
from tests.evaluation.conftest import walk, write_candles
from tests.evaluation.strategies import PLAIN

PEEKS = PLAIN.replace("class Plain", "class Peeks").replace(
    '        dataframe.loc[dataframe["rsi"] < 35',
    "        if len(dataframe) > 1500:\n"
    '            rises = dataframe["close"].shift(-3) > dataframe["close"]\n'
    '            dataframe["rsi"] = 50 - 30 * rises\n'
    '        dataframe.loc[dataframe["rsi"] < 35',
)


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market")
    for number, pair in enumerate(("BTC/USDT", "ETH/USDT")):
        write_candles(folder, pair, walk(number, 1000.0, 3000, 2))
    return folder


@pytest.fixture(scope="module")
def engine(market: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    config = {"exchange": {"name": "binance"}, "max_open_trades": 2}
    with Engine(config=config, userdir=tmp_path_factory.mktemp("u"), datadir=market) as engine:
        yield engine  # type: ignore[misc]


def _request(source: str, name: str) -> BacktestRequest:
    return BacktestRequest(
        draft=cast(ValidatedDraft, Draft(class_name=name, source=source)),
        timeframe="1h",
        pairs=("BTC/USDT", "ETH/USDT"),
        store=False,
    )


def test_a_strategy_that_peeks_where_there_are_many_candles(engine: Engine) -> None:
    """No trial of validation has so many; a backtest has, and all cuts that may be drawn do.

    Each of its signals comes from a later candle, so that any draw shows it.
    """
    with pytest.raises(StrategyFault, match="knows the future in the backtest") as raised:
        engine.backtest(_request(PEEKS, "Peeks"))
    assert raised.value.finding.code == "FG820"
    assert "enter_long" in raised.value.finding.message


def test_a_sound_strategy_is_left_alone(engine: Engine) -> None:
    assert engine.backtest(_request(PLAIN, "Plain")).trades > 0


def test_what_is_drawn_has_a_future() -> None:
    """Another pair and another place every time, and never the last candle."""
    data = {"A/B": pd.DataFrame({"x": range(1000)}), "C/D": pd.DataFrame({"x": range(10)})}
    none = {pair: pd.DataFrame() for pair in data}
    drawn = [draw(data, none) for _ in range(200)]
    kept = [count for pair, count in filter(None, drawn) if pair == "A/B"]
    assert len(kept) == 200
    assert min(kept) >= 600
    assert max(kept) <= 980
    assert len(set(kept)) > 50
    assert draw({"C/D": data["C/D"]}, none) is None
    some = pd.DataFrame({"enter_long": [int(row in {100, 700, 999}) for row in range(1000)]})
    assert draw({"A/B": data["A/B"]}, {"A/B": some}) == ("A/B", 701)


def test_signals_are_compared_as_freqtrade_reads_them() -> None:
    full = pd.DataFrame({"enter_long": [1, 0, None, 1.0], "enter_tag": ["a", "b", "c", "d"]})
    assert differing(full, pd.DataFrame({"enter_long": [True, False, 0]})) is None
    assert differing(full, pd.DataFrame({"enter_long": [1, 1, 0]})) == ("enter_long", 1)
    assert differing(full, pd.DataFrame({"close": [1.0, 2.0]})) == ("enter_long", 0)


def test_only_candles_that_have_closed_are_there() -> None:
    class Hours:
        def load(self, pair: str, timeframe: str, candle_type: object) -> pd.DataFrame:
            del pair, candle_type
            frequency = timeframe.replace("d", "D")
            return pd.DataFrame(
                {"date": pd.date_range("2024-01-01", periods=50, freq=frequency, tz="UTC")}
            )

    until = Until(Hours(), pd.Timestamp("2024-01-02 05:00", tz="UTC"))
    assert until.load("A/B", "1h", "spot")["date"].iloc[-1].hour == 4  # type: ignore[arg-type]
    assert len(until.load("A/B", "1d", "spot")) == 1  # type: ignore[arg-type]
