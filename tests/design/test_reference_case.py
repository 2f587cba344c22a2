"""The reference case: Bollinger reversion, filtered by ADX, confirmed by RSI.

ATR stop at 1.5, target at the middle band, 1.5 % of the wallet at risk. The numbers below are
worked out by hand on a market that stands still (each candle from 99 to 101, closing at 100)
until one candle falls.

The falling candle opens at 100 and goes 100.5, 94, 95:

==============  =============================================================================
middle band     (19 x 100 + 95) / 20 = 99.75
deviation       sqrt((19 x 0.25^2 + 4.75^2) / 20) = sqrt(1.1875) = 1.08972
lower band      99.75 - 2 x 1.08972 = 97.57055, and 95 is below it
RSI             no gain in 14 candles: 0
true range      max(100.5 - 94, 100.5 - 100, 100 - 94) = 6.5, before it 2
ATR             (13 x 2 + 6.5) / 14 = 2.321429
-DI             moves down 5 of a summed range of 28 - 2 + 6.5 = 32.5: 15.3846; +DI is 0, DX 100
ADX             (13 x 0 + 100) / 14 = 7.142857, below 25
==============  =============================================================================
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from freqgen.design.checked import CheckedDesign, check_design
from freqgen.design.compiler import compile_design
from freqgen.design.indicators import Catalogue
from freqgen.design.indicators_builtin import builtin_indicators
from freqgen.design.model import Design
from freqgen.design.signals import reference_signals
from tests.design.running import run_compiled
from tests.oracle.case import FLAT, TAIL, WALLET, Candle, Case, candles, opening
from tests.oracle.market import MadeTrade, run

FILE = Path(__file__).with_name("reference_case.json")
WARM_UP = 200
FALL = Candle(100, 100.5, 94, 95)

ENTRY = 95.0
DISTANCE = 1.5 * (13 * 2 + 6.5) / 14
STOP = 91.52  # 95 - 3.482143 = 91.517857, rounded up to the tick
STAKE = WALLET * 0.015 / (DISTANCE / ENTRY)


@pytest.fixture(scope="module")
def checked() -> CheckedDesign:
    """The reference case as its design file has it."""
    design = Design.from_json(FILE.read_text(encoding="utf-8"), origin=FILE.name)
    return check_design(design, Catalogue(builtin_indicators()))


def frame(*rows: Candle) -> pd.DataFrame:
    """Quiet candles, then some."""
    table = pd.DataFrame([FLAT] * WARM_UP + list(rows), dtype=float)
    table.insert(0, "date", [opening(number - WARM_UP) for number in range(len(table))])
    table["date"] = pd.to_datetime(table["date"], utc=True)
    return table


def test_indicators_and_signal(checked: CheckedDesign) -> None:
    """Every indicator has the value computed by hand, and the signal is where it should be."""
    market = frame(FALL, Candle(95, 98.5, 94.5, 98))
    reference = reference_signals(checked, market)
    compiled = run_compiled(compile_design(checked), checked.design.name, market)
    wanted = {
        "bb_middle": 99.75,
        "bb_lower": 99.75 - 2 * 1.1875**0.5,
        "rsi": 0.0,
        "adx": 100 / 14,
        "exit_target": 99.75,
    }
    for values in (reference, compiled):
        for column, value in wanted.items():
            assert values[column].iloc[WARM_UP] == pytest.approx(value, rel=1e-9), column
        entries = values["enter_long"].fillna(0).astype(bool)
        assert entries[entries].index.tolist() == [WARM_UP]
    assert compiled["stop_atr"].iloc[WARM_UP] == pytest.approx((13 * 2 + 6.5) / 14)
    assert compiled["enter_tag"].iloc[WARM_UP] == (
        "close < bb.lower and adx < 25 and rsi < rsi_entry"
    )


def trades(checked: CheckedDesign, folder: Path, *rows: Any) -> list[MadeTrade]:
    """What Freqtrade's backtesting makes of the compiled strategy."""
    case = Case(
        name="reference",
        why="",
        risk={"stoploss": -0.1},
        candles=(FLAT, FALL, *candles(*rows), TAIL),
        trades=(),
    )
    return run(case, compile_design(checked), checked.design.name, folder, warm_up=WARM_UP)


def test_target(checked: CheckedDesign, tmp_path: Path) -> None:
    """A close at or beyond the middle band exits at the next open.

    Candle 1 falls, candle 2 is the entry at its open of 95. Closes of 98 and 99.2: the middle
    band is (18 x 100 + 95 + 98) / 20 = 99.65, then (17 x 100 + 95 + 98 + 99.2) / 20 = 99.61. A
    close of 99.7 has it at (16 x 100 + 95 + 98 + 99.2 + 99.7) / 20 = 99.595 and is beyond it.
    """
    made = trades(
        checked,
        tmp_path,
        (95, 98.5, 94.5, 98),
        (98, 99.5, 97.5, 99.2),
        (99.2, 99.8, 98.9, 99.7),
        (99.65, 100.5, 99.3, 100),
    )
    assert len(made) == 1
    (trade,) = made
    assert (trade.opens, trade.open_rate) == (opening(2), ENTRY)
    assert (trade.closes, trade.close_rate, trade.reason) == (opening(5), 99.65, "target")
    assert trade.stake == pytest.approx(STAKE, rel=0.002)


def test_stop(checked: CheckedDesign, tmp_path: Path) -> None:
    """A touch of 1.5 times the ATR of the signal candle ends the trade there, not at 10 %."""
    made = trades(
        checked,
        tmp_path,
        (95, 96, 94.5, 95.5),
        (95.5, 96, 91.2, 92),
        (92, 93, 91.9, 92.5),
    )
    first = made[0]
    assert (first.opens, first.open_rate) == (opening(2), ENTRY)
    assert first.closes == opening(3)
    assert first.close_rate == pytest.approx(STOP, abs=0.011)  # a tick of float noise
    assert first.reason == "trailing_stop_loss"  # Freqtrade's name for any stop that moved
    loss = (ENTRY - first.close_rate) * first.amount
    assert loss == pytest.approx(WALLET * 0.015, rel=0.005)
