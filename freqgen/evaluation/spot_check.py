"""A second look at a backtest: whether its signals and answers knew the future.

A strategy can tell the trials of validation from a backtest by the number of its candles, and peek
in the backtest alone. So the strategy is run again on a part of the candles, by workers that have
no later ones. Where they end is drawn anew each time, and what is said until then must be the same.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from freqtrade.enums import CandleType
from freqtrade.exchange import timeframe_to_seconds
from numpy.typing import NDArray
from pandas import DataFrame

from freqgen.evaluation import faults
from freqgen.evaluation.callbacks import Log
from freqgen.evaluation.columns import SIGNAL_COLUMNS
from freqgen.evaluation.hearing import Heard, signals_of
from freqgen.evaluation.view import Source
from freqgen.exceptions import StrategyFault

_PAID_AT_THE_OPEN = frozenset({CandleType.FUNDING_RATE, CandleType.MARK})
"""Candles of which Freqtrade takes what is known when they open, for fees of funding."""
_LATEST = 0.98
_LEAST = 50
_SETTLED = 300
"""Candles after the startup with which a pair, and what is read beside it, is there for sure."""
_LAST = 3
"""Candles at the end of a simulation that are special: nothing is opened, all is closed there."""
_NOISE = 1e-7
"""Share of a number that a computer's rounding explains."""
_TRADED = tuple(name for name in SIGNAL_COLUMNS if not name.endswith("_tag"))
_TAGS = tuple(name for name in SIGNAL_COLUMNS if name.endswith("_tag"))
_HINT = "signals must depend on the candles until then, and not on how many there are"


@dataclass(frozen=True)
class Until:
    """Candles of another source up to a moment, which is when the newest of them closes."""

    source: Source
    end: pd.Timestamp

    def load(self, pair: str, timeframe: str, candle_type: CandleType) -> DataFrame:
        """The candles that have closed by then."""
        found = self.source.load(pair, timeframe, candle_type)
        if found.empty:
            return found
        if candle_type in _PAID_AT_THE_OPEN:
            return found[found["date"] < self.end].reset_index(drop=True)
        step = pd.Timedelta(seconds=timeframe_to_seconds(timeframe))
        return found[found["date"] + step <= self.end].reset_index(drop=True)


def draw(
    data: Mapping[str, DataFrame], signals: Mapping[str, DataFrame], log: Log, startup: int
) -> list[pd.Timestamp]:
    """Choose the last candles to see, in the earlier and in the later half of the period.

    Each is a candle with a signal, of any pair, where there is any: a signal that knew the candles
    after it is another one without them. Where callbacks answered, it is one right after an answer,
    for the same reason: in one half after any, in the other after one that is not the usual one.

    :param startup: Candles before the first that can have a signal.
    :returns: Opening times; none if no pair has enough candles.
    """
    chance = random.SystemRandom()  # a strategy must not guess it
    halves: list[list[tuple[str, int, int]]] = [[], []]
    for pair, candles in data.items():
        last = int(len(candles) * _LATEST)
        first = startup + max(min(_SETTLED, (last - startup) // 3), 1)
        middle = (first + last) // 2
        if last - first >= _LEAST:
            halves[0].append((pair, first, middle))
            halves[1].append((pair, middle, last))
    if not halves[0]:
        return []
    found = [_draw_signal(chance, data, signals, places) for places in halves]
    answers = [_unusual(log), [time for time in log.time if time > 0]]
    if not answers[1]:
        return found
    chance.shuffle(answers)
    pair, first, middle = max((place for place in halves[0]), key=lambda place: len(data[place[0]]))
    period, last = data[pair]["date"], int(len(data[pair]) * _LATEST)
    step = period.diff().min()
    for answered, rows in zip(answers, ((first, middle), (middle, last)), strict=True):
        after, before = (period.iloc[row].timestamp() * 1000 for row in rows)
        if times := [time for time in answered if after <= time < before]:
            moment = pd.Timestamp(chance.choice(times), unit="ms", tz="UTC")
            found.append(moment.floor(step) + step)
    # A simulation each: two of the answers', and one of the signals'.
    return found if len(found) == 2 else [chance.choice(found[:2]), *found[2:]]


def _draw_signal(
    chance: random.SystemRandom,
    data: Mapping[str, DataFrame],
    signals: Mapping[str, DataFrame],
    places: Sequence[tuple[str, int, int]],
) -> pd.Timestamp:
    """A candle with a signal between two rows of some pair, or any candle there."""
    marked = []
    for pair, first, last in places:
        rows = _marked(signals[pair])
        if len(rows := rows[(rows >= first) & (rows < last)]):
            marked.append((pair, rows.tolist()))
    if marked:
        pair, choices = chance.choice(marked)
        row = chance.choice(choices)
    else:
        pair, first, last = chance.choice(list(places))
        row = chance.randrange(first, last)
    moment: pd.Timestamp = data[pair]["date"].iloc[row]
    return moment


def _unusual(log: Log) -> list[int]:
    """Moments of answers that are not what a callback usually says."""
    usual: dict[str, tuple[Any, int]] = {}
    counts = Counter(zip(log.call, log.kind, map(str, log.number), log.text, strict=True))
    for (call, *said), count in counts.items():
        if count > usual.get(call, (None, 0))[1]:
            usual[call] = (said, count)
    return [
        time
        for time, call, *said in zip(
            log.time, log.call, log.kind, map(str, log.number), log.text, strict=True
        )
        if time > 0 and said != usual[call][0]
    ] or [time for time in log.time if time > 0]


def _marked(signals: DataFrame) -> NDArray[np.int_]:
    columns = [_set(signals[name]) for name in _TRADED if name in signals.columns]
    return np.flatnonzero(np.any(columns, axis=0)) if columns else np.array([], dtype=int)


def there(data: Mapping[str, DataFrame], last: pd.Timestamp, startup: int) -> list[str]:
    """Pairs that had candles enough at a moment: younger ones may lack what is read beside them."""
    return [
        pair
        for pair, candles in data.items()
        if (seen := int((candles["date"] <= last).sum())) >= startup + _SETTLED
        or 2 * seen > len(candles)
    ]


def compare(  # noqa: PLR0917
    name: str,
    data: Mapping[str, DataFrame],
    whole: tuple[Heard, Mapping[str, DataFrame]],
    less: Heard,
    last: pd.Timestamp,
    pairs: Collection[str],
) -> None:
    """Hold what was said on a part of the candles against what was said on all of them.

    :param data: All candles, as the engine has them.
    :param whole: What was heard on all of them, and the signals.
    :param less: What was heard without those after ``last``.
    :param pairs: Those that were there; with fewer than all, trades may be others.
    :raises StrategyFault: If something is another one, or is missing.
    """
    heard, signals = whole
    for pair in pairs:
        candles = data[pair]
        seen = candles[candles["date"] <= last]
        found = differing(signals[pair], signals_of(name, less, pair, seen))
        if found is not None:
            column, row = found
            raise _future(name, f"{column} of {pair}", candles["date"].iloc[row], last)
    if any(pair not in pairs and (data[pair]["date"] <= last).any() for pair in data):
        return
    step = data[next(iter(data))]["date"].diff().min()
    # On the last candle nothing is opened, and what is open is closed.
    end = int((last - step).timestamp() * 1000)
    if (asked := answered_otherwise(heard.log, less.log, end)) is not None:
        call, pair, moment = asked
        when = pd.Timestamp(moment, unit="ms", tz="UTC")
        raise _future(name, f"the answer of {call} for {pair or 'all pairs'}", when, last)


def _future(name: str, what: str, when: pd.Timestamp, last: pd.Timestamp) -> StrategyFault:
    return faults.raised(
        faults.error(
            faults.FUTURE,
            f"{name} knows the future in the backtest: {what} on {when:%Y-%m-%d %H:%M} is another "
            f"where the candles after {last:%Y-%m-%d %H:%M} are missing",
            _HINT,
        )
    )


def differing(full: DataFrame, cut: DataFrame) -> tuple[str, int] | None:
    """The first signal, or tag of one, that is another one without the later candles.

    :param full: Signals with all candles.
    :param cut: Signals without them.
    :returns: Column and row.
    """
    for column in _TRADED:
        mine = _set(full[column].iloc[: len(cut)]) if column in full.columns else None
        theirs = _set(cut[column]) if column in cut.columns else None
        none = np.zeros(len(cut), dtype=bool)
        mine, theirs = none if mine is None else mine, none if theirs is None else theirs
        if (rows := np.flatnonzero(mine != theirs)).size:
            return column, int(rows[0])
    marked = _marked(full.iloc[: len(cut)])
    for column in _TAGS:
        tags = zip(_tags(full, column, marked), _tags(cut, column, marked), strict=True)
        for row, (a, b) in zip(marked.tolist(), tags, strict=True):
            if a != b:
                return column, row
    return None


def _tags(frame: DataFrame, column: str, rows: NDArray[np.int_]) -> list[str]:
    """The tags of some rows; empty where there is none."""
    if column not in frame.columns:
        return [""] * len(rows)
    return [value if isinstance(value, str) else "" for value in frame[column].iloc[rows]]


def _set(column: pd.Series[Any]) -> NDArray[np.bool_]:
    """Where a signal is set, which Freqtrade asks by comparing it with 1."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        return np.asarray(column.to_numpy() == 1, dtype=bool)
    return np.array([value == 1 for value in column.tolist()], dtype=bool)


def answered_otherwise(full: Log, cut: Log, end: int) -> tuple[str, str, int] | None:
    """The first question until a moment that was answered otherwise, or asked once only.

    :param end: Milliseconds.
    :returns: Callback, pair and moment.
    """
    whole, less = _until(full, end), _until(cut, end)
    size = min(whole, less)
    for row in range(size):
        if not _same(full, cut, row):
            return full.call[row], full.pair[row], full.time[row]
    if whole == less:
        return None
    log = full if whole > less else cut
    return log.call[size], log.pair[size], log.time[size]


def _until(log: Log, end: int) -> int:
    """How many entries there are before the first that is later; locks have no time."""
    return next((row for row, time in enumerate(log.time) if time > end), len(log.time))


def _same(a: Log, b: Log, row: int) -> bool:
    if any(
        getattr(a, name)[row] != getattr(b, name)[row]
        for name in ("call", "pair", "time", "trade", "kind", "text")
    ):
        return False
    x, y = a.number[row], b.number[row]
    return x == y or (x != x and y != y) or abs(x - y) <= _NOISE * max(abs(x), abs(y))  # noqa: PLR0124
