"""Indicators made of a plugin author's plain function."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from pandas import DataFrame, Series

from freqgen.design.indicators import Indicator, IndicatorCode, Output, Param, Params
from freqgen.design.indicators_code import arguments, assign, column, local_name
from freqgen.design.warmup import synthetic_candles
from freqgen.exceptions import PluginError


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionIndicator(Indicator):
    """An indicator that calls a function of a module, and whose code imports it."""

    function: Callable[..., Any]

    def _call(self, frame: DataFrame, params: Params, sources: tuple[str, ...]) -> Any:
        series = [frame[name].astype(float) for name in (*self.inputs, *sources)]
        return self.function(*series, **params)

    def _compute(
        self, frame: DataFrame, params: Params, sources: tuple[str, ...]
    ) -> dict[str, Series]:
        result = self._call(frame, params, sources)
        if isinstance(result, DataFrame):
            missing = [o.native for o in self.outputs if o.native not in result.columns]
            if missing:
                raise self._error(f"gave no column {missing[0]}")
            several = [result[output.native] for output in self.outputs]
        else:
            several = list(result) if isinstance(result, tuple) else [result]
        if len(several) != len(self.outputs):
            raise self._error(f"gave {len(several)} series for {len(self.outputs)} outputs")
        return {
            output.name: self._clean(values, frame)
            for output, values in zip(self.outputs, several, strict=True)
        }

    def _clean(self, values: Any, frame: DataFrame) -> Series:
        if not isinstance(values, Series):
            raise self._error(f"gave {type(values).__name__} instead of a Series")
        if not values.index.equals(frame.index):
            raise self._error("gave a Series on another index than it got")
        try:
            numbers = values.astype(float)
        except (TypeError, ValueError) as exc:
            raise self._error(f"gave values that are no numbers ({exc})") from exc
        if np.isinf(numbers.to_numpy()).any():
            raise self._error("gave infinite values; it must give NaN where there is no value")
        return numbers

    def _error(self, what: str) -> PluginError:
        return PluginError(
            f"indicator {self.name}: {self.function.__module__}.{self.function.__name__} {what}",
            hint=f"correct the plugin that registers {self.name}",
        )

    def _lookback(self, params: Params) -> int:
        return _measured_lookback(self, tuple(params.items()))

    def _code(
        self, frame: str, columns: Mapping[str, str], params: Params, sources: tuple[str, ...]
    ) -> IndicatorCode:
        name = self.function.__name__
        args = [column(frame, source) for source in (*self.inputs, *sources)]
        args += arguments(params)
        shape = _returned(self, tuple(params.items()))
        items = {
            output.name: f'["{output.native}"]' if shape is DataFrame else f"[{number}]"
            for number, output in enumerate(self.outputs)
        }
        if shape is Series:
            items = dict.fromkeys(items, "")
        if len(columns) == 1:
            ((output_name, wanted),) = columns.items()
            lines = [assign(column(frame, wanted), name, args, items[output_name])]
        else:
            values = local_name(columns, "values")
            lines = [assign(values, name, args)]
            lines += [
                f"{column(frame, wanted)} = {values}{items[output_name]}"
                for output_name, wanted in columns.items()
            ]
        return IndicatorCode(
            imports=(f"from {self.function.__module__} import {name}",),
            helpers=(),
            lines=tuple(lines),
        )


@lru_cache(maxsize=512)
def _measured_lookback(
    indicator: FunctionIndicator, params: tuple[tuple[str, float | int], ...]
) -> int:
    """Missing rows at the beginning of the synthetic candles, of the output with the most."""
    values = indicator.compute(synthetic_candles(), dict(params))
    missing = 0
    for series in values.values():
        present = series.notna().to_numpy()
        missing = max(missing, int(present.argmax()) if present.any() else len(series))
    return missing


@lru_cache(maxsize=512)
def _returned(
    indicator: FunctionIndicator, params: tuple[tuple[str, float | int], ...]
) -> type[Any]:
    """Whether the function returns a Series, a tuple or a DataFrame; found by calling it."""
    candles = synthetic_candles()
    result = indicator._call(candles, dict(params), indicator.sources)  # noqa: SLF001  (its own)
    return next(kind for kind in (DataFrame, tuple, Series) if isinstance(result, kind))


def _made(
    *,
    name: str,
    function: Callable[..., Any],
    title: str,
    group: str,
    inputs: tuple[str, ...],
    sources: tuple[str, ...],
    params: tuple[Param, ...],
    outputs: tuple[Output, ...],
    cumulative: bool,
    notes: str,
) -> FunctionIndicator:
    """Check what a plugin's author gave; :func:`function_indicator`.

    :raises PluginError: Saying what does not fit.
    """
    _check_importable(name, function)
    _check_arguments(name, function, len(inputs) + len(sources), params)
    for what, names in (
        ("parameter", [param.name for param in params]),
        ("output", [output.name for output in outputs]),
    ):
        for given in names:
            if not given.isidentifier() or names.count(given) > 1:
                raise PluginError(
                    f'indicator {name}: the {what} "{given}" is no name or is there twice',
                    hint="use a small letter, then letters, digits and _",
                )
    for param in params:
        if not param.low <= param.default <= param.high:
            raise PluginError(
                f"indicator {name}: the default of {param.name} is out of its range",
                hint=f"it must lie between {param.low:g} and {param.high:g}",
            )
    return FunctionIndicator(
        name=name,
        title=title,
        group=group,
        library=function.__module__.partition(".")[0],
        inputs=inputs,
        sources=sources,
        params=params,
        outputs=outputs,
        cumulative=cumulative,
        notes=notes,
        function=function,
    )


def _check_importable(name: str, function: Callable[..., Any]) -> None:
    module = getattr(function, "__module__", None)
    qualified = getattr(function, "__qualname__", "")
    own = getattr(function, "__name__", "")
    home = sys.modules.get(module or "")
    if not inspect.isfunction(function) or "<" in qualified or "." in qualified:
        what = "a lambda" if own == "<lambda>" else qualified or repr(function)
        raise PluginError(
            f"indicator {name}: {what} cannot be imported by name",
            hint="define a plain function (def) at the top of a module",
        )
    if module == "__main__" or getattr(home, own, None) is not function:
        raise PluginError(
            f"indicator {name}: {own} cannot be imported from {module}",
            hint="define it in a module of an installed package, under its own name",
        )


def _check_arguments(
    name: str, function: Callable[..., Any], series: int, params: tuple[Param, ...]
) -> None:
    try:
        inspect.signature(function).bind(*[None] * series, **{p.name: p.default for p in params})
    except TypeError as exc:
        raise PluginError(
            f"indicator {name}: {function.__name__} does not take what it will be given: {exc}",
            hint=f"it gets {series} Series and {', '.join(p.name for p in params) or 'no more'}",
        ) from exc


def function_indicator(
    *,
    name: str,
    function: Callable[..., Any],
    title: str,
    inputs: Sequence[str] | None = None,
    params: Sequence[Param] = (),
    outputs: Sequence[Output] = (),
    sources: Sequence[str] = (),
    cumulative: bool = False,
    group: str = "custom",
    notes: str = "",
) -> Indicator:
    """Make an indicator of a plain function.

    The function gets one float Series for each input, then one for each source, and the
    parameters by name. It returns a Series, a tuple of them in the order of ``outputs`` or a
    DataFrame whose columns have the outputs' native names; all on the index it was given, missing
    values as NaN, never infinite ones. Generated strategies import it from where it is defined.

    :param name: In capitals; unique in the catalogue.
    :param inputs: Candle columns; ``("close",)`` if there are no sources either.
    :param outputs: What it returns; one named ``value`` by default.
    :param sources: Default columns of sources that a design may replace.
    :raises PluginError: If the function cannot be imported by name or the rest does not fit it.
    """
    if not isinstance(name, str) or not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
        raise PluginError(
            f'"{name}" is no name of an indicator', hint="use capitals, digits and _, as in MY_EMA"
        )
    if inputs is None:
        inputs = () if sources else ("close",)
    return _made(
        name=name,
        function=function,
        title=title,
        group=group,
        inputs=(inputs,) if isinstance(inputs, str) else tuple(inputs),
        sources=(sources,) if isinstance(sources, str) else tuple(sources),
        params=tuple(params),
        outputs=tuple(outputs) or (Output(name="value", native=function.__name__),),
        cumulative=cumulative,
        notes=notes,
    )
