from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.kinds import kinds_of
from freqgen_structure.lookahead import narrow
from freqgen_structure.nodes import dotted
from freqgen_structure.rows import often_called
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import WINDOWS, Kind

_HEAD = "class S(IStrategy):\n    def custom_exit(self, pair, trade, **kwargs):\n"
_FRAME = "        df, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)\n"
_LIBRARIES = ("talib.", "pandas_ta.", "pandas_ta_classic.", "technical.", "ta.")
_NO_INDICATOR = frozenset({"Trade", "merge_informative_pair"})


class IndicatorInCallback(Rule):
    """FG410: an indicator is computed in a callback.

    Callbacks run for every open trade with every candle, live with every price. What is
    computed from candles belongs into ``populate_indicators``, which runs once for a candle; the
    callback reads its column.
    """

    SEVERITY = Severity.WARNING
    HINT = (
        "compute it in populate_indicators as a column, and read the last value here, with "
        "self.dp.get_analyzed_dataframe(pair, self.timeframe)"
    )
    VALID = (
        _HEAD + _FRAME + "        return df['rsi'].iat[-1] > 70\n",
        _HEAD + _FRAME + "        return df['close'].tail(5).mean() > 70\n",
        "import talib.abstract as ta\n\n\nclass S(IStrategy):\n"
        "    def populate_indicators(self, df, metadata):\n        df['r'] = ta.RSI(df)\n",
        "import talib.abstract as ta\n\n\nclass S(IStrategy):\n"
        "    def populate_indicators(self, df, metadata):\n        return self.more(df)\n\n"
        "    def more(self, df):\n        df['r'] = ta.RSI(df)\n        return df\n",
    )
    INVALID: ClassVar = (
        Bad(
            code="import talib.abstract as ta\n\n\n"
            + _HEAD
            + _FRAME
            + "        return ta.RSI(df).iloc[-1] > 70\n",
            line=7,
        ),
        Bad(
            code="import talib.abstract as ta\n\n\nclass S(IStrategy):\n"
            "    def custom_stoploss(self, pair, trade, **kwargs):\n"
            "        return self.level(pair)\n\n    def level(self, pair):\n"
            "        frame = self.dp.get_pair_dataframe(pair, '1h')\n"
            "        return ta.ATR(frame, timeperiod=14).iloc[-1]\n",
            line=10,
        ),
        Bad(
            code=_HEAD + _FRAME + "        return df['close'].rolling(20).std().iloc[-1] > 2\n",
            line=4,
        ),
        Bad(
            code="class S(IStrategy):\n    def confirm_trade_entry(self, pair, **kwargs):\n"
            "        df = self.dp.get_analyzed_dataframe(pair, '1h')[0]\n"
            "        return df.close.ewm(span=9).mean().iat[-1] > 2\n",
            line=4,
        ),
    )

    def check(self) -> None:
        kinds = kinds_of(self.source)
        functions = often_called(self.source)
        for call in self.source.all(cst.Call):
            function = self.source.function_of(call)
            if function is None or function not in functions:
                continue
            path = self.source.imported(call.func) or ""
            name = path.rpartition(".")[2]
            library = path.startswith(_LIBRARIES) and name not in _NO_INDICATOR
            window = (
                isinstance(call.func, cst.Attribute)
                and call.func.attr.value in WINDOWS
                and self._column(kinds.of(call.func.value))
            )
            if library or window:
                what = dotted(call.func) or f".{call.func.attr.value}()"  # type: ignore[attr-defined]
                written = what if library else f".{call.func.attr.value}()"  # type: ignore[attr-defined]
                self.report(
                    narrow(call),
                    f"{written} is computed anew each time that {functions[function]} is called",
                )

    def _column(self, kind: Kind | None) -> bool:
        return kind is Kind.FRAME or (kind is not None and kind.many)
