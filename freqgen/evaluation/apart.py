"""Keeps the pairs of one run apart, where a library remembers what was done for another pair."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import talib
from freqtrade.strategy import IStrategy
from pandas import DataFrame
from talib import abstract

_UNSTABLE = tuple(
    name
    for name in talib.get_functions()
    if "Function has an unstable period" in str(getattr(abstract, name).function_flags)
)
"""Functions of TA-Lib with a period that is set for the whole process."""


def keep_apart(strategy: IStrategy) -> None:
    """Let TA-Lib begin every pair with the settings that the first pair began with."""
    before: dict[str, int] = {}
    compute = strategy.advise_indicators

    def indicators(dataframe: DataFrame, metadata: dict[str, Any]) -> Any:
        if before:
            _restore(before)
        else:
            before.update({name: talib.get_unstable_period(name) for name in _UNSTABLE})
        return compute(dataframe, metadata)

    strategy.advise_indicators = indicators


def _restore(settings: Mapping[str, int]) -> None:
    for name, period in settings.items():
        talib.set_unstable_period(name, period)
