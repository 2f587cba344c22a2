"""The shape of a hand-computed case: candles, a design's risk, and the trades it must give.

Conventions that all cases share, so that each one shows only what matters:

* Candles of one hour. Candle 0 opens at :data:`START`; quiet candles (:data:`FLAT`) come before
  it, as many as a strategy wants for its warm-up. Their true range is 2, so that any ATR is 2
  exactly when candle 0 begins.
* A candle whose volume is :data:`SIGNAL` carries the entry signal; the trade opens at the next
  candle's open. There is no exit rule. What is still open at the last candle is closed there at
  its open, with the reason ``force_exit``.
* Fee 0.1 % each way, wallet 1000 USDT of which all may be used, stake 100 USDT unless the design
  sizes it, tick 0.01, amounts in steps of 0.001, smallest order 5 USDT.
* Freqtrade rounds a stop to the tick *towards the trade's favour*: up for longs, down for
  shorts. Stops that a callback passes through a ratio come back with the noise of the floats, so
  cases keep such stops off the ticks: a distance of 1.502 x ATR, never 1.5 x ATR.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

START = datetime(2024, 1, 15, tzinfo=UTC)
"""Opening time of candle 0. Freqtrade derives the tick from a month's prices: the candles and
some 300 before them lie in one month, and each case has a price with two decimals."""

HOUR = timedelta(hours=1)
SIGNAL = 1.0
"""Volume of a candle that carries the entry signal."""

QUIET = 10.0
"""Volume of every other candle."""

FEE = 0.001
WALLET = 1000.0
STAKE = 100.0
FIRST_PAIR = "ETH/USDT"
SECOND_PAIR = "BTC/USDT"
STAKE_TOLERANCE = 0.002
"""Share by which a stake may differ: whether the stop's distance is taken before or after it is
rounded to the tick, and the step of the amount."""


class Candle(NamedTuple):
    """One candle; it opens ``index`` hours after :data:`START`."""

    open: float
    high: float
    low: float
    close: float
    volume: float = QUIET

    @property
    def with_signal(self) -> Candle:
        return self._replace(volume=SIGNAL)


FLAT = Candle(100, 101, 99, 100)
"""A quiet candle with a true range of 2."""

TAIL = Candle(100, 101.25, 99, 100)
"""The last candle of a case: something is closed at its open, or nothing happens. Its price with
two decimals makes the tick 0.01."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedTrade:
    """A trade computed by hand. ``opens`` and ``closes`` are indexes of candles."""

    opens: int
    closes: int
    open_rate: float
    close_rate: float
    reason: str
    stake: float = STAKE
    pair: str = FIRST_PAIR


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A form of risk on a small market, and its trades.

    :param risk: The ``risk`` of a design, without what is at its default.
    :param why: How Freqtrade fills here, in words, and the arithmetic.
    :param second: Candles of :data:`SECOND_PAIR`, where a case needs two pairs.
    :param max_leverage: The most that the exchange allows.
    """

    name: str
    why: str
    risk: Mapping[str, Any]
    candles: tuple[Candle, ...]
    trades: tuple[ExpectedTrade, ...]
    direction: Literal["long", "short"] = "long"
    trading_mode: Literal["spot", "futures"] = "spot"
    second: tuple[Candle, ...] = ()
    protections: bool = field(default=False)
    max_leverage: float = 100

    @property
    def leverage(self) -> float:
        return float(self.risk.get("leverage", 1))

    def design(self) -> dict[str, Any]:
        """The case as a design."""
        short = self.direction == "short"
        return {
            "contract": 1,
            "name": "Case" + "".join(part.capitalize() for part in self.name.split("_")),
            "kind": "other",
            "hypothesis": self.why,
            "timeframe": "1h",
            "can_short": short,
            "indicators": [],
            "entry_long": [] if short else [f"volume == {SIGNAL:g}"],
            "exit_long": [],
            "entry_short": [f"volume == {SIGNAL:g}"] if short else [],
            "exit_short": [],
            "risk": dict(self.risk),
            "parameters": [],
        }

    def market(self, warm_up: int) -> dict[str, tuple[Candle, ...]]:
        """Candles of each pair, with ``warm_up`` quiet ones before candle 0."""
        pairs = {FIRST_PAIR: self.candles, SECOND_PAIR: self.second}
        return {pair: (FLAT,) * warm_up + candles for pair, candles in pairs.items() if candles}


def opening(index: int) -> datetime:
    """When candle ``index`` opens; negative in the warm-up."""
    return START + index * HOUR


def candles(*rows: tuple[float, ...] | Candle) -> tuple[Candle, ...]:
    """Candles of ``(open, high, low, close)`` or ``(open, high, low, close, volume)``."""
    made = tuple(row if isinstance(row, Candle) else Candle(*row) for row in rows)
    for candle in made:
        if not candle.low <= min(candle.open, candle.close):
            raise ValueError(f"the low of {candle} is not its lowest price")
        if not candle.high >= max(candle.open, candle.close):
            raise ValueError(f"the high of {candle} is not its highest price")
    return made
