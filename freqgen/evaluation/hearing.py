"""What a worker said of a strategy, checked: its declarations, signals and answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from pandas import DataFrame

from freqgen.evaluation import faults
from freqgen.evaluation.callbacks import Log
from freqgen.evaluation.candle_source import MOST_QUESTIONS, answer, question
from freqgen.evaluation.columns import CANDLE_COLUMNS, SIGNAL_COLUMNS, as_written
from freqgen.evaluation.declared import Declared
from freqgen.exceptions import SandboxUnavailable
from freqgen.sandbox.channel import Garbled, Message
from freqgen.sandbox.frames import decode_frame
from freqgen.sandbox.limits import Fault, WorkerFault
from freqgen.sandbox.pool import Worker

_MOST_OTHERS = 4
"""Messages of other kinds that a trial can have."""


@dataclass(kw_only=True)
class Heard:
    """What a worker said until it was done."""

    declared: Declared | None = None
    frames: dict[str, DataFrame] = field(default_factory=dict)
    dtypes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    log: Log = field(default_factory=Log)
    trades: DataFrame | None = None
    failed: Mapping[str, Any] | None = None
    rest: list[Message] = field(default_factory=list)
    """Messages of other kinds, for who understands them."""


def listen(
    worker: Worker,
    candles: Callable[[str, str, Any], DataFrame],
    pairs: Collection[str] = (),
) -> Heard:
    """Answer a worker's questions until it is done, and keep what it says.

    :param candles: What it may see, by pair, timeframe and type.
    :param pairs: Those whose signals are expected.
    :raises WorkerFault: If it does not answer, or answers what is no answer.
    """
    heard = Heard()
    asked = 0
    while True:
        message = worker.receive()
        try:
            if message.op == "candles":
                asked += 1
                if asked > MOST_QUESTIONS:
                    raise Garbled(f"{asked:,} questions for candles")  # noqa: TRY301
                answer(worker, candles(*question(message.head)))
            elif message.op == "failed":
                heard.failed = message.head
                return heard
            elif message.op == "done":
                return heard
            else:
                _take(heard, message, pairs)
        except Garbled as exc:
            raise WorkerFault(Fault.NONSENSE, f"it answered {exc}") from exc
        except MemoryError as exc:
            raise WorkerFault(Fault.NONSENSE, "it answered more than there is memory") from exc


def _take(heard: Heard, message: Message, pairs: Collection[str]) -> None:
    """Keep a message; nothing is said twice.

    :raises Garbled: If it cannot be read, or is the second of its kind.
    """
    match message.op:
        case "declared":
            if heard.declared is not None:
                raise Garbled("who it is a second time")
            heard.declared = Declared.from_data(message.head)
        case "signals":
            pair = str(message.head.get("pair"))
            if pair not in pairs:
                raise Garbled(f"signals of {pair[:40]}, which nobody asked for")
            if pair in heard.frames:
                raise Garbled(f"the signals of {pair[:40]} a second time")
            dtypes = message.head.get("dtypes")
            if not isinstance(dtypes, dict):
                raise Garbled("signals without types")
            heard.frames[pair] = decode_frame(message.payload)
            heard.dtypes[pair] = {str(k): str(v) for k, v in dtypes.items()}
        case "answers":
            heard.log = Log.from_bytes(message.payload)
        case "trades":
            heard.trades = decode_frame(message.payload)
        case _:
            if len(heard.rest) >= _MOST_OTHERS:
                raise Garbled("more messages than anybody asked for")
            heard.rest.append(message)


def refuse_unconfined(name: str, fault: WorkerFault) -> SandboxUnavailable:
    """Say that a strategy was not run because nothing would have held it."""
    return SandboxUnavailable(
        f"{name} was not run: it could not be confined ({fault.detail})",
        hint="freqgen doctor says what this machine can hold",
    )


def signals_of(name: str, heard: Heard, pair: str, candles: DataFrame) -> DataFrame:
    """The signals of a pair, which must stand beside the candles that the worker was given.

    :param candles: What the engine simulates with.
    :returns: The columns of signals that the strategy set, a row a candle.
    :raises StrategyFault: If it gave back other candles, or none.
    """
    frame = heard.frames.get(pair)
    if frame is None or any(column not in frame.columns for column in CANDLE_COLUMNS):
        raise faults.raised(
            faults.error(faults.SHAPE, f"{name} gives back no candles for {pair}", _KEEP)
        )
    if frame.columns.duplicated().any():
        twice = frame.columns[frame.columns.duplicated()][0]
        raise faults.raised(
            faults.error(
                faults.SHAPE,
                f"{name} gives back the column {twice} twice",
                _TAGS if twice == "enter_tag" else _KEEP,
            )
        )
    if len(frame) != len(candles):
        text = f"{name} gives back {len(frame):,} rows for the {len(candles):,} candles of {pair}"
        raise faults.raised(faults.error(faults.SHAPE, text, _KEEP))
    for column in CANDLE_COLUMNS:
        if (row := differs(frame[column], candles[column])) is not None:
            moment = candles["date"].iloc[row]
            raise faults.raised(
                faults.error(
                    faults.CANDLES,
                    f"{name} changes the column {column} of the candles, first on "
                    f"{moment:%Y-%m-%d %H:%M} of {pair}: trades would be filled at prices that "
                    "never were",
                    f"keep {column} as it is and put what you compute into a column of its own",
                )
            )
    dtypes = heard.dtypes[pair]
    try:
        return DataFrame(
            {
                column: as_written(frame[column], dtypes.get(column, ""))
                for column in SIGNAL_COLUMNS
                if column in frame.columns
            }
        )
    except (TypeError, ValueError) as exc:
        raise WorkerFault(Fault.NONSENSE, f"it answered signals of another type: {exc}") from exc


_TAGS = "write enter_tag instead of buy_tag, which Freqtrade takes for the tag of the exit"
_KEEP = "return the frame that was given, with columns added and no row left out"


def differs(found: pd.Series[Any], wanted: pd.Series[Any]) -> int | None:
    """The first row in which two columns of candles differ; ``None`` if none does."""
    a, b = found.to_numpy(), wanted.to_numpy()
    if a.dtype != b.dtype:
        try:
            a = a.astype(b.dtype)
        except (TypeError, ValueError):
            return 0
    same = a == b
    if b.dtype.kind == "f":
        same |= np.isnan(a) & np.isnan(b)
    rows = np.flatnonzero(~same)
    return int(rows[0]) if len(rows) else None
