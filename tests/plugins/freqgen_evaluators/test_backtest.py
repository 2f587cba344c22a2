"""The backtest as a measurement."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from freqgen import BacktestResult, EvaluationContext, ValidatedDraft
from freqgen_evaluators.backtest import BacktestEvaluator
from tests.evaluation.strategies import every_candle


def result(**known: Any) -> BacktestResult:
    """A result in which only some numbers matter."""
    empty: dict[str, Any] = dict.fromkeys((item.name for item in fields(BacktestResult)), 0)
    return BacktestResult(**{**empty, **known})


@pytest.mark.parametrize(
    ("market", "wanted"),
    [(0.05, 0.15), (-0.1, 0.3), (None, None)],
    ids=["the market rose", "the market fell", "the market is not known"],
)
def test_the_profit_is_set_against_buying_and_holding(
    market: float | None, wanted: float | None
) -> None:
    asked: list[ValidatedDraft] = []

    def backtest(draft: ValidatedDraft) -> BacktestResult:
        asked.append(draft)
        return result(profit_total=0.2, market_change=market, trade_list=[{"pair": "BTC/USDT"}])

    draft = every_candle()
    measured = BacktestEvaluator().measure(draft, EvaluationContext(backtest=backtest))
    assert asked == [draft]
    assert measured.name == "backtest"
    assert measured.values["profit_total"] == 0.2
    assert measured.values["market_change"] == market
    assert measured.values["profit_over_market"] == pytest.approx(wanted)
    assert "trade_list" not in measured.values
