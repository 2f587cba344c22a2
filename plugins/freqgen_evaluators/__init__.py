"""Measurements of a strategy: Freqtrade's own backtest, with buy-and-hold beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from freqgen import hookimpl

if TYPE_CHECKING:
    from freqgen import Evaluator


@hookimpl
def register_evaluators(register: Callable[[Evaluator], None]) -> None:
    """Register the backtest and, on request, Freqtrade's own analyses."""
    from freqgen_evaluators.analyses import AnalysisEvaluator
    from freqgen_evaluators.backtest import BacktestEvaluator

    register(BacktestEvaluator())
    register(AnalysisEvaluator("lookahead-analysis"))
    register(AnalysisEvaluator("recursive-analysis"))
