from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.bindings import Way
from freqgen_structure.constants import numbers
from freqgen_structure.interface import CALLBACKS
from freqgen_structure.nodes import argument
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.talib_calls import talib_calls
from freqgen_structure.values import number, sets_on_object

_HEAD = (
    "import talib.abstract as ta\nfrom technical import qtpylib\n"
    "from freqtrade.strategy import IStrategy, IntParameter\n\n\nclass S(IStrategy):\n"
)
_DEF = "    def populate_indicators(self, dataframe, metadata):\n"
_SMA = _DEF + "        dataframe['x'] = ta.SMA(dataframe, timeperiod=200)\n"


class ShortStartup(Rule):
    """FG140: startup_candle_count is less than the candles that an indicator looks back.

    Freqtrade computes the columns with that many candles before the first one that it trades
    on. An average of 200 candles needs 199 before its own: until it has seen them it has no value,
    or another one. A backtest does not trade at first, and what it does then is not what the bot
    does.
    """

    SEVERITY = Severity.WARNING
    VALID = (
        _HEAD + "    startup_candle_count = 200\n" + _SMA,
        _HEAD + _SMA,
        _HEAD
        + "    startup_candle_count: int = 14\n"
        + _DEF
        + "        dataframe['x'] = ta.RSI(dataframe, timeperiod=14)\n",
        _HEAD
        + "    startup_candle_count = 20\n    window = IntParameter(10, 50, default=20)\n"
        + _DEF
        + "        dataframe['x'] = ta.SMA(dataframe, timeperiod=self.window.value)\n",
        _HEAD + "    startup_candle_count = 5\n"
        "    def custom_exit(self, pair, trade, **kwargs):\n"
        "        return 'x' if self.column(pair).rolling(20).max() > 3 else None\n",
        _HEAD
        + "    startup_candle_count = 5\n"
        + _DEF
        + "        dataframe['x'] = dataframe['close'].rolling(20, min_periods=1).max()\n",
        _HEAD
        + "    startup_candle_count = 19\n"
        + _DEF
        + "        dataframe['x'] = dataframe['close'].rolling(20).max()\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    x = 1\n    startup_candle_count: int = 66\n" + _SMA, line=8),
        Bad(code=_HEAD + "    startup_candle_count = 0\n" + _SMA, line=7),
        Bad(
            code=_HEAD
            + "    startup_candle_count = 10\n"
            + _DEF
            + "        dataframe['x'] = dataframe['close'].rolling(window=20).max()\n",
            line=7,
        ),
        Bad(
            code=_HEAD
            + "    startup_candle_count = 10\n"
            + _DEF
            + "        dataframe['x'] = dataframe['close'].shift(12)\n",
            line=7,
        ),
        Bad(
            code=_HEAD
            + "    startup_candle_count = 10\n"
            + _DEF
            + "        macd = ta.MACD(dataframe, 12, 26, 9)\n",
            line=7,
        ),
        Bad(
            code=_HEAD
            + "    slow = 50\n    startup_candle_count = 30\n"
            + _DEF
            + "        for n in (60, self.slow):\n"
            "            dataframe[f'x_{n}'] = ta.EMA(dataframe, timeperiod=n)\n",
            line=8,
        ),
        Bad(
            code=_HEAD
            + "    startup_candle_count = 10\n"
            + _DEF
            + "        bands = qtpylib.bollinger_bands(dataframe['close'], window=20, stds=2)\n",
            line=7,
        ),
    )

    def check(self) -> None:
        found = self.source.attributes.get("startup_candle_count")
        if found is None or self.source.uses_freqai or self.source.foreign_bases:
            return
        count = number(self.source, found[1])
        if count is None or count < 0 or sets_on_object(self.source, "startup_candle_count"):
            return
        longest = max(self._spans(), key=lambda one: one[0], default=None)
        if longest is None or longest[0] <= count:
            return
        least, call = longest
        line, _ = self.source.position(call)
        self.report(
            found[0],
            f"startup_candle_count is {count:g}, and line {line} looks back {least:g} candles",
            hint=f"write {least:g} or more: averages of the exponential kind need several times "
            "their period",
        )

    def _spans(self) -> Iterator[tuple[float, cst.Call]]:
        """How many candles before its own each call looks back at least."""
        for talib in talib_calls(self.source):
            if not talib.starred and self._of_columns(talib.node):
                names = list(talib.function.parameters)
                given = {name: arg.value for name, arg in talib.keywords.items()}
                if talib.abstract:
                    settings = [a.value for a in talib.positional[1:]]
                    given |= dict(zip(names, settings, strict=False))
                for name, value in given.items():
                    if name.endswith("period") and name in names:
                        yield self._least(value) - 1, talib.node
        for call in self.source.all(cst.Call):
            if self._of_columns(call):
                own = 0 if self._method(call) == "shift" else 1  # a window has its own candle
                yield self._least(self._window(call)) - own, call

    def _method(self, call: cst.Call) -> str:
        return call.func.attr.value if isinstance(call.func, cst.Attribute) else ""

    def _window(self, call: cst.Call) -> cst.BaseExpression | None:
        """The argument of pandas' and qtpylib's functions that says how far they look back."""
        path = self.source.imported(call.func)
        if path is not None:
            technical = path.startswith("technical.qtpylib.") or ".vendor.qtpylib." in path
            return argument(call, 99, "window") if technical else None
        match call.func:
            case cst.Attribute(attr=cst.Name(value="rolling")):
                if any(a.keyword and a.keyword.value == "min_periods" for a in call.args):
                    return None
                return argument(call, 0, "window") if len(call.args) == 1 else None
            case cst.Attribute(attr=cst.Name(value="shift")):
                return argument(call, 0, "periods") if len(call.args) == 1 else None
        return None

    def _least(self, node: cst.BaseExpression | None) -> float:
        """The span that is certain: the longest of a loop, the shortest that hyperopt may take."""
        found = numbers(self.source, node)
        if not found.complete or not found.known:
            return 0
        return max(found.known) if self._looped(node) else min(found.known)

    def _looped(self, node: cst.BaseExpression | None) -> bool:
        """Whether a name is that of a loop over plain numbers."""
        if not isinstance(node, cst.Name):
            return False
        bindings = self.source.bindings(node)
        return bool(bindings) and all(
            one.way is Way.LOOP
            and one.value is not None
            and not one.places
            and not any(
                read.attr.value == "value" for read in self.source.below(one.value, cst.Attribute)
            )
            for one in bindings
        )

    def _of_columns(self, call: cst.Call) -> bool:
        """Whether a call may be one that makes columns: callbacks do not."""
        function = self.source.function_of(call)
        return function is not None and function.name.value not in CALLBACKS
