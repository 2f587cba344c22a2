"""Freqtrade's own analyses of a strategy, where the strategy runs.

They run in the strategy's process, so what they say is the strategy's word.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from freqtrade.optimize.analysis.lookahead import LookaheadAnalysis
from freqtrade.optimize.analysis.lookahead_helpers import LookaheadAnalysisSubFunctions
from freqtrade.optimize.analysis.recursive import RecursiveAnalysis
from freqtrade.optimize.analysis.recursive_helpers import RecursiveAnalysisSubFunctions
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.util import get_progress_tracker
from pandas import DataFrame

LOOKAHEAD, RECURSIVE = "lookahead-analysis", "recursive-analysis"

_LEAST_TRADES, _MOST_TRADES = 10, 20  # as Freqtrade's command line has them
_STARTUP = (199, 399, 499, 999, 1999)
_PARTIAL = 20
"""Candles whose indicators are computed with different histories."""


def analyse(what: str, engine: Backtesting, candles: DataFrame) -> dict[str, Any]:
    """Run one of Freqtrade's analyses.

    :param what: ``lookahead-analysis`` or ``recursive-analysis``.
    :param engine: Freqtrade's engine with the strategy, which configures the analysis.
    :param candles: The candles of the pair, for the period to look at.
    :returns: JSON values. Lookahead: ``biased`` (``None`` for too few trades), ``signals``,
        ``biased_entries``, ``biased_exits``, ``biased_indicators``. Recursive: ``variance``, by
        indicator and count of candles the difference in the newest value, as a ratio.
    """
    config = deepcopy(engine.config)
    strategy = {
        "name": config["strategy"],
        "location": Path(config["strategy_path"]) / f"{config['strategy']}.py",
    }
    first, last = (int(candles["date"].iloc[i].timestamp()) for i in (0, -1))
    with get_progress_tracker(disable=True) as progress:
        if what == LOOKAHEAD:
            config |= {
                "timerange": f"{first}-{last}",
                "minimum_trade_amount": _LEAST_TRADES,
                "targeted_trade_amount": _MOST_TRADES,
            }
            config = LookaheadAnalysisSubFunctions.calculate_config_overrides(config)
            looked = LookaheadAnalysis(config, strategy)
            looked.exchange = engine.exchange
            looked.start(progress)
            return _lookahead(looked)
        begin = int(candles["date"].iloc[max(len(candles) - _PARTIAL, 0)].timestamp())
        histories = [count for count in _STARTUP if count < len(candles) - _PARTIAL]
        config |= {
            "timerange": f"{begin}-{last}",
            "startup_candle": histories or [len(candles) // 2],
        }
        config = RecursiveAnalysisSubFunctions.calculate_config_overrides(config)
        repeated = RecursiveAnalysis(config, strategy)
        repeated.exchange = engine.exchange
        repeated.start(progress)
        return {"variance": _variance(repeated.dict_recursive)}


def _lookahead(analysis: LookaheadAnalysis) -> dict[str, Any]:
    found = analysis.current_analysis
    return {
        "biased": None if analysis.failed_bias_check else bool(found.has_bias),
        "signals": int(found.total_signals),
        "biased_entries": int(found.false_entry_signals),
        "biased_exits": int(found.false_exit_signals),
        "biased_indicators": [str(name) for name in found.false_indicators],
    }


def _variance(found: Mapping[str, Mapping[int, float]]) -> dict[str, dict[str, float | None]]:
    return {
        str(name): {
            str(count): float(ratio) if math.isfinite(ratio) else None
            for count, ratio in ratios.items()
        }
        for name, ratios in found.items()
    }
