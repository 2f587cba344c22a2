"""What a strategy declares of itself, as data that the engine can believe.

The strategy's process says what its attributes are; this module says whether they can be, and
nothing of it is ever run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from freqgen.evaluation.callbacks import CALLBACKS
from freqgen.sandbox.channel import Garbled

_MOST = 1e300
_MINUTES = re.compile(r"-?[0-9]{1,15}")


def _number(value: Any) -> bool:
    # Comparisons, since an integer of JSON's may be too large for a float.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _MOST


def _number_or_none(value: Any) -> bool:
    return value is None or _number(value)


def _count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def truth(value: Any) -> bool:
    """Whether it is a truth value."""
    return isinstance(value, bool)


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) < 100


def _plain(value: Any, depth: int = 0) -> bool:
    if depth > 6:
        return False
    if isinstance(value, dict):
        return all(isinstance(k, str) and _plain(v, depth + 1) for k, v in value.items())
    if isinstance(value, list):
        return all(_plain(item, depth + 1) for item in value)
    return value is None or isinstance(value, bool | str) or _number(value)


def _mapping(value: Any) -> bool:
    return isinstance(value, dict) and _plain(value)


def _returns(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(minutes, str) and _MINUTES.fullmatch(minutes) and _number_or_none(ratio)
        for minutes, ratio in value.items()
    )


def _list(value: Any) -> bool:
    return isinstance(value, list) and _plain(value)


ATTRIBUTES: Mapping[str, Callable[[Any], bool]] = {
    "timeframe": _text,
    "minimal_roi": _returns,
    "stoploss": _number,
    "trailing_stop": truth,
    "trailing_stop_positive": _number_or_none,
    "trailing_stop_positive_offset": _number,
    "trailing_only_offset_is_reached": truth,
    "use_custom_stoploss": truth,
    "use_custom_roi": truth,
    "can_short": truth,
    "order_types": _mapping,
    "order_time_in_force": _mapping,
    "unfilledtimeout": _mapping,
    "process_only_new_candles": truth,
    "startup_candle_count": _count,
    "use_exit_signal": truth,
    "exit_profit_only": truth,
    "exit_profit_offset": _number,
    "ignore_roi_if_entry_signal": truth,
    "ignore_buying_expired_candle_after": _number,
    "disable_dataframe_checks": truth,
    "position_adjustment_enable": truth,
    "max_entry_position_adjustment": _number,
    "max_open_trades": _number,
    "stake_amount": lambda value: _number(value) or _text(value),
    "stake_currency": _text,
    "protections": _list,
}
"""Attributes that the engine goes by, each with what it can be."""

_AT_MOST_STARTUP = 100_000


def _shown(value: Any) -> str:
    try:
        return json.dumps(value)[:80]
    except RecursionError:
        return "something very deep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a strategy said of itself.

    :param attributes: Those of :data:`ATTRIBUTES` that it has; an unlimited number is -1, and a
        return that is never reached ``None``.
    :param changed: Those that were others when the simulation began.
    :param own: The same as its classes define them, before the configuration replaced any.
    :param callbacks: Those of :data:`freqgen.evaluation.callbacks.CALLBACKS` that it defines.
    :param after_fill: Whether its ``custom_stoploss`` takes ``after_fill``.
    :param informative: Pairs and timeframes that it reads beside what it trades.
    :param engine: Methods of Freqtrade's own that it defines and no strategy should.
    """

    attributes: Mapping[str, Any]
    own: Mapping[str, Any]
    callbacks: tuple[str, ...]
    after_fill: bool
    informative: tuple[tuple[str, str], ...]
    engine: tuple[str, ...]
    changed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def timeframe(self) -> str:
        """The strategy's timeframe."""
        return str(self.attributes["timeframe"])

    @property
    def startup(self) -> int:
        """How many candles it needs before its first signal."""
        return int(self.attributes.get("startup_candle_count", 0))

    @property
    def simulated(self) -> bool:
        """Whether its code is asked while the engine simulates."""
        return bool(self.callbacks)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Declared:
        """Read what a worker sent.

        :raises Garbled: If a strategy cannot be that.
        """
        try:
            attributes, own = dict(data["attributes"]), dict(data["own"])
            changed = dict(data.get("changed", {}))
            callbacks, engine = tuple(data["callbacks"]), tuple(data["engine"])
            informative = tuple((str(p), str(t)) for p, t in data["informative"])
            after_fill = bool(data["after_fill"])
        except (KeyError, TypeError, ValueError) as exc:
            raise Garbled(f"a declaration without {exc}") from exc
        for name, value in (*attributes.items(), *changed.items()):
            check = ATTRIBUTES.get(name)
            if check is None or not check(value):
                raise Garbled(f"{name[:80]} = {_shown(value)}, which no strategy can have")
        if "timeframe" not in attributes or "stoploss" not in attributes:
            raise Garbled("a strategy without timeframe or stoploss")
        if not all(name in CALLBACKS for name in callbacks) or not all(
            isinstance(name, str) for name in engine
        ):
            raise Garbled("callbacks that there are not")
        if not 0 <= int(attributes.get("startup_candle_count", 0)) <= _AT_MOST_STARTUP:
            startup = attributes["startup_candle_count"]
            raise Garbled(f"startup_candle_count = {startup}, which no strategy can have")
        return cls(
            attributes=attributes,
            changed=changed,
            own={k: v for k, v in own.items() if k in ATTRIBUTES and _plain(v)},
            callbacks=callbacks,
            after_fill=after_fill,
            informative=informative[:1000],
            engine=tuple(name[:80] for name in engine[:100]),
        )
