"""What is known of an indicator: its names, its numbers, and what its values mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

PERIOD = r"(?:time\s*)?periods?|lengths?|len|lookback"


@dataclass(frozen=True, kw_only=True)
class Param:
    """A number that people write behind an indicator's name.

    :param name: What the catalogue calls it.
    :param usual: What is taken where nobody said otherwise; the catalogue's default.
    :param words: What it may be called, as a regular expression.
    :param low: The smallest that makes sense.
    :param high: The largest.
    """

    name: str
    usual: Decimal
    words: str = PERIOD
    low: Decimal = Decimal(1)
    high: Decimal = Decimal(1000)

    @property
    def counts(self) -> bool:
        """Whether it is a number of candles."""
        return self.high == Decimal(1000)


@dataclass(frozen=True, kw_only=True)
class Known:
    """An indicator.

    :param function: Its name in the catalogue.
    :param words: What people call it, as a regular expression; empty where the grammar knows.
    :param spoken: What it is called in sentences to the user.
    :param params: Its numbers in the order in which people write them.
    :param output: The output that is meant where none is said; empty where it has one only.
    :param sided: Whether a side must be said, or follows from the comparison: upper and lower.
    :param measure: What it is counted in: ``price``, ``volume``, ``distance``, or a name of its
        own, so that it is compared with numbers and with itself alone.
    :param bounds: Between which it lies, where that is known.
    :param extremes: What "oversold" and "overbought" mean.
    :param before: Whether the current candle is a part of it, so that a breakout compares with the
        candle before.
    :param short: Its id in designs.
    :param title: Its part of a strategy's name.
    """

    function: str
    spoken: str
    words: str = ""
    params: tuple[Param, ...] = ()
    output: str = ""
    sided: bool = False
    measure: str = ""
    bounds: tuple[int, int] | None = None
    extremes: tuple[int, int] | None = None
    before: bool = False
    short: str = ""
    title: str = ""
    fixed: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def id(self) -> str:
        """What designs call it."""
        return self.short or self.function.lower()

    @property
    def usual(self) -> tuple[Decimal, ...]:
        """The parameters where nobody said otherwise."""
        return tuple(p.usual for p in self.params)
