from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.bindings import Way
from freqgen_structure.editing import renamed_text
from freqgen_structure.flow import returns_of
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.timeframes import minutes_of, misspelt
from freqgen_structure.values import meant

_HEAD = (
    "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n    timeframe = '1h'\n\n"
    "    def informative_pairs(self):\n"
)
_PAIRS = "        pairs = self.dp.current_whitelist()\n"


class InformativePairs(Rule):
    """FG133: ``informative_pairs`` does not return a list of pairs with their timeframes.

    Each entry is ``(pair, timeframe)`` or ``(pair, timeframe, candle_type)``. Of a text Freqtrade
    takes the first two letters for pair and timeframe, and finds no such market.
    """

    HINT = 'write [("BTC/USDT", "1h")]'
    VALID = (
        _HEAD + "        return [('BTC/USDT', '4h'), ('ETH/USDT', self.timeframe, 'spot')]\n",
        _HEAD + _PAIRS + "        return [(pair, '4h') for pair in pairs]\n",
        _HEAD + "        return []\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "        pairs = []\n        pairs.append('BTC/USDT')\n"
            "        return pairs\n",
            line=9,
        ),
        Bad(code=_HEAD + "        return {p: '1h' for p in self.dp.current_whitelist()}\n", line=8),
        Bad(code=_HEAD + "        return ['BTC/USDT']\n", line=8),
        Bad(code=_HEAD + _PAIRS + "        return [pair for pair in pairs]\n", line=9),
        Bad(
            code=_HEAD + "        return [\n            ('4h', 'BTC/USDT'),\n        ]\n",
            line=9,
            fixed=_HEAD + "        return [\n            ('BTC/USDT', '4h'),\n        ]\n",
        ),
        Bad(
            code=_HEAD + "        return [('BTC/USDT', '60m')]\n",
            line=8,
            fixed=_HEAD + "        return [('BTC/USDT', '1h')]\n",
        ),
        Bad(
            code=_HEAD + "        return ('BTC/USDT', '4h')\n",
            line=8,
            fixed=_HEAD + "        return [('BTC/USDT', '4h')]\n",
        ),
        Bad(code=_HEAD + "        return {'BTC/USDT': '4h'}\n", line=8),
        Bad(code=_HEAD + "        return 'BTC/USDT'\n", line=8),
        Bad(code=_HEAD + _PAIRS + "        return pairs\n", line=9),
        Bad(
            code=_HEAD + _PAIRS + "        return [(p, '4h') for p in pairs] + ['BTC/USDT']\n",
            line=9,
        ),
        Bad(
            code=_HEAD + "        pairs = []\n        pairs.append(('4h', 'BTC/USDT'))\n"
            "        return pairs\n",
            line=9,
            fixed=_HEAD + "        pairs = []\n        pairs.append(('BTC/USDT', '4h'))\n"
            "        return pairs\n",
        ),
    )

    def check(self) -> None:
        method = self.source.methods.get("informative_pairs")
        if method is None:
            return
        for node in returns_of(self.source, method):
            if node.value is not None:
                self._returned(node.value)
            if isinstance(node.value, cst.Name):
                self._put_in(method, node.value.value)

        for entry in self.source.below(method, cst.Tuple):
            holder = self.source.parent(entry)
            if isinstance(holder, cst.Arg | cst.Element | cst.ListComp):
                self._pair(entry)  # also where a list is put together in steps

    def _put_in(self, method: cst.FunctionDef, name: str) -> None:
        """What is put one by one into the list that is returned."""
        for call in self.source.below(method, cst.Call):
            match call:
                case cst.Call(
                    func=cst.Attribute(value=cst.Name(value=listed), attr=cst.Name(value="append")),
                    args=[cst.Arg(value=entry)],
                ) if listed == name and not isinstance(entry, cst.Tuple | cst.List):
                    self._entry(entry)

    def _returned(self, value: cst.BaseExpression) -> None:
        listed = meant(self.source, value)
        match listed:
            case cst.BinaryOperation(operator=cst.Add()):
                self._returned(listed.left)
                self._returned(listed.right)
            case cst.Dict() | cst.DictComp() | cst.SimpleString():
                self.report(value, "informative_pairs does not return a list")
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="current_whitelist"))):
                self.report(
                    value,
                    "informative_pairs returns pairs without timeframes",
                    hint="write [(pair, timeframe) for pair in pairs]",
                )
            case cst.Tuple(elements=[cst.Element(), cst.Element()]) if all(
                text_of(e.value) is not None for e in listed.elements
            ):
                edits: list[Edit] = []
                if listed is value and listed.lpar:
                    start, end = self.source.span(value)
                    inside = self.source.text[start:end]
                    edits = [Edit(start=start - 1, end=end + 1, text=f"[({inside})]")]
                self.report(value, "informative_pairs does not return a list", edits=edits)
            case cst.List():
                for element in listed.elements:
                    self._entry(element.value)
            case cst.ListComp():
                self._entry(listed.elt)

    def _entry(self, entry: cst.BaseExpression) -> None:
        if isinstance(entry, cst.SimpleString | cst.FormattedString | cst.Dict):
            self.report(entry, f"{self.text(entry)} has no timeframe")
            return
        if isinstance(entry, cst.Name) and self._is_pair(entry):
            self.report(
                entry, f"{entry.value} has no timeframe", hint=f"write ({entry.value}, timeframe)"
            )
            return
        if isinstance(entry, cst.Tuple | cst.List):
            self._pair(entry)

    def _pair(self, entry: cst.Tuple | cst.List) -> None:
        if len(entry.elements) not in {2, 3}:
            self.report(entry, "an entry is a pair and its timeframe")
            return
        pair, timeframe = entry.elements[0].value, entry.elements[1].value
        first, second = (text_of(meant(self.source, node)) for node in (pair, timeframe))
        if first is not None and minutes_of(first) is not None and "/" in (second or "/"):
            self.report(
                pair,
                "an entry is the pair first, then its timeframe",
                edits=[
                    self.replace(pair, self.text(timeframe)),
                    self.replace(timeframe, self.text(pair)),
                ],
            )
        elif first is not None and "/" not in first:
            self.report(pair, f'"{first}" is not a pair')
        elif second:
            self._spelling(timeframe, second)

    def _spelling(self, node: cst.BaseExpression, text: str) -> None:
        wrong = misspelt(text)
        if wrong is not None:
            edits = renamed_text(self.source, node, wrong.right) if wrong.right else ()
            self.report(node, wrong.message, hint=wrong.hint, edits=edits)

    def _is_pair(self, name: cst.Name) -> bool:
        """Whether a name goes through the pairs of the whitelist."""
        bindings = self.source.bindings(name)
        for one in bindings:
            if one.way is not Way.LOOP or one.value is None or one.places:
                return False
            pairs = meant(self.source, one.value)
            if not (
                isinstance(pairs, cst.Call)
                and isinstance(pairs.func, cst.Attribute)
                and pairs.func.attr.value == "current_whitelist"
            ):
                return False
        return bool(bindings)
