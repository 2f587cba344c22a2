"""How much history an indicator needs before its value no longer depends on it.

TA-Lib's lookback says from where on a function gives a value, not from where on the value is
the one that a longer history gives: averages of the exponential kind remember their start.
Freqtrade computes on as many candles as ``startup_candle_count`` says, so the count that counts
is measured: the smallest history whose last value agrees with that of a long one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pandas import DataFrame

Values = np.ndarray[Any, np.dtype[np.float64]]
Run = Callable[[int, int], Sequence[Values]]
"""Computes all outputs on the synthetic candles from one row to before another."""

TOLERANCE = 1e-4
"""Relative difference from the value of a long history that counts as agreement."""

CAP = 4_900
"""Candles that Freqtrade can have at start: it asks an exchange for at most five batches."""

_LENGTH = 8_192
_ENDS = tuple(int(end) for end in np.linspace(CAP + 600, _LENGTH, 72))
"""Where the last value is looked at; spread over several regimes of the path."""

_DENSE_ENDS = tuple(range(CAP + 600, _LENGTH, 9))
"""The same for values that leap, and for whole numbers, which agree by chance more often."""

_SMALL = 0.02
"""Values below this part of the typical size are measured by it: near zero, where oscillators
cross, a difference relative to the value itself would have no bound."""


@lru_cache(maxsize=4)
def synthetic_candles(seed: int = 20_240_229, length: int = _LENGTH) -> DataFrame:
    """Candles with the traits that matter to indicators, the same in every process.

    Log-returns with volatility that clusters, drift that changes sign with the regime, fat
    tails and a few jumps; volume follows volatility, prices have eight significant digits.

    :returns: open, high, low, close, volume (float64) and ``periods``, whole numbers from 2 to
        30 for functions whose period varies.
    """
    import pandas as pd

    rng = np.random.default_rng(seed)
    regime = np.repeat(rng.normal(0.0, 4e-4, length // 256 + 1), 256)[:length]
    steps = np.cumsum(rng.normal(0.0, 0.05, length))
    cluster = np.sin(np.arange(length) / 97.0) + 0.5 * (steps - steps.mean()) / (steps.std() or 1.0)
    volatility = 0.006 * np.exp(0.6 * cluster)
    returns = regime + volatility * rng.standard_t(4, length)
    returns += (rng.random(length) < 0.003) * rng.normal(0.0, 0.03, length)
    close = 100.0 * np.exp(np.cumsum(np.clip(returns, -0.2, 0.2)))
    open_ = np.concatenate([[100.0], close[:-1]]) * np.exp(rng.normal(0.0, 2e-4, length))
    reach = volatility * np.abs(rng.normal(0.0, 0.6, (2, length)))
    volume = 1_000.0 * np.exp(0.5 * cluster + rng.normal(0.0, 0.5, length))
    frame = pd.DataFrame(
        {
            "open": open_,
            "high": np.maximum(open_, close) * np.exp(reach[0]),
            "low": np.minimum(open_, close) * np.exp(-reach[1]),
            "close": close,
            "volume": volume,
            "periods": rng.integers(2, 31, length).astype(float),
        }
    )
    return frame.round(8)


def tolerance(long: Values) -> Values:
    """The difference from each value that counts as agreement, by the values of a long history.

    :param long: Values of one output; missing ones have none.
    """
    size = np.abs(long)
    finite = size[np.isfinite(size)]
    typical = float(np.median(finite)) if len(finite) else 0.0
    return TOLERANCE * np.maximum(size, _SMALL * typical)


def measured_warmup(run: Run, lookback: int, *, dense: bool = False) -> int | None:
    """Search the smallest history that is enough.

    Doubles from ``lookback + 1`` until it is enough, then bisects. Since being enough need not
    be monotone (a value may agree by chance), every history must do at all the ends looked at,
    and so must one that is a quarter longer.

    :param run: Computes on the synthetic candles.
    :param dense: Look at more ends, for values that leap.
    :returns: Candles; ``None`` if :data:`CAP` is not enough.
    """
    if lookback + 1 > CAP:
        return None
    whole = run(0, _LENGTH)
    discrete = all(np.array_equal(v, np.round(v), equal_nan=True) for v in whole)
    ends = _DENSE_ENDS if dense or discrete else _ENDS
    long = [values[np.array(ends) - 1].astype(float) for values in whole]
    allowed = [tolerance(values) for values in long]

    @cache
    def agrees(history: int) -> bool:
        for number, end in enumerate(ends):
            for values, expected, bound in zip(run(end - history, end), long, allowed, strict=True):
                value, wanted = float(values[-1]), float(expected[number])
                if np.isnan(value) != np.isnan(wanted) or abs(value - wanted) > bound[number]:
                    return False
        return True

    def enough(history: int) -> bool:
        return agrees(history) and agrees(min(history + history // 4 + 1, CAP))

    # Less than a value needs is never enough, whatever the search finds.
    low, high = lookback, lookback + 1
    while not enough(high):
        if high == CAP:
            return None
        low, high = high, min(2 * high, CAP)
    while high - low > 1:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle
    return high
