from typing import ClassVar

import libcst as cst

from freqgen_structure.attribute_places import Way
from freqgen_structure.designed import set_attributes
from freqgen_structure.nodes import number_of
from freqgen_structure.rule import Bad, Good, Rule
from freqgen_structure.rules.fg601_missing_indicator import DESIGN

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_LEVERAGE = "    def leverage(self, pair, **kwargs):\n        return {number}\n"
_LATE = "    stoploss = -0.05\n\n    def bot_start(self, **kwargs):\n        {text}\n"
_SIZE = "    def custom_stake_amount(self, max_stake, **kwargs):\n        return max_stake\n"
_THREEFOLD = {**DESIGN, "risk": {"stoploss": -0.05, "leverage": 3}}
_SIZED = {**DESIGN, "risk": {"stoploss": -0.05, "risk_per_trade": 0.01}}

_VALUES = ("stoploss", "max_open_trades", "position_adjustment_enable")
_METHODS = ("leverage", "custom_stake_amount")


class OtherRisk(Rule):
    """FG604: the code takes another risk than the design says.

    The stop, the open trades, the leverage and the size of trades of a design are held to the
    limits of its user. Code that says something else, or works it out while it runs, would go
    around them; so would adding to positions, which no design says. So each stands in the class
    once, as a plain number or a plain method. Only where a draft was made from a design.
    """

    VALID = (
        _HEAD + "    stoploss = -0.9\n    max_open_trades = 100\n",
        Good(code=_HEAD + "    stoploss: float = -0.050\n    max_open_trades = 3\n", design=DESIGN),
        Good(
            code=_HEAD + "    stoploss = -0.15\n" + _LEVERAGE.format(number="min(3.0, top)"),
            design=_THREEFOLD,
        ),
        Good(
            code=_HEAD
            + "    stoploss = -0.15\n"
            + _LEVERAGE.format(number="1.0 if kwargs['max_leverage'] < 3 else 3"),
            design=_THREEFOLD,
        ),
        Good(code=_HEAD + "    position_adjustment_enable = False\n", design=DESIGN),
        Good(code=_HEAD + _LATE.format(text="stoploss = self.stoploss"), design=DESIGN),
        Good(code=_HEAD + "    stoploss: float\n    stoploss = -0.05\n", design=DESIGN),
        Good(code=_HEAD + _SIZE, design=_SIZED),
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    stoploss = -0.9\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    stoploss = -0.02\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    stoploss = LOSS\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    max_open_trades = 300\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    max_open_trades = -1\n", line=5, design=DESIGN),
        Bad(code=_HEAD + _LATE.format(text="self.stoploss = -0.9"), line=8, design=DESIGN),
        Bad(code=_HEAD + _LATE.format(text="type(self).stoploss = -0.9"), line=8, design=DESIGN),
        Bad(code=_HEAD + _LATE.format(text="self.stoploss *= 10"), line=8, design=DESIGN),
        Bad(code=_HEAD + _LATE.format(text="a, self.stoploss = 1, -0.9"), line=8, design=DESIGN),
        Bad(
            code=_HEAD + _LATE.format(text="for self.stoploss in (-0.9,): print()"),
            line=8,
            design=DESIGN,
        ),
        Bad(code=_HEAD + _LATE.format(text="self.max_open_trades = 300"), line=8, design=DESIGN),
        Bad(
            code=_HEAD + _LATE.format(text="self.position_adjustment_enable = True"),
            line=8,
            design=DESIGN,
        ),
        Bad(code=_HEAD + "    stoploss = -0.05\n\n\nS.stoploss = -0.9\n", line=8, design=DESIGN),
        Bad(code=_HEAD + "    stoploss = -0.05\n    stoploss *= 10\n", line=6, design=DESIGN),
        Bad(code=_HEAD + "    stoploss = -0.05\n    stoploss = -0.05\n", line=6, design=DESIGN),
        Bad(code=_HEAD + "    for stoploss in (-0.9,):\n        x = 1\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    x = (stoploss := -0.9)\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    x: (stoploss := -0.9)\n", line=5, design=DESIGN),
        Bad(code=_HEAD + "    x = lambda a=(stoploss := -0.9): a\n", line=5, design=DESIGN),
        *(
            Bad(code=f"{_HEAD}    {define}\n        return 1\n", line=5, design=DESIGN)
            for define in (
                "def f(self, a=(stoploss := -0.9)):",
                "def f(self, *, a=(stoploss := -0.9)):",
                "def f(self, a: (stoploss := -0.9)):",
                "def f(self) -> (stoploss := -0.9):",
            )
        ),
        Bad(
            code=_HEAD + "    class Inner(stoploss := object):\n        x = 1\n",
            line=5,
            design=DESIGN,
        ),
        Bad(code=_HEAD + "    if True:\n        stoploss = -0.05\n", line=6, design=DESIGN),
        Bad(
            code=_HEAD + "    @property\n    def max_open_trades(self):\n        return 3\n",
            line=6,
            design=DESIGN,
        ),
        Bad(code=_HEAD + "    leverage = lambda self, *a, **k: 20.0\n", line=5, design=DESIGN),
        Bad(code=_HEAD + _LEVERAGE.format(number="3.0"), line=5, design=DESIGN),
        Bad(code=_HEAD + _LEVERAGE.format(number="20.0"), line=6, design=_THREEFOLD),
        Bad(code=_HEAD + _LEVERAGE.format(number="max(3.0, 20)"), line=6, design=_THREEFOLD),
        Bad(code=_HEAD + _LEVERAGE.format(number="3.0 * 3.0"), line=6, design=_THREEFOLD),
        Bad(
            code=_HEAD + _LEVERAGE.format(number="max(3.0, kwargs['max_leverage'])"),
            line=6,
            design=_THREEFOLD,
        ),
        Bad(
            code=_HEAD + _LEVERAGE.format(number="kwargs['max_leverage'] if pair else 3.0"),
            line=6,
            design=_THREEFOLD,
        ),
        Bad(code=_HEAD + _LEVERAGE.format(number="1.0"), line=5, design=_THREEFOLD),
        Bad(
            code=_HEAD
            + "    def leverage(self, pair, min=max, **k):\n        return min(3.0, 99)\n",
            line=6,
            design=_THREEFOLD,
        ),
        Bad(
            code="min = max\n" + _HEAD + _LEVERAGE.format(number="min(3.0, 99)"),
            line=7,
            design=_THREEFOLD,
        ),
        Bad(code=_HEAD + "    stoploss = -0.15\n", line=4, design=_THREEFOLD),
        Bad(code=_HEAD + "    position_adjustment_enable = True\n", line=5, design=DESIGN),
        Bad(code=_HEAD + _SIZE, line=5, design=DESIGN),
    )

    def check(self) -> None:
        if self.design is None:
            return
        for one in set_attributes(self.source, (*_VALUES, *_METHODS)):
            method = one.name in _METHODS
            if one.way is not (Way.METHOD if method else Way.VALUE):
                self.report(
                    one.line,
                    f"{one.name} is set where it goes around what the design says",
                    hint=f"write {'a plain method' if method else 'it'} in the class, once, and "
                    "change it nowhere",
                    column=one.column,
                )
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
        sizes = self.source.methods.get("custom_stake_amount")
        if sizes is not None and risk.risk_per_trade is None and risk.leverage == 1:
            self.report(
                sizes,
                "the design leaves the size of a trade to the configuration",
                hint="leave custom_stake_amount out",
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
            return
        if wanted == 1:
            self.report(method, "the design says no leverage", hint="leave the method out")
            return
        said = f"the design says leverage {wanted:g}"
        hint = f"return min({wanted:g}, max_leverage)"
        most: list[float] = []
        for one in self.source.below(method, cst.Return):
            bounds = self._bounds(one.value)
            if bounds is None or max(bounds) > wanted:
                self.report(one, f"{said}, and more may be returned here", hint=hint)
                return
            most += bounds
        if wanted not in most:
            self.report(method, said, hint=hint)

    def _bounds(self, value: cst.BaseExpression | None) -> list[float] | None:
        """The most that a value can be, for each of its choices; ``None`` if it is not plain."""
        match value:
            case cst.IfExp(body=one, orelse=other):
                first, second = self._bounds(one), self._bounds(other)
                return None if first is None or second is None else [*first, *second]
            case cst.Call(func=cst.Name(value="min") as name, args=args) if len(args) > 1:
                again = any(one.target is not None for one in self.source.bindings(name))
                if again or any(arg.keyword is not None or arg.star for arg in args):
                    return None
                known = [number for arg in args if (number := number_of(arg.value)) is not None]
                return [min(known)] if known else None
            case cst.BaseExpression():
                number = number_of(value)
                return None if number is None else [number]
        return None
