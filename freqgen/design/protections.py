"""Freqtrade's protections: their methods, and the fields that each of them reads.

Freqtrade itself checks little of them, and that only when a bot or a backtest starts: a field that
it does not know is ignored, one of a wrong type fails in the middle of a run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from freqgen.exceptions import DesignError

MAX_PROTECTIONS = 20
_MAX_CANDLES = 100_000
_MAX_MINUTES = 10_000_000
_MAX_TRADES = 100_000

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

Check = Callable[[Any], str]
"""What a value must be, in words, if it is not; else nothing."""


def _whole(low: int, high: int) -> Check:
    def check(value: Any) -> str:
        fine = type(value) is int and low <= value <= high
        return "" if fine else f"a whole number from {low} to {high:,}"

    return check


def _number(low: float, high: float) -> Check:
    def check(value: Any) -> str:
        fine = type(value) in {int, float} and low <= value <= high
        return "" if fine else f"a number from {low:g} to {high:g}"

    return check


def _truth(value: Any) -> str:
    return "" if isinstance(value, bool) else "true or false"


def _clock(value: Any) -> str:
    fine = isinstance(value, str) and _TIME.fullmatch(value)
    return "" if fine else 'a time of the day such as "14:30"'


def _mode(value: Any) -> str:
    return "" if value in ("ratios", "equity") else '"ratios" or "equity"'


_COMMON: Mapping[str, Check] = {
    "stop_duration": _whole(1, _MAX_MINUTES),
    "stop_duration_candles": _whole(1, _MAX_CANDLES),
    "unlock_at": _clock,
    "lookback_period": _whole(1, _MAX_MINUTES),
    "lookback_period_candles": _whole(1, _MAX_CANDLES),
}

_TRADES = _whole(1, _MAX_TRADES)

PROTECTIONS: Mapping[str, Mapping[str, Check]] = {
    "CooldownPeriod": _COMMON,
    "LowProfitPairs": {
        **_COMMON,
        "trade_limit": _TRADES,
        "required_profit": _number(-1, 100),
        "only_per_side": _truth,
        "only_per_pair": _truth,  # in Freqtrade's own examples, although it always is per pair
    },
    "MaxDrawdown": {
        **_COMMON,
        "trade_limit": _TRADES,
        "max_allowed_drawdown": _number(0, 100),
        "calculation_mode": _mode,
    },
    "StoplossGuard": {
        **_COMMON,
        "trade_limit": _TRADES,
        "required_profit": _number(-1, 100),
        "only_per_pair": _truth,
        "only_per_side": _truth,
    },
}
"""The methods of Freqtrade 2026.9 with the fields that they read; a test compares both.

Kept as a table because loading Freqtrade's resolvers takes longer than compiling a design.
"""

_TWICE = (
    ("stop_duration", "stop_duration_candles"),
    ("unlock_at", "stop_duration"),
    ("unlock_at", "stop_duration_candles"),
    ("lookback_period", "lookback_period_candles"),
)


def check_protections(protections: list[dict[str, Any]]) -> None:
    """Check a design's list of protections.

    :raises DesignError: With the path of the field, as in ``risk.protections[0].stop_duration``.
    """
    if len(protections) > MAX_PROTECTIONS:
        raise DesignError(
            f"{len(protections)} protections are more than the {MAX_PROTECTIONS} that are read",
            path="risk.protections",
            hint="keep those that matter",
        )
    for number, entry in enumerate(protections):
        _check(entry, f"risk.protections[{number}]")


def _check(entry: dict[str, Any], path: str) -> None:
    method = entry.get("method")
    fields = PROTECTIONS.get(method) if isinstance(method, str) else None
    if fields is None:
        near = get_close_matches(str(method), PROTECTIONS, n=1, cutoff=0.4)
        says = f'"{method}" is no protection of Freqtrade' if method else "is missing"
        raise DesignError(
            says, path=f"{path}.method", hint=f"use {', '.join(near or sorted(PROTECTIONS))}"
        )
    for name, value in entry.items():
        if name == "method":
            continue
        if name not in fields:
            near = get_close_matches(name, fields, n=1, cutoff=0.4)
            raise DesignError(
                f"is not a field of {method}",
                path=f"{path}.{name}",
                hint=f"the nearest field is {near[0]}" if near else f"it reads {', '.join(fields)}",
            )
        wanted = fields[name](value)
        if wanted:
            raise DesignError(
                f"must be {wanted}", path=f"{path}.{name}", hint=f"it is {_short(value)}"
            )
    for one, other in _TWICE:
        if one in entry and other in entry:
            raise DesignError(
                f"{one} and {other} say the same in two ways",
                path=f"{path}.{other}",
                hint=f"keep {one} or {other}",
            )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
