from typing import ClassVar

import libcst as cst

from freqgen_structure.nodes import number_of
from freqgen_structure.rule import Bad, Good, Rule
from freqgen_structure.rules.fg601_missing_indicator import DESIGN

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_LEVERAGE = "    def leverage(self, pair, **kwargs):\n        return {number}\n"
_THREEFOLD = {**DESIGN, "risk": {"stoploss": -0.05, "leverage": 3}}


class OtherRisk(Rule):
    """FG604: the code takes another risk than the design says.

    The stop, the open trades and the leverage of a design are held to the limits of its user.
    Code that says something else, or works it out while it runs, would go around them; so would
    adding to positions, which no design says. Only where a draft was made from a design.
    """

    VALID = (
        _HEAD + "    stoploss = -0.9\n    max_open_trades = 100\n",
        Good(code=_HEAD + "    stoploss: float = -0.050\n    max_open_trades = 3\n", design=DESIGN),
        Good(
            code=_HEAD + "    stoploss = -0.15\n" + _LEVERAGE.format(number="min(3.0, top)"),
            design=_THREEFOLD,
        ),
        Good(code=_HEAD + "    position_adjustment_enable = False\n", design=DESIGN),
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    stoploss = -0.9\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    stoploss = -0.02\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    stoploss = LOSS\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    max_open_trades = 300\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    max_open_trades = -1\n", line=5, design=DESIGN),
        Bad(code=_HEAD + _LEVERAGE.format(number="3.0"), line=5, design=DESIGN),
        Bad(code=_HEAD + _LEVERAGE.format(number="20.0"), line=5, design=_THREEFOLD),
        Bad(code=_HEAD + _LEVERAGE.format(number="max(3.0, 20)"), line=5, design=_THREEFOLD),
        Bad(code=_HEAD + "    stoploss = -0.15\n", line=4, design=_THREEFOLD),
        Bad(code=_HEAD + "    position_adjustment_enable = True\n", line=5, design=DESIGN),
    )

    def check(self) -> None:
        if self.design is None:
            return
        risk = self.design.risk
        # With leverage, Freqtrade counts profits and losses in the stake, a design in the price.
        scaled = risk.stoploss * risk.leverage
        self._number("stoploss", {risk.stoploss, scaled}, f"{scaled:.10g}")
        wanted = risk.max_open_trades
        self._number("max_open_trades", {float(wanted)}, f"{wanted}")
        self._leverage(risk.leverage)
        adjusts = self.source.attributes.get("position_adjustment_enable")
        if adjusts and not (isinstance(adjusts[1], cst.Name) and adjusts[1].value == "False"):
            self.report(
                adjusts[0], "no design adds to a position", hint="leave position adjustment out"
            )

    def _number(self, name: str, allowed: set[float], told: str) -> None:
        """Report an attribute that is not plainly one of the numbers."""
        found = self.source.attributes.get(name)
        if found is None:
            return
        number = number_of(found[1])
        if number is None or all(abs(number - one) > 1e-9 for one in allowed):
            self.report(
                found[0],
                f"the design says {name} = {told}",
                hint=f"write {name} = {told}, as a plain number",
            )

    def _leverage(self, wanted: float) -> None:
        method = self.source.methods.get("leverage")
        if method is None:
            if wanted != 1:
                self.report(
                    self.source.strategy,
                    f"the design says leverage {wanted:g}, and there is no method leverage",
                    hint=f"return min({wanted:g}, max_leverage) from it",
                )
        elif wanted == 1:
            self.report(method, "the design says no leverage", hint="leave the method out")
        else:
            returned = [
                number
                for one in self.source.below(method, cst.Return)
                for literal in self.source.below(one, cst.Integer, cst.Float)
                if (number := number_of(literal)) is not None
            ]
            if wanted not in returned or max(returned) > wanted:
                self.report(
                    method,
                    f"the design says leverage {wanted:g}",
                    hint=f"return min({wanted:g}, max_leverage)",
                )
