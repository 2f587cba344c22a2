"""All built-in entries of the catalogue."""

from __future__ import annotations

from functools import lru_cache

from freqgen.design.indicators import Indicator
from freqgen.design.indicators_extra import extra_indicators
from freqgen.design.indicators_talib import talib_indicators


@lru_cache(maxsize=1)
def builtin_indicators() -> tuple[Indicator, ...]:
    """All functions of the installed TA-Lib, and what it lacks, sorted by name."""
    entries = [*talib_indicators(), *extra_indicators()]
    return tuple(sorted(entries, key=lambda indicator: indicator.name))
