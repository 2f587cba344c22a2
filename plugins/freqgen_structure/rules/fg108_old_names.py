from typing import ClassVar

import libcst as cst

from freqgen_structure.rule import Bad, Rule

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"

METHODS = {
    "populate_buy_trend": "populate_entry_trend",
    "populate_sell_trend": "populate_exit_trend",
    "custom_sell": "custom_exit",
    "check_buy_timeout": "check_entry_timeout",
    "check_sell_timeout": "check_exit_timeout",
}
ATTRIBUTES = {
    "ticker_interval": "timeframe",
    "use_sell_signal": "use_exit_signal",
    "sell_profit_only": "exit_profit_only",
    "sell_profit_offset": "exit_profit_offset",
    "ignore_roi_if_buy_signal": "ignore_roi_if_entry_signal",
}


class OldNames(Rule):
    """FG108: a method or attribute has its name of interface version 2.

    Freqtrade loads such a strategy in spot markets and then never calls the method or reads
    the attribute: it trades nothing, or otherwise than written, without a word.
    """

    VALID = (_HEAD + "    use_exit_signal = True\n    def populate_entry_trend(self, d, m): ...\n",)
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    def populate_buy_trend(self, dataframe, metadata): ...\n", line=5),
        Bad(code=_HEAD + "    x = 1\n    ticker_interval = '5m'\n", line=6),
        Bad(code=_HEAD + "    def custom_sell(self, pair, trade, **kwargs): ...\n", line=5),
    )

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        new = METHODS.get(node.name.value)
        if new is not None and node in self.source.methods.values():
            self._old(node.name, node.name.value, new)

    def check(self) -> None:
        super().check()
        for name, (node, _) in self.source.attributes.items():
            if name in ATTRIBUTES:
                self._old(node, name, ATTRIBUTES[name])

    def _old(self, node: cst.CSTNode, name: str, new: str) -> None:
        self.report(
            node,
            f"{name} is the name of interface version 2, and is ignored",
            hint=f"call it {new}",
        )
