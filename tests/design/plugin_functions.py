"""What a plugin author would write; imported by the code of ``test_indicators_function.py``."""

from __future__ import annotations

from pandas import DataFrame, Series


def midline(high: Series, low: Series, *, length: int = 5, factor: float = 1.0) -> Series:
    """Average of the range."""
    return ((high + low) / 2 * factor).rolling(length).mean()


def envelope(close: Series, ratio: float = 0.02) -> tuple[Series, Series]:
    """Lines around the price."""
    return close * (1 + ratio), close * (1 - ratio)


def envelope_frame(close: Series, ratio: float = 0.02) -> DataFrame:
    """The same as a frame."""
    return DataFrame({"env_up": close * (1 + ratio), "env_down": close * (1 - ratio)})


def as_list(close: Series) -> list[float]:
    """Not a Series."""
    return [0.0] * len(close)


def reindexed(close: Series) -> Series:
    """On another index."""
    return close.set_axis(range(5, 5 + len(close)))


def words(close: Series) -> Series:
    """No numbers."""
    return close.map(lambda _: "word")


def infinite(close: Series) -> Series:
    """Divides by zero."""
    return close / 0


def three(close: Series) -> tuple[Series, Series, Series]:
    """One more than two."""
    return close, close, close


def never(close: Series) -> Series:
    """No value at all."""
    return close.where(close < 0)
