"""A synthetic market to try freqgen on without downloading anything.

The prices are made up. They share the traits that matter to a strategy with real ones, after
R. Cont, *Empirical properties of asset returns: stylized facts and statistical issues*
(Quantitative Finance 1, 2001): returns with heavy tails, volatility that clusters, jumps,
pairs that move together, volume that rises with volatility and follows the hours of the day,
and bull, bear and sideways markets that follow each other. Nothing that earns money here need
earn any elsewhere.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freqgen.exceptions import StoreError, UsageError
from freqgen.printable import printable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pandas import DataFrame

    Array = NDArray[np.float64]

DEMO_LABEL = "synthetic demo market, no real prices"
"""What results on this market are called wherever they are shown."""

FOLDER = "demo-synthetic"
MARKER = "freqgen-demo.json"
GENERATOR = 1
"""Raised whenever the candles change, so that folders of an earlier one are made anew."""

TIMEFRAMES = ("1h", "4h", "1d")
START, CANDLES = "2024-01-01", 366 * 24
_SEED = 48  # a year that neither soars nor collapses; no strategy was looked at
_STEPS = 12  # price moves within a candle, from which its high and low come


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """A made-up market.

    :param price: Open of the first candle, in USDT.
    :param tick: Smallest step of the price, in USDT.
    :param beta: Its share in the moves of the market as a whole.
    :param volatility: Standard deviation of its own hourly moves.
    :param turnover: Typical turnover in an hour, in USDT.
    """

    name: str
    price: float
    tick: float
    beta: float
    volatility: float
    turnover: float


PAIRS = (
    _Pair(name="BTC/USDT", price=42_300, tick=0.01, beta=0.9, volatility=0.0020, turnover=6e7),
    _Pair(name="ETH/USDT", price=2_280, tick=0.01, beta=1.1, volatility=0.0030, turnover=3e7),
    _Pair(name="SOL/USDT", price=102, tick=0.01, beta=1.3, volatility=0.0050, turnover=1.2e7),
    _Pair(name="XRP/USDT", price=0.62, tick=0.0001, beta=0.9, volatility=0.0045, turnover=8e6),
    _Pair(name="ADA/USDT", price=0.59, tick=0.0001, beta=1.1, volatility=0.0045, turnover=5e6),
    _Pair(name="DOGE/USDT", price=0.09, tick=0.00001, beta=1.2, volatility=0.0055, turnover=7e6),
)

# Hourly: drift, factor of the volatility, mean length in days, pull back to where it began.
_REGIMES = (
    (0.00045, 0.9, 16, 0.0),  # bull
    (-0.00060, 1.35, 9, 0.0),  # bear
    (0.0, 0.75, 14, 0.012),  # sideways
)
_MARKET_VOLATILITY = 0.0048


def demo_datadir(user_data_dir: Path) -> Path:
    """Where the demo market of a user directory lies, whether it was made yet or not."""
    return user_data_dir / "data" / FOLDER


def is_demo(datadir: Path) -> bool:
    """Whether a folder holds the demo market."""
    return (datadir / MARKER).is_file()


def ensure_demo_market(user_data_dir: Path) -> Path:
    """Make the demo market unless it is there.

    It appears as a whole or not at all, in a folder of its own that says ``synthetic``.

    :param user_data_dir: Freqtrade's user directory; created if need be.
    :returns: The folder, to be used as Freqtrade's ``datadir``.
    :raises UsageError: If the folder holds files of the user.
    :raises StoreError: If it cannot be written.
    """
    folder = demo_datadir(user_data_dir)
    try:
        if not _is_ready(folder):
            folder.parent.mkdir(parents=True, exist_ok=True)
            with _one_at_a_time(folder.parent):
                if not _is_ready(folder):
                    _build(folder)
    except OSError as exc:
        raise StoreError(
            f"the demo market cannot be written to {printable(folder)}: {exc.strerror or exc}",
            hint="check the free space and who may write there, or choose another --userdir",
        ) from exc
    return folder


def demo_candles() -> dict[tuple[str, str], DataFrame]:
    """Make the candles, the same every time.

    :returns: By pair and timeframe, columns as Freqtrade has them: ``date`` (opening time,
        UTC), ``open``, ``high``, ``low``, ``close``, ``volume`` (in the base currency).
    """
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(_SEED)
    dates = pd.date_range(START, periods=CANDLES, freq="1h", tz="UTC", unit="ms")
    mood = _mood(rng)
    market, wildness = _market_moves(rng, mood)
    candles = {}
    for pair in PAIRS:
        own = _clustered(rng, pair.volatility, CANDLES)
        jumps = _jumps(rng, rate=12 / CANDLES, size=0.03)
        # What the market's volatility does, that of each pair does in part.
        moves = pair.beta * market + own * np.sqrt(wildness) + jumps
        hourly = _hourly(rng, pair, moves, dates, mood)
        for timeframe in TIMEFRAMES:
            candles[pair.name, timeframe] = _resampled(hourly, timeframe)
    return candles


def _mood(rng: np.random.Generator) -> Array:
    """How excited traders are, as the logarithm of a factor; changes over days.

    Volatility and volume share it, which ties one to the other.
    """
    import numpy as np

    persistence, spread = 0.985, 0.35
    shocks = rng.normal(0, spread * np.sqrt(1 - persistence**2), CANDLES)
    mood, level = np.empty(CANDLES), 0.0
    for hour, shock in enumerate(shocks):
        level = persistence * level + shock
        mood[hour] = level
    return mood


def _market_moves(rng: np.random.Generator, mood: Array) -> tuple[Array, Array]:
    """Hourly log returns of the market as a whole, and the factor of their volatility."""
    import numpy as np

    shocks = _clustered(rng, _MARKET_VOLATILITY, CANDLES)
    jumps = _jumps(rng, rate=10 / CANDLES, size=0.025)
    switches, choices = rng.random(CANDLES), rng.random(CANDLES)
    moves, factors = np.empty(CANDLES), np.empty(CANDLES)
    regime, level, anchor = 0, 0.0, 0.0
    for hour in range(CANDLES):
        _, _, days, _ = _REGIMES[regime]
        if switches[hour] < 1 / (24 * days):
            regime = (regime + (1 if choices[hour] < 0.5 else 2)) % 3
            anchor = level
        drift, wildness, _, pull = _REGIMES[regime]
        factor = wildness * np.exp(mood[hour])
        moves[hour] = drift + factor * shocks[hour] + jumps[hour] - pull * (level - anchor)
        factors[hour] = factor
        level += moves[hour]
    return moves, factors


def _clustered(rng: np.random.Generator, volatility: float, size: int) -> Array:
    """Returns with heavy tails whose volatility clusters: GARCH(1,1) with Student's t.

    Bollerslev, *A conditionally heteroskedastic time series model for speculative prices and
    rates of return* (Review of Economics and Statistics 69, 1987).

    :param volatility: Standard deviation in the long run.
    """
    import numpy as np

    alpha, beta, degrees = 0.10, 0.88, 6
    shocks = rng.standard_t(degrees, size) * np.sqrt((degrees - 2) / degrees)
    returns = np.empty(size)
    usual = volatility**2
    variance = usual
    for index, shock in enumerate(shocks):
        squared = variance * shock**2
        returns[index] = np.sqrt(variance) * shock
        variance = (1 - alpha - beta) * usual + alpha * squared + beta * variance
    return returns


def _jumps(rng: np.random.Generator, *, rate: float, size: float) -> Array:
    """Rare large moves, more often down than up.

    :param rate: Jumps per candle.
    :param size: Their standard deviation as a log return.
    """
    import numpy as np

    happens = rng.random(CANDLES) < rate
    moves: Array = np.where(happens, rng.normal(-0.2 * size, size, CANDLES), 0.0)
    return moves


def _hourly(
    rng: np.random.Generator, pair: _Pair, moves: Array, dates: Any, mood: Array
) -> DataFrame:
    """Candles whose closes follow ``moves``, from a path of small steps within each hour."""
    import numpy as np
    import pandas as pd

    close = np.maximum(_on_tick(pair.price * np.exp(np.cumsum(moves)), pair.tick), pair.tick)
    open_ = np.concatenate([[pair.price], close[:-1]])
    # A Brownian bridge from open to close. Its steps are as large as the usual move of the
    # hours around, so that a quiet hour in a wild day still has its wicks.
    usual = np.sqrt(pd.Series(moves**2).ewm(span=12).mean().to_numpy())
    steps = rng.standard_normal((CANDLES, _STEPS)) * (1.5 * usual / np.sqrt(_STEPS))[:, None]
    path = np.cumsum(steps, axis=1)
    share = np.arange(1, _STEPS + 1) / _STEPS
    path += (np.log(close / open_) - path[:, -1])[:, None] * share
    body_high, body_low = np.maximum(open_, close), np.minimum(open_, close)
    high = np.maximum(_on_tick(open_ * np.exp(path.max(axis=1)), pair.tick), body_high)
    low = np.minimum(_on_tick(open_ * np.exp(path.min(axis=1)), pair.tick), body_low)
    low = np.maximum(low, pair.tick)
    frame = pd.DataFrame({"date": dates, "open": open_, "high": high, "low": low, "close": close})
    wildness = (high - low) / open_ + usual
    frame["volume"] = _volume(rng, pair, wildness / wildness.mean(), mood, close)
    return frame


def _volume(
    rng: np.random.Generator, pair: _Pair, wildness: Array, mood: Array, close: Array
) -> Array:
    """Volume in the base currency: larger in wild hours and when Europe and America trade."""
    import numpy as np

    hour = np.arange(CANDLES) % 24
    weekday = np.arange(CANDLES) // 24 % 7  # 2024 began on a Monday
    day = 1 + 0.45 * np.exp(-((((hour - 15 + 12) % 24) - 12) ** 2) / 18)
    week = np.where(weekday >= 5, 0.7, 1.0)
    noise = rng.normal(0, 0.3, CANDLES)
    excitement = (0.2 + 0.8 * wildness) * np.exp(0.5 * mood + noise)
    turnover = pair.turnover * day * week * excitement
    volume: Array = np.maximum(np.round(turnover / close, 4), 0.0001)
    return volume


def _on_tick(price: Array, tick: float) -> Array:
    import numpy as np

    # Dividing by the whole number 1/tick gives the very float that a person would write.
    per_unit = round(1 / tick)
    rounded: Array = np.round(price * per_unit) / per_unit
    return rounded


def _resampled(hourly: DataFrame, timeframe: str) -> DataFrame:
    if timeframe == "1h":
        return hourly
    rules = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    frame = hourly.resample(timeframe.replace("d", "D"), on="date").agg(rules).reset_index()
    frame["volume"] = frame["volume"].round(4)
    return frame


def _is_ready(folder: Path) -> bool:
    """Whether the folder holds what this generator makes, all of it and nothing else.

    :raises UsageError: If there are files that no generator made.
    """
    if not folder.exists():
        return False
    if not folder.is_dir():
        raise UsageError(
            f"{printable(folder)} is a file", hint="move it away, freqgen needs a folder there"
        )
    try:
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        made, version = set(marker["files"]), marker["generator"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        made, version = set(), None
    there = {path.name for path in folder.iterdir()}
    foreign = there - made - {MARKER}
    if foreign:
        raise UsageError(
            f"{printable(folder)} holds files that do not belong to the demo market: "
            + ", ".join(sorted(foreign)[:3]),
            hint="move them elsewhere, real candles are never mixed with synthetic ones",
        )
    return version == GENERATOR and made <= there and bool(made)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait for other processes that make the market; closing the folder lets the next in."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems have no locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _build(folder: Path) -> None:
    """Make the market beside its folder, then put it in place."""
    from freqtrade.data.history.datahandlers.featherdatahandler import FeatherDataHandler
    from freqtrade.enums import CandleType

    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{FOLDER}."))
    try:
        new, old = temporary / "new", temporary / "old"
        new.mkdir()
        handler = FeatherDataHandler(new)
        for (pair, timeframe), candles in demo_candles().items():
            handler.ohlcv_store(pair, timeframe, candles, CandleType.SPOT)
        marker = {
            "what": DEMO_LABEL,
            "generator": GENERATOR,
            "files": sorted(path.name for path in new.iterdir()),
        }
        text = json.dumps(marker, indent=2) + "\n"
        (new / MARKER).write_text(text, encoding="utf-8")
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
