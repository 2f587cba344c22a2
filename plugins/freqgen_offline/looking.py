"""Looks into meanings: what is in an operand or a condition."""

from __future__ import annotations

from dataclasses import replace

from freqgen_offline.meaning import (
    Arithmetic,
    Average,
    Both,
    Column,
    Compare,
    Condition,
    Cross,
    Earlier,
    Extended,
    Extreme,
    Held,
    Length,
    Moved,
    Number,
    Operand,
    Opposite,
    Run,
    Said,
    Touch,
    Use,
)
from freqgen_offline.vocabulary import about, known


def uses(operand: Operand | None) -> list[Use]:
    """The indicators in an operand."""
    match operand:
        case Use(of=inner) if inner is not None:
            return uses(inner)
        case Use(own=True):
            return []
        case Use():
            return [operand]
        case Extreme(of=inner):
            return uses(inner)
        case Arithmetic(_, left, right):
            return uses(left) + uses(right)
        case Average(of=inner):
            return uses(inner)
        case Earlier(inner):
            return uses(inner)
        case _:
            return []


def operands(condition: Condition) -> tuple[Operand, ...]:
    """The operands of a condition."""
    match condition:
        case Compare(left, _, right) | Cross(left, right, _):
            return left, right
        case Both(first, second):
            return *operands(first), *operands(second)
        case Touch(operand, level):
            return operand, level
        case Held(what=what):
            return operands(what)
        case Run(operand, _, _) | Extended(operand, _) | Moved(operand=operand):
            return (operand,)
        case Said() | Opposite():
            return ()


def moved_to(condition: Condition, minutes: int | None, pair: str = "") -> Condition | None:
    """A condition with what it compares on another timeframe or pair.

    :returns: ``None`` where that cannot be.
    """
    if not isinstance(condition, Compare | Cross):
        return None
    left, right = (_moved(o, minutes, pair) for o in (condition.left, condition.right))
    if left is None or right is None:
        return None
    return replace(condition, left=left, right=right)


def _moved(operand: Operand, minutes: int | None, pair: str) -> Operand | None:
    match operand:
        case Number():
            return operand
        case Column(name) if name != "volume":
            return Use(function="PRICE", of=operand, frame=minutes, pair=pair)
        case Use(of=None):
            frame = minutes if operand.frame is None else operand.frame
            return replace(operand, frame=frame, pair=operand.pair or pair, own=False)
        case _:
            return None


def is_price(operand: Operand) -> bool:
    """Whether an operand is a level of the price, so that it can be a target."""
    match operand:
        case Column(name):
            return name != "volume"
        case Use():
            return measure(operand) == "price"
        case Extreme():
            return True
        case Earlier(inner):
            return is_price(inner)
        case Arithmetic(_, left, right):
            return is_price(left) or is_price(right)
        case _:
            return False


def owned(operand: Operand, other: Operand | None) -> Operand:
    """An operand, where it is "its" average or high one of what it is compared with."""
    if isinstance(operand, Arithmetic):
        left, right = owned(operand.left, other), owned(operand.right, other)
        return Arithmetic(operand.op, left, right)
    if not isinstance(operand, Use | Extreme) or not operand.own or other is None:
        return operand
    if isinstance(operand, Use) and not operand.function.endswith("MA") and (
        operand.function not in {"BBANDS", "BANDS", "KC", "DONCHIAN"}
    ):  # fmt: skip
        if not isinstance(other, Use):
            return replace(operand, own=False)
        frame = operand.frame or other.frame
        return replace(operand, own=False, pair=operand.pair or other.pair, frame=frame)
    if isinstance(operand, Use) and isinstance(other, Use) and (other.pair or other.frame):
        same = replace(operand, own=False, pair=operand.pair or other.pair)
        if other.function == "PRICE":
            return replace(same, frame=operand.frame or other.frame)
    if measure(other) in {"price", ""} or isinstance(other, Number):
        return replace(operand, own=False)
    if isinstance(operand, Use) and operand.function in MEANS:
        length = operand.length
        if operand.params:
            length = Length(candles=int(operand.params[0]))
        return Average(of=other, length=length)
    return replace(operand, own=False, of=other)


def measure(operand: Operand) -> str:
    """What an operand is counted in, so that like is compared with like.

    :returns: ``price``, ``volume``, ``oscillator`` (from 0 to 100), ``distance`` (a difference of
        prices), a name of its own, or empty where anything may be meant.
    """
    match operand:
        case Column("volume") | Average(of=Column("volume")):
            return "volume"
        case Use(function="SUPERTREND", output="direction"):
            return "direction"
        case Use(of=inner) | Extreme(of=inner) if inner is not None:
            return measure(inner)
        case Average(function="zscore"):
            return "zscore"
        case Column() | Extreme():
            return "price"
        case Use(function=function):
            return about(function).measure if known(function) else "price"
        case Earlier(inner):
            return measure(inner)
        case Average(of=inner) if inner is not None:
            return measure(inner)
        case Arithmetic("/", left, right):
            return "" if measure(left) != measure(right) else "ratio"
        case Arithmetic("*", left, right):
            return measure(left) or measure(right)
        case Arithmetic(op, left, right):
            one, other = measure(left), measure(right)
            if one == other:
                return "distance" if (op, one) == ("-", "price") else one
            return "price" if {one, other} == {"price", "distance"} else ""
        case _:
            return ""


MEANS = frozenset({"SMA", "MA"})
