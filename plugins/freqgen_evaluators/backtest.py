"""The backtest as a measurement."""

from __future__ import annotations

from freqgen import EvaluationContext, Measurement, ValidatedDraft


class BacktestEvaluator:
    """Runs Freqtrade's backtest and hands on its numbers.

    The values are the fields of :class:`freqgen.BacktestResult` without the list of trades,
    and ``profit_over_market``: the profit less what buying and holding all pairs made, both as
    ratios of the starting balance.
    """

    name = "backtest"

    def measure(self, draft: ValidatedDraft, context: EvaluationContext) -> Measurement:
        """Backtest a strategy.

        :raises EvaluationError: If it cannot be run.
        """
        result = context.backtest(draft)
        values = result.to_dict()
        market = result.market_change
        values["profit_over_market"] = None if market is None else result.profit_total - market
        return Measurement(name=self.name, values=values)
