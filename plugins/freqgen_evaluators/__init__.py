"""Measurements of a strategy: Freqtrade's own backtest, with buy-and-hold beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from freqgen import hookimpl

if TYPE_CHECKING:
    from freqgen import Evaluator


@hookimpl
def register_evaluators(register: Callable[[Evaluator], None]) -> None:
    """Register the backtest."""
    from freqgen_evaluators.backtest import BacktestEvaluator

    register(BacktestEvaluator())
