from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.class_bodies import settings, statements
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import goes_short

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
# What Freqtrade still takes in spot markets, with a line in the log; in futures it refuses.
SPOT_ONLY = frozenset(
    "populate_buy_trend populate_sell_trend custom_sell check_buy_timeout check_sell_timeout "
    "use_sell_signal sell_profit_only sell_profit_offset ignore_roi_if_buy_signal".split()
)


class OldNames(Rule):
    """FG108: a method or attribute has its name of interface version 2.

    Freqtrade takes most of these names in spot markets only, and refuses the strategy in
    futures; they are warnings where nothing else is wrong. Of a method that has its new name as
    well only the new one is called, and names such as ``ticker_interval`` are not read at all:
    the strategy then does something else than what is written, without a word.
    """

    VALID = (
        _HEAD + "    use_exit_signal = True\n    def populate_entry_trend(self, d, m): ...\n",
        _HEAD + "    def populate_buy_trend(self, d, m): ...\n"
        "    def populate_entry_trend(self, d, m):\n        return self.populate_buy_trend(d, m)\n",
    )
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
            code=_HEAD + "    def custom_sell(self, trade, **kwargs): ...\n\n\nclass T(S):\n"
            "    def custom_sell(self, trade, **kwargs): ...\n\n\nclass U(S):\n    pass\n",
            line=5,
            fixed=_HEAD + "    def custom_exit(self, trade, **kwargs): ...\n\n\nclass T(S):\n"
            "    def custom_exit(self, trade, **kwargs): ...\n\n\nclass U(S):\n    pass\n",
        ),
        Bad(
            code=_HEAD + "    sell_profit_only = True\n    x = 1\n    sell_profit_only = False\n",
            line=7,
            fixed=_HEAD + "    exit_profit_only = True\n    x = 1\n    exit_profit_only = False\n",
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
        if there and not self._in_one_class(name, new):
            return  # a class further down has it anew, as it may
        uses = [
            use.attr
            for use in self.source.all(cst.Attribute)
            if use.attr.value == name and self._is_own(use.value)
        ]
        if there and uses and name in self.source.methods:
            return  # called by its new name
        what, severity = self._what(name, new, there=there)
        self.report(
            node,
            f"{name} is the name of interface version 2, {what}",
            hint=f"{new} is there as well: keep that one" if there else f"call it {new}",
            severity=severity,
            edits=()
            if there
            else [self.replace(one, new) for one in (*self._places(node, name), *uses)],
        )

    def _places(self, node: cst.CSTNode, name: str) -> list[cst.CSTNode]:
        """Where the name is bound, in all strategies of the file.

        One that stayed would go before the new name, or be no longer called in a derived class.
        """
        owners = list(dict.fromkeys([*self.source.lineage, *self.source.strategies]))
        set_here = [one.target for owner in owners for one in settings(owner) if one.name == name]
        methods = [
            item.name
            for owner in owners
            for item in statements(owner.body)
            if isinstance(item, cst.FunctionDef) and item.name.value == name
        ]
        return list(dict.fromkeys([node, *set_here, *methods]))

    def _what(self, name: str, new: str, *, there: bool) -> tuple[str, Severity]:
        """What comes of an old name."""
        if name not in SPOT_ONLY or (there and name in self.source.methods):
            return "and is ignored", Severity.ERROR
        if goes_short(self.source):
            return "which Freqtrade refuses in futures", Severity.ERROR
        if there:
            return f"and goes before {new}", Severity.WARNING
        return "which Freqtrade takes in spot markets only", Severity.WARNING

    def _in_one_class(self, *names: str) -> bool:
        """Whether one class of the file has all these methods, or sets all these attributes."""
        for owner in self.source.lineage:
            own = {one.name for one in settings(owner)} | {
                item.name.value
                for item in statements(owner.body)
                if isinstance(item, cst.FunctionDef)
            }
            if own.issuperset(names):
                return True
        return False

    def _is_own(self, base: cst.BaseExpression) -> bool:
        """Whether an expression is the strategy, its class or its parent."""
        match base:
            case cst.Name(value="self" | "cls"):
                return True
            case cst.Call(func=cst.Name(value="super")):
                return True
        return self.source.local_class(base) in self.source.lineage
