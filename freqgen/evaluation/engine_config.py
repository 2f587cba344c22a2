"""What the engine is told of a configuration: all that a backtest needs, and no secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from freqgen.exceptions import UsageError

DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "stake_amount": "unlimited",
        "dry_run_wallet": 1000,
        "trading_mode": "spot",
        "dataformat_ohlcv": "feather",
        "entry_pricing": {"price_side": "same", "use_order_book": True},
        "exit_pricing": {"price_side": "same", "use_order_book": True},
    }
)
"""What a backtest assumes where a configuration says nothing."""

_NOT_PASSED_ON = frozenset(
    {
        "telegram",
        "api_server",
        "webhook",
        "discord",
        "external_message_consumer",
        "coingecko",
        "freqgen",
        "freqai",
        "db_url",
        "logfile",
        "log_config",
        "add_config_files",
        "config_files",
        "original_config",
        "internals",
        "runmode",
        "strategy",
        "strategy_path",
        "strategy_list",
        "recursive_strategy_search",
        "user_data_dir",
        "datadir",
        "exportdirectory",
        "exportfilename",
        "pairs",
        "pairlists",
        "timerange",
        "timeframe",
        "candle_type_def",
    }
)
"""Sections of a configuration that hold secrets or that the engine decides itself."""

_EXCHANGE_PASSED_ON = frozenset(
    {"name", "pair_blacklist", "unknown_fee_rate", "hip3_dexes", "_ft_has_params"}
)


def plain_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """Reduce a configuration to what a backtest needs, as JSON values, without secrets.

    :raises UsageError: If it names no exchange.
    """
    kept = {
        key: json_value(value)
        for key, value in {**DEFAULTS, **config}.items()
        if key not in _NOT_PASSED_ON and value is not None
    }
    exchange = config.get("exchange", {})
    name = exchange.get("name")
    if not name:
        raise UsageError(
            "the configuration names no exchange",
            hint='add "exchange": {"name": "binance"} to it',
        )
    kept["exchange"] = {
        key: json_value(value) for key, value in exchange.items() if key in _EXCHANGE_PASSED_ON
    }
    if kept.get("max_open_trades") == float("inf"):
        kept["max_open_trades"] = -1
    kept["dry_run"] = True
    return kept


def json_value(value: Any) -> Any:
    """Turn a value of a configuration into what JSON can hold; paths and enums become text."""
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [json_value(item) for item in value]
    return value if isinstance(value, bool | int | float) or value is None else str(value)
