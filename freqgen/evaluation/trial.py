"""What a worker does in a trial: it computes a strategy's columns on the candles that it sees."""

from __future__ import annotations

import builtins
import resource
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import pandas as pd
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.strategy import IStrategy
from pandas import DataFrame

from freqgen.evaluation.analyses import LOOKAHEAD, RECURSIVE, analyse
from freqgen.evaluation.clock import set_ahead
from freqgen.evaluation.declaring import First
from freqgen.evaluation.session import Session
from freqgen.sandbox.frames import encode_frame

if TYPE_CHECKING:
    from freqgen.sandbox.channel import Channel, Message

NOTE = "__freqgen_note__"
"""A function that code can call with a name and a value: the value is sent, and given back."""

_MOST_NOTES = 500

_TIMING_SECONDS, _PROFILE_SECONDS = 4.0, 0.2
"""Time for all repetitions, and of one pass that lines can be watched in."""
_PROFILED = 5
"""Passes in which lines are timed: of each line, the smallest time counts."""
_WATCHING_SECONDS = 2.5
"""Time for all of these: a loop over the candles takes fifty times as long while it is watched."""

_LINES = 100


def perform(session: Session, channel: Channel, order: Message) -> None:
    """Carry trials out, one after the other; one that fails is said to have failed.

    :param order: As of :meth:`Session.open`, and ``trials``, each with ``what`` (``describe``,
        ``frame``, ``answers``, ``time`` or an analysis), ``clock`` in seconds, ``lines`` and
        ``repeat``.
    """
    opened: tuple[Any, Any] | None = None
    for trial in order.head["trials"]:
        session.forget_candles()
        try:
            if trial["clock"]:
                set_ahead(float(trial["clock"]))
            if trial["what"] == "answers":
                session.backtest(order)
                continue
            opened = session.open(order) if opened is None else session.reopen(opened[0])
            _perform(session, channel, trial, *opened)
            channel.send({"op": "done"})
        except (EOFError, BrokenPipeError, ConnectionError):
            raise
        # Whatever the strategy's code raises, an end of the program included.
        except (Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as exc:  # noqa: BLE001
            session.failed(exc)


def _perform(
    session: Session,
    channel: Channel,
    trial: Mapping[str, Any],
    engine: Backtesting,
    strategy: IStrategy,
) -> None:
    notes: dict[str, Any] = {}
    setattr(builtins, NOTE, _taking(notes))
    lines: dict[str, int] = {}
    if trial["lines"]:
        _watch_columns(lines)
    first = First(strategy)
    engine._set_strategy(strategy)  # noqa: SLF001
    channel.send(first.declaration())
    if trial["what"] != "describe":
        pair = str(engine.config["pairs"][0])
        candles = session.candles(strategy, pair)
        if trial["what"] in {LOOKAHEAD, RECURSIVE}:
            values = analyse(str(trial["what"]), engine, candles)
            channel.send({"op": "analysis", "values": values})
        elif trial["what"] == "time":
            _time(channel, strategy, candles, pair, int(trial["repeat"]))
        else:
            _frame(channel, strategy, candles, pair, lines, notes)


def compute(strategy: IStrategy, candles: DataFrame, pair: str) -> DataFrame:
    """All columns of a strategy, as Freqtrade computes them in a backtest."""
    indicators = strategy.advise_all_indicators({pair: candles})[pair]
    found: DataFrame = strategy.ft_advise_signals(indicators, {"pair": pair})
    return found


def _frame(  # noqa: PLR0917
    channel: Channel,
    strategy: IStrategy,
    candles: DataFrame,
    pair: str,
    lines: Mapping[str, int],
    notes: Mapping[str, Any],
) -> None:
    began = time.perf_counter()
    frame = compute(strategy, candles, pair)
    seconds = time.perf_counter() - began
    if not isinstance(frame, DataFrame):
        raise TypeError(f"No dataframe returned (it is a {type(frame).__name__})")
    channel.send(
        {
            "op": "frame",
            "dtypes": [str(kind) for kind in frame.dtypes],
            "numbered": bool(frame.index.equals(pd.RangeIndex(len(frame)))),
            "seconds": seconds,
            "lines": dict(lines),
        },
        encode_frame(frame),
    )
    if kept := {name: value for name, value in notes.items() if len(value) == len(candles)}:
        channel.send({"op": "notes"}, encode_frame(DataFrame(kept)))


def _taking(notes: dict[str, Any]) -> Callable[[str, Any], Any]:
    def note(name: str, value: Any) -> Any:
        if isinstance(value, pd.Series) and len(notes) < _MOST_NOTES:
            notes[str(name)] = value.array.copy()
        return value

    return note


def _time(
    channel: Channel, strategy: IStrategy, candles: DataFrame, pair: str, repeat: int
) -> None:
    """How long it takes from a new candle to its signal, and which lines take it."""

    def once() -> None:
        # What a bot does with every new candle.
        strategy.analyze_ticker(candles.copy(), {"pair": pair})

    once()  # what is imported or made on the first candle alone
    spent: list[float] = []
    ran = taken = 0.0
    end = time.perf_counter() + _TIMING_SECONDS
    for _ in range(repeat):
        if spent and time.perf_counter() > end:
            break  # so slow that some passes say as much as all
        # Processor time: how busy the machine is besides says nothing of the strategy. What a
        # strategy waits for, in a sleep or for threads of its own, is added. (The clock of the
        # whole process is coarse where processor time is limited.)
        began, waited = time.perf_counter(), _waits()
        busy = time.thread_time()
        once()
        busy = time.thread_time() - busy
        wall = time.perf_counter() - began
        waits = _waits() > waited
        spent.append(wall if waits else busy)
        if not waits:
            ran, taken = ran + busy, taken + wall
    # Watching lines takes several times as long.
    watched = _PROFILED if max(spent) < _PROFILE_SECONDS else 0
    end = time.perf_counter() + _WATCHING_SECONDS
    passes: list[dict[int, float]] = []
    while len(passes) < watched:
        lines, whole = _profiled(once, end)
        if passes and not whole:
            break
        passes.append(lines)
        if not whole:
            break
    # What else the machine did can only have added to a line.
    profile = {
        line: min(one.get(line, 0.0) for one in passes) for line in (passes[0] if passes else {})
    }
    channel.send(
        {
            "op": "times",
            "seconds": spent,
            # Taking turns with others costs processor time too: their data replace this one's in
            # the caches. Of how much is not known; that it was so is.
            "delayed": max(0.0, 1 - ran / taken) if taken else 0.0,
            "lines": sorted(profile.items(), key=lambda item: -item[1])[:_LINES],
        }
    )


def _waits() -> int:
    """How often this process gave up the processor by itself, as in a sleep."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_nvcsw


def _profiled(once: Callable[[], None], end: float) -> tuple[dict[int, float], bool]:
    """Seconds by line of the strategy's file in one pass; line 0 is what is not in the file.

    As in all times, the strategy's processor time, and the time on the wall if it waits.

    :param end: When to watch no longer, as of ``time.perf_counter``; what the pass takes from
        there on counts for the line that it had come to.
    :returns: Also whether all of it was watched.
    """
    whole = True
    here = str(Path.cwd())
    own: dict[str, bool] = {}
    # Of processor time and of time on the wall.
    spent: dict[int, tuple[float, float]] = {}
    running = [(0, _now())]

    def charge() -> None:
        line, (busy, wall) = running[-1]
        now = _now()
        before = spent.get(line, (0.0, 0.0))
        spent[line] = (before[0] + now[0] - busy, before[1] + now[1] - wall)

    def local(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal whole
        charge()
        if running[-1][1][1] > end:
            whole = False
            sys.settrace(None)
        if event == "line":
            running[-1] = (frame.f_lineno, _now())
        elif event == "return":
            running.pop()
            running[-1] = (running[-1][0], _now())
        return local

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        file = frame.f_code.co_filename
        if file not in own:
            own[file] = str(Path(file).parent) == here
        if event != "call" or not own[file]:
            return None
        charge()
        running.append((frame.f_lineno, _now()))
        return local

    waited, before = _waits(), sys.gettrace()
    sys.settrace(trace)
    try:
        once()
    finally:
        sys.settrace(before)
    charge()
    clock = int(_waits() > waited)
    return {line: both[clock] for line, both in spent.items()}, whole


def _now() -> tuple[float, float]:
    """Processor time of this thread, and time on the wall."""
    return time.thread_time(), time.perf_counter()


def _watch_columns(lines: dict[str, int]) -> None:
    """Write down which line of the strategy first assigns a column, in this process."""
    here = str(Path.cwd())

    def line() -> int | None:
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001
        while frame is not None:
            if str(Path(frame.f_code.co_filename).parent) == here:
                return frame.f_lineno
            frame = frame.f_back
        return None

    def found(columns: Any) -> None:
        names = columns if isinstance(columns, list | tuple) else [columns]
        number = None
        for name in names:
            if isinstance(name, str) and name not in lines:
                number = number or line()
                if number is not None:
                    lines[name] = number

    set_column = DataFrame.__setitem__
    insert = DataFrame.insert
    # .loc and .iloc are properties whose class is pandas' own business.
    location: Any = type(DataFrame().loc).__mro__[1]
    set_part = location.__setitem__

    def setitem(self: DataFrame, key: Any, value: Any) -> None:
        found(key)
        set_column(self, key, value)

    def inserted(self: DataFrame, loc: int, column: Any, *rest: Any, **named: Any) -> None:
        found(column)
        insert(self, loc, column, *rest, **named)

    def part(self: Any, key: Any, value: Any) -> None:
        if isinstance(key, tuple) and len(key) == 2:
            found(key[1])
        set_part(self, key, value)

    DataFrame.__setitem__ = setitem  # type: ignore[method-assign]
    DataFrame.insert = inserted  # type: ignore[method-assign]
    location.__setitem__ = part
