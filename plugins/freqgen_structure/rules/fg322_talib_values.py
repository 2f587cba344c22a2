from __future__ import annotations

from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.columns import CANDLES, columns_of
from freqgen_structure.constants import numbers
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nearest import nearest
from freqgen_structure.nodes import number_of, text_of
from freqgen_structure.numeric_types import numeric_type
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.talib_calls import TalibCall, talib_calls
from freqgen_structure.vocabulary import Kind

_TA = "import talib.abstract as ta\n"
_HEAD = (
    "import talib.abstract as ta\n"
    "from freqtrade.strategy import DecimalParameter, IntParameter, IStrategy\n\n\n"
    "class S(IStrategy):\n"
    "    whole = IntParameter(5, 30, default=14)\n"
    "    part = DecimalParameter(1.0, 3.0, default=2.0)\n"
    "    small = IntParameter(1, 30, default=14)\n"
    "    def populate_indicators(self, dataframe, metadata):\n"
)


class TalibValues(Rule):
    """FG322: a setting of TA-Lib has a value that the function does not take.

    ``talib.abstract`` wants whole numbers for periods and numbers with a point for deviations
    and factors: ``nbdevup=2`` or ``timeperiod=14.0`` raise ``TypeError``. A period below what
    the function can work with, such as an RSI of one candle, raises an error as well, and so
    does a ``price`` that is no column.
    """

    VALID = (
        _TA + "x = ta.RSI(dataframe, timeperiod=2)\ny = ta.SMA(dataframe, 1)\n",
        _TA + "x = ta.BBANDS(dataframe, timeperiod=20, nbdevup=2.5, nbdevdn=2.5)\n",
        _TA + "n = 14\nx = ta.RSI(dataframe, timeperiod=n * 2 // 3)\n",
        _TA + "x = ta.RSI(dataframe, timeperiod=int(n / 2))\ny = ta.MA(dataframe, matype=1)\n",
        _TA + "x = ta.EMA(dataframe, timeperiod=9, price='open')\n",
        _TA + "dataframe['hl'] = 1\nx = ta.EMA(dataframe, timeperiod=9, price='hl')\n",
        "import talib\nx = talib.BBANDS(dataframe['close'], 20, 2, 2)\n",
        _HEAD + "        x = ta.RSI(dataframe, timeperiod=self.whole.value)\n"
        "        y = ta.BBANDS(dataframe, nbdevup=self.part.value)\n"
        "        z = ta.BBANDS(dataframe, nbdevup=float(self.whole.value))\n",
        _TA + "x = ta.SAR(dataframe, acceleration=None)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_TA + "x = ta.EMA(dataframe, timeperiod='14')\n",
            line=2,
            fixed=_TA + "x = ta.EMA(dataframe, timeperiod=14)\n",
        ),
        Bad(
            code=_TA + "x = ta.EMA(\n    dataframe,\n    14.0,  # candles\n)\n",
            line=4,
            fixed=_TA + "x = ta.EMA(\n    dataframe,\n    14,  # candles\n)\n",
        ),
        Bad(code=_TA + "x = ta.EMA(dataframe, timeperiod=14.5)\n", line=2),
        Bad(code=_TA + "n = 14\nx = ta.EMA(dataframe, timeperiod=n / 2)\n", line=3),
        Bad(
            code=_TA + "x = ta.BBANDS(dataframe, timeperiod=20, nbdevup=2, nbdevdn=2.0)\n",
            line=2,
            fixed=_TA + "x = ta.BBANDS(dataframe, timeperiod=20, nbdevup=2.0, nbdevdn=2.0)\n",
        ),
        Bad(
            code=_TA + "x = ta.BBANDS(dataframe['close'], 20, 2.0, 2, 0)\n",
            line=2,
            fixed=_TA + "x = ta.BBANDS(dataframe['close'], 20, 2.0, 2.0, 0)\n",
        ),
        Bad(code=_TA + "x = ta.MA(dataframe, timeperiod=9, matype='EMA')\n", line=2),
        Bad(code=_TA + "x = ta.MA(dataframe, timeperiod=9, matype=99)\n", line=2),
        Bad(code=_TA + "x = ta.RSI(dataframe, timeperiod=1)\n", line=2),
        Bad(code=_TA + "n = 0\nx = ta.RSI(dataframe, timeperiod=n)\n", line=3),
        Bad(code="import talib\nx = talib.ADX(h, l, c, timeperiod=-5)\n", line=2),
        Bad(code="import talib\nx = talib.SMA(dataframe['close'], timeperiod='9')\n", line=2,
            fixed="import talib\nx = talib.SMA(dataframe['close'], timeperiod=9)\n"),
        Bad(
            code=_TA + "x = ta.EMA(dataframe, timeperiod=10, price='clos')\n",
            line=2,
            fixed=_TA + "x = ta.EMA(dataframe, timeperiod=10, price='close')\n",
        ),
        Bad(code=_TA + "x = ta.EMA(dataframe, timeperiod=10, price='typical')\n", line=2),
        Bad(
            code=_HEAD + "        x = ta.RSI(dataframe, timeperiod=self.part.value)\n", line=10
        ),
        Bad(
            code=_HEAD + "        x = ta.BBANDS(dataframe, nbdevup=self.whole.value)\n", line=10,
            fixed=_HEAD + "        x = ta.BBANDS(dataframe, nbdevup=float(self.whole.value))\n",
        ),
        Bad(code=_HEAD + "        x = ta.RSI(dataframe, timeperiod=self.small.value)\n", line=10),
    )  # fmt: skip

    def check(self) -> None:
        for call in talib_calls(self.source):
            if not any(arg.star == "*" for arg in call.node.args):
                for name, arg in _settings(call, self._arrays(call)):
                    self._setting(call, name, arg.value)
            if call.abstract:
                self._prices(call)

    def _arrays(self, call: TalibCall) -> int | None:
        """How many of the arguments by position are what the function reads."""
        places = call.positional
        if not places:
            return 0
        kinds = kinds_of(self.source)
        first = kinds.of(places[0].value)
        if call.abstract and first is Kind.FRAME:
            return 1
        wanted = len(call.function.prices)
        if not call.abstract:
            return wanted
        # A column or an array, and then as many as the function wants.
        if first is not None and first.many:
            return wanted
        return None

    def _setting(self, call: TalibCall, name: str, value: cst.BaseExpression) -> None:
        default = call.function.parameters[name]
        wanted = "float" if isinstance(default, float) else "int"
        given = numeric_type(self.source, value)
        wrong = given is not None and given != wanted and (call.abstract or given == "str")
        if wrong:
            kind = {"float": "a number with a point", "int": "a whole number"}
            is_a = {**kind, "str": "a text"}[str(given)]
            self.report(
                value,
                f"{name} of {call.function.name} is {is_a}, and must be {kind[wanted]}",
                hint=self._hint(value, wanted),
                edits=self._typed(value, str(given), wanted),
            )
            return
        found = numbers(self.source, value)
        refused = sorted(n for n in found.known if not self._takes(call, name, n, wanted))
        certain = len(refused) == len(found.known)
        # Of what is computed from several numbers a condition may keep the wrong ones out.
        if not refused or not (certain or isinstance(value, cst.Name | cst.Attribute)):
            return
        least = call.function.least(name) if wanted == "int" and name != "matype" else None
        limit = f"at least {least}" if least is not None and refused[0] < least else ""
        number = refused[0]
        shown = int(number) if number == int(number) and wanted == "int" else number
        self.report(
            value,
            f"{call.function.name} does not take {shown} as {name}",
            hint=f"give it {limit}" if limit else "give it a value that TA-Lib documents",
            # A space of hyperopt that reaches too far is only wrong when it is searched.
            severity=None if certain else Severity.WARNING,
        )

    def _takes(self, call: TalibCall, name: str, number: float, wanted: str) -> bool:
        if abs(number) > 2**31 - 1:
            return False
        if wanted == "int":
            return number != int(number) or call.function.takes(name, int(number))
        return call.function.takes(name, float(number))

    def _hint(self, value: cst.BaseExpression, wanted: str) -> str:
        written = self.text(value)
        if wanted == "float":
            return f"write float({written}), or a number such as 2.0"
        return "write a whole number such as 14, or int(…) around what is computed"

    def _typed(self, value: cst.BaseExpression, given: str, wanted: str) -> tuple[Edit, ...]:
        """The same number as what is wanted, where it is one."""
        text = text_of(value)
        if text is not None:
            try:
                number = float(text)
            except ValueError:
                return ()
        elif (literal := number_of(value)) is not None:
            number = literal
        elif given == "int" and wanted == "float":
            return (self.replace(value, f"float({self.text(value)})"),)
        else:
            return ()
        if wanted == "float":
            return (self.replace(value, repr(number)),)
        if number == int(number):
            return (self.replace(value, str(int(number))),)
        return ()

    def _prices(self, call: TalibCall) -> None:
        """Look at ``price="close"``, which names a column of the dataframe that is given."""
        places = call.positional
        if not places or kinds_of(self.source).of(places[0].value) is not Kind.FRAME:
            return
        columns = columns_of(self.source)
        for name in call.function.inputs:
            arg = call.keywords.get(name)
            if arg is None or name == "prices":
                continue
            texts = self.source.strings(arg.value) or frozenset()
            for column in sorted(texts):
                if columns.exists(column):
                    continue
                written = {use.name for use in columns.writes} | (CANDLES - {"date"})
                meant = nearest(column, written, synonyms=False)
                literal = text_of(arg.value) is not None
                quote = self.text(arg.value)[-1:]
                self.report(
                    arg.value,
                    f'{name}="{column}" is no column of the dataframe',
                    hint=f'write "{meant}"' if meant else "name a column that there is",
                    edits=(self.replace(arg.value, f"{quote}{meant}{quote}"),)
                    if meant and literal
                    else (),
                )


def _settings(call: TalibCall, arrays: int | None) -> list[tuple[str, cst.Arg]]:
    """The settings that a call gives, by name."""
    names = list(call.function.parameters)
    found = [(name, arg) for name, arg in call.keywords.items() if name in names]
    if arrays is not None:
        found += list(zip(names, call.positional[arrays:], strict=False))
    return found
