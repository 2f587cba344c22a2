"""All functions of the installed TA-Lib as entries of the catalogue, by introspection.

What TA-Lib cannot be asked is in the tables here: readable names, the meaning of parameters,
ranges of fractional ones, and the few functions that need care. The tests hold every entry
against TA-Lib itself, so that a newer one shows what to add.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import talib
import talib.abstract as ta

from freqgen.design.indicators import Indicator, IndicatorCode, Output, Param, Params
from freqgen.design.indicators_code import (
    NO_INFINITY,
    NUMPY,
    PANDAS,
    TALIB,
    arguments,
    assign,
    assign_infix,
    call,
    column,
    local_name,
)
from freqgen.design.indicators_helpers import after_warmup, candles_since, source_of
from freqgen.design.indicators_names import (
    CUMULATIVE,
    INFINITE,
    LEAPING,
    LONGEST_PERIOD,
    NOTES,
    OPERATORS,
    OUTPUT_DESCRIPTIONS,
    OUTPUT_NAMES,
    PARAM_DESCRIPTIONS,
    PARAM_RANGES,
    POSITIONS,
)
from freqgen.design.layout import WIDTH
from freqgen.design.warmup import Run, Values, synthetic_candles
from freqgen.exceptions import DesignError

if TYPE_CHECKING:
    from pandas import DataFrame, Series

_abstract: Any = ta
"""TA-Lib's stubs do not know ``Function``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalibIndicator(Indicator):
    """A function of TA-Lib.

    :param arguments: Columns in the order in which the function takes them, sources included
        by the name under which ``talib.abstract`` looks for them.
    :param integers: Native names of outputs that TA-Lib gives as int32, where 0 stands for
        missing.
    """

    arguments: tuple[str, ...]
    integers: frozenset[str]

    def _check(self, params: Params) -> None:
        try:
            _lookback(self.name, tuple(params.items()))
        except ValueError as exc:
            values = ", ".join(f"{name}={value:g}" for name, value in params.items())
            raise DesignError(
                f"TA-Lib refuses {self.name}({values})",
                hint="the shorter of two periods must not be longer than the longer one",
            ) from exc

    def _lookback(self, params: Params) -> int:
        return _lookback(self.name, tuple(params.items()))

    def _columns(self, sources: tuple[str, ...]) -> list[str]:
        """Columns of the frame in the order of the function's arguments."""
        replaced = dict(zip(self.sources, sources, strict=True))
        return [replaced.get(name, name) for name in self.arguments]

    def _call(self, arrays: list[Values], params: Params) -> list[Values]:
        values = getattr(talib, self.name)(*arrays, *params.values())
        several = values if isinstance(values, tuple) else (values,)
        if self.name in INFINITE:
            several = tuple(np.where(np.isinf(v), np.nan, v) for v in several)
        return list(several)

    def _compute(
        self, frame: DataFrame, params: Params, sources: tuple[str, ...]
    ) -> dict[str, Series]:
        columns = self._columns(sources)
        arrays = [frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in columns]
        results = self._call(arrays, params)
        lookback = self._lookback(params)
        named: dict[str, Series] = {}
        for output, values in zip(self.outputs, results, strict=True):
            series = pd.Series(values, index=frame.index)
            if output.native in self.integers:
                mask = candles_since if self.name in POSITIONS else after_warmup
                series = mask(series, frame[self._counted(sources)], lookback)
            named[output.name] = series
        return named

    def _counted(self, sources: tuple[str, ...]) -> str:
        """The column whose values are counted to know where the warm-up ends."""
        return sources[0] if sources else "close" if "close" in self.inputs else self.inputs[0]

    def _run(self, params: Params) -> Run:
        # Straight from arrays and without masks: the search makes hundreds of calls.
        candles = synthetic_candles()
        arrays = [candles[name].to_numpy() for name in self.arguments]

        def run(start: int, stop: int) -> list[Values]:
            results = self._call([array[start:stop] for array in arrays], params)
            if self.name in POSITIONS:
                results = [np.arange(stop - start) - rows for rows in results]
            return results

        return run

    def _code(
        self, frame: str, columns: Mapping[str, str], params: Params, sources: tuple[str, ...]
    ) -> IndicatorCode:
        if self.name in OPERATORS:
            return self._operator_code(frame, columns, sources)
        pandas = len(self.outputs) > 1 or self.name in INFINITE or bool(self.integers)
        function = f"ta.{self.name}"
        args = [self._input(frame, sources, pandas=pandas), *arguments(params)]
        natives = {output.name: output.native for output in self.outputs}
        counted = column(frame, self._counted(sources))
        lookback = f"lookback={self._lookback(params)}"
        lines: list[str] = []
        helpers: set[str] = set()
        values = ""
        if len(columns) > 1:
            values = local_name(columns, "values")
            lines.append(assign(values, function, args))
        for name, wanted in columns.items():
            target = column(frame, wanted)
            native = natives[name]
            item = f'["{native}"]' if len(self.outputs) > 1 else ""
            if native in self.integers:
                helper = candles_since if self.name in POSITIONS else after_warmup
                helpers.add(source_of(helper))
                inner = f"{values}{item}" if values else call(function, args) + item
                if len(inner) > WIDTH - 13:  # an argument's indentation, and the comma
                    inner = local_name(columns, "values")
                    lines.append(assign(inner, function, args, item))
                lines.append(assign(target, helper.__name__, [inner, counted, lookback]))
            elif values:
                lines.append(f"{target} = {values}{item}")
            else:
                tail = NO_INFINITY if self.name in INFINITE else ""
                lines.append(assign(target, function, args, item + tail))
        imports = [TALIB]
        if helpers:
            imports.append(PANDAS)
        if self.name in INFINITE or (helpers and self.name in POSITIONS):
            imports.append(NUMPY)
        return IndicatorCode(
            imports=tuple(imports), helpers=tuple(sorted(helpers)), lines=tuple(lines)
        )

    def _input(self, frame: str, sources: tuple[str, ...], *, pandas: bool) -> str:
        """What the function is called with.

        ``ta.EMA(dataframe["rsi"])`` gives a numpy array, which is all a plain column needs. Where
        a Series is needed or several columns are read, the frame is given with the sources under
        the names that TA-Lib looks for. Its stubs know no ``price="rsi"``.
        """
        if sources == self.sources:
            return frame
        if len(self.arguments) == 1 and not pandas:
            return column(frame, sources[0])
        changed = [
            f"{native}={column(frame, source)}"
            for native, source in zip(self.sources, sources, strict=True)
            if native != source
        ]
        return call(f"{frame}.assign", changed)

    def _operator_code(
        self, frame: str, columns: Mapping[str, str], sources: tuple[str, ...]
    ) -> IndicatorCode:
        parts = [column(frame, source) for source in sources]
        infinite = self.name in INFINITE
        lines = tuple(
            assign_infix(
                column(frame, wanted), OPERATORS[self.name], parts, NO_INFINITY if infinite else ""
            )
            for wanted in columns.values()
        )
        return IndicatorCode(imports=(NUMPY,) if infinite else (), helpers=(), lines=lines)


@lru_cache(maxsize=4096)
def _lookback(name: str, params: tuple[tuple[str, float | int], ...]) -> int:
    function = _abstract.Function(name)
    function.parameters = dict(params)
    lookback = int(function.lookback)
    if lookback < 0:  # how TA-Lib says that it does not take these
        raise ValueError(params)
    return lookback


def talib_indicators() -> tuple[TalibIndicator, ...]:
    """One entry for each function of the installed TA-Lib."""
    return tuple(_indicator(name) for name in talib.get_functions())


def _indicator(name: str) -> TalibIndicator:
    info = _abstract.Function(name).info
    order: list[str] = []
    sources: list[str] = []
    for given in info["input_names"].values():
        # A list is a fixed set of candle columns; a string is a series of the caller's choice.
        order += given if isinstance(given, list) else [given]
        sources += [] if isinstance(given, list) else [given]
    group = info["group"]
    native = info["output_names"]
    return TalibIndicator(
        name=name,
        title=info["display_name"].replace(" : ", ": "),
        group=group,
        library="talib",
        inputs=tuple(column for column in order if column not in sources),
        sources=tuple(sources),
        params=tuple(_param(name, p, value) for p, value in info["parameters"].items()),
        outputs=tuple(_output(name, group, output) for output in native),
        cumulative=name in CUMULATIVE,
        notes=NOTES.get(name, ""),
        leaps=name in LEAPING,
        arguments=tuple(order),
        integers=_integers(name, len(order), native),
    )


def _integers(name: str, inputs: int, native: list[str]) -> frozenset[str]:
    """Outputs that TA-Lib gives as integers; asked by computing nothing."""
    values = getattr(talib, name)(*[np.empty(0)] * inputs)
    several = values if isinstance(values, tuple) else (values,)
    return frozenset(n for n, v in zip(native, several, strict=True) if v.dtype.kind == "i")


def _output(name: str, group: str, native: str) -> Output:
    readable = OUTPUT_NAMES.get((name, native)) or OUTPUT_NAMES.get(("", native), native)
    description = OUTPUT_DESCRIPTIONS.get((name, native), "")
    if group == "Pattern Recognition":
        description = "above 0 where the pattern is bullish, below 0 where bearish, else 0"
    return Output(name=readable, native=native, description=description)


def _param(function: str, name: str, default: float) -> Param:
    description = PARAM_DESCRIPTIONS.get(name, name)
    if isinstance(default, int):
        low, high = (
            (0, 13) if name.endswith("matype") else (_lowest(function, name), LONGEST_PERIOD)
        )
        return Param(
            name=name, kind="int", default=default, low=low, high=high, description=description
        )
    low_, high_ = PARAM_RANGES.get(name, (-1e9, 1e9))
    return Param(
        name=name, kind="float", default=default, low=low_, high=high_, description=description
    )


def _lowest(function: str, name: str) -> int:
    """The shortest period that TA-Lib takes, which it does not tell."""
    # Of one candle it takes the correlation, and says 0 even where there is no candle.
    for period in (2,) if function == "CORREL" else (1, 2):
        try:
            _lookback(function, ((name, period),))
        except ValueError:
            continue
        return period
    return 3


def moving_average_names() -> Mapping[int, str]:
    """What the numbers of a ``matype`` mean."""
    kinds: dict[str, Any] = {
        key: value for key, value in vars(type(talib.MA_Type)).items() if key.isupper()
    }
    return {number: key for key, number in sorted(kinds.items(), key=lambda item: item[1])}
