"""An evaluator that measures what a trade earns, and a gate that judges it."""

from freqgen import Decision, GateResult, Measurement


class PerTrade:
    """Measures the average profit of a trade.

    Its value ``profit`` is in the stake currency; ``None`` if nothing was traded.
    """

    name = "per-trade"

    def measure(self, draft, context):
        """Take the backtest's profit apart. The backtest runs once for all evaluators."""
        result = context.backtest(draft)
        profit = result.profit_total_abs / result.trades if result.trades else None
        return Measurement(name=self.name, values={"profit": profit})


class EarnsPerTrade:
    """Asks for review where the average trade earns nothing."""

    name = "earns-per-trade"

    def judge(self, measurements):
        """Judge what :class:`PerTrade` measured."""
        profit = measurements["per-trade"].values["profit"]
        passed = profit is None or profit > 0
        return GateResult(
            name=self.name,
            passed=passed,
            value=profit,
            limit=0.0,
            reason="the average trade earns something" if passed else "the average trade loses",
            otherwise=Decision.REVIEW,
        )
