"""Stores a backtest where FreqUI and ``backtesting-show`` find it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from freqtrade.data.btanalysis import load_backtest_stats
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.optimize.optimize_reports import store_backtest_results


def store_result(
    *,
    folder: Path,
    config: dict[str, Any],
    stats: Any,
    changes: Any,
    engine: Backtesting,
    strategy_file: Path,
) -> Path:
    """Store a backtest's result in ``folder``; returns its file.

    :param changes: How much the market changed meanwhile, as Freqtrade has it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC)
    # Freqtrade names results by the second; two runs within one must not share a name.
    while True:
        appendix = moment.strftime("%Y-%m-%d_%H-%M-%S")
        if not (folder / f"backtest-result-{appendix}.zip").exists():
            break
        moment += timedelta(seconds=1)
    path: Path = store_backtest_results(
        config,
        stats,
        appendix,
        market_change_data=changes,
        wallet_summary={
            key: content["wallet_summary"]
            for key, content in engine.all_bt_content.items()
            if "wallet_summary" in content
        },
        strategy_files={stats["strategy_comparison"][0]["key"]: str(strategy_file)},
    )
    load_backtest_stats(path)  # what cannot be read back was not stored
    return path
