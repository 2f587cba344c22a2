from __future__ import annotations

from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.talib_calls import TalibCall, talib_calls
from freqgen_structure.vocabulary import Kind

_TA = "import talib.abstract as ta\n"
_NUMBERS = (cst.Integer, cst.Float, cst.SimpleString)


class TalibInputs(Rule):
    """FG323: a function of TA-Lib is not given the candles that it reads.

    The functions of ``talib.abstract`` take a dataframe, or as many columns as they read; those
    of plain ``talib`` take columns only. Called with no candles at all ``talib.abstract``
    computes on those of the call before, which may have been another pair.
    """

    VALID = (
        _TA + "x = ta.RSI(dataframe)\ny = ta.RSI(dataframe['close'], 14)\n",
        _TA + "x = ta.ATR(dataframe['high'], dataframe['low'], dataframe['close'], 14)\n",
        _TA + "x = ta.ATR(*columns, timeperiod=14)\ny = ta.RSI(candles, timeperiod=14)\n",
        "import talib\nx = talib.RSI(dataframe['close'])\n",
        "import talib\nx = talib.RSI(real=dataframe['close'])\n",
        _TA + "x = ta.SMA(ta.RSI(dataframe), timeperiod=3)\n",
    )
    INVALID: ClassVar = (
        Bad(code=_TA + "x = ta.RSI(timeperiod=14)\n", line=2),
        Bad(code=_TA + "x = (\n    ta.RSI(14)\n)\n", line=3),
        Bad(code=_TA + "x = ta.ATR(dataframe['close'], timeperiod=14)\n", line=2),
        Bad(code=_TA + "x = ta.ATR(dataframe['high'], dataframe['low'], 14)\n", line=2),
        Bad(code=_TA + "x = ta.RSI(dataframe['high'], dataframe['low'], 14)\n", line=2),
        Bad(
            code="import talib\nx = talib.RSI(dataframe, timeperiod=14)\n",
            line=2,
            fixed="import talib.abstract as talib\nx = talib.RSI(dataframe, timeperiod=14)\n",
        ),
        Bad(
            code="import talib as ta  # indicators\nx = ta.ATR(dataframe)\n",
            line=2,
            fixed="import talib.abstract as ta  # indicators\nx = ta.ATR(dataframe)\n",
        ),
        Bad(
            code="from talib import ADX, RSI\nx = ADX(dataframe)\n",
            line=2,
            fixed="from talib.abstract import ADX, RSI\nx = ADX(dataframe)\n",
        ),
        Bad(
            code="import talib\nx = talib.ADX(dataframe)\ny = talib.SMA(dataframe['close'])\n",
            line=2,
            fixed="import talib\n"
            'x = talib.ADX(dataframe["high"], dataframe["low"], dataframe["close"])\n'
            "y = talib.SMA(dataframe['close'])\n",
        ),
        Bad(code="import talib\nx = talib.ADX(dataframe['close'])\n", line=2),
    )

    def check(self) -> None:
        calls = list(talib_calls(self.source))
        for call in calls:
            if call.starred:
                continue
            if call.abstract:
                self._abstract(call)
            else:
                self._plain(call, calls)

    def _abstract(self, call: TalibCall) -> None:
        places = call.positional
        if not places or isinstance(places[0].value, _NUMBERS):
            self.report(
                call.node,
                f"{call.function.name} is given no candles",
                hint=f"write {self._name(call)}(dataframe, …)",
            )
            return
        self._count(call)

    def _count(self, call: TalibCall) -> None:
        """Compare the columns that a call gives with those that the function reads."""
        kinds = [kinds_of(self.source).of(arg.value) for arg in call.positional]
        if kinds[0] is None or not kinds[0].many:
            return
        columns = 0
        for kind in kinds:
            if kind is None:
                return  # may be a column or a number
            if not kind.many:
                break
            columns += 1
        wanted = call.function.prices
        if columns != len(wanted):
            few = columns < len(wanted)
            self.report(
                call.node,
                f"{call.function.name} reads {len(wanted)} "
                f"{'column' if len(wanted) == 1 else 'columns'}, and is given {columns}",
                hint=f"give it {'all of ' if few else ''}{', '.join(wanted)}, or the dataframe "
                "where it is a function of talib.abstract",
            )

    def _plain(self, call: TalibCall, calls: list[TalibCall]) -> None:
        places = call.positional
        if not places:
            return
        kind = kinds_of(self.source).of(places[0].value)
        if kind is Kind.FRAME:
            self.report(
                places[0],
                f"{call.function.name} of plain talib takes columns, and is given a dataframe",
                hint="import talib.abstract as ta, whose functions take a dataframe",
                edits=self._abstract_import(calls) or self._columns(call),
            )
        elif len(places) == len(call.node.args):
            self._count(call)

    def _abstract_import(self, calls: list[TalibCall]) -> tuple[Edit, ...]:
        """Import ``talib.abstract`` under the name of ``talib``, if all its calls want that."""
        plain = [call for call in calls if not call.abstract]
        for call in plain:
            places = call.positional
            if not places or kinds_of(self.source).of(places[0].value) is not Kind.FRAME:
                return ()
        read = [
            n for n in self.source.all(cst.Attribute) if "talib" in self.source.imports(n.value)
        ]
        if len(read) > sum(isinstance(call.node.func, cst.Attribute) for call in plain):
            return ()
        edits: list[Edit] = []
        for statement in self.source.all(cst.Import):
            for item in statement.names:
                if isinstance(item.name, cst.Name) and item.name.value == "talib":
                    alias = "" if item.asname is not None else " as talib"
                    edits.append(self.replace(item.name, f"talib.abstract{alias}"))
        for origin in self.source.all(cst.ImportFrom):
            if isinstance(origin.module, cst.Name) and origin.module.value == "talib":
                if isinstance(origin.names, cst.ImportStar) or any(
                    not str(item.name.value).isupper() for item in origin.names
                ):
                    return ()
                edits.append(self.replace(origin.module, "talib.abstract"))
        return tuple(edits)

    def _columns(self, call: TalibCall) -> tuple[Edit, ...]:
        """Give a function with one result the columns that it reads."""
        frame = call.positional[0].value
        known = {"open", "high", "low", "close", "volume"}
        if len(call.function.outputs) != 1 or not set(call.function.prices) <= known:
            return ()
        if not isinstance(frame, cst.Name) or set(call.keywords) & set(call.function.inputs):
            return ()
        text = ", ".join(f'{frame.value}["{price}"]' for price in call.function.prices)
        return (self.replace(frame, text),)

    def _name(self, call: TalibCall) -> str:
        return self.text(call.node.func) if not isinstance(call.node.func, cst.Call) else "it"
