"""Numbers of the interpreter: a value, and how far another party's rounding may lead from it.

Another party computes the same thing in another order, or over moving windows, with 53-bit
floats. ``error`` bounds the difference that this can make, on the generous side:

* what was given (candles, indicators, parameters, literals) is the same for all parties: 0;
* what IEEE arithmetic computes exactly in any order stays exact: whole numbers, ``x - x``,
  ``x / x``, a product with zero, the mean of equal values or of whole numbers, any choice of one
  of several values;
* everything else gets :data:`RELATIVE` of the numbers that went in;
* moving windows carry what is left of earlier, larger values (see :func:`mean`, :func:`std`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RELATIVE = 1e-9
"""Share of the size of the numbers involved within which a comparison is a knife edge."""

CARRIED = 1e-13
"""Share of the largest value so far that a moving window may carry along: some 450 roundings of
2**-53, where compensated summation leaves a few."""

_WHOLE = 2.0**53


@dataclass(frozen=True, slots=True)
class Number:
    """A number on one candle; ``value`` is ``None`` where it is missing.

    ``doubtful`` says that rounding alone decides whether it is missing, or that it counts from a
    candle on which rounding alone decided.
    """

    value: float | None
    error: float = 0.0
    doubtful: bool = False

    @property
    def surely_missing(self) -> bool:
        return self.value is None and not self.doubtful


NOTHING = Number(None)
UNDECIDED = Number(None, 0.0, True)


def given(value: Any) -> Number:
    """A value that all parties share; ``None``, NaN and infinities are missing."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return Number(float(value))


def _absent(*operands: Number) -> Number | None:
    """What an operation with a missing operand gives, or ``None`` if all are there."""
    if any(operand.surely_missing for operand in operands):
        return NOTHING
    if any(operand.value is None for operand in operands):
        return UNDECIDED
    return None


def _made(value: float, error: float, *operands: Number) -> Number:
    if not math.isfinite(value):
        return NOTHING
    return Number(value, error, any(operand.doubtful for operand in operands))


def _whole(*values: float) -> bool:
    return all(value.is_integer() and abs(value) < _WHOLE for value in values)


def negative(x: Number) -> Number:
    return x if x.value is None else Number(-x.value, x.error, x.doubtful)


def magnitude(x: Number) -> Number:
    return x if x.value is None else Number(abs(x.value), x.error, x.doubtful)


def add(x: Number, y: Number) -> Number:
    if x.value is None or y.value is None:
        return _absent(x, y) or NOTHING
    a, b = x.value, y.value
    result, error = a + b, x.error + y.error
    exact = error == 0 and (result == 0 or 0 in (a, b) or _whole(a, b, result))
    return _made(result, error if exact else error + RELATIVE * max(abs(a), abs(b)), x, y)


def subtract(x: Number, y: Number) -> Number:
    return add(x, negative(y))


def multiply(x: Number, y: Number) -> Number:
    if x.value is None or y.value is None:
        return _absent(x, y) or NOTHING
    a, b = x.value, y.value
    result = a * b
    error = abs(a) * y.error + abs(b) * x.error + x.error * y.error
    exact = error == 0 and (result == 0 or abs(a) == 1 or abs(b) == 1 or _whole(a, b, result))
    return _made(result, error if exact else error + RELATIVE * abs(result), x, y)


def divide(x: Number, y: Number) -> Number:
    """A quotient; missing where the divisor is zero, in doubt where rounding could make it so."""
    if x.value is None or y.value is None:
        return _absent(x, y) or NOTHING
    a, b = x.value, y.value
    if b == 0 and y.error == 0 and not y.doubtful:
        return NOTHING
    if abs(b) <= y.error or b == 0:
        return Number(a / b if b else None, math.inf, True)
    result = a / b
    error = (abs(result) * y.error + x.error) / (abs(b) - y.error)
    exact = error == 0 and (result == 0 or abs(a) == abs(b) or _whole(a, b, result))
    return _made(result, error if exact else error + RELATIVE * abs(result), x, y)


def _choice(cells: Sequence[Number], best: Callable[[list[float]], float]) -> Number:
    absent = _absent(*cells)
    if absent:
        return absent
    values = [cell.value for cell in cells if cell.value is not None]
    return _made(best(values), max(cell.error for cell in cells), *cells)


def smallest(cells: Sequence[Number]) -> Number:
    """The smallest; missing if any is."""
    return _choice(cells, min)


def largest(cells: Sequence[Number]) -> Number:
    """The largest; missing if any is."""
    return _choice(cells, max)


@dataclass(frozen=True, slots=True)
class _Window:
    """The last ``n`` values, all of them there."""

    values: list[float]
    error: float
    doubtful: bool
    whole: bool
    largest_so_far: float

    @property
    def constant(self) -> bool:
        return self.values.count(self.values[0]) == len(self.values)


def _windows(cells: list[Number], n: int, work: Callable[[_Window], Number]) -> list[Number]:
    """Apply ``work`` to each full window; missing until ``n`` values exist and all are there."""
    values = [cell.value for cell in cells]
    errors = [cell.error for cell in cells]
    missing = [cell.surely_missing for cell in cells]
    doubts = [cell.doubtful for cell in cells]
    sizes = [0.0 if value is None else abs(value) for value in values]
    so_far = list(accumulate(sizes, max))
    whole = [value is not None and _whole(value) for value in values]
    result = []
    for end in range(1, len(cells) + 1):
        start = end - n
        if start < 0 or True in missing[start:end]:
            result.append(NOTHING)
        elif None in values[start:end]:
            result.append(UNDECIDED)
        else:
            window = _Window(
                values=values[start:end],  # type: ignore[arg-type]  # no None is left in it
                error=max(errors[start:end]),
                doubtful=True in doubts[start:end],
                whole=False not in whole[start:end],
                largest_so_far=so_far[end - 1],
            )
            result.append(work(window))
    return result


def highest(cells: list[Number], n: int) -> list[Number]:
    return _windows(cells, n, lambda w: Number(max(w.values), w.error, w.doubtful))


def lowest(cells: list[Number], n: int) -> list[Number]:
    return _windows(cells, n, lambda w: Number(min(w.values), w.error, w.doubtful))


def _mean(window: _Window) -> Number:
    if window.constant:
        return Number(window.values[0], window.error, window.doubtful)
    try:
        value = math.fsum(window.values) / len(window.values)
    except OverflowError:
        return NOTHING
    error = window.error
    if error > 0 or not window.whole:
        error += RELATIVE * max(map(abs, window.values)) + CARRIED * window.largest_so_far
    return _made(value, error, Number(value, 0.0, window.doubtful))


def mean(cells: list[Number], n: int) -> list[Number]:
    """The arithmetic mean. A sum kept while a window moves carries the rounding of every value
    that ever entered it, hence a share of the largest value so far.
    """
    return _windows(cells, n, _mean)


def _spread(window: _Window) -> tuple[float, float]:
    """The population's standard deviation and its error.

    Another party keeps the sum of squared deviations while the window moves (Welford), or the
    sums of x and of x squared. Both carry a rounding relative to the *square* of the largest
    value so far. The deviation's error is what this does to the square root.
    """
    if window.constant and window.error == 0:
        return 0.0, 0.0
    count = len(window.values)
    middle = math.fsum(window.values) / count
    variance = math.fsum((value - middle) ** 2 for value in window.values) / count
    value = math.sqrt(variance)
    largest_now = max(map(abs, window.values))
    slack = CARRIED * (window.largest_so_far**2 + largest_now**2) + RELATIVE * variance
    error = math.sqrt(variance + slack) - math.sqrt(max(variance - slack, 0.0))
    return value, error + 2 * window.error


def _std(window: _Window) -> Number:
    try:
        value, error = _spread(window)
    except OverflowError:
        return NOTHING
    return _made(value, error, Number(value, 0.0, window.doubtful))


def std(cells: list[Number], n: int) -> list[Number]:
    """The population's standard deviation, divisor ``n``."""
    return _windows(cells, n, _std)


def zscore(cells: list[Number], n: int) -> list[Number]:
    """``(x - mean) / std``; missing where the standard deviation is zero."""
    middle, spread = mean(cells, n), std(cells, n)
    return [divide(subtract(cell, m), s) for cell, m, s in zip(cells, middle, spread, strict=True)]


WINDOWS: dict[str, Callable[[list[Number], int], list[Number]]] = {
    "highest": highest,
    "lowest": lowest,
    "mean": mean,
    "std": std,
    "zscore": zscore,
}
"""Functions of the language over the last ``n`` values, the current one included."""
