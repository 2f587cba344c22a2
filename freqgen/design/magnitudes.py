"""How large a number of a rule can become: where an overflow is possible at all.

Compiled code asks for infinities only there, so that rules about prices stay as plain as a person
would write them. Candles and indicators are taken to lie between 1e-60 and 1e60, or to be 0; what
an exponential or a square of a square gives may have any size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from freqgen.design.expressions import (
    Arithmetic,
    Call,
    Column,
    Kind,
    Negative,
    Node,
    Number,
    Parameter,
)

if TYPE_CHECKING:
    from freqgen.design.binding import BoundIndicator

Size = tuple[float, float]
"""Decimal logarithms of the smallest absolute value beside 0, and of the largest."""

USUAL: Size = (-60.0, 60.0)
UNLIMITED: Size = (-324.0, 308.0)
_LARGEST = 308.0
_DIGITS = 17.0
"""Decimal digits of a float: what is left where two numbers nearly cancel."""

_EXPONENTIAL = frozenset({"COSH", "EXP", "SINH"})
_QUADRATIC = frozenset({"DIV", "MULT", "VAR"})


def column_sizes(bound: Iterable[BoundIndicator]) -> dict[str, Size]:
    """Names in rules whose values may have any size."""
    unlimited: set[tuple[object, str]] = set()
    squares: set[tuple[object, str]] = set()
    sizes: dict[str, Size] = {}
    for b in bound:
        own = {(b.market, column) for column in b.columns.values()}
        sources = {(b.market, source) for source in b.sources}
        again = b.indicator.name in _QUADRATIC
        if b.indicator.name in _EXPONENTIAL or sources & unlimited or (again and sources & squares):
            unlimited |= own
            sizes |= dict.fromkeys(b.names.values(), UNLIMITED)
        elif again or sources & squares:
            squares |= own
    return sizes


def may_overflow(node: Arithmetic | Call, sizes: Mapping[str, Size]) -> bool:
    """Whether an operation on series may give an infinite value."""
    if node.kind is not Kind.SERIES:
        return False
    return _raw(node, sizes)[1] > _LARGEST


def size(node: Node, sizes: Mapping[str, Size]) -> Size:
    """The size of a number; what overflows is missing, so that nothing is infinite."""
    low, high = _raw(node, sizes)
    return max(low, UNLIMITED[0]), min(high, UNLIMITED[1])


def _raw(node: Node, sizes: Mapping[str, Size]) -> Size:
    match node:
        case Number(value=value):
            own = math.log10(abs(value)) if value else 0.0
            return own, own
        case Parameter(low=low, high=high):
            return -20.0, math.log10(max(abs(low), abs(high), 1e-20))
        case Column(name=name):
            return sizes.get(name, USUAL)
        case Negative(operand=operand):
            return size(operand, sizes)
        case Arithmetic(operator=operator, left=left, right=right):
            return _arithmetic(operator, size(left, sizes), size(right, sizes))
        case Call(function="hour" | "weekday" | "bars_since"):
            return 0.0, 9.0
        case Call(operands=operands) if operands:
            each = [size(operand, sizes) for operand in operands]
            low, high = min(low for low, _ in each), max(high for _, high in each)
            return _called(node.function, low, high)
    return UNLIMITED


def _arithmetic(operator: str, a: Size, b: Size) -> Size:
    if operator == "*":
        return a[0] + b[0], a[1] + b[1]
    if operator == "/":
        return a[0] - b[1], a[1] - b[0]
    return min(a[0], b[0]) - _DIGITS, max(a[1], b[1]) + 0.5


def _called(function: str, low: float, high: float) -> Size:
    squares = 2 * high + 4  # windows have at most 5,000 values
    if function == "mean":
        return low - _DIGITS, high if high + 4 <= _LARGEST else high + 4
    if function == "std":
        return low - _DIGITS, high if squares <= _LARGEST else squares
    if function == "zscore":
        return -2 * _DIGITS, max(high - low + 2 * _DIGITS, squares if squares > _LARGEST else 0.0)
    if function == "change":
        return -_DIGITS, max(high - low, 0.0) + 0.5
    return low, high
