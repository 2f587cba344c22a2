"""What prompts teach beside the interface: imports, mistakes, and how indicators are called.

Tests run all of it: every import passes validation and can be imported, every mistake is one,
and what stands beside it is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from freqgen import DesignError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from freqgen import Catalogue, Design, Indicator, IndicatorSpec

IMPORTS = (
    "import logging",
    "import math",
    "from datetime import datetime, timedelta",
    "from functools import reduce",
    "from typing import Any",
    "import numpy as np",
    "import pandas as pd",
    "import talib.abstract as ta",
    "from freqtrade.persistence import Order, Trade",
    "from freqtrade.strategy import (BooleanParameter, CategoricalParameter, DecimalParameter, "
    "IntParameter, IStrategy, RealParameter, informative, merge_informative_pair, "
    "stoploss_from_absolute, stoploss_from_open, timeframe_to_minutes, timeframe_to_prev_date)",
    "from pandas import DataFrame, Series",
    "from technical import qtpylib",
)
"""What code may import; more is allowed (``docs/reference/findings.md``), and not needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A line that does not do what it seems to, beside one that does.

    :param wrong: A statement on ``dataframe``.
    :param right: What to write in its place.
    :param why: What is wrong with it.
    :param code: The finding that says so; empty where only running it shows.
    """

    wrong: str
    right: str
    why: str
    code: str = ""


LOOKAHEAD = (
    Mistake(
        wrong='dataframe["change"] = dataframe["close"].shift(-1) / dataframe["close"]',
        right='dataframe["change"] = dataframe["close"] / dataframe["close"].shift(1)',
        why="a negative shift reads the next candle",
        code="FG201",
    ),
    Mistake(
        wrong='dataframe["filled"] = dataframe["rsi"].bfill()',
        right='dataframe["filled"] = dataframe["rsi"].ffill()',
        why="a backward fill takes values from later candles",
        code="FG202",
    ),
    Mistake(
        wrong='dataframe["middle"] = dataframe["close"].rolling(20, center=True).mean()',
        right='dataframe["middle"] = dataframe["close"].rolling(20).mean()',
        why="a centred window covers later candles",
        code="FG203",
    ),
    Mistake(
        wrong='dataframe["share"] = dataframe["close"] / dataframe["close"].max()',
        right='dataframe["share"] = dataframe["close"] / dataframe["close"].rolling(200).max()',
        why="the maximum, mean or deviation of a whole column knows all later candles",
        code="FG205",
    ),
    Mistake(
        wrong='dataframe["rise"] = dataframe["close"] - dataframe["close"].iloc[-1]',
        right='dataframe["rise"] = dataframe["close"] - dataframe["close"].shift(1)',
        why="iloc[-1] is the last candle of all, not the one before",
        code="FG204",
    ),
)
"""What sees later candles: a backtest earns with it, and a bot cannot."""

SILENT = (
    Mistake(
        wrong='dataframe["enter_long"].loc[dataframe["rsi"] < 30] = 1',
        right='dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1',
        why="a chained assignment changes nothing in pandas 3",
        code="FG303",
    ),
    Mistake(
        wrong="upper, middle, lower = ta.BBANDS(dataframe)",
        right='lower = ta.BBANDS(dataframe, timeperiod=20, nbdevup=2.0, nbdevdn=2.0)["lowerband"]',
        why="a function of talib.abstract with several outputs gives a frame, "
        "and unpacking it gives the names of its columns",
        code="FG304",
    ),
    Mistake(
        wrong='dataframe.loc[dataframe["rsi"] < 30, "buy"] = 1',
        right='dataframe.loc[dataframe["rsi"] < 30, "enter_long"] = 1',
        why="names of interface version 2 (buy, sell, populate_buy_trend, custom_sell, "
        "use_sell_signal) trade nothing",
        code="FG109",
    ),
)
"""What runs, says nothing, and does nothing."""


def grouped(catalogue: Catalogue) -> dict[str, list[str]]:
    """The catalogue as lines such as ``RSI(timeperiod=14)``, by group."""
    groups: dict[str, list[str]] = {}
    for indicator in sorted(catalogue, key=lambda i: (i.group, i.name)):
        groups.setdefault(indicator.group, []).append(_entry(indicator))
    return groups


def _entry(indicator: Indicator) -> str:
    params = ", ".join(f"{p.name}={p.default:g}" for p in indicator.params)
    line = f"{indicator.name}({params})" if params else indicator.name
    if indicator.cumulative:
        line += "*"
    if indicator.sources not in {(), ("close",)}:
        line += f" of [{', '.join(indicator.sources)}]"
    outputs = [o.name for o in indicator.outputs]
    if len(outputs) > 1:
        line += " -> " + ", ".join(f".{o}" for o in outputs)
    return line


def outputs_used(design: Design, catalogue: Catalogue) -> list[str]:
    """How the outputs of a design's indicators are called in the library, a line each."""
    lines = []
    for spec in design.indicators:
        indicator = catalogue.get(spec.function)
        names = [(o.name, o.native) for o in indicator.outputs]
        if len(names) > 1:
            told = ", ".join(f'{spec.id}.{name} is "{native}"' for name, native in names)
            lines.append(f"{spec.function}: {told}")
    return list(dict.fromkeys(lines))


def computed(design: Design, catalogue: Catalogue) -> str:
    """The lines that compute a design's indicators, with the functions that they need.

    An output is in the column ``ID`` or ``ID_OUTPUT``. Those of other candles are marked; there
    Freqtrade's decorator ``informative`` renames the columns.
    """
    text = design.to_json()  # where rules, the target and sources name the outputs that they use
    helpers: dict[str, None] = {}
    lines: list[str] = []
    for spec in design.indicators:
        indicator = catalogue.get(spec.function)
        names = [output.name for output in indicator.outputs]
        used = [name for name in names if f"{spec.id}.{name}" in text] or names
        columns = {n: spec.id if len(names) == 1 else f"{spec.id}_{n}" for n in used}
        try:
            code = indicator.code(
                columns=columns,
                params=spec.params,
                sources=[source.replace(".", "_") for source in spec.sources],
            )
        except DesignError:
            continue  # a design that was not checked; what is wrong with it is said elsewhere
        helpers.update(dict.fromkeys(code.helpers))
        lines += _elsewhere(spec, design.timeframe, columns.values()) + list(code.lines)
    return "\n".join([*helpers, *lines])


def _elsewhere(spec: IndicatorSpec, timeframe: str, columns: Iterable[str]) -> list[str]:
    """Where an indicator of other candles is computed, and what Freqtrade calls it then."""
    if spec.timeframe is None and spec.pair is None:
        return []
    timeframe = spec.timeframe or timeframe
    before, arguments = "", [f'"{timeframe}"']
    if spec.pair is not None:
        before = spec.pair.partition(":")[0].replace("/", "_").lower() + "_"
        arguments.append(f'"{spec.pair}"')
    names = ", ".join(f"{before}{column}_{timeframe}" for column in columns)
    return [f"# in a method with @informative({', '.join(arguments)}); rules then read {names}:"]
