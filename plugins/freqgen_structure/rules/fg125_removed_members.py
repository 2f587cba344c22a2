from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.given import given_kind, is_method, members
from freqgen_structure.nearest import nearest
from freqgen_structure.rule import Bad, Rule

_HEAD = (
    "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
    "    def custom_exit(self, pair, trade, **kwargs):\n"
)

_OLD = {
    "nr_of_successful_buys": "nr_of_successful_entries",
    "nr_of_successful_sells": "nr_of_successful_exits",
    "sell_reason": "exit_reason",
    "buy_tag": "enter_tag",
    "entry_tag": "enter_tag",
    "sell_order_status": "exit_order_status",
    "ticker_interval": "timeframe",
    "open_trade_price": "open_trade_value",
    "open_price": "open_rate",
    "entry_price": "open_rate",
    "open_time": "open_date_utc",
    "profit_ratio": "calc_profit_ratio",
}
_SQL = frozenset("query session metadata registry".split())
_BY_TWO_NAMES = frozenset(
    "nr_of_successful_buys nr_of_successful_sells sell_reason buy_tag".split()
)


class RemovedMembers(Rule):
    """FG125: a trade, an order or the data provider has no such attribute.

    Names of interface version 2 such as ``trade.sell_reason`` are there for the time being;
    any other that Freqtrade's classes do not have raises an error, which is logged, and the
    callback counts as if it were not there.
    """

    VALID = (
        _HEAD + "        return trade.nr_of_successful_entries > trade.open_rate\n",
        _HEAD + "        return self.dp.runmode and trade.get_custom_data('x')\n",
        "def f(trade):\n    return trade.anything\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "        x = 1\n        return trade.nr_of_successful_buys > 1  # two\n",
            line=7,
            fixed=_HEAD
            + "        x = 1\n        return trade.nr_of_successful_entries > 1  # two\n",
        ),
        Bad(
            code=_HEAD + "        return trade.open_date_utcc\n",
            line=6,
            fixed=_HEAD + "        return trade.open_date_utc\n",
        ),
        Bad(
            code=_HEAD + "        return trade.entry_price\n",
            line=6,
            fixed=_HEAD + "        return trade.open_rate\n",
        ),
        Bad(
            code=_HEAD + "        return trade.open_rat > 1  # slip\n",
            line=6,
            fixed=_HEAD + "        return trade.open_rate > 1  # slip\n",
        ),
        Bad(code=_HEAD + "        return trade.open_order_id\n", line=6),
        Bad(code=_HEAD + "        return trade.current_gain\n", line=6),
        Bad(
            code=_HEAD + "        frame = self.dp.get_pair_dataframes(pair, '1h')\n",
            line=6,
            fixed=_HEAD + "        frame = self.dp.get_pair_dataframe(pair, '1h')\n",
        ),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        kind = given_kind(self.source, node.value)
        if kind is None:
            return
        name = node.attr.value
        known = members(kind)
        if not known or name.startswith("_") or name in _SQL:
            return
        if kind == "trade" and name in _BY_TWO_NAMES and name in known:
            self.report(
                node.attr,
                f"trade.{name} is the name of interface version 2",
                hint=f"write {_OLD[name]}",
                severity=Severity.WARNING,
                edits=[self.replace(node.attr, _OLD[name])],
            )
        elif name not in known:
            right = _OLD.get(name) if kind == "trade" else None
            if right is None or right not in known:
                right = nearest(name, (one for one in known if not one.startswith("_")))
            called = isinstance(self.source.parent(node), cst.Call)
            method = right is not None and is_method(kind, right)
            edits = [self.replace(node.attr, right)] if right and called == method else []
            self.report(
                node.attr,
                f"{self.text(node)} does not exist",
                hint=f"write {right}" if right else "look it up in Freqtrade's documentation",
                edits=edits,
            )
