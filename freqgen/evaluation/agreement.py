"""Whether a strategy's process and the trusted engine agree on what happened."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from pandas import DataFrame

from freqgen.evaluation import faults
from freqgen.evaluation.callbacks import Replay
from freqgen.evaluation.columns import COMPARED
from freqgen.evaluation.hearing import Heard
from freqgen.finding import Finding
from freqgen.sandbox.limits import Fault, WorkerFault

_SAME = 1e-9


def replaces_engine(name: str, methods: tuple[str, ...]) -> Finding:
    """Say that a strategy has methods of the engine's."""
    return faults.error(
        faults.ENGINE,
        f"{name} replaces {', '.join(methods)}, which Freqtrade's engine decides by",
        "use Freqtrade's callbacks instead, such as custom_exit or custom_stoploss",
    )


def disagreement(name: str, how: str) -> Finding:
    """Say that a strategy and the engine do not agree."""
    return faults.error(
        faults.DISAGREES,
        f"{name} and Freqtrade's engine do not agree on what happened: {how}",
        "a strategy changes neither Freqtrade's engine nor its own attributes while it trades",
    )


def compare_trades(name: str, heard: Heard, trades: DataFrame, replay: Replay) -> None:
    """Hold what the worker's engine made of the callbacks against what ours made of them.

    :raises StrategyFault: If they differ.
    """
    if heard.declared is None or not heard.declared.simulated:
        return
    if not replay.finished:
        raise faults.raised(disagreement(name, "more was asked in its own process"))
    theirs = heard.trades if heard.trades is not None else DataFrame()
    if len(theirs) != len(trades):
        raise faults.raised(
            disagreement(name, f"{len(theirs)} trades in its own process, {len(trades)} here")
        )
    if len(trades) and tuple(theirs.columns) != COMPARED:
        raise WorkerFault(Fault.NONSENSE, "it answered trades with other columns")
    for column in COMPARED if len(trades) else ():
        both = zip(theirs[column].tolist(), trades[column].tolist(), strict=True)
        for number, (a, b) in enumerate(both, start=1):
            if not _same(a, b):
                raise faults.raised(
                    disagreement(name, f"the {column} of trade {number} is {b} and not {a}")
                )


def _same(a: Any, b: Any) -> bool:
    """Whether two values of trades are equal, but for the last digits; nothing equals nothing."""
    if isinstance(a, float) and isinstance(b, int | float):
        return math.isclose(a, b, rel_tol=_SAME, abs_tol=_SAME**2) or (a != a and b != b)  # noqa: PLR0124
    nothing = a is None and (b is None or b != b)  # noqa: PLR0124
    return bool(nothing or a == b or (a is pd.NaT and b is pd.NaT))
