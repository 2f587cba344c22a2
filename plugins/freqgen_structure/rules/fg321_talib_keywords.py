from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.imported import signature
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nearest import nearest
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.talib_calls import TalibCall, talib_calls
from freqgen_structure.vocabulary import Kind

_TA = "import talib.abstract as ta\n"


class TalibKeywords(Rule):
    """FG321: a function of TA-Lib does not have the keyword that it is given.

    ``talib.abstract`` ignores such a keyword without a word: ``ta.RSI(dataframe, period=7)``
    is an RSI of 14 candles. The functions of plain ``talib`` raise ``TypeError``. A setting
    too many, given by its position, is ignored as well, which is a warning.
    """

    VALID = (
        _TA + "x = ta.RSI(dataframe, timeperiod=7)\n",
        _TA + "x = ta.EMA(dataframe, timeperiod=7, price='open')\n",
        _TA + "x = ta.BBANDS(dataframe, timeperiod=20, nbdevup=2.0, nbdevdn=2.0, matype=0)\n",
        _TA + "x = ta.CORREL(dataframe, price0='close', price1='open', timeperiod=5)\n",
        _TA + "x = ta.MACD(dataframe, 12, 26, 9)\ny = ta.ATR(high, low, close, 14)\n",
        _TA + "x = ta.RSI(dataframe, **settings)\n",
        "import talib\nx = talib.RSI(dataframe['close'], timeperiod=7)\n",
        "import talib\nx = talib.ATR(high=h, low=l, close=c, timeperiod=7)\n",
        "import pandas_ta as ta\nx = ta.rsi(dataframe['close'], length=7)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_TA + "x = ta.RSI(dataframe, period=7)  # fast\n",
            line=2,
            fixed=_TA + "x = ta.RSI(dataframe, timeperiod=7)  # fast\n",
        ),
        Bad(
            code=_TA + "x = ta.EMA(\n    dataframe,\n    length = 50,\n)\n",
            line=4,
            fixed=_TA + "x = ta.EMA(\n    dataframe,\n    timeperiod = 50,\n)\n",
        ),
        Bad(
            code=_TA + "x = ta.BBANDS(dataframe, nbdev_up=2.0, nbdevdn=2.0)\n",
            line=2,
            fixed=_TA + "x = ta.BBANDS(dataframe, nbdevup=2.0, nbdevdn=2.0)\n",
        ),
        Bad(
            code=_TA + "x = ta.MACD(dataframe, fast=12, slow=26, signal=9)\n",
            line=2,
            fixed=_TA + "x = ta.MACD(dataframe, fastperiod=12, slowperiod=26, signalperiod=9)\n",
        ),
        Bad(
            code=_TA + "x = ta.STOCH(dataframe, k_period=5, slowk_period=3)\n",
            line=2,
            fixed=_TA + "x = ta.STOCH(dataframe, fastk_period=5, slowk_period=3)\n",
        ),
        Bad(code=_TA + "x = ta.STOCH(dataframe, d_period=5)\n", line=2),
        Bad(code=_TA + "x = ta.RSI(dataframe, timeperiod=14, colour=1)\n", line=2),
        Bad(
            code=_TA + "x = ta.SMA(dataframe, timeperiod=9, source='open')\n",
            line=2,
            fixed=_TA + "x = ta.SMA(dataframe, timeperiod=9, price='open')\n",
        ),
        Bad(code=_TA + "x = ta.ATR(dataframe, timeperiod=9, price='open')\n", line=2),
        Bad(code=_TA + "x = ta.OBV(dataframe, timeperiod=9)\n", line=2),
        Bad(code=_TA + "x = ta.RSI(dataframe, 14, 3)\n", line=2),
        Bad(
            code="import talib\nx = talib.RSI(dataframe['close'], timePeriod=7)\n",
            line=2,
            fixed="import talib\nx = talib.RSI(dataframe['close'], timeperiod=7)\n",
        ),
        Bad(
            code="from talib.abstract import ADX as adx\nx = adx(dataframe, timepriod=7)\n",
            line=2,
            fixed="from talib.abstract import ADX as adx\nx = adx(dataframe, timeperiod=7)\n",
        ),
    )

    def check(self) -> None:
        for call in talib_calls(self.source):
            known = _known(call)
            unknown = [name for name in call.keywords if name not in known]
            # The prices of a function are several columns, which no other keyword stands for.
            free = [one for one in known if one not in call.keywords and one != "prices"]
            meant = {name: nearest(name, free) for name in unknown}
            for name in unknown:
                alone = list(meant.values()).count(meant[name]) == 1
                self._unknown(call, name, meant[name] if alone else None)
            if call.abstract and not call.starred:
                for arg in self._surplus(call):
                    self.report(
                        arg,
                        f"{call.function.name} has no setting here, and ignores it",
                        hint=_settings(call),
                        severity=Severity.WARNING,
                    )

    def _unknown(self, call: TalibCall, name: str, meant: str | None) -> None:
        keyword = call.keywords[name].keyword
        assert keyword is not None  # noqa: S101  (it has a name)
        does = "ignores it" if call.abstract else "raises TypeError"
        self.report(
            keyword,
            f"{call.function.name} has no keyword {name}, and {does}",
            hint=f"write {meant}" if meant else _settings(call),
            edits=(self.replace(keyword, meant),) if meant else (),
        )

    def _surplus(self, call: TalibCall) -> Iterator[cst.Arg]:
        """Settings by position beyond the last one, after a dataframe."""
        places = call.positional
        if not places or kinds_of(self.source).of(places[0].value) is not Kind.FRAME:
            return
        yield from places[1 + len(call.function.parameters) :]


def _known(call: TalibCall) -> list[str]:
    settings = list(call.function.parameters)
    if call.abstract:
        return [*settings, *call.function.inputs]
    return [*settings, *_arrays(call)]


def _arrays(call: TalibCall) -> list[str]:
    """The arrays of a function of plain ``talib`` by their keywords."""
    found = signature(f"talib.{call.function.name}")
    return list(found.parameters) if found is not None else list(call.keywords)


def _settings(call: TalibCall) -> str:
    names = list(call.function.parameters)
    return f"its settings are {', '.join(names)}" if names else "it has no settings"
