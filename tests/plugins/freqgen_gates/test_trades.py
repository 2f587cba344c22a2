"""The gate that looks for trades."""

from __future__ import annotations

import pytest

from freqgen import Decision, Measurement, Verdict
from freqgen_gates.trades import TradesGate

CASES = [
    ({"backtest": {"trades": 12}}, True, 12.0, "12 times"),
    ({"backtest": {"trades": 1}}, True, 1.0, "once"),
    ({"backtest": {"trades": 0}}, False, 0.0, "never traded"),
    ({}, False, None, "there is no backtest"),
]


@pytest.mark.parametrize(("values", "passed", "value", "reason"), CASES, ids=[c[3] for c in CASES])
def test_judgement(
    values: dict[str, dict[str, int]], passed: bool, value: float | None, reason: str
) -> None:
    """What never trades waits for somebody to look."""
    measurements = {name: Measurement(name=name, values=v) for name, v in values.items()}
    result = TradesGate().judge(measurements)
    assert (result.passed, result.value, result.limit) == (passed, value, 1.0)
    assert reason in result.reason
    assert Verdict.of([result]).decision is (Decision.ALLOW if passed else Decision.REVIEW)
