"""What a strategy is, as a worker says it of the one that it has loaded.

:mod:`freqgen.evaluation.declared` holds what was said against the strategy's file.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from freqtrade.persistence import PairLocks
from freqtrade.strategy import IStrategy

from freqgen.evaluation.callbacks import overridden, replaces
from freqgen.evaluation.declared import ATTRIBUTES, truth
from freqgen.evaluation.summary import plain

_ENGINE_METHODS = frozenset(
    {
        "advise_all_indicators",
        "advise_entry",
        "advise_exit",
        "advise_indicators",
        "analyze",
        "analyze_pair",
        "analyze_ticker",
        "ft_advise_signals",
        "ft_bot_start",
        "ft_check_timed_out",
        "ft_stoploss_adjust",
        "ft_stoploss_reached",
        "gather_informative_pairs",
        "get_entry_signal",
        "get_exit_signal",
        "get_latest_candle",
        "get_strategy_name",
        "ignore_expired_candle",
        "is_pair_locked",
        "lock_pair",
        "min_roi_reached",
        "min_roi_reached_entry",
        "should_exit",
        "unlock_pair",
        "unlock_reason",
    }
)
"""Methods of Freqtrade's that decide in its place if a strategy has its own."""


class First:
    """What a strategy is before the engine starts it.

    :param strategy: As the resolver gave it.
    :param taken: Methods of it that this module replaces.
    """

    def __init__(self, strategy: IStrategy, taken: tuple[str, ...] = ()) -> None:
        self._strategy = strategy
        self._taken = taken
        kind = type(strategy)
        classes = kind.__mro__[: kind.__mro__.index(IStrategy)]
        found = {key: value for base in reversed(classes) for key, value in vars(base).items()}
        self._own = {key: value for key, value in found.items() if key in ATTRIBUTES}
        """Attributes of its own classes, before the configuration replaced any."""
        self.attributes = _attributes(strategy)
        self._config = deepcopy(strategy.config)
        self._config["order_types"]["stoploss_on_exchange"] = False  # as the engine does

    def changes(self) -> tuple[str, ...]:
        """What the strategy has done to the engine since, besides its own attributes."""
        config = self._strategy.config
        found = [
            f"config[{key}]"
            for key in sorted(self._config.keys() | config.keys())
            if config.get(key) != self._config.get(key)
        ]
        if PairLocks.locks:
            found.append("locks while signals are computed")
        return tuple(found)

    def declaration(self, changes: tuple[str, ...] = ()) -> dict[str, Any]:
        """What the strategy is, now that it has started, as the worker's message.

        :param changes: What else it did to the engine.
        """
        strategy = self._strategy
        changed = {
            name: value
            for name, value in _attributes(strategy).items()
            if name not in _READ_ONCE and value != self.attributes.get(name)
        }
        replaced = [
            name
            for name in sorted(_ENGINE_METHODS)
            if replaces(type(strategy) if name in self._taken else strategy, IStrategy, name)
        ]
        own = {key: plain(v) for key, v in self._own.items() if not isinstance(v, property)}
        return {
            "op": "declared",
            "attributes": self.attributes,
            "changed": changed,
            "own": own,
            "callbacks": overridden(strategy, IStrategy),
            "after_fill": bool(getattr(strategy, "_ft_stop_uses_after_fill", False)),
            "informative": _informative(strategy),
            "engine": [*replaced, *changes],
        }


_READ_ONCE = (
    "timeframe",
    "startup_candle_count",
    "can_short",
    "stake_amount",
    "stake_currency",
    "unfilledtimeout",
)
"""Attributes that the engine has read before any code of the strategy's was called."""
_UNLIMITED = ("max_open_trades", "max_entry_position_adjustment")


def _attributes(strategy: IStrategy) -> dict[str, Any]:
    found = {}
    for name, check in ATTRIBUTES.items():
        if not hasattr(strategy, name):
            continue
        value = getattr(strategy, name)
        if name in _UNLIMITED and value == float("inf"):
            value = -1
        # The engine asks only whether they are true, and some strategies say 1.
        found[name] = bool(value) if check is truth else plain(value)
    return found


def _informative(strategy: IStrategy) -> list[tuple[str, str]]:
    """What it reads beside its candles, as far as it says so: a backtest does not ask."""
    try:
        pairs = strategy.gather_informative_pairs()
    except Exception:  # noqa: BLE001  (code of the strategy's that no backtest runs)
        return []
    return sorted({(str(pair), str(timeframe)) for pair, timeframe, _ in pairs})
