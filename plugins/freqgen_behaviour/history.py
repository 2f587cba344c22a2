"""A strategy's newest values, by how much history they are computed on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf, isnan, nan
from typing import TYPE_CHECKING, Any

from freqgen_behaviour.columns import own_columns
from freqgen_behaviour.common import SIGNALS

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from freqgen import Laboratory, Run, Specimen, Trial

TOLERANCE = 1e-3
"""Relative difference that counts as agreement.

The catalogue of indicators has counts that agree within a tenth of this on the candles that
they were measured on. On other candles the same count does a little worse, and a thousandth of
an indicator's value decides a condition on next to no candle.
"""

_PROPOSED = 1e-4
"""The same for a count that is proposed, so that it does on other candles too."""

_SMALL = 0.02
"""Values below this part of the column's typical size are measured by it: an oscillator that
passes zero has differences of any size, relative to itself."""

_LOOKED_AT = 40
"""Last rows that are compared, to see whether a column is only shifted as a whole."""

_SAME = 0.01
_NOISE = 1e-9
"""How much, of itself and of the column, what more history adds to a column may change in these."""

_MONDAY = 4 * 86_400
"""A Monday in 1970: weekly candles begin on that day, and all others begin with it too."""

_LEFT = (0.7, 0.5, 0.2)
"""What may be left of a difference in one frame, from its first quarter to its half, from there to
its end, and from the one to the other. What a mean remembers vanishes; what a sum lacks stays."""

_NEAR = 0.1
"""What may be left where a column has no value at all on half of the history."""

_PARTS = 12
"""A search tries so many counts less one at a time: each time is a process, each count a little."""
_MOST_STARTUP = 4_999
"""What Freqtrade can load at the start of a live bot from most exchanges, in candles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A value that depends on how much history there is.

    :param short: With the history that was tried.
    :param long: With all of it.
    """

    column: str
    short: float
    long: float
    size: float


class History:
    """Values at some ends of the candles, by how much history there is before them.

    :param left_out: Columns that differ for another reason, and are not looked at.
    """

    def __init__(
        self,
        laboratory: Laboratory,
        specimen: Specimen,
        run: Run,
        left_out: Collection[str] = (),
    ) -> None:
        self._left_out = frozenset(left_out)
        self._laboratory = laboratory
        self._specimen = specimen
        assert run.frame is not None  # noqa: S101  (there is no full run without)
        self._frame = run.frame
        self.ends = _ends(specimen, run)
        self.most = min(self.ends[-1] * 4 // 5, _MOST_STARTUP) if self.ends else 0
        """More would be nearly all candles, which agree with themselves."""
        self._known: dict[tuple[int, int], pd.DataFrame | None] = {}

    @property
    def possible(self) -> bool:
        """Whether there are candles enough to compare anything."""
        return self.most > self._specimen.startup

    @cached_property
    def _long(self) -> list[pd.DataFrame | None]:
        # Not the rows of the full run: what they have from later candles is not this check's.
        startup = self._specimen.startup
        short = [(startup, end) for end in self.ends]  # asked for next: one process for both
        trials = [self._trial(end) for end in self.ends]
        trials += [self._trial(end, count + 1) for count, end in short]
        frames = [run.frame for run in self._laboratory.run(self._specimen, trials)]
        self._known.update(zip(short, frames[len(self.ends) :], strict=True))
        return frames[: len(self.ends)]

    def _trial(self, end: int, last: int | None = None) -> Trial:
        from freqgen import Trial

        return Trial(cut=None if end == self._specimen.rows else end, last=last)

    def _short(
        self, counts: Sequence[int], ends: Sequence[int] | None = None
    ) -> list[tuple[pd.DataFrame | None, pd.DataFrame | None]]:
        """The frames of some counts at some ends, each with the one that all candles give."""
        ends = self.ends if ends is None else ends
        long = dict(zip(self.ends, self._long, strict=True))
        wanted = [(count, end) for count in counts for end in ends]
        due = [key for key in wanted if key not in self._known]
        trials = [self._trial(end, count + 1) for count, end in due]
        runs = self._laboratory.run(self._specimen, trials) if trials else []
        self._known.update(zip(due, (run.frame for run in runs), strict=True))
        return [(self._known[key], long[key[1]]) for key in wanted]

    @cached_property
    def columns(self) -> list[str]:
        """What is compared: numbers and truths that the strategy made."""
        from pandas.api.types import is_bool_dtype, is_numeric_dtype

        frame = self._frame
        return [
            name
            for name in own_columns(frame.columns)
            if name not in self._left_out
            and (is_numeric_dtype(frame[name]) or is_bool_dtype(frame[name]))
        ]

    @cached_property
    def typical(self) -> dict[str, float]:
        """The usual size of the values of each column."""
        frame = self._frame
        return {name: float(frame[name].astype(float).abs().median()) for name in self.columns}

    def differences(
        self, count: int, ends: Sequence[int] | None = None, tolerance: float = TOLERANCE
    ) -> dict[str, Difference]:
        """The columns that differ with so much history, each where it differs most.

        Ends at which the strategy fails on so few candles say nothing.
        """
        found: dict[str, Difference] = {}
        for short, long in self._short([count], ends):
            if short is None or long is None or not len(short) or not len(long):
                continue
            for name in self.columns:
                one = self._difference(name, short, long)
                if one and one.size > max(tolerance, found[name].size if name in found else 0):
                    found[name] = one
        return found

    def failed(self, count: int, ends: Sequence[int] | None = None) -> bool:
        """Whether the strategy fails on so few candles."""
        return any(short is None for short, _ in self._short([count], ends))

    def _difference(self, name: str, short: pd.DataFrame, long: pd.DataFrame) -> Difference | None:
        a, b = _number(short, name), _number(long, name)
        if name in SIGNALS:
            # Freqtrade acts on 1 and on nothing else.
            a, b = float(a == 1), float(b == 1)
        if isnan(b) or a == b:  # not there with all candles either, or the same
            return None
        if isnan(a):
            return Difference(column=name, short=a, long=b, size=inf)
        scale = max(abs(a), abs(b), _SMALL * self.typical[name])
        size = abs(a - b) / scale
        size = inf if isnan(size) else size  # of something infinite
        return Difference(column=name, short=a, long=b, size=size)

    def cancels_out(self, name: str, explained: bool = False) -> bool:
        """Whether more or less history moves a column as a whole, and no signal with it.

        An OBV that is compared with its own mean is such a column.

        :param explained: Whether other columns explain it if a signal differs with the history
            that the strategy asks for: then only what has more than that is compared.
        """
        import numpy as np

        startup = self._specimen.startup
        quarters = {self.most // 4, self.most // 2}
        counts = {count for count in quarters if count > startup}
        if not explained:
            counts.add(startup)
        signals = {*SIGNALS} - self._left_out
        if any(signals & {*self.differences(count)} for count in counts):
            return False
        for short, long in self._short([self.most]):
            if short is None or long is None:
                return False
            # Those whose own warm-up is too short for other columns are not compared.
            last = min(len(short), len(long)) - max(startup, self.most // 4)
            for signal in signals & ({*short.columns} | {*long.columns}):
                if not np.array_equal(_ones(short, signal, last), _ones(long, signal, last)):
                    return False
        return self._moves_as_a_whole(name)

    def _moves_as_a_whole(self, name: str) -> bool:
        """Whether more history adds the same to the last values of a column, or scales them."""
        import numpy as np

        for short, long in self._short([self.most]):
            if short is None or long is None or name not in short or name not in long:
                return False
            a = short[name].tail(_LOOKED_AT).to_numpy(dtype=float)
            b = long[name].tail(_LOOKED_AT).to_numpy(dtype=float)
            with np.errstate(divide="ignore", invalid="ignore"):
                added, scaled = a - b, a / b - 1
            noise = _NOISE * np.abs(b).max(initial=0.0)
            if not (_constant(added, noise) or _constant(scaled, _NOISE)):
                return False
        return True

    def shrinks(self, name: str) -> bool:
        """Whether a column comes closer to its value with more history, only not close enough.

        What is added up since the first candle may be closer by luck. It is not each time that
        the history of one frame doubles, and at every end.
        """
        return name not in SIGNALS and all(
            short is not None and long is not None and self._shrinks_in(name, short, long)
            for short, long in self._short([self.most])
        )

    def _shrinks_in(self, name: str, short: pd.DataFrame, long: pd.DataFrame) -> bool:
        import numpy as np

        size = min(len(short), len(long))
        a, b = (frame[name].tail(size).to_numpy(dtype=float) for frame in (short, long))
        away = np.abs(a - b)
        quarter, half, end = (away[: size // part][-_LOOKED_AT:] for part in (4, 2, 1))
        left = float(end.max())
        if np.isnan(half).any():  # a long window, or a mean that begins when it has its period
            left, near = away[-1], _NEAR * max(abs(b[-1]), self.typical[name])
            return bool(left <= near and np.nanmax(end) - np.nanmin(end) > TOLERANCE * left)
        first = half.max() / _LEFT[0] if np.isnan(quarter).any() else quarter.max()
        limits = _LEFT[0] * first, _LEFT[1] * half.max(), _LEFT[2] * first
        return bool(half.max() <= limits[0] and left <= min(limits[1:]))

    def enough(self, columns: set[str]) -> int:
        """The smallest count, rounded up, with which none of some columns differs.

        Being enough need not be monotone, as a value may agree by chance; what is found at one
        end is therefore tried at the others.

        :param columns: Which do not differ with :attr:`most`.
        """
        tolerance = _PROPOSED
        if not self._agrees(self.most, columns, self.ends, tolerance):
            tolerance = TOLERANCE
        low, high = self._specimen.startup, self.most
        first = self.ends[:1]
        while high - low > max(1, high // 20):
            between = _between(low, high)
            self._short(between, first)
            bad = [n for n in between if not self._agrees(n, columns, first, tolerance)]
            # Above the largest that is too little, whatever agreed below it.
            low = max([low, *bad])
            high = min([high, *(count for count in between if count > low)])
        while high < self.most:
            high = min(_rounded_up(high), self.most)
            if self._agrees(high, columns, self.ends, tolerance):
                break
            high += high // 8 + 1
        return min(high, self.most)

    def _agrees(self, count: int, columns: set[str], ends: Sequence[int], tolerance: float) -> bool:
        differ = self.differences(count, ends, tolerance)
        return not self.failed(count, ends) and not columns & set(differ)


def _ends(specimen: Specimen, run: Run) -> tuple[int, ...]:
    """How many of the candles some frames have that end at different ones.

    Where slower candles are merged in, all end with one of those: a frame of few candles may
    have none of the slower ones otherwise.
    """
    import numpy as np

    from freqgen import TIMEFRAMES

    rows, startup = specimen.rows, specimen.startup
    step = max((rows - startup) // 10, 1)
    wanted = [rows, rows - step, rows - 2 * step]
    slowest = 60 * max((TIMEFRAMES.get(tf, 0) for _, tf in specimen.informative), default=0)
    own = 60 * TIMEFRAMES.get(specimen.timeframe, 0)
    if slowest > own and run.candles is not None:
        moments = run.candles["date"].dt.as_unit("s").astype("int64").to_numpy()
        closing = np.flatnonzero((moments + own - _MONDAY) % slowest == 0) + 1
        wanted = [int(closing[closing <= end][-1]) for end in wanted if (closing <= end).any()]
    return tuple(end for end in dict.fromkeys(wanted) if end > startup + 1)


def _number(frame: pd.DataFrame, name: str) -> float:
    """The newest value of a column, NaN if there is none."""
    import pandas as pd

    value: Any = frame[name].iloc[-1] if name in frame.columns else None
    try:
        return nan if pd.isna(value) else float(value)
    except (TypeError, ValueError):
        return nan


def _constant(values: NDArray[np.float64], noise: float) -> bool:
    """Whether values are one, next to how large they are: what a mean forgets becomes less."""
    import numpy as np

    return bool(
        np.isfinite(values).all() and np.ptp(values) <= noise + _SAME * np.abs(values).max()
    )


def _ones(frame: pd.DataFrame, signal: str, last: int) -> NDArray[np.bool_]:
    """Where Freqtrade acts on a signal, on the last candles."""
    import numpy as np

    if signal not in frame.columns:
        return np.zeros(last, dtype=bool)
    return np.asarray((frame[signal] == 1).fillna(False).tail(last), dtype=bool)


def _between(low: int, high: int) -> list[int]:
    """Some counts between two, at equal ratios."""
    ratio = (high / max(low, 1)) ** (1 / _PARTS)
    counts = {round(max(low, 1) * ratio**part) for part in range(1, _PARTS)}
    return sorted(count for count in counts if low < count < high) or [(low + high) // 2]


def _rounded_up(count: int) -> int:
    """A count that somebody would write."""
    step = 1 if count < 10 else 5 if count < 50 else 10 if count < 500 else 50
    return -(-count // step) * step
