"""Makes comparisons and crossings of two operands, whichever way round they were said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from freqgen_offline.meaning import (
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
    _check_number(left, right)
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
    _check_number(left, right)
    past = isinstance(right, Earlier) and right.candles > 1
    if past and isinstance(right, Earlier) and right.operand != left:
        raise UnreadableError("some candles ago: whether both are meant is not clear")
    return Cross(left, _before(right) if isinstance(right, Extreme) else right, up)


def _never(left: Operand, op: str, right: Operand) -> str | None:
    """Why a price is never beyond the high or the low of its own candle."""
    if not isinstance(left, Column) or not isinstance(right, Column) or left == right:
        return None
    for beyond, within, how in ((left, right, op), (right, left, FLIPPED.get(op, op))):
        if (within.name, how) in {("high", ">"), ("low", "<")} and beyond.name in _PRICES:
            return f"the {beyond.name} of a candle is never beyond its own {within.name}"
    return None


_PRICES = frozenset({"open", "high", "low", "close"})


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
