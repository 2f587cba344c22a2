from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.nodes import argument, dotted
from freqgen_structure.prices import Kind, kind_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import number, truth

_HEAD = (
    "from freqtrade.strategy import IStrategy, stoploss_from_absolute, stoploss_from_open\n\n\n"
    "class S(IStrategy):\n"
)
_STOP = "    def custom_stoploss(self, trade, current_rate, current_profit, **kwargs):\n"
_SHORTS = "    can_short = True\n"
_SIDE = "is_short=trade.is_short, leverage=trade.leverage"
_PARAMETERS = {
    "stoploss_from_open": ("open_relative_stop", "current_profit", "is_short", "leverage"),
    "stoploss_from_absolute": ("stop_rate", "current_rate", "is_short", "leverage"),
}


class StoplossHelpers(Rule):
    """FG120: a stop is worked out from the wrong arguments.

    ``stoploss_from_open(open_relative_stop, current_profit)`` takes two ratios, and
    ``stoploss_from_absolute(stop_rate, current_rate)`` two prices: turned round, they give a stop
    that is never where it was meant. A strategy that can go short needs ``is_short``, or the stop
    of a short trade lies on the wrong side.
    """

    VALID = (
        _HEAD + _STOP + "        return stoploss_from_open(0.02, current_profit)\n",
        _HEAD
        + _SHORTS
        + _STOP
        + f"        return stoploss_from_open(0.02, current_profit, {_SIDE})\n",
        _HEAD
        + _SHORTS
        + _STOP
        + "        return stoploss_from_absolute(1.2, current_rate, trade.is_short)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + _STOP + "        return stoploss_from_absolute(1.2, trade.open_rate)\n",
            line=6,
            fixed=_HEAD + _STOP + "        return stoploss_from_absolute(1.2, current_rate)\n",
        ),
        Bad(
            code=_HEAD + _STOP + "        return stoploss_from_open(current_profit, 0.02)\n",
            line=6,
            fixed=_HEAD + _STOP + "        return stoploss_from_open(0.02, current_profit)\n",
        ),
        Bad(
            code=_HEAD + _STOP + "        stop = trade.open_rate * 0.9\n"
            "        return stoploss_from_absolute(current_rate, stop)\n",
            line=7,
            fixed=_HEAD + _STOP + "        stop = trade.open_rate * 0.9\n"
            "        return stoploss_from_absolute(stop, current_rate)\n",
        ),
        Bad(
            code=_HEAD + _STOP + "        return stoploss_from_absolute(-0.05, current_rate)\n",
            line=6,
        ),
        Bad(
            code=_HEAD
            + _STOP
            + "        return stoploss_from_open(trade.open_rate * 1.02, current_profit)\n",
            line=6,
        ),
        Bad(
            code=_HEAD
            + _SHORTS
            + _STOP
            + "        return stoploss_from_open(0.02, current_profit)\n",
            line=7,
            fixed=_HEAD
            + _SHORTS
            + _STOP
            + f"        return stoploss_from_open(0.02, current_profit, {_SIDE})\n",
        ),
        Bad(code=_HEAD + _STOP + "        return stoploss_from_open(0.02, current_rate)\n", line=6),
    )

    def visit_Call(self, node: cst.Call) -> None:
        paths = self.source.imports(node.func) or (dotted(node.func) or "",)
        name = paths[0].rpartition(".")[2]
        if name not in _PARAMETERS or any(arg.star for arg in node.args):
            return
        first = argument(node, 0, _PARAMETERS[name][0])
        second = argument(node, 1, _PARAMETERS[name][1])
        if first is None or second is None:
            return
        if _name(first) == _PARAMETERS[name][1] and _name(second) != _PARAMETERS[name][1]:
            self.report(
                first,
                f"{name} is given {self.text(first)} first",
                hint=f"write {name}({self.text(second)}, {self.text(first)}, …)",
                edits=[
                    self.replace(first, self.text(second)),
                    self.replace(second, self.text(first)),
                ]
                if not first.lpar and not second.lpar
                else (),
            )
            return
        if name == "stoploss_from_absolute" and dotted(second) == "trade.open_rate":
            self.report(
                second,
                "the stop is worked out from the price of the moment, not from that of the entry",
                hint="write current_rate",
                edits=[self.replace(second, "current_rate")] if self._has_rate(node) else (),
            )
            return
        self._kinds(name, first, second)
        self._side(name, node)

    def _kinds(self, name: str, first: cst.BaseExpression, second: cst.BaseExpression) -> None:
        price = name == "stoploss_from_absolute"
        wrong = Kind.RATIO if price else Kind.PRICE
        for node, parameter in zip((first, second), _PARAMETERS[name], strict=False):
            kind = kind_of(self.source, node)
            value = number(self.source, node)
            if kind is wrong and not (price and value is not None and value >= 1):
                other = "stoploss_from_open" if price else "stoploss_from_absolute"
                self.report(
                    node,
                    f"{parameter} of {name} is {'a price' if price else 'a ratio'}, and this is "
                    f"{'a ratio' if price else 'a price'}",
                    hint=f"{other} takes {'ratios' if price else 'prices'}",
                )
                return

    def _has_rate(self, node: cst.Call) -> bool:
        method = self.source.function_of(node)
        return method is not None and any(
            p.name.value == "current_rate" for p in self.source.below(method.params, cst.Param)
        )

    def _side(self, name: str, node: cst.Call) -> None:
        shorts = self.source.attributes.get("can_short")
        if shorts is None or truth(self.source, shorts[1]) is not True:
            return
        if argument(node, 2, "is_short") is not None:
            return
        there = argument(node, 3, "leverage") is not None
        edits: tuple[Edit, ...] = ()
        method = self.source.function_of(node)
        given = (
            {p.name.value for p in self.source.below(method.params, cst.Param)} if method else set()
        )
        if "trade" in given and isinstance(node.args[-1].comma, cst.MaybeSentinel):
            more = "is_short=trade.is_short" if there else _SIDE
            edits = (self.insert_after(node.args[-1], f", {more}"),)
        self.report(
            node,
            f"{name} is not told whether the trade is short",
            hint=f"add {_SIDE}",
            severity=Severity.ERROR,
            edits=edits,
        )


def _name(node: cst.BaseExpression) -> str:
    return node.value if isinstance(node, cst.Name) else ""
