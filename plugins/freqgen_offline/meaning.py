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
    :param frame: The timeframe that was said for it, in minutes.
    :param pair: Another pair that it is said to be of.
    """

    function: str
    params: tuple[Decimal, ...] = ()
    length: Length | None = None
    output: str = ""
    own: bool = False
    of: Operand | None = None
    assumed: bool = False
    frame: int | None = None
    pair: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Average:
    """The mean of the last candles, or how many deviations something is away from it.

    :param of: What is averaged; ``None`` for what stands on the other side of the comparison.
    :param function: ``mean`` or ``zscore``.
    """

    of: Operand | None
    length: Length | None
    function: str = "mean"


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
    """``left op right`` with ``op`` one of ``+ - * /``."""

    op: str
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Cloud:
    """The far side of the Ichimoku cloud: beyond both of its spans.

    :param up: Whether it is looked at from above.
    """

    use: Use
    up: bool


Operand: TypeAlias = Number | Column | Use | Average | Extreme | Earlier | Arithmetic | Cloud


@dataclass(frozen=True, slots=True)
class Compare:
    """``left op right`` with ``op`` one of ``< <= > >=``.

    :param denied: Whether it was said with "not".
    """

    left: Operand
    op: str
    right: Operand
    denied: bool = False


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
    """An oscillator is overbought or oversold."""

    operand: Operand
    overbought: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """``operand`` turns up or down, green or red; what that is depends on the operand.

    :param word: The word of the lexicon that says how.
    :param crosses: Whether it was said to cross.
    """

    operand: Operand
    word: str
    crosses: bool = False


@dataclass(frozen=True, slots=True)
class Opposite:
    """The cross of the entry, in the other direction."""


@dataclass(frozen=True, slots=True)
class Both:
    """Two conditions that were said in one clause, as in "between 30 and 50".

    :param how: ``all`` or ``any``.
    """

    first: Compare | Cross
    second: Compare | Extended
    how: str = "all"


@dataclass(frozen=True, slots=True)
class Held:
    """A condition that held on all, or on one, of the last candles.

    :param always: Whether on all of them.
    """

    what: Compare | Both | Cross | Said
    length: Length
    always: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """``operand`` has risen or fallen by a share within a time.

    :param more: Whether by more than that, rather than by that much or more.
    """

    operand: Operand
    up: bool
    ratio: Decimal
    length: Length
    more: bool


@dataclass(frozen=True, slots=True)
class Said:
    """Conditions that need no indicator, written out: hours, weekdays, shapes of candles.

    :param how: ``all`` or ``any``.
    """

    rules: tuple[str, ...]
    how: str = "all"


Condition: TypeAlias = (
    Compare | Cross | Run | Touch | Extended | Both | Held | Moved | Said | Opposite
)


@dataclass(frozen=True, slots=True)
class Tail:
    """A condition without its subject.

    :param like: The condition, with a placeholder on its left.
    :param both: Whether both sides of the condition before it are its subjects.
    """

    like: Compare | Cross | Run | Extended | Moved | Turn
    both: bool = False


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
