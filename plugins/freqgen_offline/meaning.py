"""What clauses mean, as data, before indicators have ids and lengths are in candles."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias


class UnreadableError(ValueError):
    """A clause that cannot be given a meaning; it is listed as unread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """A number of candles, or a time that is one once the timeframe is known.

    Exactly one of the two is given.
    """

    candles: int | None = None
    minutes: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the candles."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An output of an indicator.

    :param function: Name in the catalogue; ``MA`` for an average of a kind that was not said.
    :param params: Its parameters in the order in which people write them, as far as given.
    :param length: Its period, where that was given as a length.
    :param output: The output's name, or empty where it has one only.
    :param own: Whether it is "its" average or band: one of what it is compared with.
    :param of: What it is computed from, where that is not the price.
    :param assumed: Whether the period was filled in, beside a width that was said.
    """

    function: str
    params: tuple[Decimal, ...] = ()
    length: Length | None = None
    output: str = ""
    own: bool = False
    of: Operand | None = None
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """The mean of the last candles.

    :param of: What is averaged; ``None`` for what stands on the other side of the comparison.
    """

    of: Operand | None
    length: Length | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extreme:
    """The highest or lowest value of the last candles.

    :param before: Whether the current candle is left out.
    :param own: Whether it is "its" high: one of what it is compared with.
    :param of: What is looked at, where that is not a column of the price.
    """

    highest: bool
    column: str
    length: Length
    before: bool = False
    own: bool = False
    of: Operand | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """A value some candles earlier."""

    operand: Operand
    candles: int = 1


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left op right`` with ``op`` one of ``+ - *``."""

    op: str
    left: Operand
    right: Operand


Operand: TypeAlias = Number | Column | Use | Average | Extreme | Earlier | Arithmetic


@dataclass(frozen=True, slots=True)
class Compare:
    """``left op right`` with ``op`` one of ``< <= > >=``."""

    left: Operand
    op: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Cross:
    """``left`` crosses ``right``.

    :param up: The direction, or ``None`` where none was said.
    """

    left: Operand
    right: Operand
    up: bool | None


@dataclass(frozen=True, slots=True)
class Run:
    """``operand`` rises or falls from candle to candle."""

    operand: Operand
    up: bool
    length: Length | None


@dataclass(frozen=True, slots=True)
class Touch:
    """``operand`` gets as far as ``level``; from which side depends on the level."""

    operand: Operand
    level: Operand


@dataclass(frozen=True, slots=True)
class Extended:
    """RSI is overbought or oversold."""

    operand: Operand
    overbought: bool


@dataclass(frozen=True, slots=True)
class Both:
    """Two conditions that were said in one clause, as in "between 30 and 50".

    :param how: ``all`` or ``any``.
    """

    first: Compare
    second: Compare
    how: str = "all"


@dataclass(frozen=True, slots=True)
class Held:
    """A condition that held on all, or on one, of the last candles.

    :param always: Whether on all of them.
    """

    what: Compare | Both | Cross
    length: Length
    always: bool


Condition: TypeAlias = Compare | Cross | Run | Touch | Extended | Both | Held


@dataclass(frozen=True, slots=True)
class Tail:
    """A condition without its subject.

    :param like: The condition, with a placeholder on its left.
    """

    like: Compare | Cross | Run | Extended


@dataclass(frozen=True, slots=True)
class Bare:
    """An operand alone."""

    operand: Operand


@dataclass(frozen=True, slots=True)
class After:
    """A time, as in "exit after 12 candles"."""

    length: Length


@dataclass(frozen=True, slots=True)
class BarePercentage:
    """A percentage alone, as in "sell at +5%"."""

    ratio: Decimal
    signed: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A field of the design's risk, its timeframe or its direction.

    :param field: Name of the field.
    :param value: Its value in JSON, or an operand or a length still to be written.
    """

    field: str
    value: object


@dataclass(frozen=True, slots=True)
class Placed:
    """A condition or tail that names a timeframe of its own, in minutes."""

    what: Condition | Tail
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Items:
    """Items in one breath."""

    items: tuple[Item, ...]


Meaning: TypeAlias = Placed | Bare | After | BarePercentage | Items
