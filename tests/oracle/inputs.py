"""Values of a design's indicators, as the interpreter wants them.

Each indicator is computed by the catalogue on its own candles; the informative ones are joined
candle by candle with :func:`tests.oracle.interpreter.join_informative`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from freqgen.design.model import CANDLE_COLUMNS
from freqgen.design.shape import TIMEFRAMES

from .interpreter import join_informative

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandas import DataFrame

    from freqgen.design.indicators import Catalogue
    from freqgen.design.model import Design

    Candles = Callable[[str | None, str], DataFrame]


def indicator_values(
    design: Design, catalogue: Catalogue, candles: Candles
) -> dict[str, list[float | None]]:
    """Values of every indicator by the name that rules use.

    :param candles: From pair (``None`` for the one that is traded) and timeframe to candles,
        without gaps.
    """
    base = candles(None, design.timeframe)
    frames: dict[tuple[str | None, str], DataFrame] = {}
    columns: dict[tuple[str | None, str], dict[str, str]] = {}
    result: dict[str, list[float | None]] = {}
    for spec in design.indicators:
        market = (spec.pair, spec.timeframe or design.timeframe)
        if market not in frames:
            frames[market] = candles(*market).copy()
            columns[market] = {name: name for name in CANDLE_COLUMNS}
        frame, known = frames[market], columns[market]
        entry = catalogue.get(spec.function)
        sources = [known[source] for source in spec.sources]
        for output, series in entry.compute(frame, spec.params, sources).items():
            name = spec.id if len(entry.outputs) == 1 else f"{spec.id}.{output}"
            known[name] = f"value of {name}"
            frame[known[name]] = series
            values = [None if value != value else float(value) for value in series.tolist()]
            if market != (None, design.timeframe):
                values = join_informative(
                    base["date"].tolist(),
                    TIMEFRAMES[design.timeframe],
                    frame["date"].tolist(),
                    TIMEFRAMES[market[1]],
                    values,
                )
            result[name] = values
    return result
