from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as changed
from inspect import Parameter, Signature
from typing import ClassVar

import libcst as cst

from freqgen_structure.arguments import Fault, Misfit, misfits
from freqgen_structure.installed import INSTALLED, READ, Class, Function
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nearest import nearest
from freqgen_structure.nodes import argument
from freqgen_structure.parameters import NUMERIC, kind_of_call, misspelt_keyword
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_QTP = "from technical import qtpylib\n"
_FT = "from freqtrade.strategy import IntParameter, merge_informative_pair, stoploss_from_open\n"


_PLACES = ("timeframe", "asset", "fmt")
_SPANS = ("weeks", "days", "hours", "minutes", "seconds", "milliseconds", "microseconds")


class LibraryArguments(Rule):
    """FG324: a function of a library is called with arguments that it does not have.

    This looks at ``technical``, ``qtpylib``, ``pandas_ta`` and the helpers of Freqtrade, as
    they are installed, and at spans of time. Most raise ``TypeError``; those of ``pandas_ta``
    ignore a keyword that they do not know, and compute with their default.
    """

    VALID = (
        _QTP + "x = qtpylib.crossed_above(a, b)\n",
        _QTP + "x = qtpylib.bollinger_bands(a, window=20, stds=2)\n",
        "import pandas_ta as pta\nx = pta.rsi(dataframe['close'], length=14)\n",
        "import pandas_ta as pta\nx = pta.ema(a, length=9, fillna=0, presma=True)\n",
        _FT + "p = IntParameter(1, 9, default=3, space='buy')\n",
        _FT + "x = merge_informative_pair(a, b, '5m', '1h', ffill=True)\n",
        _FT + "x = stoploss_from_open(-0.1, current_profit, is_short=trade.is_short)\n",
        _QTP + "x = qtpylib.crossed_above(*both)\n",
        "from technical.indicators import RMI\nx = RMI(dataframe, length=20, mom=5)\n",
        # Rules of their own say these: FG128 and FG132.
        _FT + "p = IntParameter(1, 9, defualt=3)\nq = IntParameter(1, 9, space='buy')\n",
        "from freqtrade.strategy import IStrategy, informative\n\n\nclass S(IStrategy):\n"
        "    @informative()\n    def inf(self, dataframe, metadata):\n        return dataframe\n",
    )
    INVALID: ClassVar = (
        Bad(code=_QTP + "x = qtpylib.crossed_above(a)\n", line=2),
        Bad(
            code=_QTP + "x = qtpylib.bollinger_bands(a, period=20, std=2)  # wide\n",
            line=2,
            fixed=_QTP + "x = qtpylib.bollinger_bands(a, window=20, stds=2)  # wide\n",
        ),
        Bad(code=_QTP + "x = qtpylib.crossed_below(\n    a, b,\n    c, d,\n)\n", line=4),
        Bad(
            code="import pandas_ta as pta\nx = pta.rsi(a, timeperiod=14)\n",
            line=2,
            fixed="import pandas_ta as pta\nx = pta.rsi(a, length=14)\n",
        ),
        Bad(
            code="import pandas_ta as pta\nx = pta.macd(a, fastperiod=9)\n",
            line=2,
            fixed="import pandas_ta as pta\nx = pta.macd(a, fast=9)\n",
        ),
        Bad(
            code="from technical.indicators import RMI\nx = RMI(dataframe, period=20)\n",
            line=2,
            fixed="from technical.indicators import RMI\nx = RMI(dataframe, length=20)\n",
        ),
        Bad(code="from technical.indicators import RMI\nx = RMI(dataframe, 20)\n", line=2),
        Bad(
            code=_FT + "x = merge_informative_pair(a, b, '5m', '1h', fill=True)\n",
            line=2,
            fixed=_FT + "x = merge_informative_pair(a, b, '5m', '1h', ffill=True)\n",
        ),
        Bad(code=_FT + "x = merge_informative_pair(a, b, '5m')\n", line=2),
        Bad(code=_FT + "p = IntParameter(1, 9, 3, default=3)\n", line=2),
        Bad(code=_FT + "p = IntParameter(high=9, default=3)\n", line=2),
        Bad(
            code="from freqtrade.strategy import IStrategy, informative\n\n\nclass S(IStrategy):\n"
            "    @informative('1h', timeframe='4h')\n"
            "    def inf(self, dataframe, metadata):\n        return dataframe\n",
            line=5,
        ),
        Bad(
            code="dataframe.ta.rsi(timeperiod=9, append=True)\n",
            line=1,
            fixed="dataframe.ta.rsi(length=9, append=True)\n",
        ),
        Bad(
            code="from datetime import timedelta\n\nx = timedelta(minute=5)\n",
            line=3,
            fixed="from datetime import timedelta\n\nx = timedelta(minutes=5)\n",
        ),
    )

    def check(self) -> None:
        for call in self.source.all(cst.Call):
            paths = self.source.imports(call.func)
            if not paths:
                self._accessor(call)
            if paths in {("datetime.timedelta",), ("pandas.Timedelta",)}:
                self._span(call)
            if len(paths) != 1 or paths[0].partition(".")[0] not in READ:
                continue
            if self._said_elsewhere(call):
                continue
            owner, _, name = paths[0].rpartition(".")
            function, bound = _callee(owner, name)
            if function is not None:
                for misfit in _misfits(call, function, bound=bound):
                    self._say(call, name, function, misfit)

    def _said_elsewhere(self, call: cst.Call) -> bool:
        """Whether the rule of parameters, FG128, or of ``@informative``, FG132, says it."""
        if any(arg.star for arg in call.args):
            return False
        kind = kind_of_call(self.source, call)
        if kind is not None:
            if misspelt_keyword(kind, call) is not None:
                return True
            ends = argument(call, 0, "low") or argument(call, 1, "high")
            return kind in NUMERIC and (argument(call, 99, "default") is None or ends is None)
        decorator = self.source.parent(call)
        if not isinstance(decorator, cst.Decorator):
            return False
        method = self.source.parent(decorator)
        places = sum(arg.keyword is None for arg in call.args)
        keywords = {arg.keyword.value for arg in call.args if arg.keyword is not None}
        return (
            self.source.imported(call.func) == "freqtrade.strategy.informative"
            and isinstance(method, cst.FunctionDef)
            and method in self.source.methods.values()
            and places <= len(_PLACES)
            and keywords.isdisjoint(_PLACES[:places])
        )

    def _accessor(self, call: cst.Call) -> None:
        """``dataframe.ta.rsi(…)``, which ``pandas_ta`` gives every dataframe."""
        match call.func:
            case cst.Attribute(value=cst.Attribute(value=frame, attr=cst.Name(value="ta"))):
                if kinds_of(self.source).of(frame) is not Kind.FRAME:
                    return
                name = call.func.attr.value
                holder = INSTALLED.member("pandas_ta.core", "AnalysisIndicators")
                method = holder.methods.get(name) if isinstance(holder, Class) else None
                if method is not None:
                    for misfit in _misfits(call, method, bound=True):
                        self._say(call, name, method, misfit)

    def _span(self, call: cst.Call) -> None:
        """``timedelta(minute=5)``: its keywords are plurals."""
        for arg in call.args:
            if arg.keyword is None or arg.keyword.value in {*_SPANS, "value", "unit"}:
                continue
            meant = nearest(arg.keyword.value, _SPANS, synonyms=False)
            self.report(
                arg.keyword,
                f"timedelta has no argument {arg.keyword.value}",
                hint=f"write {meant}" if meant else f"its arguments are {', '.join(_SPANS)}",
                edits=(self.replace(arg.keyword, meant),) if meant else (),
            )

    def _say(self, call: cst.Call, name: str, function: Function, misfit: Misfit) -> None:
        meant = misfit.meant
        keyword = misfit.arg.keyword if misfit.arg is not None else None
        known = [p for p in function.signature.parameters if p not in {"self", "kwargs"}]
        self.report(
            keyword or misfit.arg or call,
            {
                Fault.UNKNOWN: f"{name} has no argument {misfit.name}",
                Fault.TWICE: f"{name} is given {misfit.name} twice",
                Fault.SURPLUS: f"{name} takes fewer arguments than it is given",
                Fault.MISSING: f"{name} is not given {misfit.name}, which it needs",
            }[misfit.fault],
            hint=f"write {meant}" if meant else f"its arguments are {', '.join(known)}",
            edits=(self.replace(keyword, meant),) if meant and keyword is not None else (),
        )


def _callee(owner: str, name: str) -> tuple[Function | None, bool]:
    """The function that a call of a name runs, and whether its first parameter is given."""
    found = INSTALLED.member(owner, name)
    for _ in range(5):
        if not isinstance(found, Class):
            break
        if "__init__" in found.methods:
            return found.methods["__init__"], True
        if len(found.bases) != 1:
            return None, False
        found = INSTALLED.member(found.module, found.bases[0])
    return (found, False) if isinstance(found, Function) else (None, False)


def _misfits(call: cst.Call, function: Function, *, bound: bool) -> Iterator[Misfit]:
    """The arguments that do not fit; of unknown keywords only those that must be a slip
    where the function takes any.
    """
    parameters = list(function.signature.parameters.values())
    if not any(p.kind is Parameter.VAR_KEYWORD for p in parameters):
        yield from misfits(call, function.signature, bound=bound)
        return
    strict = Signature([p for p in parameters if p.kind is not Parameter.VAR_KEYWORD])
    guessed = list(misfits(call, strict, bound=bound))
    for misfit in guessed:
        if misfit.fault is not Fault.UNKNOWN:
            yield misfit
        elif misfit.name not in function.taken and misfit.meant is not None:
            # Two slips cannot both mean the same argument.
            alone = sum(other.meant == misfit.meant for other in guessed) == 1
            yield misfit if alone else changed(misfit, meant=nearest(misfit.name, ()))
