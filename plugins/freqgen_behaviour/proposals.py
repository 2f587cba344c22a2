"""What to change so that conditions which never hold together do: computed, not guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import TYPE_CHECKING

from freqgen_behaviour.notes import Condition

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_WANTED = 0.01
"""Part of all candles that a proposal is to give a signal on, if it can."""

_LONGEST = 24
"""Candles for which a condition may be remembered."""

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """A condition and where it held, a row a candle.

    :param left: Both sides of a comparison, if they are numbers.
    """

    condition: Condition
    true: NDArray[np.bool_]
    left: NDArray[np.float64] | None = None
    right: NDArray[np.float64] | None = None

    @property
    def count(self) -> int:
        """On how many candles it held."""
        return int(self.true.sum())

    @property
    def text(self) -> str:
        """As it is written; with the value of what it is compared with, if that is a name."""
        limit = self.limit
        if limit is None or not self.condition.sign:
            return self.condition.text
        name = self.condition.right if limit.on_right else self.condition.left
        literal = name.replace(".", "").replace("-", "").replace("_", "").isdigit()
        return self.condition.text + ("" if literal else f" ({limit.value:g})")

    @property
    def limit(self) -> Limit | None:
        """What its moving side is compared with, where that is one number for all candles."""
        import numpy as np

        if self.left is None or self.right is None:
            return None
        for side, other, sign, on_right in (
            (self.left, self.right, self.condition.sign, True),
            (self.right, self.left, _MIRRORED.get(self.condition.sign, ""), False),
        ):
            if len(other) and np.isfinite(other[0]) and (other == other[0]).all():
                name = self.condition.left if on_right else self.condition.right
                return Limit(
                    name=name, values=side, sign=sign, value=float(other[0]), on_right=on_right
                )
        return None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Limit:
    """A series compared with a number.

    :param sign: As if the series stood on the left.
    """

    name: str
    values: NDArray[np.float64]
    sign: str
    value: float
    on_right: bool

    def holds(self, value: float) -> NDArray[np.bool_]:
        """Where the condition would hold with another number."""
        import operator

        function = {
            "<": operator.lt,
            "<=": operator.le,
            ">": operator.gt,
            ">=": operator.ge,
            "==": operator.eq,
            "!=": operator.ne,
        }[self.sign]
        found: NDArray[np.bool_] = function(self.values, value)
        return found


def never(one: Held) -> str:
    """Say that a condition never holds, and what its values are."""
    import numpy as np

    limit = one.limit
    if limit is None:
        if one.left is not None and one.right is not None:
            for name, values in (
                (one.condition.left, one.left),
                (one.condition.right, one.right),
            ):
                if np.isnan(values).all():
                    return f"{one.text} never holds: {name} is missing on every candle"
        return f"{one.text} never holds"
    present = limit.values[~np.isnan(limit.values)]
    if not len(present):
        return f"{one.text} never holds: {limit.name} is missing on every candle"
    if limit.sign in {"<", "<="}:
        return f"{one.text} never holds: the lowest {limit.name} is {_nice(present.min())}"
    if limit.sign in {">", ">="}:
        return f"{one.text} never holds: the highest {limit.name} is {_nice(present.max())}"
    values = np.unique(present)
    if len(values) <= 5:
        listed = ", ".join(_nice(value) for value in values)
        return f"{one.text} never holds: {limit.name} takes the values {listed}"
    return (
        f"{one.text} never holds: {limit.name} lies between {_nice(present.min())} and "
        f"{_nice(present.max())}"
    )


def contradiction(held: Sequence[Held]) -> str:
    """What to do about two conditions that can never hold together; empty if there are none."""
    for number, one in enumerate(held):
        for other in held[number + 1 :]:
            a, b = one.limit, other.limit
            if a is None or b is None or a.name != b.name:
                continue
            low, high = (a, b) if a.sign in {">", ">="} else (b, a)
            if (
                low.sign in {">", ">="}
                and high.sign in {"<", "<="}
                and low.value >= high.value
                and one.count
                and other.count
            ):
                return (
                    f"{one.text} and {other.text} can never hold together; write | between "
                    "them if either is enough, or move one to the exit"
                )
    return ""


def proposal(held: Sequence[Held], number: int) -> str:
    """What gives signals on these candles.

    :param number: The condition that empties the set.
    """
    import numpy as np

    culprit = held[number]
    others = np.ones_like(culprit.true)
    for place, one in enumerate(held):
        if place != number:
            others &= one.true
    ways = [
        text
        for text in (
            _other_limit(culprit, others),
            _candle_before(culprit, others),
            _remembered(culprit, others),
            _omitted(held, culprit, others),
        )
        if text
    ]
    if ways:
        return "; or ".join(ways[:2]) + ", on these candles"
    if len(held) == 1:
        return "write a condition that the candles can meet"
    return _fewest_omitted(held)


def _other_limit(culprit: Held, others: NDArray[np.bool_]) -> str:
    """Another number to compare with."""
    import numpy as np

    limit = culprit.limit
    if limit is None:
        return ""
    values = limit.values[others & np.isfinite(limit.values)]
    if not len(values) or limit.sign == "!=":
        return ""
    if limit.sign == "==":
        found, counts = np.unique(values, return_counts=True)
        best = found[counts.argmax()]
        if len(found) > 5:
            return ""
        return f"{_written(limit, float(best))} gives {_signals(int(counts.max()))}"
    wanted = min(max(round(len(others) * _WANTED), 1), -(-len(values) // 2))
    falling = limit.sign in {">", ">="}
    ordered = np.sort(-values if falling else values)
    exact = float(ordered[wanted - 1])
    for value in _rounded_up(exact, float(ordered[-1] - ordered[0])):
        chosen = -value if falling else value
        count = int((limit.holds(chosen) & others).sum())
        if count:
            return f"{_written(limit, chosen)} gives {_signals(count)}"
    return ""


def _candle_before(culprit: Held, others: NDArray[np.bool_]) -> str:
    """The same comparison with the other side's value of one candle earlier.

    No close is above the highest high of candles that it is one of.
    """
    import numpy as np

    name = culprit.condition.right
    if culprit.count or culprit.limit or culprit.left is None or culprit.right is None:
        return ""
    before = np.concatenate([[np.nan], culprit.right[:-1]])
    shifted = Limit(
        name="", values=culprit.left - before, sign=culprit.condition.sign, value=0.0, on_right=True
    )
    count = int((shifted.holds(0.0) & others).sum())
    if not count or culprit.condition.sign == "!=":
        return ""
    return (
        f"{culprit.condition.left} {culprit.condition.sign} ({name}).shift(1), which leaves the "
        f"candle itself out, gives {_signals(count)}"
    )


def _rounded_up(exact: float, spread: float) -> Iterator[float]:
    """Numbers that somebody would write, at or a little above one."""
    size = spread or abs(exact) or 1.0
    for digits in (1, 2, 3):
        step = 10.0 ** (floor(log10(size)) - digits)
        rounded = (floor(exact / step) + 1) * step
        yield float(f"{rounded:.12g}")


def _written(limit: Limit, value: float) -> str:
    number = f"{value:.10g}"
    sign = limit.sign if limit.on_right else _MIRRORED[limit.sign]
    return f"{limit.name} {sign} {number}" if limit.on_right else f"{number} {sign} {limit.name}"


def _remembered(culprit: Held, others: NDArray[np.bool_]) -> str:
    """A condition that counts for some candles after it held."""
    import numpy as np

    if not culprit.count or not others.any():
        return ""
    recent = culprit.true.copy()
    for candles in range(2, _LONGEST + 1):
        recent = recent | np.concatenate(
            [np.zeros(candles - 1, dtype=bool), culprit.true[: -(candles - 1)]]
        )
        count = int((recent & others).sum())
        if count:
            return (
                f"{culprit.text} at any time within the last {candles} candles "
                f"(.rolling({candles}).max() == 1) gives {_signals(count)}"
            )
    return ""


def _omitted(held: Sequence[Held], culprit: Held, others: NDArray[np.bool_]) -> str:
    count = int(others.sum())
    if len(held) < 2 or not count:
        return ""
    return f"without {culprit.text} there are {count:,}"


def _fewest_omitted(held: Sequence[Held]) -> str:
    """Which conditions to keep: those that hold together, taken from the most frequent on."""
    import numpy as np

    together = np.ones_like(held[0].true)
    left_out = []
    for one in sorted(held, key=lambda h: -h.count):
        if (together & one.true).any():
            together = together & one.true
        else:
            left_out.append(one.text)
    return (
        f"without {' and '.join(left_out)} there are {_signals(int(together.sum()))}, "
        "on these candles"
    )


def _signals(count: int) -> str:
    return "1 signal" if count == 1 else f"{count:,} signals"


def _nice(value: float) -> str:
    return f"{value:.4g}"
