"""Where ``plot_config`` draws a column: by what it measures.

A price of the traded pair belongs on the chart of the candles; everything else has a scale of its
own. An average measures what it is computed from: that of an RSI is drawn with the RSI.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from freqgen.design.binding import BoundIndicator

PRICES = frozenset(
    {
        *("ACCBANDS", "AVGPRICE", "CHANDELIER", "DONCHIAN", "HA", "ICHIMOKU", "KC", "MEDPRICE"),
        *("MIDPRICE", "ROLLING_VWAP", "SAR", "SUPERTREND", "TYPPRICE", "VWAP", "WCLPRICE"),
    }
)
"""Indicators whose outputs are prices where what they read is."""

LEVELS = frozenset(
    {
        *("BBANDS", "CEIL", "DEMA", "EMA", "FLOOR", "HMA", "HT_TRENDLINE", "KAMA", "LINEARREG"),
        *("LINEARREG_INTERCEPT", "MA", "MAMA", "MAVP", "MAX", "MIDPOINT", "MIN", "MINMAX"),
        *("PERCENTILE", "PRICE", "RMA", "SMA", "T3", "TEMA", "TRIMA", "TSF", "VWMA", "WMA"),
        "ZLEMA",
    }
)
"""Indicators whose outputs have the scale of their first source."""

NO_LEVELS = frozenset({("SUPERTREND", "direction")})
"""Outputs of the above that have another scale."""

_PRICE_COLUMNS = ("open", "high", "low", "close")
_MAIN = ""

PlotConfig = dict[str, dict[str, dict[str, object]]]


def plot_config(
    bound: Iterable[BoundIndicator], used: Callable[[BoundIndicator], list[str]]
) -> PlotConfig:
    """Freqtrade's ``plot_config`` for the outputs that something uses."""
    main: dict[str, dict[str, object]] = {}
    sub: dict[str, dict[str, object]] = {}
    charts: dict[tuple[object, str], str] = {}
    for b in bound:
        for output, column in b.columns.items():
            charts[b.market, column] = _chart(b, output, charts)
        for output in used(b):
            chart = charts[b.market, b.columns[output]]
            column = b.base_column(output)
            if chart == _MAIN:
                main[column] = {}
            else:
                sub.setdefault(chart, {})[column] = {}
    return {"main_plot": main, "subplots": sub}


def _chart(b: BoundIndicator, output: str, charts: dict[tuple[object, str], str]) -> str:
    """The name of the subplot that an output is drawn in; empty for the chart of the candles."""
    name, own = b.indicator.name, b.spec.id
    if (name, output) in NO_LEVELS:
        return f"{own} {output}"
    # What a plugin adds says by its group whether it lies over its source.
    foreign = b.indicator.group == "Overlap Studies" and name not in _BUILTIN_OVERLAPS
    if name not in PRICES and name not in LEVELS and not foreign:
        return own
    sources = b.sources or b.indicator.sources
    if name not in PRICES:
        sources = sources[:1]
    places = {_place(b, source, charts) for source in sources} or {_place(b, "close", charts)}
    return places.pop() if len(places) == 1 else own


def _place(b: BoundIndicator, source: str, charts: dict[tuple[object, str], str]) -> str:
    if (b.market, source) in charts:
        return charts[b.market, source]
    if source not in _PRICE_COLUMNS:
        return source
    pair = b.market.pair if b.market is not None else None
    return pair or _MAIN


_BUILTIN_OVERLAPS = frozenset({"SAREXT"})
"""Negative while short, so that it would squeeze the candles."""
