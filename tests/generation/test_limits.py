"""The user's limits of risk: what is beyond them, and what is just within."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freqgen.exceptions import DesignError
from freqgen.generation.limits import check_limits, excesses
from freqgen.settings import RiskLimits, Settings
from freqgen.testing import a_design

LIMITS = RiskLimits()

WITHIN: list[dict[str, Any]] = [
    {},
    {"stoploss": -0.5},
    {"risk_per_trade": 0.05},
    {"max_open_trades": 20},
    {"leverage": 5},
]


@pytest.mark.parametrize("risk", WITHIN, ids=str)
def test_what_is_just_allowed(risk: dict[str, Any]) -> None:
    assert excesses(a_design(risk=risk), LIMITS) == ()


BEYOND: list[tuple[dict[str, Any], str, str]] = [
    ({"stoploss": -0.51}, "risk.stoploss", "max_stoploss"),
    ({"risk_per_trade": 0.051}, "risk.risk_per_trade", "max_risk_per_trade"),
    ({"max_open_trades": 21}, "risk.max_open_trades", "max_open_trades"),
    ({"leverage": 5.1}, "risk.leverage", "max_leverage"),
]


@pytest.mark.parametrize(("risk", "path", "setting"), BEYOND, ids=[path for _, path, _ in BEYOND])
def test_what_is_not(risk: dict[str, Any], path: str, setting: str) -> None:
    """The error names the field, both numbers, and the setting to change."""
    with pytest.raises(DesignError) as caught:
        check_limits(a_design(risk=risk), LIMITS)
    assert caught.value.path == path
    assert f"{abs(risk[path.partition('.')[2]]):g}" in caught.value.message
    assert f"{getattr(LIMITS, setting):g}" in caught.value.message
    assert f"freqgen.limits.{setting}" in caught.value.hint


def test_the_defaults() -> None:
    assert Settings().limits == RiskLimits(
        max_leverage=5, max_risk_per_trade=0.05, max_open_trades=20, max_stoploss=0.5
    )


@given(
    st.fixed_dictionaries(
        {
            "stoploss": st.floats(-0.99, -0.001),
            "risk_per_trade": st.none() | st.floats(0.001, 1),
            "max_open_trades": st.integers(1, 10_000),
            "leverage": st.floats(1, 125),
        }
    )
)
def test_a_design_is_never_beyond_its_own_risk(risk: dict[str, Any]) -> None:
    """Limits of exactly that size allow it."""
    own = RiskLimits(
        max_leverage=risk["leverage"],
        max_risk_per_trade=risk["risk_per_trade"] or 0.01,
        max_open_trades=risk["max_open_trades"],
        max_stoploss=-risk["stoploss"],
    )
    assert excesses(a_design(risk=risk), own) == ()
