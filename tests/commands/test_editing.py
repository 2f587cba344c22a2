"""The value that is offered for editing is the design's, in the form that is asked for."""

from __future__ import annotations

from typing import Any

import pytest

from freqgen import Design
from freqgen.commands.editing import HOLDING, RISK, STOP, TARGET, TRADES, Edit, shown


@pytest.mark.parametrize(
    ("edit", "risk", "timeframe", "expected"),
    [
        (STOP, {"stoploss": -0.025}, "1h", "2.5"),
        (TARGET, {"take_profit": 0.04}, "1h", "4"),
        (TARGET, {}, "1h", ""),
        (RISK, {"risk_per_trade": 0.015}, "1h", "1.5"),
        (TRADES, {"max_open_trades": 5}, "1h", "5"),
        (HOLDING, {"max_holding": "3d"}, "1h", "3d"),
        (HOLDING, {"max_holding": {"candles": 12}}, "1h", "12h"),
        (HOLDING, {"max_holding": {"candles": 12}}, "15m", "3h"),
        (HOLDING, {"max_holding": {"candles": 7}}, "15m", "105m"),
        (HOLDING, {}, "1h", ""),
    ],
)
def test_what_is_offered(edit: Edit, risk: dict[str, Any], timeframe: str, expected: str) -> None:
    data = {
        "name": "S",
        "timeframe": timeframe,
        "entry_long": ["close > open"],
        "risk": {"stoploss": -0.05, **risk},
    }
    assert shown(edit, Design.from_data(data)) == expected
