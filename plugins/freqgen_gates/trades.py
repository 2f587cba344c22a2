"""Whether a strategy trades at all."""

from __future__ import annotations

from collections.abc import Mapping

from freqgen import Decision, GateResult, Measurement


class TradesGate:
    """Asks for review where nothing was traded: then nothing is known about the strategy."""

    name = "trades"
    least = 1

    def judge(self, measurements: Mapping[str, Measurement]) -> GateResult:
        """Judge the number of trades of the measurement ``backtest``."""
        measured = measurements.get("backtest")
        if measured is None:
            return self._result(None, "there is no backtest, so nothing is known of its trades")
        trades = int(measured.values["trades"])
        if trades < self.least:
            return self._result(
                trades, "it never traded in this period, so its numbers say nothing about it"
            )
        times = "once" if trades == 1 else f"{trades} times"
        return self._result(trades, f"it traded {times} in this period")

    def _result(self, trades: int | None, reason: str) -> GateResult:
        return GateResult(
            name=self.name,
            passed=trades is not None and trades >= self.least,
            value=None if trades is None else float(trades),
            limit=float(self.least),
            reason=reason,
            otherwise=Decision.REVIEW,
        )
