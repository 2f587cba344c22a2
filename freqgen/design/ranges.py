"""Between which values a number of a rule can lie, as far as that is known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from freqgen.design.expressions import (
    Arithmetic,
    Call,
    Column,
    Negative,
    Node,
    Number,
    Parameter,
)

if TYPE_CHECKING:
    from freqgen.design.binding import BoundIndicator, Market

Range = tuple[float, float]

ANY: Range = (-math.inf, math.inf)
_PERCENT: Range = (0.0, 100.0)
_SIGNED_PERCENT: Range = (-100.0, 100.0)
_UNIT: Range = (-1.0, 1.0)
_NO_LESS_THAN_0: Range = (0.0, math.inf)

INDICATOR_RANGES: Mapping[str, Range] = {
    **dict.fromkeys(
        (
            *("ADX", "ADXR", "AROON", "DX", "IMI", "MFI", "MINUS_DI", "PERCENTRANK", "PLUS_DI"),
            *("RSI", "STOCH", "STOCHF", "STOCHRSI", "ULTOSC"),
        ),
        _PERCENT,
    ),
    **dict.fromkeys(("AROONOSC", "CMO"), _SIGNED_PERCENT),
    **dict.fromkeys(("BOP", "CMF", "CORREL", "HT_SINE"), _UNIT),
    **dict.fromkeys(("ATR", "NATR", "TRANGE", "STDDEV", "VAR", "VHF"), _NO_LESS_THAN_0),
    "ER": (0.0, 1.0),
    "HT_TRENDMODE": (0.0, 1.0),
    "WILLR": (-100.0, 0.0),
}
"""Ranges of all outputs of an indicator, whatever its parameters and source."""

OUTPUT_RANGES: Mapping[tuple[str, str], Range] = {
    ("KDJ", "k"): _PERCENT,
    ("KDJ", "d"): _PERCENT,
    ("SUPERTREND", "direction"): _UNIT,
}

AVERAGES = frozenset({"EMA", "MAX", "MIDPOINT", "MIN", "MINMAX", "RMA", "SMA", "TRIMA", "WMA"})
"""Indicators that never leave the range of what they are computed from."""

_CANDLES: Mapping[str, Range] = dict.fromkeys(
    ("open", "high", "low", "close", "volume"), _NO_LESS_THAN_0
)


def known_ranges(bound: Iterable[BoundIndicator]) -> dict[str, Range]:
    """Name in rules to the range of its values, for the names where it is known."""
    ranges = dict(_CANDLES)
    of_column: dict[tuple[Market | None, str], Range] = {}
    for b in bound:
        for output, name in b.names.items():
            known = OUTPUT_RANGES.get((b.indicator.name, output))
            known = known or INDICATOR_RANGES.get(b.indicator.name)
            if known is None and b.indicator.name.startswith("CDL"):
                known = (-200.0, 200.0)
            if known is None and b.indicator.name in AVERAGES:
                sources = b.sources or b.indicator.sources
                known = _CANDLES.get(sources[0]) or of_column.get((b.market, sources[0]))
            if known is not None:
                ranges[name] = known
                of_column[b.market, b.columns[output]] = known
    return ranges


def number_range(node: Node, ranges: Mapping[str, Range]) -> Range:
    """Lowest and highest value that a number can have; infinite where that is not known."""
    match node:
        case Number(value=value):
            return float(value), float(value)
        case Parameter(low=low, high=high):
            return low, high
        case Column(name=name):
            return ranges.get(name, ANY)
        case Negative(operand=operand):
            low, high = number_range(operand, ranges)
            return -high, -low
        case Arithmetic(operator=operator, left=left, right=right):
            return _arithmetic(operator, number_range(left, ranges), number_range(right, ranges))
        case Call(function="hour"):
            return 0.0, 23.0
        case Call(function="weekday"):
            return 0.0, 6.0
        case Call(function="bars_since" | "std"):
            return _NO_LESS_THAN_0
        case Call(function="shift" | "highest" | "lowest" | "mean", operands=(operand,)):
            return number_range(operand, ranges)
        case Call(function="abs", operands=(operand,)):
            low, high = number_range(operand, ranges)
            return max(low, -high, 0.0), max(abs(low), abs(high))
        case Call(function="min" | "max" as name, operands=operands):
            each = [number_range(operand, ranges) for operand in operands]
            pick = min if name == "min" else max
            return pick(low for low, _ in each), pick(high for _, high in each)
    return ANY


def _arithmetic(operator: str, a: Range, b: Range) -> Range:
    if operator == "+":
        return a[0] + b[0], a[1] + b[1]
    if operator == "-":
        return a[0] - b[1], a[1] - b[0]
    if not all(map(math.isfinite, (*a, *b))):
        return ANY
    if operator == "/":
        if b[0] <= 0 <= b[1]:
            return ANY
        b = (1 / b[1], 1 / b[0])
    corners = [x * y for x in a for y in b]
    return min(corners), max(corners)
