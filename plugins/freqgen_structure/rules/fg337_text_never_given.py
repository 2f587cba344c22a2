from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.editing import renamed_text
from freqgen_structure.given import given_kind
from freqgen_structure.interface import CALLBACKS
from freqgen_structure.nodes import argument, dotted, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE, informative_calls

_HEAD = "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
_LEVERAGE = "    def leverage(self, pair, max_leverage, side, **kwargs):\n"
_EXIT = "    def confirm_trade_exit(self, pair, trade, exit_reason, **kwargs):\n"
_SORTED = "    def adjust_trade_position(self, trade, **kwargs):\n"
_DEF = "    def populate_indicators(self, dataframe, metadata):\n"

_SIDES = frozenset({"long", "short"})
_ORDERS = frozenset({"buy", "sell", "stoploss"})
_MODES = frozenset(
    "live dry_run backtest hyperopt util_exchange util_no_exchange plot webserver other".split()
)
_MEANT = {"buy": "long", "sell": "short"}
_MEANT_ORDER = {"long": "buy", "short": "sell", "entry": "buy", "exit": "sell"}
_MEANT_MODE = {"dry": "dry_run", "dry-run": "dry_run", "dryrun": "dry_run"} | dict.fromkeys(
    ("backtesting", "bt"), "backtest"
)
_OLD_REASONS = {
    "sell_signal": "exit_signal",
    "force_sell": "force_exit",
    "forcesell": "force_exit",
    "force_exit_signal": "force_exit",
    "emergency_sell": "emergency_exit",
    "custom_sell": "custom_exit",
    "stoploss": "stop_loss",
    "trailing_stop": "trailing_stop_loss",
    "trailing_stoploss": "trailing_stop_loss",
}


class TextNeverGiven(Rule):
    """FG337: a text is asked for that Freqtrade never gives.

    ``side`` is ``"long"`` or ``"short"``, the side of an order ``"buy"`` or ``"sell"``: to
    compare them with another text is false every time, and what stands under that condition is
    never done. ``metadata`` has the pair and nothing else. Old names of the reasons to exit are
    a warning, since the strategy may give such a reason itself.
    """

    VALID = (
        _HEAD + _LEVERAGE + "        return 2.0 if side == 'long' else 1.0\n",
        _HEAD + _EXIT + "        return exit_reason not in ('roi', 'stop_loss')\n",
        _HEAD + _EXIT + "        return exit_reason == 'sell_signal'\n"
        "    def custom_exit(self, pair, trade, **kwargs):\n        return 'sell_signal'\n",
        _HEAD + _SORTED + "        x = trade.select_filled_orders('buy')\n"
        "        y = trade.select_filled_orders(trade.entry_side)\n",
        _HEAD + _DEF + "        x = metadata['pair']\n",
        _HEAD + _DEF + "        metadata['mine'] = 1\n        x = metadata['mine']\n",
        _HEAD + "    def mine(self, side):\n        return side == 'buy'\n",
        _HEAD + _DEF + "        if self.dp.runmode.value in ('live', 'dry_run'):\n"
        "            pass\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _LEVERAGE + "        return 2.0 if side == 'buy' else 1.0  # x\n",
            line=6,
            fixed=_HEAD + _LEVERAGE + "        return 2.0 if side == 'long' else 1.0  # x\n",
        ),
        Bad(
            code=_HEAD + _LEVERAGE + "        x = 1\n        if 'LONG' != side:\n"
            "            return x\n",
            line=7,
            fixed=_HEAD + _LEVERAGE + "        x = 1\n        if 'long' != side:\n"
            "            return x\n",
        ),
        Bad(
            code=_HEAD + _EXIT + "        return exit_reason in (\n            'roi',\n"
            "            'sell_signal',\n        )\n",
            line=8,
            fixed=_HEAD + _EXIT + "        return exit_reason in (\n            'roi',\n"
            "            'exit_signal',\n        )\n",
        ),
        Bad(
            code=_HEAD + _SORTED + "        x = trade.select_filled_orders('entry')\n",
            line=6,
            fixed=_HEAD + _SORTED + "        x = trade.select_filled_orders(trade.entry_side)\n",
        ),
        Bad(
            code=_HEAD + _SORTED + "        return trade.trade_direction == 'sell'\n",
            line=6,
            fixed=_HEAD + _SORTED + "        return trade.trade_direction == 'short'\n",
        ),
        Bad(
            code=_HEAD + _SORTED + "        return trade.entry_side == 'long'\n",
            line=6,
            fixed=_HEAD + _SORTED + "        return trade.entry_side == 'buy'\n",
        ),
        Bad(
            code=_HEAD + _DEF + "        x = metadata['symbol']\n",
            line=6,
            fixed=_HEAD + _DEF + "        x = metadata['pair']\n",
        ),
        Bad(code=_HEAD + _DEF + "        x = metadata.get('timeframe', '5m')\n", line=6),
        Bad(
            code=_HEAD + _DEF + "        if self.dp.runmode.value == 'backtesting':\n"
            "            pass\n",
            line=6,
            fixed=_HEAD + _DEF + "        if self.dp.runmode.value == 'backtest':\n"
            "            pass\n",
        ),
    )

    def check(self) -> None:
        for node in self.source.all(cst.Comparison):
            if len(node.comparisons) != 1:
                continue
            target = node.comparisons[0]
            if isinstance(target.operator, cst.Equal | cst.NotEqual):
                for one, other in ((node.left, target.comparator), (target.comparator, node.left)):
                    self._compared(one, [other])
            elif isinstance(target.operator, cst.In | cst.NotIn):
                listed = target.comparator
                if isinstance(listed, cst.Tuple | cst.List | cst.Set):
                    self._compared(node.left, [element.value for element in listed.elements])
        for call in self.source.all(cst.Call):
            self._selected(call)
        for method in self.source.methods.values():
            self._metadata(method)

    def _compared(self, node: cst.BaseExpression, others: list[cst.BaseExpression]) -> None:
        what = self._what(node)
        if what is None:
            return
        for other in others:
            text = text_of(other)
            if text is None or not text:
                continue
            if what == "exit_reason":
                self._reason(other, text)
                continue
            known, meant = {
                "side": (_SIDES, _MEANT),
                "trade_direction": (_SIDES, _MEANT),
                "runmode": (_MODES, _MEANT_MODE),
            }.get(what, (_ORDERS, _MEANT_ORDER))
            if text not in known:
                lower = text.lower()
                right = lower if lower in known else meant.get(lower)
                self._say(other, what, text, right, sorted(known))

    def _say(
        self, node: cst.CSTNode, what: str, text: str, right: str | None, known: list[str]
    ) -> None:
        self.report(
            node,
            f'{what} is never "{text}"',
            hint=f'write "{right}"' if right else f"it is one of {', '.join(known)}",
            edits=renamed_text(self.source, node, right) if right else (),
        )

    def _what(self, node: cst.BaseExpression) -> str | None:
        """What Freqtrade gives there, if it is one of the things that are known here."""
        if isinstance(node, cst.Name):
            name = node.value if node.value in {"side", "exit_reason"} else None
            return name if name is not None and self._given(node) else None
        if not isinstance(node, cst.Attribute):
            return None
        path = dotted(node) or ""
        if path in {"self.dp.runmode", "self.dp.runmode.value"}:
            return "runmode"
        kind, name = given_kind(self.source, node.value), node.attr.value
        if kind == "trade" and name in {"entry_side", "exit_side", "trade_direction"}:
            return name
        if kind == "trade" and name == "exit_reason":
            return name
        return name if kind == "order" and name in {"side", "ft_order_side"} else None

    def _given(self, node: cst.Name) -> bool:
        """Whether a name is the parameter of a callback, as Freqtrade fills it."""
        function = self.source.function_of(node)
        if function is None or function not in self.source.methods.values():
            return False
        callback = CALLBACKS.get(function.name.value)
        if callback is None or node.value not in callback.parameters:
            return False
        return self.source.values(node) == [None]

    def _reason(self, node: cst.BaseExpression, text: str) -> None:
        right = _OLD_REASONS.get(text.lower())
        own = sum(text_of(one) == text for one in self.source.all(cst.SimpleString))
        if right is None or own > self._asked(text):
            return
        self.report(
            node,
            f'exit_reason is never "{text}", unless the strategy says so itself',
            hint=f'write "{right}"',
            severity=Severity.WARNING,
            edits=renamed_text(self.source, node, right),
        )

    def _asked(self, text: str) -> int:
        """How often a text stands in a comparison."""
        return sum(
            text_of(one) == text
            for node in self.source.all(cst.Comparison)
            for one in self.source.below(node, cst.SimpleString)
        )

    def _selected(self, call: cst.Call) -> None:
        """``trade.select_filled_orders("entry")``."""
        if not isinstance(call.func, cst.Attribute):
            return
        name = call.func.attr.value
        if name not in {"select_filled_orders", "select_order"}:
            return
        side = argument(call, 0, "order_side")
        text = text_of(side) if side is not None else None
        if side is None or not text or text in _ORDERS:
            return
        trade = dotted(call.func.value)
        own = {"entry": "entry_side", "exit": "exit_side"}.get(text.lower())
        edits: list[Edit] = []
        if own and trade:
            edits = [self.replace(side, f"{trade}.{own}")]
        self.report(
            side,
            f'no order has the side "{text}", so that none is found',
            hint="write trade.entry_side or trade.exit_side",
            edits=edits,
        )

    def _metadata(self, method: cst.FunctionDef) -> None:
        if method.name.value not in POPULATE or informative_calls(self.source, method):
            return
        params = [p.name.value for p in method.params.params]
        if len(params) < 3:
            return
        name = params[2]
        for node, key in self._keys(method, name):
            if text_of(key) in {None, "pair"}:
                continue
            right = "pair" if text_of(key) in {"symbol", "market", "coin", "Pair"} else None
            self.report(
                key,
                f'{name} has the pair, and no "{text_of(key)}"',
                hint=f"write {name}['pair'], or self.timeframe for the timeframe",
                severity=None if isinstance(node, cst.Subscript) else Severity.WARNING,
                edits=renamed_text(self.source, key, right) if right else (),
            )

    def _keys(
        self, method: cst.FunctionDef, name: str
    ) -> Iterator[tuple[cst.CSTNode, cst.BaseExpression]]:
        """What is read of the dict; nothing where something else may be put into it."""
        found: list[tuple[cst.CSTNode, cst.BaseExpression]] = []
        for node in self.source.below(method.body, cst.Name):
            holder = self.source.parent(node)
            if node.value != name or (isinstance(holder, cst.Arg) and holder.keyword is node):
                continue
            outer = self.source.parent(holder) if holder is not None else None
            match holder, outer:
                case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=key))]), _:
                    if isinstance(outer, cst.AssignTarget | cst.AugAssign | cst.Del):
                        return
                    found.append((holder, key))
                case (
                    cst.Attribute(attr=cst.Name(value="get")),
                    cst.Call(args=[cst.Arg(value=key), *_]),
                ):
                    found.append((outer, key))
                case cst.Attribute(), _:
                    return
                case cst.AssignTarget(), _:
                    return
        yield from found
