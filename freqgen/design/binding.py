"""The indicators of a design, bound to the catalogue, to candles and to columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from freqgen.design.cumulative import passes_offset
from freqgen.design.indicators import Catalogue, Indicator
from freqgen.design.model import CANDLE_COLUMNS, RESERVED_COLUMNS, Design, IndicatorSpec
from freqgen.design.shape import TIMEFRAMES
from freqgen.exceptions import DesignError

STOP_ATR_COLUMN = "stop_atr"
TRAILING_ATR_COLUMN = "trailing_atr"
TARGET_COLUMN = "exit_target"
RISK_COLUMNS = (STOP_ATR_COLUMN, TRAILING_ATR_COLUMN, TARGET_COLUMN)
"""Columns that the compiler writes for risk; no indicator may have such an id."""


@dataclass(frozen=True, slots=True)
class Market:
    """The candles that an indicator is computed on, other than the design's own.

    :param pair: Another pair, or ``None`` for the one that is traded.
    :param timeframe: Timeframe of the candles.
    """

    pair: str | None
    timeframe: str

    @property
    def suffixes(self) -> tuple[str, str]:
        """What Freqtrade's ``@informative`` puts before and after a column's name."""
        prefix = ""
        if self.pair is not None:
            base, quote = self.pair.split(":")[0].split("/")
            prefix = f"{base}_{quote}_".lower()
        return prefix, f"_{self.timeframe}"

    def merged(self, column: str) -> str:
        """Name of a column after Freqtrade merged it into the base candles."""
        prefix, suffix = self.suffixes
        return f"{prefix}{column}{suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundIndicator:
    """An indicator of a design, with everything filled in.

    :param market: Where it is computed; ``None`` for the design's own candles.
    :param params: Every parameter of the function.
    :param sources: Columns of its candles that it reads in place of the function's default.
    :param columns: Output to column, in the frame of its own candles.
    :param names: Output to the name that rules use.
    :param startup: Candles of its own timeframe before its value can be trusted.
    """

    spec: IndicatorSpec
    indicator: Indicator
    market: Market | None
    params: Mapping[str, float | int]
    sources: tuple[str, ...]
    columns: Mapping[str, str]
    names: Mapping[str, str]
    startup: int

    def base_column(self, output: str) -> str:
        """Column of an output in the base candles."""
        column = self.columns[output]
        return column if self.market is None else self.market.merged(column)


def bind(
    spec: IndicatorSpec,
    number: int,
    design: Design,
    catalogue: Catalogue,
    earlier: list[BoundIndicator],
) -> BoundIndicator:
    """Fill in everything of one indicator: its function, candles, columns and start.

    :param number: Its place in the design.
    :param earlier: The indicators before it, which it may read.
    :raises DesignError: With the path of the field.
    """
    path = f"indicators[{number}]"
    try:
        indicator = catalogue.get(spec.function)
    except DesignError as exc:
        raise DesignError(exc.reason, path=f"{path}.function", hint=exc.hint) from exc
    try:
        params = indicator.resolve(spec.params)
    except DesignError as exc:
        where = f"{path}.params.{exc.path}" if exc.path else f"{path}.params"
        raise DesignError(exc.reason, path=where, hint=exc.hint) from exc
    market = _market(spec, design, path)
    outputs = [output.name for output in indicator.outputs]
    single = len(outputs) == 1
    _check_market(market, earlier, path)
    columns = {o: spec.id if single else f"{spec.id}_{o}" for o in outputs}
    _check_columns(columns.values(), market, earlier, path)
    sources = _sources(spec, indicator, market, earlier, path)
    inherited = max(
        (b.startup for b in earlier if b.market == market and set(b.columns.values()) & {*sources}),
        default=0,
    )
    try:
        own = indicator.warmup(params)
    except DesignError as exc:
        raise DesignError(exc.reason, path=path, hint=exc.hint) from exc
    return BoundIndicator(
        spec=spec,
        indicator=indicator,
        market=market,
        params=params,
        sources=sources,
        columns=columns,
        names={o: spec.id if single else f"{spec.id}.{o}" for o in outputs},
        startup=own + inherited,
    )


def _market(spec: IndicatorSpec, design: Design, path: str) -> Market | None:
    timeframe = spec.timeframe or design.timeframe
    if TIMEFRAMES[timeframe] < TIMEFRAMES[design.timeframe]:
        raise DesignError(
            f"{timeframe} is faster than the design's {design.timeframe}; "
            "informative candles must be as slow or slower",
            path=f"{path}.timeframe",
            hint=f"use {timeframe} as the design's timeframe",
        )
    if TIMEFRAMES[timeframe] % TIMEFRAMES[design.timeframe]:
        raise DesignError(
            f"{timeframe} candles do not close together with {design.timeframe} candles",
            path=f"{path}.timeframe",
        )
    if spec.pair is None and timeframe == design.timeframe:
        return None
    return Market(spec.pair, timeframe)


def _check_market(market: Market | None, earlier: list[BoundIndicator], path: str) -> None:
    """Two markets whose columns Freqtrade would give the same names cannot be told apart."""
    for other in earlier:
        if market is None or other.market is None or market == other.market:
            continue
        if market.suffixes == other.market.suffixes:
            raise DesignError(
                f"{market.pair} and {other.market.pair} (indicator {other.spec.id}) have the "
                "same name in the dataframe",
                path=f"{path}.pair",
                hint=f"use {other.market.pair} for both",
            )


def _check_columns(
    columns: Iterable[str], market: Market | None, earlier: list[BoundIndicator], path: str
) -> None:
    taken = {
        **dict.fromkeys((*RESERVED_COLUMNS, *RISK_COLUMNS), "freqgen"),
        **{b.base_column(o): b.spec.id for b in earlier for o in b.columns},
        **{b.columns[o]: b.spec.id for b in earlier if b.market == market for o in b.columns},
    }
    markets = {market, *(b.market for b in earlier)} - {None}
    for other in markets:
        if other is not None:
            taken |= {other.merged(c): "the candles" for c in (*CANDLE_COLUMNS, "date")}
    for column in columns:
        for name in {column, market.merged(column) if market else column}:
            if name in taken:
                raise DesignError(
                    f'the column "{name}" would be written twice ({taken[name]} has it)',
                    path=f"{path}.id",
                    hint="choose another id",
                )


def _sources(
    spec: IndicatorSpec,
    indicator: Indicator,
    market: Market | None,
    earlier: list[BoundIndicator],
    path: str,
) -> tuple[str, ...]:
    if not spec.sources:
        try:
            indicator.source_columns(())
        except DesignError as exc:
            raise DesignError(exc.reason, path=f"{path}.source", hint=exc.hint) from exc
        return ()
    wanted = len(indicator.sources)
    if len(spec.sources) != wanted:
        takes = (
            f"reads {', '.join(indicator.inputs)} and nothing else"
            if not wanted
            else f"takes {wanted} {'source' if wanted == 1 else 'sources'}"
        )
        raise DesignError(f"{indicator.name} {takes}", path=f"{path}.source")
    known = {name: name for name in CANDLE_COLUMNS}
    elsewhere = set()
    for other in earlier:
        for output, name in other.names.items():
            if other.market == market:
                known[name] = other.columns[output]
            else:
                elsewhere.add(name)
    columns = []
    for name in spec.sources:
        if name not in known:
            if name in elsewhere:
                hint = f"compute {name} on the same timeframe and pair"
            else:
                options = [n for n in known if n.startswith(f"{name}.")] or get_close_matches(
                    name, known, n=3, cutoff=0.4
                )
                hint = "use " + ", ".join(options or CANDLE_COLUMNS)
            raise DesignError(
                f'"{name}" is neither a candle column nor an earlier indicator',
                path=f"{path}.source",
                hint=hint,
            )
        columns.append(known[name])
    return tuple(columns)


def cumulative_names(bound: list[BoundIndicator]) -> dict[str, str]:
    """Names whose level depends on where the frame begins, with the total they come from."""
    roots: dict[tuple[Market | None, str], str] = {}
    names: dict[str, str] = {}
    for number, b in enumerate(bound):
        read = [roots[b.market, source] for source in b.sources if (b.market, source) in roots]
        root = ""
        if b.indicator.cumulative:
            root = f"{b.indicator.name} on {b.market}"
        elif read:
            offset = passes_offset(b.indicator, b.params)
            if offset is None or len({*read}) > 1:
                raise DesignError(
                    f"{b.indicator.name} of a running total depends on where the candles begin",
                    path=f"indicators[{number}].source",
                    hint="use an average of it, or compare it with itself",
                )
            root = read[0] if offset else ""
        if root:
            roots |= {(b.market, column): root for column in b.columns.values()}
            names |= dict.fromkeys(b.names.values(), root)
    return names
