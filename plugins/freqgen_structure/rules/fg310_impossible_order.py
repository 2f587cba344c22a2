import re
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.columns import SIGNALS
from freqgen_structure.conditions import Part, comparisons, key_of
from freqgen_structure.constants import numbers
from freqgen_structure.definitions import definitions_of
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.value_ranges import values_of

# Of one candle, the first is never above the second.
_CANDLE = frozenset(
    {("low", "open"), ("low", "close"), ("low", "high"), ("open", "high"), ("close", "high")}
)
_HEIGHT = {
    "lowerband": 0, "lower": 0, "middleband": 1, "mid": 1, "upperband": 2, "upper": 2,
    "min": 0, "max": 2,
}  # fmt: skip
_HEAD = "import talib.abstract as ta\nfrom technical import qtpylib\n"
_BANDS = (
    _HEAD + "bands = ta.BBANDS(dataframe, nbdevup=2.0)\ndataframe['lower'] = bands['lowerband']\n"
    "dataframe['upper'] = bands['upperband']\n"
)
_COLUMN = re.compile(r"\[([^\[\]]+)\]")


class ImpossibleOrder(Rule):
    """FG310: two columns are compared that can never stand so.

    A candle's close is never above its high, a lower band never above its upper one, and nothing
    is above itself: the comparison is false on every candle. Comparing a price with an oscillator
    of 0 to 100 says nothing either, which is a warning.
    """

    VALID = (
        "x = dataframe['close'] >= dataframe['high']",
        "x = dataframe['close'] > dataframe['high'].shift(1)",
        "x = dataframe['close'] < dataframe['open']",
        _BANDS + "x = dataframe['close'] < dataframe['lower']\n",
        _BANDS + "x = dataframe['lower'] > dataframe['upper'].shift(1)\n",
        "x = dataframe['close'] != dataframe['close']",
        "dataframe.loc[dataframe['a'] != dataframe['a'], 'a'] = 0",
        _HEAD + "dataframe['rsi'] = ta.RSI(dataframe)\ndataframe['s'] = ta.SMA(dataframe, "
        "price='rsi')\nx = dataframe['rsi'] > dataframe['s']\n",
        _HEAD + "dataframe['close'] = ta.RSI(dataframe)\nx = dataframe['close'] > "
        "dataframe['high']\n",
    )
    INVALID: ClassVar = (
        Bad(
            code="dataframe.loc[\n    (dataframe['a'] != dataframe['a']) & (dataframe['b'] > 3),\n"
            "    ['enter_long', 'enter_tag'],\n] = (1, 'x')\n",
            line=2,
        ),
        Bad(code="x = dataframe['close'] > dataframe['high']", line=1),
        Bad(code="x = (\n    True\n    & (dataframe.open.lt(dataframe['low']))\n)", line=3),
        Bad(code="x = dataframe['close'].shift(2) < dataframe['low'].shift(2)", line=1),
        Bad(code=_BANDS + "x = dataframe['lower'] > dataframe['upper']\n", line=6),
        Bad(
            code=_HEAD + "b = qtpylib.bollinger_bands(dataframe['close'], window=20)\n"
            "x = qtpylib.crossed_below(b['upper'], b['mid'])\n",
            line=4,
        ),
        Bad(code="x = dataframe['a'] > dataframe['a']", line=1),
        Bad(code=_HEAD + "x = qtpylib.crossed_above(dataframe['a'], dataframe['a'])\n", line=3),
        Bad(code="x = dataframe['a'] >= dataframe['a']", line=1),
        Bad(
            code=_HEAD + "dataframe['rsi'] = ta.RSI(dataframe)\n"
            "dataframe['ema'] = ta.EMA(dataframe, 20)\n"
            "x = dataframe['close'] > dataframe['rsi']\ny = dataframe['close'] > 1\n",
            line=5,
        ),
    )

    def check(self) -> None:
        self.kinds = kinds_of(self.source)
        self.definitions = definitions_of(self.source)
        for part in comparisons(self.source):
            sides = [self.kinds.of(part.left), self.kinds.of(part.right)]
            if any(kind is not None and kind.many for kind in sides):
                self._compare(part)

    def _compare(self, part: Part) -> None:
        one, other = key_of(self.source, part.left), key_of(self.source, part.right)
        if one == other:
            self._same(part)
            return
        strict = part.sign in {"<", ">"}
        low, high = (one, other) if part.sign == ">" else (other, one)
        if strict and self._below(low, high, part):
            self.report(
                part.node,
                f"{self._name(low)} is never above {self._name(high)}, so that this is never true",
                hint="compare with a candle before, as in .shift(1), or turn the comparison round",
            )
            return
        units = {self._unit(part.left), self._unit(part.right)}
        if units in ({"price", "percent"}, {"price", "volume"}, {"percent", "volume"}):
            what = {
                "price": "a price",
                "percent": "an oscillator of 0 to 100",
                "volume": "a volume",
            }
            first, second = sorted(units)
            self.report(
                part.node,
                f"{what[first]} is compared with {what[second]}",
                hint="compare with a column of the same sort, or with a number",
                severity=Severity.WARNING,
            )

    def _unit(self, node: cst.BaseExpression) -> str:
        values = values_of(self.source, node)
        return values.unit if values is not None else ""

    def _same(self, part: Part) -> None:
        if part.sign in {"==", "!="}:
            # A column is not equal to itself where it has no value.
            if part.sign == "!=" and self._signals(part.node):
                self.report(
                    part.node,
                    "a column differs from itself only where it has no value",
                    hint="compare it with another column, or with a candle before",
                    severity=Severity.WARNING,
                )
            return
        never = part.sign in {"<", ">"}
        self.report(
            part.node,
            f"a column is compared with itself, which is {'never' if never else 'always'} true",
            hint="compare it with another column, or with a candle before, as in .shift(1)",
            severity=None if never else Severity.WARNING,
        )

    def _signals(self, node: cst.CSTNode) -> bool:
        """Whether a condition is that of ``dataframe.loc[…, "enter_long"]``."""
        for outer in self.source.ancestors(node):
            if isinstance(outer, cst.Subscript) and len(outer.slice) == 2:
                names = {text_of(n) for n in self.source.below(outer.slice[1], cst.SimpleString)}
                return bool(names & set(SIGNALS))
        return False

    def _name(self, key: str) -> str:
        return _COLUMN.sub(r"\1", key)

    def _below(self, one: str, other: str, part: Part) -> bool:
        """Whether the first is never above the second, on one and the same candle."""
        a, b = _COLUMN.match(one), _COLUMN.match(other)
        if a is not None and b is not None:
            if one[a.end() :] != other[b.end() :] or not self._moves_alike(one[a.end() :]):
                return False
            names = a[1], b[1]
            if any(self.definitions.of(name) for name in names if name in _CANDLES):
                return False
            return names in _CANDLE or self._bands(*names)
        left, right = part.left, part.right
        if part.sign != ">":
            left, right = right, left
        return self._ordered(self._output(left), self._output(right))

    def _moves_alike(self, rest: str) -> bool:
        """Whether what follows the column keeps the order of any two columns."""
        return re.fullmatch(r"(\.(shift|copy|ffill)\([^()]*\))*", rest) is not None

    def _bands(self, one: str, other: str) -> bool:
        found = []
        for name in (one, other):
            written = self.definitions.of(name)
            if len(written) != 1 or written[0].value is None:
                return False
            found.append(self._output(written[0].value))
        return self._ordered(*found)

    def _output(self, node: cst.BaseExpression) -> tuple[str, int] | None:
        """The call that gives several bands, as written, and how high the one taken is."""
        if isinstance(node, cst.Attribute):
            name: str | None = node.attr.value
        elif isinstance(node, cst.Subscript) and len(node.slice) == 1:
            index = node.slice[0].slice
            name = text_of(index.value) if isinstance(index, cst.Index) else None
        else:
            return None
        call = self.kinds.library_call(node.value)
        if call is None or name not in _HEIGHT:
            return None
        for arg in call.args[1:]:
            given = numbers(self.source, arg.value)
            if not given.complete or given.negative:
                return None  # a negative number of deviations turns the bands round
        return " ".join(self.text(call).split()), _HEIGHT[name]

    def _ordered(self, one: tuple[str, int] | None, other: tuple[str, int] | None) -> bool:
        return one is not None and other is not None and one[0] == other[0] and one[1] < other[1]


_CANDLES = frozenset(name for pair in _CANDLE for name in pair)
