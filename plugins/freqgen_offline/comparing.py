"""Makes comparisons and crossings of two operands, whichever way round they were said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from freqgen_offline.looking import measure
from freqgen_offline.meaning import (
    Arithmetic,
    Column,
    Compare,
    Cross,
    Earlier,
    Extreme,
    Number,
    Operand,
    Turn,
    UnreadableError,
    Use,
)
from freqgen_offline.tables import AVERAGES
from freqgen_offline.vocabulary import about, alike, known

FLIPPED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}

SUBJECT = Column("")
"""Stands for what a tail leaves out."""


def compare(left: Operand, op: str, right: Operand) -> Compare:
    """A comparison with the number, if there is one, on the right.

    A price beyond the extreme of the last candles means the candles before it, for no close is
    above a high that it has itself a part in.
    """
    if isinstance(left, Number) and not isinstance(right, Number):
        left, op, right = right, FLIPPED[op], left
    if isinstance(left, Number):
        raise UnreadableError("two numbers")
    left, right = lines_of_one(left, right), lines_of_one(right, left)
    check_sides(left, right)
    if (told := _never(left, op, right)) is not None:
        raise UnreadableError(told)
    if isinstance(right, Extreme) and right.highest == op.startswith(">"):
        right = _before(right)
    elif isinstance(left, Extreme) and left.highest == op.startswith("<"):
        left = left if isinstance(right, Use) else _before(left)
    return Compare(left, op, right)


def cross(left: Operand, right: Operand, *, up: bool | None) -> Cross:
    """A crossing with the number, if there is one, on the right."""
    if isinstance(left, Number):
        if isinstance(right, Number):
            raise UnreadableError("two numbers")
        left, right, up = right, left, None if up is None else not up
    left, right = lines_of_one(left, right), lines_of_one(right, left)
    check_sides(left, right)
    past = isinstance(right, Earlier) and right.candles > 1
    if past and isinstance(right, Earlier) and right.operand != left:
        raise UnreadableError("some candles ago: whether both are meant is not clear")
    return Cross(left, _before(right) if isinstance(right, Extreme) else right, up)


def _never(left: Operand, op: str, right: Operand) -> str | None:
    """Why a price is never beyond the high or the low of its own candle."""
    if isinstance(left, Earlier) and isinstance(right, Earlier) and left.candles == right.candles:
        return _never(left.operand, op, right.operand)
    if not isinstance(left, Column) or not isinstance(right, Column) or left == right:
        return None
    for beyond, within, how in ((left, right, op), (right, left, FLIPPED.get(op, op))):
        if (within.name, how) in {("high", ">"), ("low", "<")} and beyond.name in _PRICES:
            return f"the {beyond.name} of a candle is never beyond its own {within.name}"
    return None


_PRICES = frozenset({"open", "high", "low", "close"})


def lines_of_one(operand: Operand, other: Operand) -> Operand:
    """A line of an indicator with the parameters that are said at its other line.

    :raises UnreadableError: If those of both are said, and differ: "%K(14) crosses above %D(3)".
    """
    if not isinstance(operand, Use) or not isinstance(other, Use):
        return operand
    sides = {operand.function, other.function} == {"PLUS_DI", "MINUS_DI"}
    lines = operand.output != other.output and alike(operand.function, other.function)
    if not sides and not lines:
        return operand
    said = operand.params, other.params
    if operand.params and other.params and operand.params != other.params:
        raise UnreadableError(f"two lines of different {_plural(operand)}")
    return operand if all(said) or not other.params else replace(operand, params=other.params)


def _plural(operand: Use) -> str:
    return f"{about(operand.function).spoken.removeprefix('the ')} indicators"


def check_sides(left: Operand, right: Operand) -> None:
    """Refuse sides of a comparison that cannot be meant.

    :raises UnreadableError: If sums are of unlike things, or a number is no level of the other.
    """
    for side, other in ((left, right), (right, left)):
        check_sum(side)
        if _is_difference(side) and not isinstance(other, Arithmetic) and measure(other) == "price":
            raise UnreadableError("a difference of prices is compared with a price")
        price = not isinstance(side, Arithmetic) and measure(side) == "price"
        if price and isinstance(other, Number) and other.value <= 0 and not _is_colour(side):
            raise UnreadableError("a price is always above zero")
    kinds = {_measure_of_sum(left), _measure_of_sum(right)} - {""}
    sums = any(isinstance(o, Arithmetic) and o.op in "+-" for o in (left, right))
    if sums and len(kinds) > 1 and kinds != {"price", "distance"}:
        raise UnreadableError(f"a {min(kinds)} is compared with a {max(kinds)}")
    if isinstance(left, Earlier) and isinstance(right, Use | Extreme) and right.own:
        raise UnreadableError("an earlier candle is compared with the current one")
    _check_number(left, right)
    check_level(left, right)


def _is_colour(operand: Operand) -> bool:
    """Whether an operand beside zero tells its side: "both Supertrends are green"."""
    return isinstance(operand, Use) and operand.function == "SUPERTREND"


def _measure_of_sum(operand: Operand) -> str:
    """What an operand is counted in, whatever number is added to it."""
    if isinstance(operand, Arithmetic) and operand.op in "+-" and isinstance(operand.right, Number):
        return _measure_of_sum(operand.left)
    return measure(operand)


def _is_difference(operand: Operand) -> bool:
    """Whether an operand is how far two prices are apart."""
    if not isinstance(operand, Arithmetic) or operand.op != "-":
        return False
    plain = not isinstance(operand.left, Arithmetic) and not isinstance(operand.right, Arithmetic)
    return plain and measure(operand) == "distance"


def check_sum(operand: Operand) -> None:
    """Refuse sums of unlike things, which "+" and "-" between two conditions look like.

    :raises UnreadableError: If one is in the operand, as in "30 + MFI" or "EMA 50 + RSI".
    """
    if isinstance(operand, Earlier):
        check_sum(operand.operand)
    if not isinstance(operand, Arithmetic):
        return
    left, right = operand.left, operand.right
    check_sum(left)
    check_sum(right)
    if operand.op not in {"+", "-"}:
        return
    if isinstance(left, Number):
        raise UnreadableError(f'what "{operand.op}" behind a number joins is not clear')
    if isinstance(right, Number):
        return
    kinds = measure(left), measure(right)
    if operand.op == "+" and kinds[0] == kinds[1] != "volume":
        functions = [o.function if isinstance(o, Use) else "" for o in map(_now, (left, right))]
        if functions[0] != functions[1] or kinds[0] in {"price", "distance"}:
            raise UnreadableError("a sum of two things of which each is a value of its own")
    if kinds[0] == kinds[1] or kinds in _SUMS[operand.op]:
        return
    raise UnreadableError(f'unlike things with "{operand.op}" between them')


def _now(operand: Operand) -> Operand:
    return operand.operand if isinstance(operand, Earlier) else operand


_SUMS = {
    "+": {("price", "distance"), ("distance", "price"), ("", "distance")},
    "-": {("price", "distance"), ("", "distance")},
}
"""Unlike things that may be added and subtracted; nothing is known of "its average"."""


def check_level(left: Operand, right: Operand) -> None:
    """Refuse a level from 0 to 1 of what goes to 100: it is meant on another scale.

    :raises UnreadableError: If it is one.
    """
    if not isinstance(left, Use) or not isinstance(right, Number) or not known(left.function):
        return
    bounds = about(left.function).bounds
    if bounds is not None and bounds in _PERCENTS and 0 < abs(right.value) <= 1:
        spoken = about(left.function).spoken.removeprefix("the ")
        raise UnreadableError(
            f"{spoken} lies between {bounds[0]} and {bounds[1]}, {right.value} is of another scale"
        )


_PERCENTS = ((0, 100), (-100, 0))


def _check_number(left: Operand, right: Operand) -> None:
    """Refuse to hold an average against a number that may be another average's period."""
    average = isinstance(left, Use) and left.function in AVERAGE_NAMES and left.of is None
    if average and isinstance(right, Number) and right.value in _PERIODS:
        raise UnreadableError(f"whether {right.value} is a price or the period of an average")


AVERAGE_NAMES = {"EMA", "SMA", "MA", *(known.function for known in AVERAGES)}
_PERIODS = range(2, 401)


def turned(turn: Turn) -> Cross:
    """What it is that something turns up, or red.

    :raises UnreadableError: If it has no such sides.
    """
    operand, word = turn.operand, turn.word
    up = word in {"UPWARDS", "POSITIVE", "GREEN"}
    if (sides := two_sides(operand)) is not None:
        return cross(*sides, up=up)
    if word in {"UPWARDS", "DOWNWARDS"}:
        return cross(operand, _signal_of(operand) if turn.crosses else Earlier(operand), up=up)
    macd = isinstance(operand, Use) and operand.function == "MACD"
    if macd or word in {"POSITIVE", "NEGATIVE"}:
        return cross(operand, Number(Decimal(0)), up=up)
    raise UnreadableError("turns a colour")


def two_sides(operand: Operand) -> tuple[Operand, Operand] | None:
    """What tells the colour of an indicator that has one: on which side of what it is."""
    if not isinstance(operand, Use):
        return None
    if operand.function == "SUPERTREND":
        return replace(operand, output="direction"), Number(Decimal(0))
    if operand.function == "HA":
        return replace(operand, output="close"), replace(operand, output="open")
    return None


def _signal_of(operand: Operand) -> Use:
    """What an indicator crosses where that is not said.

    :raises UnreadableError: If it is not the MACD, which has a line for it.
    """
    if not isinstance(operand, Use) or (operand.function, operand.output) != ("MACD", "line"):
        raise UnreadableError("what is crossed is not said")
    return replace(operand, output="signal")


def _before(extreme: Extreme) -> Extreme:
    return replace(extreme, before=True)
