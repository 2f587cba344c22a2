"""Compiled code, reference signals and an independent interpreter agree, candle for candle.

The three get there in different ways: the compiled strategy in two-valued pandas after pushing
negation down, the reference with three-valued truth, the interpreter row by row in plain Python
with exact sums. Candles on which rounding alone decides are the interpreter's to name; they are
left out and must be few.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from freqgen.design.binding import Market
from freqgen.design.checked import check_design
from freqgen.design.compiler import compile_design
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design
from freqgen.design.signals import reference_signals
from tests.design.running import PAIR, run_compiled
from tests.oracle.designs import RISKS, coverage, designs
from tests.oracle.inputs import indicator_values
from tests.oracle.interpreter import interpret_both

pytestmark = pytest.mark.xdist_group("agreement")  # the designs are made once

CATALOGUE = Catalogue(builtin_indicators())
COUNT = 528
CHUNKS = 16
QUICK = 1
"""Chunks that are tried where time matters; each has designs of every kind."""
CANDLES = 1_200
SIGNALS = ("enter_long", "exit_long", "enter_short", "exit_short")
RULES = {"4h": "4h", "1d": "1D"}


SOAK_SEEDS = range(1, 9)
SOAK_COUNT = 400


@lru_cache(maxsize=1)
def _made(seed: int = 20241121, count: int = COUNT) -> list[dict[str, Any]]:
    return list(designs(seed, count, CATALOGUE))


def _chunk(number: int) -> list[tuple[int, dict[str, Any]]]:
    """A part of the designs, with their numbers; those after it are not made."""
    size = COUNT // CHUNKS
    made = islice(enumerate(designs(20241121, COUNT, CATALOGUE)), (number + 1) * size)
    return list(made)[number * size :]


@lru_cache(maxsize=16)
def _base(folder: Path, pair: str, start: int) -> pd.DataFrame:
    frame = pd.read_feather(folder / "demo_1h_2024" / f"{pair.replace('/', '_')}-1h.feather")
    return frame.iloc[start : start + CANDLES].reset_index(drop=True)


def _slower(frame: pd.DataFrame, timeframe: str) -> pd.DataFrame:
    """The same candles, longer; only whole ones."""
    if timeframe == "1h":
        return frame
    how = {"open": "first", "high": "max", "low": "min", "close": "last", "volume": "sum"}
    grouped = frame.set_index("date").resample(RULES[timeframe], label="left", closed="left")
    whole = grouped.size() == int(pd.Timedelta(RULES[timeframe]) / pd.Timedelta("1h"))
    return grouped.agg(how)[whole].reset_index()


def _bool(frame: pd.DataFrame, column: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
    if column not in frame:
        return np.zeros(len(frame), dtype=bool)
    return (frame[column].fillna(0) == 1).to_numpy()


def _disagreements(data: dict[str, Any], number: int, folder: Path) -> Iterator[str]:
    design = Design.from_data(data)
    checked = check_design(design, CATALOGUE)
    start = (number * 97) % 4_000 // 24 * 24

    def candles(pair: str | None, timeframe: str) -> pd.DataFrame:
        return _slower(_base(folder, pair or PAIR, start), timeframe)

    base = candles(None, design.timeframe)
    informative = {m: candles(m.pair, m.timeframe) for m in checked.markets}
    reference = reference_signals(checked, base, informative=informative)
    compiled = run_compiled(compile_design(checked), design.name, base, informative)
    rows = {column: base[column].tolist() for column in base.columns}
    values = indicator_values(design, CATALOGUE, candles)
    interpreted, edges = interpret_both(design, rows, values)
    for signal in SIGNALS:
        wanted = reference[signal].to_numpy(dtype=bool)
        got = _bool(compiled, signal)
        third = np.array(interpreted[signal], dtype=bool)
        edge = np.array(edges[signal], dtype=bool)
        SEEN["candles"] += len(edge)
        SEEN["edges"] += int(edge.sum())
        SEEN["true"] += int(wanted.sum())
        SEEN["designs that fire"] += bool(wanted.any())
        for name, other, leave_out in (
            ("compiled", got, np.zeros_like(edge)),
            ("interpreter", third, edge),
        ):
            differ = (other != wanted) & ~leave_out
            if differ.any():
                first = int(np.flatnonzero(differ)[0])
                yield (
                    f"design {number} ({design.name}): {signal} of {name} differs from the "
                    f"reference on {int(differ.sum())} candles, first on {first}: "
                    f"{getattr(design, signal.replace('enter', 'entry'))}"
                )
    for column in set(reference.columns) & set(compiled.columns) - {*SIGNALS, "date"}:
        a = reference[column].to_numpy(dtype=float)
        b = compiled[column].to_numpy(dtype=float)
        if not np.array_equal(a, b, equal_nan=True) and not np.allclose(
            a, b, rtol=1e-12, atol=0, equal_nan=True
        ):
            yield f"design {number}: column {column} differs"


SEEN: Counter[str] = Counter()


@pytest.mark.needs_shared
@pytest.mark.parametrize(
    "chunk",
    [pytest.param(n, marks=[pytest.mark.soak] if n >= QUICK else []) for n in range(CHUNKS)],
)
def test_three_parties_agree(chunk: int, shared_data: Path) -> None:
    """Over 500 designs, no party sees a signal on a candle where another one does not."""
    SEEN.clear()
    problems = [
        problem
        for number, data in _chunk(chunk)
        for problem in _disagreements(data, number, shared_data)
    ]
    assert problems == []
    assert SEEN["edges"] <= 0.005 * SEEN["candles"], SEEN
    assert SEEN["designs that fire"] >= 0.5 * COUNT / CHUNKS, SEEN


@pytest.mark.soak
@pytest.mark.needs_shared
@pytest.mark.parametrize("seed", SOAK_SEEDS)
def test_three_parties_agree_on_many_more(seed: int, shared_data: Path) -> None:
    """The same over thousands of designs, none of them of the quick run."""
    SEEN.clear()
    problems = [
        problem
        for number, data in enumerate(_made(seed, SOAK_COUNT))
        for problem in _disagreements(data, number + 31 * seed, shared_data)
    ]
    assert problems == []
    assert SEEN["edges"] <= 0.005 * SEEN["candles"], SEEN


@pytest.mark.soak
def test_the_designs_use_everything() -> None:
    """At least 500 designs use every function, every output and every form of risk."""
    assert len(_made()) >= 500
    found = coverage(_made(), CATALOGUE)
    outputs = {(entry.name, output.name) for entry in CATALOGUE for output in entry.outputs}
    assert outputs - found.outputs == set()
    assert set(RISKS) - found.risks == set()


def test_markets_are_named_as_freqtrade_names_them() -> None:
    """Freqtrade puts the pair before a column and the timeframe behind it."""
    assert Market("BTC/USDT", "4h").merged("trend") == "btc_usdt_trend_4h"
    assert Market("BTC/USDT:USDT", "1d").merged("trend") == "btc_usdt_trend_1d"
    assert Market(None, "4h").merged("trend") == "trend_4h"
