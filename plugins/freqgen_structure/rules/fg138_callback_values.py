from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.flow import gives_nothing, returns_of
from freqgen_structure.nodes import text_of
from freqgen_structure.prices import Kind, kind_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import number, truth

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_ENTRY_PRICE = "    def custom_entry_price(self, proposed_rate, **kwargs):\n"
_LEVERAGE = "    def leverage(self, max_leverage, **kwargs):\n"
_CONFIRM = "    def confirm_trade_entry(self, pair, **kwargs):\n"
_STAKE = "    def custom_stake_amount(self, proposed_stake, **kwargs):\n"

_PRICES = (
    "custom_entry_price",
    "custom_exit_price",
    "adjust_entry_price",
    "adjust_exit_price",
    "adjust_order_price",
)
_ANSWERS = ("confirm_trade_entry", "confirm_trade_exit")
_TIMEOUTS = ("check_entry_timeout", "check_exit_timeout")


class CallbackValues(Rule):
    """FG138: a callback returns something else than Freqtrade takes it for.

    A price callback returns a price, not a share of one; ``leverage`` a number from one on;
    ``custom_stake_amount`` money; ``confirm_…`` and ``check_…`` true or false, where any text
    counts as true. A number from ``custom_exit`` closes the trade unless it is zero.
    """

    VALID = (
        _HEAD + _ENTRY_PRICE + "        return proposed_rate * 0.99\n",
        _HEAD + _LEVERAGE + "        return min(3.0, max_leverage)\n",
        _HEAD + _CONFIRM + "        return pair in self.pairs\n",
        _HEAD + _STAKE + "        return proposed_stake / 2\n",
        _HEAD + _STAKE + "        if proposed_stake < 10:\n            return 0\n"
        "        return proposed_stake\n",
        _HEAD + "    def custom_exit(self, current_profit, **kwargs):\n"
        "        return 'late' if current_profit > 0.1 else None\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + _ENTRY_PRICE + "        return 0.99\n", line=6),
        Bad(
            code=_HEAD + "    def custom_exit_price(self, current_profit, **kwargs):\n"
            "        x = 1\n        return current_profit * 0.5\n",
            line=7,
        ),
        Bad(code=_HEAD + _LEVERAGE + "        return 0.5\n", line=6),
        Bad(code=_HEAD + _LEVERAGE + "        return '3'\n", line=6),
        Bad(code=_HEAD + _CONFIRM + "        return 'no'\n", line=6),
        Bad(code=_HEAD + _STAKE + "        return 0\n", line=6),
        Bad(
            code=_HEAD + "    def adjust_trade_position(self, trade, **kwargs):\n"
            "        if trade.nr_of_successful_exits:\n            return None\n"
            "        return True\n",
            line=8,
        ),
        Bad(
            code=_HEAD + "    def custom_exit(self, current_profit, **kwargs):\n"
            "        return 0.05\n",
            line=6,
        ),
    )

    def check(self) -> None:
        for name, method in self.source.methods.items():
            for node in returns_of(self.source, method):
                if node.value is None or gives_nothing(node):
                    continue
                parts = (
                    (node.value.body, node.value.orelse)
                    if isinstance(node.value, cst.IfExp)
                    else (node.value,)
                )
                for value in parts:
                    self._value(name, value)

    def _value(self, name: str, value: cst.BaseExpression) -> None:
        plain = number(self.source, value)
        text = text_of(value)
        if name in _PRICES:
            self._price(name, value)
        elif name in _ANSWERS or name in _TIMEOUTS:
            if text is not None:
                self.report(
                    value,
                    f"{name} returns {self.text(value)}, and any text counts as true",
                    hint="return True or False",
                )
        elif name == "leverage":
            self._leverage(value, plain, text)
        elif name == "custom_stake_amount":
            if text is not None or truth(self.source, value) is not None:
                self.report(value, f"the stake {self.text(value)} is no amount of money")
            elif plain is not None and (plain < 0 or (plain == 0 and self._alone(name))):
                self.report(
                    value,
                    f"a stake of {plain:g} opens no trade",
                    hint="return proposed_stake, or a share of it",
                    severity=Severity.WARNING,
                )
        elif name == "adjust_trade_position":
            if text is not None or truth(self.source, value) is not None:
                self.report(
                    value,
                    f"adjust_trade_position returns {self.text(value)}, which is no stake",
                    hint="return money to add, less than 0 to take out, or None",
                )
        elif name == "custom_exit" and plain:
            self.report(
                value,
                f"{plain:g} is taken for true, and the trade is closed",
                hint='return a reason such as "target", or True, or None',
            )

    def _alone(self, name: str) -> bool:
        """Whether nothing else is ever returned: under a condition, 0 passes on a trade."""
        returns = returns_of(self.source, self.source.methods[name])
        return len(returns) == 1 and not isinstance(returns[0].value, cst.IfExp)

    def _price(self, name: str, value: cst.BaseExpression) -> None:
        wrong = text_of(value) is not None or truth(self.source, value) is not None
        if wrong or kind_of(self.source, value) is Kind.RATIO:
            self.report(
                value,
                f"{name} returns {self.text(value)}, which is no price",
                hint="return a price, such as proposed_rate * 0.99",
            )

    def _leverage(self, value: cst.BaseExpression, plain: float | None, text: str | None) -> None:
        if text is not None or truth(self.source, value) is not None:
            self.report(value, f"the leverage {self.text(value)} is no number", hint="return 1.0")
        elif plain is not None and plain < 1:
            self.report(
                value,
                f"a leverage of {plain:g} is taken as 1",
                hint="return 1.0, or more",
                severity=Severity.WARNING,
            )
