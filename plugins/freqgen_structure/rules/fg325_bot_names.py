from __future__ import annotations

from typing import ClassVar

import libcst as cst

from freqgen_structure.arguments import Fault, misfits
from freqgen_structure.given import given_kind
from freqgen_structure.installed import INSTALLED, Class, Function
from freqgen_structure.nearest import nearest
from freqgen_structure.nodes import dotted, text_of
from freqgen_structure.rule import Bad, Rule

_HEAD = (
    "from freqtrade.persistence import Trade\nfrom freqtrade.strategy import IStrategy\n\n\n"
    "class S(IStrategy):\n"
)
_EXIT = _HEAD + "    def custom_exit(self, pair, trade, current_time, current_rate, **kwargs):\n"
_OWNERS = {
    "self.dp": ("freqtrade.data.dataprovider", "DataProvider"),
    "self.wallets": ("freqtrade.wallets", "Wallets"),
}
_TRADE = ("freqtrade.persistence.trade_model", "Trade")
_LOCAL = ("freqtrade.persistence.trade_model", "LocalTrade")
# What SQLAlchemy gives every class of the database.
_DATABASE = frozenset("metadata registry query session".split())


class BotNames(Rule):
    """FG325: Freqtrade's data provider, wallets or trades do not have what is read from them.

    ``self.wallets.get_totals()`` and ``Trade.get_trades_proxy(open=…)`` raise an error, which
    Freqtrade logs when it calls the strategy: the callback then has no effect. What is
    there is looked up in the Freqtrade that is installed.
    """

    VALID = (
        _EXIT + "        return trade.open_rate > 1 and trade.enter_tag == 'a'\n",
        _EXIT + "        x = self.dp.get_pair_dataframe(pair=pair, timeframe='1h')\n",
        _EXIT + "        x = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n",
        _EXIT + "        x = Trade.get_trades_proxy(pair=pair, is_open=True)\n",
        _EXIT + "        x = self.wallets.get_total('USDT')\n",
        _EXIT + "        x = self.dp.runmode.value\n        y = trade.is_short\n",
        _EXIT + "        trade.set_custom_data(key='n', value=1)\n",
        "def f(trade):\n    return trade.foo\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_EXIT + "        x = self.dp.get_pair_dataframe(\n            pair,\n"
            "            tf='1h',\n        )\n",
            line=9,
        ),
        Bad(
            code=_EXIT + "        x = self.dp.get_pair_dataframe(pair, timeframes='1h')\n",
            line=7,
            fixed=_EXIT + "        x = self.dp.get_pair_dataframe(pair, timeframe='1h')\n",
        ),
        Bad(code=_EXIT + "        x, _ = self.dp.get_analyzed_dataframe(pair)\n", line=7),
        Bad(
            code=_EXIT + "        x = Trade.get_trades_proxy(pair=pair, open=True)\n",
            line=7,
            fixed=_EXIT + "        x = Trade.get_trades_proxy(pair=pair, is_open=True)\n",
        ),
        Bad(code=_EXIT + "        x = Trade.get_trades_proxy(pair, True)\n", line=7),
        Bad(
            code=_EXIT + "        x = self.wallets.get_totals('USDT')\n",
            line=7,
            fixed=_EXIT + "        x = self.wallets.get_total('USDT')\n",
        ),
        Bad(code=_EXIT + "        x = self.wallets.get_total()\n", line=7),
        Bad(
            code=_EXIT + "        x = Trade.get_trades_prox(pair=pair)\n",
            line=7,
            fixed=_EXIT + "        x = Trade.get_trades_proxy(pair=pair)\n",
        ),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        owner = self._owner(node.value)
        name = node.attr.value
        if owner is None or name.startswith("_"):
            return
        known = _attributes(owner)
        if given_kind(self.source, node.value) is not None:
            return  # the rule of such objects says it
        if not known or name in known or name in _DATABASE:
            return
        public = [one for one in known if not one.startswith("_")]
        meant = nearest(name, public, synonyms=False)
        self.report(
            node.attr,
            f"{_said(node.value)} has no {name}",
            hint=f"write {meant}" if meant else "look up what Freqtrade's documentation names",
            edits=(self.replace(node.attr, meant),) if meant else (),
        )

    def visit_Call(self, node: cst.Call) -> None:
        if not isinstance(node.func, cst.Attribute):
            return
        owner = self._owner(node.func.value)
        method = _method(owner, node.func.attr.value) if owner is not None else None
        if method is None:
            return
        for misfit in misfits(node, method.signature, bound=not method.static):
            keyword = misfit.arg.keyword if misfit.arg is not None else None
            name, meant = method.name, misfit.meant
            known = [p for p in method.signature.parameters if p != "self"]
            self.report(
                keyword or misfit.arg or node.func.attr,
                {
                    Fault.UNKNOWN: f"{name} has no argument {misfit.name}",
                    Fault.TWICE: f"{name} is given {misfit.name} twice",
                    Fault.SURPLUS: f"{name} takes fewer arguments by position",
                    Fault.MISSING: f"{name} is not given {misfit.name}, which it needs",
                }[misfit.fault],
                hint=f"write {meant}" if meant else f"its arguments are {', '.join(known)}",
                edits=(self.replace(keyword, meant),) if meant and keyword is not None else (),
            )

    def _owner(self, node: cst.BaseExpression) -> tuple[str, str] | None:
        """The class of Freqtrade that an expression is, or an object of."""
        path = dotted(node) or ""
        root = node.value if isinstance(node, cst.Attribute) else None
        if path in _OWNERS and root is not None:
            owner = self.source.method_of(root)
            return _OWNERS[path] if owner is not None and owner in self.source.lineage else None
        if not isinstance(node, cst.Name):
            return None
        imported = self.source.imported(node) or ""
        if imported in {"freqtrade.persistence.Trade", "freqtrade.strategy.Trade"}:
            return _TRADE
        return _TRADE if self._given_trade(node) else None

    def _given_trade(self, node: cst.Name) -> bool:
        """Whether a name is the trade that Freqtrade gives a callback."""
        bindings = self.source.bindings(node)
        param = bindings[0].parameter if len(bindings) == 1 else None
        if param is None:
            return False
        function = self.source.function_of(param)
        if function is None or function not in self.source.methods.values():
            return False
        annotation = param.annotation.annotation if param.annotation is not None else None
        if annotation is None:
            return param.name.value == "trade"
        written = dotted(annotation) or text_of(annotation) or ""
        return written.rpartition(".")[2] == "Trade"


def _said(node: cst.BaseExpression) -> str:
    return dotted(node) or "it"


def _attributes(owner: tuple[str, str]) -> frozenset[str]:
    """Everything that an object of a class has; empty where that is not known."""
    found = INSTALLED.member(*owner)
    if not isinstance(found, Class):
        return frozenset()
    if owner != _TRADE:
        return found.attributes
    local = INSTALLED.member(*_LOCAL)
    if not isinstance(local, Class):
        return frozenset()
    return found.attributes | local.attributes


def _method(owner: tuple[str, str], name: str) -> Function | None:
    for place in (owner, _LOCAL) if owner == _TRADE else (owner,):
        found = INSTALLED.member(*place)
        if isinstance(found, Class) and name in found.methods:
            return found.methods[name]
    return None
