"""What Freqtrade calls on a strategy and reads from it, with the names that it uses.

Tables, since importing Freqtrade takes seconds; a test holds them to what is installed.
"""

from __future__ import annotations

from dataclasses import dataclass

from freqgen_structure.signatures import POPULATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A method that Freqtrade calls if a strategy has it.

    :param parameters: Names that it is given by keyword, after ``self``.
    :param needs: Whether it must give a value back; what Freqtrade does with ``None`` is then
        no choice, but an accident.
    :param default: The parameter, or the value, that stands for "as if I were not there".
    """

    parameters: tuple[str, ...]
    needs: bool = False
    default: str = ""


def _callback(parameters: str, *, needs: bool = False, default: str = "") -> Callback:
    return Callback(parameters=tuple(parameters.split()), needs=needs, default=default)


_ADJUST = "trade order pair current_time proposed_rate current_order_rate entry_tag side"

CALLBACKS: dict[str, Callback] = {
    "bot_start": _callback(""),
    "bot_loop_start": _callback("current_time"),
    "check_entry_timeout": _callback("pair trade order current_time"),
    "check_exit_timeout": _callback("pair trade order current_time"),
    "confirm_trade_entry": _callback(
        "pair order_type amount rate time_in_force current_time entry_tag side",
        needs=True,
        default="True",
    ),
    "confirm_trade_exit": _callback(
        "pair trade order_type amount rate time_in_force exit_reason current_time",
        needs=True,
        default="True",
    ),
    "order_filled": _callback("pair trade order current_time"),
    "custom_stoploss": _callback("pair trade current_time current_rate current_profit after_fill"),
    "custom_roi": _callback("pair trade current_time trade_duration entry_tag side"),
    "custom_entry_price": _callback(
        "pair trade current_time proposed_rate entry_tag side",
        needs=True,
        default="proposed_rate",
    ),
    "custom_exit_price": _callback(
        "pair trade current_time proposed_rate current_profit exit_tag",
        needs=True,
        default="proposed_rate",
    ),
    "custom_exit": _callback("pair trade current_time current_rate current_profit"),
    "custom_stake_amount": _callback(
        "pair current_time current_rate proposed_stake min_stake max_stake leverage entry_tag side",
        needs=True,
        default="proposed_stake",
    ),
    "adjust_trade_position": _callback(
        "trade current_time current_rate current_profit min_stake max_stake "
        "current_entry_rate current_exit_rate current_entry_profit current_exit_profit"
    ),
    "adjust_entry_price": _callback(_ADJUST),
    "adjust_exit_price": _callback(_ADJUST),
    "adjust_order_price": _callback(f"{_ADJUST} is_entry"),
    "leverage": _callback(
        "pair current_time current_rate proposed_leverage max_leverage entry_tag side",
        needs=True,
        default="1.0",
    ),
    "informative_pairs": _callback(""),
    "plot_annotations": _callback("pair start_date end_date dataframe"),
    "version": _callback(""),
}
"""The callbacks of interface version 3, which all are called with keywords."""

PLAIN = frozenset({"bot_start", "informative_pairs", "version"})
"""Callbacks that are given nothing."""

FREQAI = (
    "feature_engineering_expand_all",
    "feature_engineering_expand_basic",
    "feature_engineering_standard",
    "set_freqai_targets",
)

METHODS = frozenset({*POPULATE, *CALLBACKS, *FREQAI})
"""Every method that a strategy may bring for Freqtrade to call."""

OLD_METHODS = frozenset(
    "populate_buy_trend populate_sell_trend custom_sell custom_sell_price check_buy_timeout "
    "check_sell_timeout".split()
)
"""Their names in version 2, most of which Freqtrade still calls."""

ATTRIBUTES = frozenset(
    "INTERFACE_VERSION minimal_roi use_custom_roi stoploss max_open_trades trailing_stop "
    "trailing_stop_positive trailing_stop_positive_offset trailing_only_offset_is_reached "
    "use_custom_stoploss can_short timeframe order_types order_time_in_force "
    "process_only_new_candles use_exit_signal exit_profit_only exit_profit_offset "
    "ignore_roi_if_entry_signal position_adjustment_enable max_entry_position_adjustment "
    "ignore_buying_expired_candle_after disable_dataframe_checks startup_candle_count "
    "protections plot_config unfilledtimeout stake_amount stake_currency".split()
)
"""Every class attribute that a strategy may set for Freqtrade to read."""
