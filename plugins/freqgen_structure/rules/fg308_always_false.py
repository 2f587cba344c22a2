from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.conditions import TURNED, Part, comparisons
from freqgen_structure.data_checks import only_guards
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import argument
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.value_ranges import Values, values_of
from freqgen_structure.vocabulary import Kind

_HEAD = "import talib.abstract as ta\nfrom technical import qtpylib\n"
_RSI = _HEAD + "dataframe['rsi'] = ta.RSI(dataframe)\n"


class AlwaysFalse(Rule):
    """FG308: a comparison is false, or true, on every candle.

    RSI, ADX, MFI, Aroon and the stochastic oscillators go from 0 to 100, Williams %R from -100
    to 0, and patterns of candles are -100, 0 or 100: a comparison with a number outside of that
    says nothing. The strategy runs, and trades never, or without the condition. Where it only
    looks for prices that are wrong, it is a warning.
    """

    VALID = (
        _RSI + "dataframe['x'] = (dataframe['rsi'] > 0) & (dataframe['rsi'] <= 100)\n",
        _HEAD
        + "dataframe['h'] = ta.CDLHAMMER(dataframe)\ndataframe['x'] = dataframe['h'] == 100\n",
        _HEAD + "dataframe['h'] = ta.CDLHAMMER(dataframe)\ndataframe['x'] = dataframe['h'] != 0\n",
        "dataframe['x'] = (dataframe['volume'] > 0) & (dataframe['close'] >= 0)\n",
        _HEAD + "dataframe['w'] = ta.WILLR(dataframe)\ndataframe['x'] = dataframe['w'] < -80\n",
        _RSI + "dataframe['rsi'] = dataframe['rsi'] * 3\ndataframe['x'] = dataframe['rsi'] > 200\n",
        _RSI + "dataframe['up'] = (dataframe['rsi'] > 50).astype(int)\n"
        "dataframe['x'] = dataframe['up'] == 1\n",
        _HEAD + "dataframe['cci'] = ta.CCI(dataframe)\ndataframe['x'] = dataframe['cci'] > 300\n",
        _HEAD + "n = (dataframe['close'] > 1).rolling(5).sum() > 3\n",
        "x = (dataframe['date'].dt.hour < 0) | (dataframe['date'].dt.hour > 0)\n",
        "dataframe.loc[dataframe['a'] > 1, 'exit_long'] = 1\nx = dataframe['exit_long'] == 0\n",
    )
    INVALID: ClassVar = (
        Bad(  # of two dataframes, and both are RSI
            code="import talib.abstract as ta\ndataframe['rsi'] = ta.RSI(dataframe)\n"
            "other['rsi'] = ta.RSI(other)\nx = dataframe['rsi'] < 0.3\n",
            line=4,
        ),
        Bad(code="x = (\n    dataframe['date'].dt.hour > 24\n)\n", line=2),
        Bad(code=_RSI + "dataframe['x'] = dataframe['rsi'] > 130\n", line=4),
        Bad(code=_RSI + "dataframe['x'] = (\n    30 > 2\n) & (-5 > dataframe['rsi'])\n", line=6),
        Bad(code=_RSI + "dataframe['x'] = dataframe['rsi'].shift(1) < 0\n", line=4),
        Bad(code=_RSI + "dataframe['x'] = dataframe['rsi'] < 0.3\n", line=4),
        Bad(code=_RSI + "dataframe['x'] = dataframe['rsi'] < 300\n", line=4),
        Bad(code=_RSI + "dataframe['x'] = dataframe['rsi'].ge(101)\n", line=4),
        Bad(code=_RSI + "dataframe['x'] = qtpylib.crossed_above(dataframe['rsi'], 170)\n", line=4),
        Bad(
            code=_HEAD + "stoch = ta.STOCH(dataframe)\ndataframe['k'] = stoch['slowk']\n"
            "dataframe['x'] = dataframe['k'] < -20\n",
            line=5,
        ),
        Bad(
            code=_HEAD + "dataframe['w'] = ta.WILLR(dataframe)\n"
            "dataframe['x'] = dataframe['w'] > 80\n",
            line=4,
        ),
        Bad(
            code=_HEAD + "dataframe['h'] = ta.CDLHAMMER(dataframe)\n"
            "dataframe['x'] = dataframe['h'] == 1\n",
            line=4,
        ),
        Bad(
            code=_HEAD + "dataframe['up'] = dataframe['close'] > dataframe['open']\n"
            "dataframe['x'] = dataframe['up'] == 100\n",
            line=4,
        ),
        Bad(code="dataframe['x'] = dataframe['volume'] < 0\n", line=1),
        Bad(code=_RSI + "dataframe['x'] = dataframe['rsi'].between(110, 130)\n", line=4),
        Bad(code="dataframe['x'] = dataframe['a'].between(70, right=30)\n", line=1),
        Bad(
            code="from freqtrade.strategy import IStrategy, IntParameter, informative\n"
            "import talib.abstract as ta\n\n\nclass S(IStrategy):\n"
            "    high = IntParameter(110, 150, default=120, space='buy')\n"
            "    @informative('1h')\n    def hours(self, dataframe, metadata):\n"
            "        dataframe['mfi'] = ta.MFI(dataframe)\n        return dataframe\n"
            "    def populate_entry_trend(self, dataframe, metadata):\n"
            "        dataframe.loc[dataframe['mfi_1h'] > self.high.value, 'enter_long'] = 1\n"
            "        return dataframe\n",
            line=12,
        ),
    )

    def check(self) -> None:
        self.kinds = kinds_of(self.source)
        for part in comparisons(self.source):
            self._compare(part)
        for call in self.source.all(cst.Call):
            if isinstance(call.func, cst.Attribute) and call.func.attr.value == "between":
                self._between(call, call.func.value)

    def _between(self, call: cst.Call, column: cst.BaseExpression) -> None:
        """``column.between(low, high)``."""
        low, high = argument(call, 0, "left"), argument(call, 1, "right")
        if low is None or high is None or not self._of_candles(column):
            return
        ends = values_of(self.source, low), values_of(self.source, high)
        if ends[0] is None or ends[1] is None or {end.unit for end in ends if end} != {"number"}:
            return
        if ends[0].low > ends[1].high:
            self.report(call, "the lower bound is above the upper one, so that this is never true")
            return
        one = values_of(self.source, column)
        if one is None or not one.bounded or one.unit == "number":
            return
        if one.high < ends[0].low or one.low > ends[1].high:
            what = f"{one.origin} " if one.origin else "this "
            self.report(call, f"{what}{_range(one)}, so that this is never true")

    def _is_half(self, node: cst.CSTNode) -> bool:
        """Whether it is a half of ``(x < 0) | (x > 0)``, which says that x is not 0."""
        whole = self.source.parent(node)
        match whole:
            case cst.BinaryOperation(
                left=cst.Comparison() as one, operator=cst.BitOr(), right=cst.Comparison() as other
            ):
                halves = (one, other)
            case _:
                return False
        signs = [type(half.comparisons[0].operator) for half in halves]
        sides = [(half.left, half.comparisons[0].comparator) for half in halves]
        return {*signs} == {cst.LessThan, cst.GreaterThan} and all(
            mine.deep_equals(theirs) for mine, theirs in zip(*sides, strict=True)
        )

    def _is_a_never(self, node: cst.CSTNode) -> bool:
        """Whether a condition of its own is added under an ``if``, to forbid a trade there."""
        arg = self.source.parent(node)
        call = self.source.parent(arg) if isinstance(arg, cst.Arg) else None
        match call:
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="append"))):
                return any(isinstance(a, cst.If | cst.Else) for a in self.source.ancestors(call))
        return False

    def _of_candles(self, node: cst.BaseExpression) -> bool:
        kind = self.kinds.of(node)
        return kind is not None and (kind.many or kind is Kind.SCALAR)

    def _compare(self, part: Part) -> None:
        node, left, sign, right = part.node, part.left, part.sign, part.right
        if not self._of_candles(left):
            left, right, sign = right, left, TURNED[sign]
        if not self._of_candles(left):
            return
        one, other = values_of(self.source, left), values_of(self.source, right)
        if one is None or other is None or not one.bounded:
            return
        if one.unit == "number":
            one, other, sign = other, one, TURNED[sign]
        if other.unit != "number" or one.unit == "number":
            return
        if self._is_half(node):
            return
        answer = _answer(one, sign, other)
        what = f"{one.origin} " if one.origin else "this "
        if answer is False or (part.crosses and answer is True):
            meant = only_guards(self.source, node) or self._is_a_never(node)
            self.report(
                node,
                f"{what}{_range(one)}, so that this is never true",
                severity=Severity.WARNING if meant else None,
            )
        elif answer is True:
            self.report(
                node,
                f"{what}{_range(one)}, so that this is always true",
                severity=Severity.WARNING,
            )
        elif one.unit == "percent" and 0 < other.high < 1 and sign in {"<", "<="}:
            self.report(
                node,
                f"{what}goes from 0 to 100, so that this is hardly ever true",
                hint=f"did you mean {other.high * 100:g}",
                severity=Severity.WARNING,
            )


def _range(values: Values) -> str:
    if values.unit == "truth":
        return "is true or false"
    if values.exact and len(values.exact) < 6:
        return "is one of " + ", ".join(f"{v:g}" for v in sorted(values.exact))
    if values.high == float("inf"):
        return f"is never less than {values.low:g}"
    return f"goes from {values.low:g} to {values.high:g}"


def _answer(one: Values, sign: str, other: Values) -> bool | None:
    """What a comparison gives on every candle; ``None`` where it depends on the candle."""
    if sign in {"==", "!="}:
        apart = one.high < other.low or one.low > other.high
        if one.exact and other.exact and not one.exact & other.exact:
            apart = True
        return None if not apart else sign == "!="
    if sign in {"<", "<="}:
        one, sign, other = _mirrored(one), sign.replace("<", ">"), _mirrored(other)
    if one.high < other.low or (sign == ">" and one.high == other.low):
        return False
    # At the very end of the range it guards against what is missing, as volume >= 0 does.
    return True if one.low > other.high else None


def _mirrored(values: Values) -> Values:
    return Values(low=-values.high, high=-values.low)
