from typing import ClassVar

import libcst as cst

from freqgen_structure.plain_types import NUMBER, SPAN, TEXT, TIME, PlainTypes, result
from freqgen_structure.renaming import tried
from freqgen_structure.rule import Bad, Rule

_HEAD = (
    "from datetime import timedelta\nfrom freqtrade.strategy import IStrategy\n\n\n"
    "class S(IStrategy):\n"
    "    def custom_exit(self, pair, trade, current_time, current_rate, current_profit,"
    " **kwargs):\n"
)
_ORDER = (cst.LessThan, cst.GreaterThan, cst.LessThanEqual, cst.GreaterThanEqual)
_SPAN_HINT = "compare with timedelta(minutes=…), or take .total_seconds()"


class PlainTypesMixed(Rule):
    """FG141: a callback does something that the type of a value does not allow.

    ``current_profit`` and the rates are numbers, ``pair`` is a text, ``current_time`` and
    ``trade.open_date_utc`` are times, and their difference is a ``timedelta``. Python raises
    ``TypeError`` where they are mixed; Freqtrade logs it, and goes on as if the callback were
    not there.
    """

    VALID = (
        _HEAD + "        return 'x' if current_time - trade.open_date_utc > timedelta(hours=1)"
        " else None\n",
        _HEAD + "        if pair == 3 or pair[0] == 'B' or 'x' * 3 in pair:\n"
        "            return 'x' + pair\n        return f'{current_profit}' + str(3)\n",
        _HEAD + "        minutes = (current_time - trade.open_date_utc).total_seconds() / 60\n"
        "        return 'x' if minutes > 3 and trade.open_rate * 2 > current_rate else None\n",
        "def custom_exit(pair):\n    return pair > 3\n",
        _HEAD + "        pair = len(pair)\n        return 'x' if pair > 3 else None\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "        return 'x' if pair > 3 else None\n", line=7),
        Bad(
            code=_HEAD + "        return 'x' if 3 < 4 < current_profit >= '0.5' else None\n", line=7
        ),
        Bad(code=_HEAD + "        return 'profit ' + current_profit\n", line=7),
        Bad(
            code=_HEAD + "        age = current_time - trade.open_date_utc\n"
            "        return 'x' if (\n            age > 3600\n        ) else None\n",
            line=9,
        ),
        Bad(code=_HEAD + "        late = trade.open_date_utc + 5\n        return late\n", line=7),
        Bad(code=_HEAD + "        return pair['base']\n", line=7),
        Bad(code=_HEAD + "        return trade.open_rate[0]\n", line=7),
        Bad(code=_HEAD + "        return 'x' if trade() else None\n", line=7),
        Bad(code=_HEAD + "        return 'x' if trade.pair.is_upper() else None\n", line=7),
        Bad(
            code=_HEAD + "        return 'x'\n\n"
            "    def custom_stake_amount(self, pair, max_stake, side, **kwargs):\n"
            "        return max_stake + side\n",
            line=10,
        ),
    )

    def check(self) -> None:
        if self.source.strategy is None:
            return
        self.types = PlainTypes(self.source)
        for compared in self.source.all(cst.Comparison):
            self._compare(compared)
        for made in self.source.all(cst.BinaryOperation):
            self._operate(made)
        for item in self.source.all(cst.Subscript):
            self._item(item)
        for call in self.source.all(cst.Call):
            self._call(call)

    def _say(self, node: cst.CSTNode, message: str, hint: str) -> None:
        caught = any(tried(self.source, node, error) for error in ("TypeError", "AttributeError"))
        if not caught:
            self.report(node, message, hint=hint)

    def _compare(self, node: cst.Comparison) -> None:
        left: cst.BaseExpression = node.left
        for target in node.comparisons:
            one, other = self.types.of(left), self.types.of(target.comparator)
            if isinstance(target.operator, _ORDER) and one and other and one != other:
                self._say(
                    left,
                    f"{self._called(left)} is {one}, which cannot be compared with {other}",
                    _SPAN_HINT if SPAN in {one, other} else "compare values of one type",
                )
            left = target.comparator

    def _operate(self, node: cst.BinaryOperation) -> None:
        if not isinstance(node.operator, cst.Add | cst.Subtract):
            return
        one, other = self.types.of(node.left), self.types.of(node.right)
        if one is None or other is None or result(node.operator, one, other) is not None:
            return
        sign = "added" if isinstance(node.operator, cst.Add) else "subtracted"
        times = {one, other} == {TIME, NUMBER}
        hint = "write timedelta(minutes=…)" if times else "make them of one type first"
        if {one, other} == {TEXT, NUMBER}:
            hint = "write an f-string, or a number"
        self._say(
            node,
            f"{self._called(node.left)} is {one} and {self._called(node.right)} is {other}, "
            f"which cannot be {sign}",
            hint,
        )

    def _item(self, node: cst.Subscript) -> None:
        kind = self.types.of(node.value)
        index = node.slice[0].slice if len(node.slice) == 1 else None
        if kind is None or not isinstance(index, cst.Index):
            return
        if kind != TEXT or self.types.of(index.value) == TEXT:
            self._say(
                node,
                f"{self._called(node.value)} is {kind}, which has no such items",
                'write pair.split("/")[0] for the base of a pair'
                if kind == TEXT
                else "use it as it is",
            )

    def _call(self, call: cst.Call) -> None:
        kind = self.types.of(call.func)
        if kind is not None:
            self._say(
                call, f"{self._called(call.func)} is {kind}, not a function", "leave out the ()"
            )
        elif isinstance(call.func, cst.Attribute) and self.types.of(call.func.value) == TEXT:
            name = call.func.attr.value
            if not hasattr(str, name):
                self._say(
                    call.func.attr,
                    f"{self._called(call.func.value)} is a text, which has no {name}()",
                    "look up what Python's texts have",
                )

    def _called(self, node: cst.CSTNode) -> str:
        text = self.text(node)
        return text if len(text) < 40 and "\n" not in text else "this"
