from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.editing import needed_name
from freqgen_structure.flow import returns_of
from freqgen_structure.nodes import text_of
from freqgen_structure.prices import Kind, kind_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import number, truth

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_STOP = "    def custom_stoploss(self, trade, current_rate, current_profit, **kwargs):\n"
_MOST_PERCENT = 50
_HINT = "return the distance to the price of the moment as a ratio: -0.05 is 5 % below it"


class StoplossValue(Rule):
    """FG119: ``custom_stoploss`` returns something else than a distance to the price.

    The value is a ratio of the price of the moment, and its sign is ignored: ``-0.05`` is a stop
    5 % below it. A price, or five for five per cent, puts the stop below zero, where it never
    moves up; ``stoploss_from_absolute`` makes a ratio of a price.
    """

    HINT = _HINT
    VALID = (
        _HEAD + _STOP + "        return -0.05\n",
        _HEAD + _STOP + "        return 1\n",
        _HEAD + _STOP + "        return trade.stop_loss / current_rate - 1\n",
        _HEAD + _STOP + "        return max(min(current_profit / 2, 0.05), 0.025)\n",
        _HEAD + _STOP + "        return stoploss_from_absolute(current_rate * 0.9, current_rate)\n",
        _HEAD + _STOP + "        if current_profit > 0.1:\n            return None\n"
        "        return self.stoploss\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _STOP + "        return trade.open_rate * 0.98  # two\n",
            line=6,
            fixed="from freqtrade.strategy import IStrategy, stoploss_from_absolute\n\n\n"
            "class S(IStrategy):\n" + _STOP + "        return stoploss_from_absolute("
            "trade.open_rate * 0.98, current_rate, is_short=trade.is_short, "
            "leverage=trade.leverage)  # two\n",
        ),
        Bad(
            code=_HEAD + _STOP + "        atr = self.atr\n"
            "        stop = current_rate - 2 * atr\n        return stop\n",
            line=8,
            fixed="from freqtrade.strategy import IStrategy, stoploss_from_absolute\n\n\n"
            "class S(IStrategy):\n" + _STOP + "        atr = self.atr\n"
            "        stop = current_rate - 2 * atr\n        return stoploss_from_absolute("
            "stop, current_rate, is_short=trade.is_short, leverage=trade.leverage)\n",
        ),
        Bad(code=_HEAD + _STOP + "        return -5\n", line=6),
        Bad(code=_HEAD + _STOP + "        return current_rate\n", line=6),
        Bad(code=_HEAD + _STOP + "        x = 1\n        return 0.0\n", line=7),
        Bad(code=_HEAD + _STOP + "        return 0.05\n", line=6),
        Bad(code=_HEAD + _STOP + "        return True\n", line=6),
        Bad(code=_HEAD + _STOP + "        return 'stop'\n", line=6),
    )

    def check(self) -> None:
        method = self.source.methods.get("custom_stoploss")
        if method is None:
            return
        for node in returns_of(self.source, method):
            if node.value is not None:
                self._value(method, node.value)

    def _value(self, method: cst.FunctionDef, value: cst.BaseExpression) -> None:
        for one in (value.body, value.orelse) if isinstance(value, cst.IfExp) else (value,):
            distance = number(self.source, one)
            if text_of(one) is not None or truth(self.source, one) is not None:
                self.report(one, f"custom_stoploss returns {self.text(one)}, which is no ratio")
            elif distance is not None:
                self._number(one, distance)
            elif kind_of(self.source, one) is Kind.PRICE:
                self.report(
                    one,
                    "custom_stoploss returns a price, not a distance to the price",
                    hint="return stoploss_from_absolute(price, current_rate, "
                    "is_short=trade.is_short, leverage=trade.leverage)",
                    edits=self._relative(method, one),
                )

    def _number(self, node: cst.BaseExpression, distance: float) -> None:
        if distance == 0:
            self.report(
                node,
                "a distance of 0 is no stop: Freqtrade takes it for None, and keeps the old one",
                hint="return None to keep the stop, or a distance such as -0.001",
                severity=Severity.WARNING,
            )
        elif 1 < abs(distance) <= _MOST_PERCENT:
            self.report(
                node,
                f"a stop at a distance of {abs(distance) * 100:g} % is never reached",
                severity=Severity.WARNING,
            )
        elif 0 < distance < 1:
            self.report(
                node,
                f"the sign is ignored: {distance:g} is a stop {distance * 100:g} % below the price",
                hint="write it with a minus; stoploss_from_open makes a stop in profit",
                severity=Severity.WARNING,
            )

    def _relative(self, method: cst.FunctionDef, node: cst.BaseExpression) -> tuple[Edit, ...]:
        params = {p.name.value for p in self.source.below(method.params, cst.Param)}
        if not {"trade", "current_rate"} <= params or node.lpar:
            return ()
        if isinstance(node, cst.Name) and node.value == "current_rate":
            return ()  # no distance at all: Freqtrade would take it for no stop
        name, edits = needed_name(self.source, "freqtrade.strategy", "stoploss_from_absolute")
        call = (
            f"{name}({self.text(node)}, current_rate, is_short=trade.is_short, "
            "leverage=trade.leverage)"
        )
        return (*edits, self.replace(node, call))
