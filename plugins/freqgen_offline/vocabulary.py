"""Looks words up in the tables of indicators and candlestick patterns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from freqgen_offline.known import Known
from freqgen_offline.tables import AVERAGES, KNOWN, OUTPUTS, OWN, PATTERNS, PRICE

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "STOCHASTIC": ("STOCH", "STOCHF", "STOCHRSI"),
    "BANDS": ("BBANDS", "KC", "DONCHIAN"),
}
"""What is named for several functions alike, the usual one first."""


ALIASES: Mapping[str, str] = {"MA": "SMA", "GOLDEN": "SMA"}
"""Averages of a kind that was not said, and of golden and death crosses."""


_ALL = {known.function: known for known in (*OWN, *AVERAGES, *KNOWN, PRICE)}


def about(function: str) -> Known:
    """What is known of a function, a candlestick pattern, or the usual one of several."""
    if function.startswith("CDL"):
        plain = function.removeprefix("CDL").lower()
        return Known(function=function, spoken=plain, measure="pattern", short=plain,
                     title=plain.capitalize())  # fmt: skip
    return _ALL[usual(function)]


def usual(function: str) -> str:
    """The function that a name of several usually stands for."""
    function = ALIASES.get(function, function)
    return FAMILIES.get(function, (function,))[0]


def known(function: str) -> bool:
    """Whether a function is one of the tables'."""
    return usual(function) in _ALL or function.startswith("CDL")


@cache
def _named(table: str) -> tuple[tuple[re.Pattern[str], Any], ...]:
    if table == "KNOWN":
        return tuple((re.compile(k.words), k.function) for k in KNOWN)
    if table == "AVERAGE":
        return tuple((re.compile(k.words), k.function) for k in AVERAGES)
    entries = OUTPUTS if table == "OUTPUT" else PATTERNS
    return tuple((re.compile(words), value) for words, value in entries.items())


def meant(table: str, text: str) -> Any:
    """What a word of a table stands for: a function, or a function and an output or a side.

    :param table: ``KNOWN``, ``AVERAGE``, ``OUTPUT`` or ``PATTERN``.
    """
    for pattern, value in _named(table):
        match = pattern.match(text)
        if match is not None and match.end() == len(text.rstrip()):
            return value
    # What only a look ahead can tell apart does not match the word alone.
    return next(value for pattern, value in _named(table) if _loosely(pattern, text))


def _loosely(pattern: re.Pattern[str], text: str) -> bool:
    return any(
        pattern.match(text + more) for more in (" line", " (", " candle", " upper", " is", ",")
    )


@cache
def terminals() -> str:
    """The words of the tables, in the notation of the grammar."""
    tables = {
        "PATTERN.74": PATTERNS,
        "OUTPUT.52": OUTPUTS,
        "KNOWN.51": [k.words for k in KNOWN],
        "AVERAGE_KIND.51": [k.words for k in AVERAGES],
    }
    lines = []
    for name, words in tables.items():
        told = "|".join(f"(?:{word})" for word in words).replace("/", r"\/")
        lines.append(f"{name}: /(?:{told})(?![a-z])/")
    return "\n".join(lines)


def alike(function: str, other: str) -> bool:
    """Whether two functions are one, or one is of the family of the other."""
    families = (FAMILIES.get(function, ()), FAMILIES.get(other, ()))
    return function == other or other in families[0] or function in families[1]
