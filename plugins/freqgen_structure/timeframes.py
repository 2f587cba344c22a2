"""How timeframes are spelt."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SPELLING = re.compile(r"([1-9]\d{0,5})([smhdwMy])")
_MINUTES = {"s": 1 / 60, "m": 1, "h": 60, "d": 1440, "w": 10080, "M": 43200, "y": 525600}
_WORDS = {
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
    "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "d": "d", "day": "d", "days": "d",
    "w": "w", "wk": "w", "week": "w", "weeks": "w", "weekly": "w",
    "mo": "M", "mon": "M", "month": "M", "months": "M",
}  # fmt: skip
_ALONE = {"hourly": "1h", "daily": "1d", "weekly": "1w", "monthly": "1M", "hour": "1h", "day": "1d"}
_LOOSE = re.compile(r"(?:(\d+)[\s_-]*([A-Za-z]+)|([A-Za-z]+)[\s_-]*(\d+))")

USUAL = frozenset(
    "1s 1m 2m 3m 5m 10m 15m 20m 30m 45m 1h 2h 3h 4h 6h 8h 12h 1d 2d 3d 5d 1w 2w 1M 3M 6M 1y".split()
)
"""What exchanges offer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misspelt:
    """What to say of a text that is no timeframe of an exchange.

    :param right: The timeframe that it plainly means, or ``None``.
    """

    message: str
    hint: str
    right: str | None


def misspelt(text: str) -> Misspelt | None:
    """What to say where exchanges have no such timeframe; ``None`` where one may."""
    right = usual(text)
    if text in USUAL or (right is None and minutes_of(text) is not None):
        return None
    return Misspelt(
        message=f'"{text}" is not a timeframe that exchanges have',
        hint=f'write "{right}"' if right else 'write, for example, "1h"',
        right=right,
    )


def minutes_of(text: str) -> float | None:
    """Length of a timeframe in minutes, or ``None`` where it is not spelt as one."""
    match = _SPELLING.fullmatch(text)
    return int(match[1]) * _MINUTES[match[2]] if match else None


def usual(text: str) -> str | None:
    """The spelling that exchanges have for what a text plainly means, or ``None``.

    ``60m`` and ``1 hour`` are ``1h``; ``5M`` is ``5m``, since nobody offers five months.
    """
    if text in USUAL:
        return text
    loose = text.strip()
    if loose.lower() in _ALONE:
        return _ALONE[loose.lower()]
    match = _LOOSE.fullmatch(loose)
    if match is None:
        return None
    count, word = match[1] or match[4], match[2] or match[3]
    unit = _WORDS.get(word.lower())
    if unit is None or not 0 < int(count) < 100_000:
        return None
    if word == "M" and f"{int(count)}M" in USUAL:
        return f"{int(count)}M"
    length = int(count) * _MINUTES[unit]
    plain = f"{int(count)}{unit}"
    if plain in USUAL:
        return plain
    same = [name for name in sorted(USUAL) if minutes_of(name) == length]
    return same[0] if len(same) == 1 else None
