"""Truth in three values, Kleene's: true, false, and ``None`` for *missing*.

A :class:`Condition` also carries the truth values that another party's rounding could produce.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .rounding import Number

if TYPE_CHECKING:
    from collections.abc import Callable

Truth = bool | None

TRUE, FALSE, MISSING = 1, 2, 4
"""Bits of the set of truth values that a condition may have on one candle."""

_BIT: dict[Truth, int] = {True: TRUE, False: FALSE, None: MISSING}


@dataclass(frozen=True, slots=True)
class Condition:
    """A truth value on one candle: the nominal one, and those that rounding could make of it."""

    value: Truth
    possible: int

    @classmethod
    def sure(cls, value: Truth) -> Condition:
        return cls(value, _BIT[value])

    @property
    def on_edge(self) -> bool:
        """Whether rounding alone decides if a rule fires here."""
        return bool(self.possible & ~TRUE) if self.value is True else bool(self.possible & TRUE)


SURELY = {value: Condition.sure(value) for value in (True, False, None)}


def negate(one: Condition) -> Condition:
    """Kleene's *not*: true and false change places, missing stays missing."""
    value = None if one.value is None else not one.value
    swapped = (one.possible & MISSING) | (FALSE if one.possible & TRUE else 0)
    return Condition(value, swapped | (TRUE if one.possible & FALSE else 0))


def both(one: Condition, two: Condition) -> Condition:
    """Kleene's *and*: false wins over missing, missing over true."""
    if one.value is False or two.value is False:
        value: Truth = False
    else:
        value = None if one.value is None or two.value is None else True
    either, shared = one.possible | two.possible, one.possible & two.possible
    possible = (either & FALSE) | (shared & TRUE)
    one_open, two_open = one.possible & ~FALSE, two.possible & ~FALSE
    if one_open and two_open and (one_open | two_open) & MISSING:
        possible |= MISSING
    return Condition(value, possible)


def either(one: Condition, two: Condition) -> Condition:
    """Kleene's *or*: true wins over missing, missing over false."""
    return negate(both(negate(one), negate(two)))


def compare(test: Callable[[float, float], bool], left: Number, right: Number) -> Condition:
    """A comparison; missing where an operand is, whatever the other one is."""
    if left.surely_missing or right.surely_missing:
        return SURELY[None]
    if left.value is None or right.value is None:
        return Condition(None, TRUE | FALSE | MISSING)
    value = test(left.value, right.value)
    if left.doubtful or right.doubtful:
        return Condition(value, TRUE | FALSE | MISSING)
    slack = left.error + right.error
    if slack > 0 and abs(left.value - right.value) <= slack:
        return Condition(value, TRUE | FALSE)
    return SURELY[value]


def crossings(a: list[Number], b: list[Number], above: bool) -> list[Condition]:
    """``a > b`` now and ``a <= b`` one candle earlier; missing unless all four are there."""
    now_test, then_test = (operator.gt, operator.le) if above else (operator.lt, operator.ge)
    cells = [SURELY[None]] * min(1, len(a))
    for row in range(1, len(a)):
        now = compare(now_test, a[row], b[row])
        then = compare(then_test, a[row - 1], b[row - 1])
        cells.append(all_present([now, then]))
    return cells


def runs(cells: list[Number], n: int, test: Callable[[float, float], bool]) -> list[Condition]:
    """Whether each of the last ``n`` steps went one way; missing unless all values are there."""
    steps = [SURELY[None]]
    steps += [compare(test, cells[row], cells[row - 1]) for row in range(1, len(cells))]
    return [
        all_present(steps[row - n + 1 : row + 1]) if row >= n else SURELY[None]
        for row in range(len(cells))
    ]


def all_present(parts: list[Condition]) -> Condition:
    """All of them true; unlike Kleene's *and*, a missing part makes it missing even beside a
    false one, so that the negation does not hold either.
    """
    values = [part.value for part in parts]
    value: Truth = None if None in values else all(values)
    possible = 0
    if any(part.possible & MISSING for part in parts):
        possible |= MISSING
    if all(part.possible & ~MISSING for part in parts):
        if any(part.possible & FALSE for part in parts):
            possible |= FALSE
        if all(part.possible & TRUE for part in parts):
            possible |= TRUE
    return Condition(value, possible)


def bars_since(cells: list[Condition]) -> list[Number]:
    """Candles since it was last true, 0 on that candle, missing before the first."""
    result: list[Number] = []
    since: int | None = None
    doubtful = False
    for cell in cells:
        since = 0 if cell.value is True else (None if since is None else since + 1)
        if cell.possible == TRUE:
            doubtful = False
        elif cell.possible & TRUE:
            doubtful = True
        result.append(Number(None if since is None else float(since), 0.0, doubtful))
    return result
