"""Names that the code of a strategy needs for itself."""

from __future__ import annotations

import builtins

STRATEGY_ATTRIBUTES = frozenset(
    [
        "INTERFACE_VERSION",
        "adjust_entry_price",
        "adjust_exit_price",
        "adjust_order_price",
        "adjust_trade_position",
        "advise_all_indicators",
        "advise_entry",
        "advise_exit",
        "advise_indicators",
        "analyze",
        "analyze_pair",
        "analyze_ticker",
        "bot_loop_start",
        "bot_start",
        "can_short",
        "check_buy_timeout",
        "check_entry_timeout",
        "check_exit_timeout",
        "check_sell_timeout",
        "confirm_trade_entry",
        "confirm_trade_exit",
        "custom_entry_price",
        "custom_exit",
        "custom_exit_price",
        "custom_roi",
        "custom_sell",
        "custom_stake_amount",
        "custom_stoploss",
        "disable_dataframe_checks",
        "dp",
        "enumerate_parameters",
        "exit_profit_offset",
        "exit_profit_only",
        "feature_engineering_expand_all",
        "feature_engineering_expand_basic",
        "feature_engineering_standard",
        "ft_advise_signals",
        "ft_bot_cleanup",
        "ft_bot_start",
        "ft_check_timed_out",
        "ft_load_hyper_params",
        "ft_plot_annotations",
        "ft_set_special_params_from_file",
        "ft_stoploss_adjust",
        "ft_stoploss_reached",
        "gather_informative_pairs",
        "get_entry_signal",
        "get_exit_signal",
        "get_latest_candle",
        "get_no_optimize_params",
        "get_strategy_name",
        "ignore_buying_expired_candle_after",
        "ignore_expired_candle",
        "ignore_roi_if_entry_signal",
        "informative_pairs",
        "is_pair_locked",
        "leverage",
        "load_freqAI_model",
        "load_params_from_file",
        "lock_pair",
        "market_direction",
        "max_entry_position_adjustment",
        "max_open_trades",
        "min_roi_reached",
        "min_roi_reached_entry",
        "minimal_roi",
        "order_filled",
        "order_time_in_force",
        "order_types",
        "plot_annotations",
        "plot_config",
        "populate_any_indicators",
        "populate_buy_trend",
        "populate_entry_trend",
        "populate_exit_trend",
        "populate_indicators",
        "populate_sell_trend",
        "position_adjustment_enable",
        "process_only_new_candles",
        "protections",
        "set_freqai_targets",
        "should_exit",
        "stake_currency",
        "startup_candle_count",
        "stoploss",
        "timeframe",
        "trailing_only_offset_is_reached",
        "trailing_stop",
        "trailing_stop_positive",
        "trailing_stop_positive_offset",
        "unlock_pair",
        "unlock_reason",
        "use_custom_roi",
        "use_custom_stoploss",
        "use_exit_signal",
        "version",
        "wallets",
        "config",
    ]
)
"""Public attributes of ``IStrategy`` in Freqtrade 2026.9; a test compares them.

Kept as a list because importing ``IStrategy`` takes longer than compiling a design.
"""

CONFIGURED_ATTRIBUTES = frozenset(
    [
        "buy_params",
        "freqai",
        "freqai_info",
        "sell_params",
        "stake_amount",
        "unfilledtimeout",
    ]
)
"""Attributes that Freqtrade sets on a strategy, or looks for, without declaring them."""

COMPILED_METHODS = frozenset(["atr_stop_rate", "signal_date", "trailing_stop_rate"])
"""Methods that compiled strategies have beside Freqtrade's own."""

RESERVED_PREFIXES = ("ft_", "freqai_", "populate_", "feature_engineering_", "hyperopt_")
"""What Freqtrade's own names begin with; a later version may have more of them."""

FUNCTION_NAMES = frozenset(
    [
        "abs",
        "bars_since",
        "change",
        "crosses_above",
        "crosses_below",
        "falling",
        "highest",
        "hour",
        "lowest",
        "max",
        "mean",
        "min",
        "rising",
        "shift",
        "std",
        "weekday",
        "zscore",
    ]
)
"""Functions of the expression language; a test compares them with those."""

MODULE_NAMES = frozenset(
    [
        "Any",
        "DataFrame",
        "DecimalParameter",
        "IStrategy",
        "IntParameter",
        "RealParameter",
        "Series",
        "Trade",
    ]
)
"""Names with a capital that compiled strategies import."""

DEVICE_NAMES = frozenset(
    [
        "aux",
        "con",
        "nul",
        "prn",
        *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)),
    ]
)
"""Names that no file may have on Windows, whatever its suffix, in small letters."""


def taken_by_strategy(name: str) -> str:
    """Why a parameter cannot have a name, as the end of a sentence; empty if it can."""
    if name in STRATEGY_ATTRIBUTES or name in CONFIGURED_ATTRIBUTES:
        return "is an attribute of every Freqtrade strategy"
    if name in COMPILED_METHODS:
        return "is a method of compiled strategies"
    for prefix in RESERVED_PREFIXES:
        if name.startswith(prefix):
            return f"begins as Freqtrade's own attributes do ({prefix})"
    return ""


def taken_by_module(name: str) -> str:
    """Why a strategy cannot have a name, as the end of a sentence; empty if it can."""
    if name in MODULE_NAMES:
        return "is taken: strategies import that name"
    if hasattr(builtins, name):
        return "is taken: it is a name of Python itself"
    if name.lower() in DEVICE_NAMES:
        return "is taken: Windows has no files of that name"
    return ""
