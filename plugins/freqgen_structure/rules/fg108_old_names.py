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
    "custom_buy_price": "custom_entry_price",
    "custom_sell_price": "custom_exit_price",
    "confirm_trade_buy": "confirm_trade_entry",
    "confirm_trade_sell": "confirm_trade_exit",
    "adjust_buy_price": "adjust_entry_price",
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
        Bad(
            code=_HEAD + "    def populate_buy_trend(self, dataframe, metadata): ...\n",
            line=5,
            fixed=_HEAD + "    def populate_entry_trend(self, dataframe, metadata): ...\n",
        ),
        Bad(
            code=_HEAD + "    x = 1\n    ticker_interval = '5m'  # fast\n",
            line=6,
            fixed=_HEAD + "    x = 1\n    timeframe = '5m'  # fast\n",
        ),
        Bad(
            code=_HEAD + "    def custom_sell(self, pair, trade, sell_reason, **kwargs): ...\n",
            line=5,
            fixed=_HEAD + "    def custom_exit(self, pair, trade, sell_reason, **kwargs): ...\n",
        ),
        Bad(
            code=_HEAD + "    ticker_interval = '5m'\n    def inf(self):\n"
            "        return self.ticker_interval\n",
            line=5,
            fixed=_HEAD + "    timeframe = '5m'\n    def inf(self):\n"
            "        return self.timeframe\n",
        ),
        Bad(
            code=_HEAD + "    def populate_buy_trend(self, d, m): ...\n"
            "    def populate_entry_trend(self, d, m): ...\n",
            line=5,
        ),
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
        there = new in self.source.methods or new in self.source.attributes
        uses = [
            use.attr
            for use in self.source.all(cst.Attribute)
            if use.attr.value == name and self._is_own(use.value)
        ]
        self.report(
            node,
            f"{name} is the name of interface version 2, and is ignored",
            hint=f"{new} is there as well: keep that one" if there else f"call it {new}",
            edits=() if there else [self.replace(one, new) for one in (node, *uses)],
        )

    def _is_own(self, base: cst.BaseExpression) -> bool:
        """Whether an expression is the strategy, its class or its parent."""
        match base:
            case cst.Name(value="self" | "cls"):
                return True
            case cst.Call(func=cst.Name(value="super")):
                return True
        return self.source.local_class(base) in self.source.lineage
