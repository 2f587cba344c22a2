"""A clock that is ahead, to find strategies whose signals depend on when they are computed.

It deceives nobody who looks for it; a strategy that reads the time means no harm.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from typing import Any

import pandas as pd


def set_ahead(seconds: float) -> None:
    """Let Python's, pandas' and Freqtrade's clocks be ahead, in this process and for good."""
    real_time, real_ns = time.time, time.time_ns
    real = dt.datetime
    shift = dt.timedelta(seconds=seconds)

    class Kind(type):
        """Makes every datetime an instance of the new class."""

        def __instancecheck__(cls, instance: object) -> bool:
            return isinstance(instance, real)

        def __subclasscheck__(cls, subclass: type) -> bool:
            return issubclass(subclass, real)

    class Ahead(real, metaclass=Kind):  # type: ignore[valid-type,misc]
        """A datetime whose present is ahead."""

        @classmethod
        def now(cls, tz: dt.tzinfo | None = None) -> Any:
            return real.now(tz) + shift

        @classmethod
        def utcnow(cls) -> Any:
            return real.now(dt.UTC).replace(tzinfo=None) + shift

        @classmethod
        def today(cls) -> Any:
            return real.now() + shift

        def __new__(cls, *given: Any, **named: Any) -> Any:
            return real(*given, **named)

    time.time = lambda: real_time() + seconds
    time.time_ns = lambda: real_ns() + int(seconds * 1e9)
    dt.datetime = Ahead  # type: ignore[misc]
    for name in ("freqtrade.util.datetime_helpers", "freqtrade.strategy.interface"):
        module = sys.modules.get(name)
        if module is not None and hasattr(module, "datetime"):
            module.datetime = Ahead  # type: ignore[attr-defined]
    for present in ("now", "utcnow", "today"):
        _shift_timestamp(present, shift)


def _shift_timestamp(name: str, shift: dt.timedelta) -> None:
    original = getattr(pd.Timestamp, name)

    def present(cls: type, *given: Any, **named: Any) -> Any:
        del cls
        return original(*given, **named) + shift

    try:
        setattr(pd.Timestamp, name, classmethod(present))
    except TypeError:  # a type of C's cannot be changed
        return
