"""Indicators that TA-Lib lacks, of its building blocks where it has them.

``technical`` and ``pandas_ta``, which Freqtrade brings too, have some of them; theirs are the
check in the tests rather than what strategies import, because they compute future spans along
(Ichimoku's ``chikou_span``) or fill where nothing was traded (VWAP).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import talib

from freqgen.design.indicators import Indicator, IndicatorCode, Output, Param, Params
from freqgen.design.indicators_code import (
    NUMPY,
    PANDAS_BOTH,
    TALIB,
    assign,
    assign_infix,
    column,
    local_name,
)
from freqgen.design.indicators_helpers import rolling_vwap, source_of
from freqgen.design.indicators_names import LONGEST_PERIOD

if TYPE_CHECKING:
    from pandas import DataFrame, Series

Compute = Callable[["DataFrame", Params, tuple[str, ...]], "dict[str, Series]"]
Code = Callable[[str, Mapping[str, str], Params, tuple[str, ...]], IndicatorCode]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraIndicator(Indicator):
    """An indicator of a function that computes and one that writes the same.

    :param missing: How many of the first rows hold no value, by the parameters.
    """

    missing: Callable[[Params], int]
    computed: Compute
    written: Code

    def _lookback(self, params: Params) -> int:
        return self.missing(params)

    def _compute(
        self, frame: DataFrame, params: Params, sources: tuple[str, ...]
    ) -> dict[str, Series]:
        return self.computed(frame, params, sources)

    def _code(
        self, frame: str, columns: Mapping[str, str], params: Params, sources: tuple[str, ...]
    ) -> IndicatorCode:
        return self.written(frame, columns, params, sources)


def _talib(name: str, frame: DataFrame, columns: tuple[str, ...], period: int) -> Series:
    arrays = [frame[c].to_numpy(dtype=np.float64, na_value=np.nan) for c in columns]
    return pd.Series(getattr(talib, name)(*arrays, period), index=frame.index)


def _period(name: str, default: int, description: str, low: int = 2) -> Param:
    return Param(
        name=name,
        kind="int",
        default=default,
        low=low,
        high=LONGEST_PERIOD,
        description=description,
    )


def _one(native: str, description: str = "") -> tuple[Output, ...]:
    return (Output(name="value", native=native, description=description),)


# -- PRICE ------------------------------------------------------------------------------------


def _price(frame: DataFrame, params: Params, sources: tuple[str, ...]) -> dict[str, Series]:  # noqa: ARG001
    return {"value": frame[sources[0]].astype(float)}


def _price_code(
    frame: str,
    columns: Mapping[str, str],
    params: Params,  # noqa: ARG001
    sources: tuple[str, ...],
) -> IndicatorCode:
    source = column(frame, sources[0])
    lines = tuple(f"{column(frame, wanted)} = {source}" for wanted in columns.values())
    return IndicatorCode(imports=(), helpers=(), lines=lines)


# -- ROLLING_VWAP -----------------------------------------------------------------------------


def _vwap(frame: DataFrame, params: Params, sources: tuple[str, ...]) -> dict[str, Series]:  # noqa: ARG001
    return {"value": rolling_vwap(frame, int(params["timeperiod"]))}


def _vwap_code(
    frame: str,
    columns: Mapping[str, str],
    params: Params,
    sources: tuple[str, ...],  # noqa: ARG001
) -> IndicatorCode:
    lines = tuple(
        assign(column(frame, wanted), "rolling_vwap", [frame, f"window={params['timeperiod']}"])
        for wanted in columns.values()
    )
    return IndicatorCode(imports=(PANDAS_BOTH,), helpers=(source_of(rolling_vwap),), lines=lines)


# -- ZSCORE -----------------------------------------------------------------------------------


def _zscore(frame: DataFrame, params: Params, sources: tuple[str, ...]) -> dict[str, Series]:
    source = frame[sources[0]].astype(float)
    window = source.rolling(int(params["timeperiod"]))
    return {"value": (source - window.mean()) / window.std(ddof=0).replace(0, np.nan)}


def _zscore_code(
    frame: str, columns: Mapping[str, str], params: Params, sources: tuple[str, ...]
) -> IndicatorCode:
    source = column(frame, sources[0])
    window = local_name(columns, "window")
    spread = local_name(columns, "deviation")
    lines = [
        f"{window} = {source}.rolling({params['timeperiod']})",
        f"{spread} = {window}.std(ddof=0).replace(0, np.nan)",
    ]
    lines += [
        assign_infix(column(frame, wanted), "-", [source, f"{window}.mean()"], f" / {spread}")
        for wanted in columns.values()
    ]
    return IndicatorCode(imports=(NUMPY,), helpers=(), lines=tuple(lines))


# -- CHANDELIER -------------------------------------------------------------------------------

_HLC = ("high", "low", "close")


def _chandelier(frame: DataFrame, params: Params, sources: tuple[str, ...]) -> dict[str, Series]:  # noqa: ARG001
    period = int(params["timeperiod"])
    distance = float(params["multiplier"]) * _talib("ATR", frame, _HLC, period)
    return {
        "long": _talib("MAX", frame, ("high",), period) - distance,
        "short": _talib("MIN", frame, ("low",), period) + distance,
    }


def _chandelier_code(
    frame: str,
    columns: Mapping[str, str],
    params: Params,
    sources: tuple[str, ...],  # noqa: ARG001
) -> IndicatorCode:
    period = params["timeperiod"]
    distance = local_name(columns, "distance")
    lines = [f"{distance} = {params['multiplier']!r} * ta.ATR({frame}, timeperiod={period})"]
    for output, wanted in columns.items():
        extreme, source, sign = ("MAX", "high", "-") if output == "long" else ("MIN", "low", "+")
        inner = f"ta.{extreme}({column(frame, source)}, timeperiod={period})"
        lines.append(assign_infix(column(frame, wanted), sign, [inner, distance]))
    return IndicatorCode(imports=(TALIB,), helpers=(), lines=tuple(lines))


# -- ICHIMOKU ---------------------------------------------------------------------------------


def _ichimoku(frame: DataFrame, params: Params, sources: tuple[str, ...]) -> dict[str, Series]:  # noqa: ARG001
    tenkan, kijun, senkou_b = (
        _talib("MIDPRICE", frame, ("high", "low"), int(params[name]))
        for name in ("tenkan", "kijun", "senkou")
    )
    shift = int(params["displacement"]) - 1
    return {
        "tenkan": tenkan,
        "kijun": kijun,
        "senkou_a": ((tenkan + kijun) / 2).shift(shift),
        "senkou_b": senkou_b.shift(shift),
    }


def _ichimoku_code(
    frame: str,
    columns: Mapping[str, str],
    params: Params,
    sources: tuple[str, ...],  # noqa: ARG001
) -> IndicatorCode:
    shift = int(params["displacement"]) - 1
    middle = {
        name: f"ta.MIDPRICE({frame}, timeperiod={params[name]})"
        for name in ("tenkan", "kijun", "senkou")
    }
    lines = [
        f"{column(frame, columns[name])} = {middle[name]}"
        for name in ("tenkan", "kijun")
        if name in columns
    ]
    if "senkou_a" in columns:
        average = local_name(columns, "average")
        lines += [
            assign_infix(average, "+", [middle["tenkan"], middle["kijun"]], " / 2"),
            f"{column(frame, columns['senkou_a'])} = {average}.shift({shift})",
        ]
    if "senkou_b" in columns:
        lines.append(f"{column(frame, columns['senkou_b'])} = {middle['senkou']}.shift({shift})")
    return IndicatorCode(imports=(TALIB,), helpers=(), lines=tuple(lines))


def extra_indicators() -> tuple[ExtraIndicator, ...]:
    """The entries of this module."""
    return (
        ExtraIndicator(
            name="PRICE",
            title="The source itself",
            group="Price Transform",
            library="freqgen",
            inputs=(),
            sources=("close",),
            params=(),
            outputs=_one("close"),
            missing=lambda _: 0,
            computed=_price,
            written=_price_code,
            notes="For prices of another timeframe or pair.",
        ),
        ExtraIndicator(
            name="ROLLING_VWAP",
            title="Volume Weighted Average Price of the last candles",
            group="Overlap Studies",
            library="freqgen",
            inputs=("high", "low", "close", "volume"),
            sources=(),
            params=(_period("timeperiod", 20, "candles", low=1),),
            outputs=_one("vwap"),
            missing=lambda params: int(params["timeperiod"]) - 1,
            computed=_vwap,
            written=_vwap_code,
            notes="Missing where none of the candles has volume.",
        ),
        ExtraIndicator(
            name="ZSCORE",
            title="Distance from the mean in standard deviations",
            group="Statistic Functions",
            library="freqgen",
            inputs=(),
            sources=("close",),
            params=(_period("timeperiod", 20, "candles"),),
            outputs=_one("zscore"),
            missing=lambda params: int(params["timeperiod"]) - 1,
            computed=_zscore,
            written=_zscore_code,
            notes="The standard deviation is the population's; missing where it is 0.",
        ),
        ExtraIndicator(
            name="CHANDELIER",
            title="Chandelier Exit",
            group="Overlap Studies",
            library="freqgen",
            inputs=_HLC,
            sources=(),
            params=(
                _period("timeperiod", 22, "candles of the extreme and of the ATR"),
                Param(
                    name="multiplier",
                    kind="float",
                    default=3.0,
                    low=0.0,
                    high=100.0,
                    description="ATRs between extreme and line",
                ),
            ),
            outputs=(
                Output(name="long", native="long", description="below the highest high"),
                Output(name="short", native="short", description="above the lowest low"),
            ),
            missing=lambda params: int(params["timeperiod"]),
            computed=_chandelier,
            written=_chandelier_code,
        ),
        ExtraIndicator(
            name="ICHIMOKU",
            title="Ichimoku Cloud",
            group="Overlap Studies",
            library="freqgen",
            inputs=("high", "low"),
            sources=(),
            params=(
                _period("tenkan", 9, "candles of the conversion line"),
                _period("kijun", 26, "candles of the base line"),
                _period("senkou", 52, "candles of span B"),
                _period("displacement", 26, "candles ahead, the current one counted", low=1),
            ),
            outputs=(
                Output(name="tenkan", native="tenkan_sen", description="conversion line"),
                Output(name="kijun", native="kijun_sen", description="base line"),
                Output(name="senkou_a", native="senkou_span_a", description="over this candle"),
                Output(name="senkou_b", native="senkou_span_b", description="over this candle"),
            ),
            missing=_ichimoku_missing,
            computed=_ichimoku,
            written=_ichimoku_code,
            notes="The cloud that stands over the current candle, drawn from earlier ones; "
            "the lagging span would read the future.",
        ),
    )


def _ichimoku_missing(params: Params) -> int:
    longest = max(params["tenkan"], params["kijun"], params["senkou"])
    return int(longest + params["displacement"]) - 2
