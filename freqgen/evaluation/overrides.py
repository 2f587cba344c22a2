"""What of a strategy the user's configuration replaces, in a backtest and in a bot alike.

Freqtrade lets the configuration win over the strategy and says so in its log at most. What was
measured, and what trades, is then another strategy than the one that was checked; so both say it.
"""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from freqgen.evaluation.summary import plain

UNSAID: Any = object()
"""Stands for a strategy that says nothing of a setting and leaves it to the configuration."""

OVERRIDING: Mapping[str, Any] = MappingProxyType(
    {
        "minimal_roi": {},
        "stoploss": UNSAID,
        "trailing_stop": False,
        "trailing_stop_positive": None,
        "trailing_stop_positive_offset": 0.0,
        "trailing_only_offset_is_reached": False,
        "use_custom_stoploss": False,
        "process_only_new_candles": True,
        "order_types": {
            "entry": "limit",
            "exit": "limit",
            "stoploss": "limit",
            "stoploss_on_exchange": False,
            "stoploss_on_exchange_interval": 60,
        },
        "order_time_in_force": {"entry": "GTC", "exit": "GTC"},
        "stake_currency": UNSAID,
        "stake_amount": UNSAID,
        "startup_candle_count": 0,
        "unfilledtimeout": UNSAID,
        "use_exit_signal": True,
        "exit_profit_only": False,
        "ignore_roi_if_entry_signal": False,
        "exit_profit_offset": 0.0,
        "disable_dataframe_checks": False,
        "ignore_buying_expired_candle_after": 0,
        "position_adjustment_enable": False,
        "max_entry_position_adjustment": -1,
        # Every configuration of Freqtrade's has it; a strategy without a word on it is unharmed.
        "max_open_trades": UNSAID,
    }
)
"""Attributes of a strategy that Freqtrade replaces if the configuration has them, and what they
are in a strategy that does not define them. The timeframe is one too, but never passed on."""


def replaced(
    own: Mapping[str, Any], config: Mapping[str, Any], asked: Collection[str] = ()
) -> list[str]:
    """Name what the strategy is and the configuration says otherwise, with both values.

    :param own: Attributes of the strategy's class; those of its base classes may be left out.
    :param config: The user's configuration.
    :param asked: What the caller replaces on purpose.
    """
    warnings = []
    for key, default in OVERRIDING.items():
        mine = own.get(key, default)
        if key in asked or key not in config or mine is UNSAID or isinstance(mine, property):
            continue
        theirs = config[key]
        if _comparable(mine) != _comparable(theirs):
            warnings.append(
                f"the configuration's {key} = {_shown(theirs)} "
                f"replaces the strategy's {_shown(mine)}"
            )
    return warnings


def _comparable(value: Any) -> Any:
    unlimited = isinstance(value, int | float) and value in {-1, math.inf}
    return "unlimited" if unlimited and not isinstance(value, bool) else plain(value)


def _shown(value: Any) -> str:
    return json.dumps(plain(value)) if value != math.inf else "unlimited"


def class_attributes(source: str, class_name: str) -> dict[str, Any]:
    """Read a class's attributes from its source, without running it.

    :returns: The attributes with literal values; others are left out, except that those which
        :func:`replaced` would compare are :data:`UNSAID`.
    """
    found: dict[str, Any] = {}
    for node in ast.parse(source).body:
        if not isinstance(node, ast.ClassDef) or node.name != class_name:
            continue
        for statement in node.body:
            if isinstance(statement, ast.Assign):
                targets, value = statement.targets, statement.value
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                targets, value = [statement.target], statement.value
            else:
                continue
            for target in targets:
                if isinstance(target, ast.Name):
                    found[target.id] = _literal(value)
    return {key: value for key, value in found.items() if value is not UNSAID or key in OVERRIDING}


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        return UNSAID
