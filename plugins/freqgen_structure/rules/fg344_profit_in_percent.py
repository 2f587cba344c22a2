from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.conditions import comparisons
from freqgen_structure.constants import numbers
from freqgen_structure.given import given_kind
from freqgen_structure.interface import CALLBACKS
from freqgen_structure.rule import Bad, Rule

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_EXIT = "    def custom_exit(self, pair, trade, current_profit, **kwargs):\n"
_GIVEN = frozenset({"current_profit", "current_entry_profit", "current_exit_profit"})
_RATIOS = frozenset({"calc_profit_ratio", "close_profit", "max_profit_ratio"})
_HIGH = 4.0


class ProfitInPercent(Rule):
    """FG344: the profit of a trade is compared as if it were in per cent.

    ``current_profit`` is a ratio: 0.05 is 5 %. A comparison with 5 waits for 500 %, and one with
    -5 for a loss that no trade can have, so that what stands under it is hardly ever done.
    """

    SEVERITY = Severity.WARNING
    HINT = "write a ratio: 0.05 is 5 %"
    VALID = (
        _HEAD + _EXIT + "        return current_profit > 0.05\n",
        _HEAD + _EXIT + "        return current_profit * 100 > 5\n",
        _HEAD + _EXIT + "        return current_profit < 1 and trade.calc_profit(3) > 5\n",
        "def f(current_profit):\n    return current_profit > 5\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + _EXIT + "        return current_profit > 5\n", line=6),
        Bad(
            code=_HEAD + _EXIT + "        if (\n            -3 >\n            current_profit\n"
            "        ):\n            return 'lost'\n",
            line=7,
        ),
        Bad(
            code=_HEAD + _EXIT + "        x = 1\n        return trade.calc_profit_ratio(3) >= 10\n",
            line=7,
        ),
    )

    def check(self) -> None:
        for part in comparisons(self.source):
            for one, other in ((part.left, part.right), (part.right, part.left)):
                limit = numbers(self.source, other).single
                if limit is None or not self._ratio(one):
                    continue
                if limit >= _HIGH or limit < -1:
                    self.report(
                        other,
                        f"the profit is a ratio, so that {limit:g} is {limit * 100:g} %",
                    )

    def _ratio(self, node: cst.BaseExpression) -> bool:
        match node:
            case cst.Name(value=name) if name in _GIVEN:
                function = self.source.function_of(node)
                if function is None or function not in self.source.methods.values():
                    return False
                callback = CALLBACKS.get(function.name.value)
                given = callback is not None and name in callback.parameters
                return given and self.source.values(node) == [None]
            case cst.Call(func=cst.Attribute(value=trade, attr=cst.Name(value=name))):
                return name in _RATIOS and given_kind(self.source, trade) == "trade"
            case cst.Attribute(value=trade, attr=cst.Name(value=name)):
                return name in _RATIOS and given_kind(self.source, trade) == "trade"
        return False
