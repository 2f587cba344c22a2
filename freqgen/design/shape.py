"""What all parts of a design share: how they are checked, and the timeframes."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from pydantic import BaseModel, ConfigDict

TIMEFRAMES: Mapping[str, int] = {
    "1m": 1,
    "3m": 3,
    "5m": 5,
    "15m": 15,
    "30m": 30,
    "1h": 60,
    "2h": 120,
    "4h": 240,
    "6h": 360,
    "8h": 480,
    "12h": 720,
    "1d": 1440,
    "3d": 4320,
    "1w": 10080,
}
"""Timeframes that a design may use, with their length in minutes."""


def check_timeframe(value: str) -> str:
    """Return ``value`` if it is a timeframe.

    :raises ValueError: Naming the nearest one.
    """
    if value not in TIMEFRAMES:
        near = get_close_matches(value, TIMEFRAMES, n=1)
        nearest = f"; the nearest is {near[0]}" if near else ""
        raise ValueError(f'"{value}" is no timeframe{nearest} (one of {", ".join(TIMEFRAMES)})')
    return value


class Frozen(BaseModel):
    """A part of a design that cannot be changed and has no fields but its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
