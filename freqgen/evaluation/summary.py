"""Picks what freqgen reports from Freqtrade's statistics."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

_TRADE_FIELDS = (
    "pair",
    "is_short",
    "leverage",
    "open_date",
    "close_date",
    "open_rate",
    "close_rate",
    "amount",
    "stake_amount",
    "profit_ratio",
    "profit_abs",
    "exit_reason",
    "enter_tag",
    "fee_open",
    "fee_close",
    "funding_fees",
    "trade_duration",
    "min_rate",
    "max_rate",
    "initial_stop_loss_abs",
    "stop_loss_abs",
    "is_open",
)
_SUMMARY_FIELDS = ("key", "trades", "profit_total", "profit_total_abs", "wins", "draws", "losses")


def summary(stats: Mapping[str, Any]) -> dict[str, Any]:
    """Pick what freqgen reports from Freqtrade's statistics of one strategy."""
    trades = int(stats["total_trades"])
    fields = {
        "trades": trades,
        "trades_long": stats["trade_count_long"],
        "trades_short": stats["trade_count_short"],
        "profit_total": stats["profit_total"],
        "profit_total_abs": stats["profit_total_abs"],
        "starting_balance": stats["starting_balance"],
        "final_balance": stats["final_balance"],
        "max_drawdown": stats["max_drawdown_account"],
        "max_drawdown_abs": stats["max_drawdown_abs"],
        "sharpe": stats["sharpe"],
        "sortino": stats["sortino"],
        "calmar": stats["calmar"],
        "cagr": stats["cagr"],
        "profit_factor": stats["profit_factor"],
        "expectancy": stats["expectancy"],
        "win_rate": stats["wins"] / trades if trades else None,
        "wins": stats["wins"],
        "draws": stats["draws"],
        "losses": stats["losses"],
        "avg_duration": stats["holding_avg_s"] if trades else None,
        "market_change": stats["market_change"],
        "backtest_start": stats["backtest_start"],
        "backtest_end": stats["backtest_end"],
        "pairs": list(stats["pairlist"]),
        "timeframe": stats["timeframe"],
        "timerange": stats["timerange"],
        "stake_currency": stats["stake_currency"],
        "stake_amount": stats["stake_amount"],
        "max_open_trades": stats["max_open_trades"],
        "trading_mode": str(stats["trading_mode"]),
        "rejected_signals": stats["rejected_signals"],
        "per_pair": _rows(stats["results_per_pair"]),
        "per_enter_tag": _rows(stats["results_per_enter_tag"]),
        "per_exit_reason": _rows(stats["exit_reason_summary"]),
        "trade_list": [{key: trade[key] for key in _TRADE_FIELDS} for trade in stats["trades"]],
    }
    return {key: plain(value) for key, value in fields.items()}


def _rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{key: row[key] for key in _SUMMARY_FIELDS} for row in rows if row["key"] != "TOTAL"]


def plain(value: Any) -> Any:
    """Turn what pandas and Freqtrade hold into JSON; what is no number becomes ``None``."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, bool | int | str) or value is None:
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if isinstance(value, bool | int) else str(value)
