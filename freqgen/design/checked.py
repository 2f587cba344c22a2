"""A design whose names, expressions and indicators are known to fit together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from freqgen.design.advice import contradictions, never_true, nonsense, unused_parameters
from freqgen.design.cumulative import check_cumulative, passes_offset
from freqgen.design.expressions import (
    Column,
    Expression,
    Scope,
    walk,
)
from freqgen.design.expressions import Kind as ExpressionKind
from freqgen.design.indicators import Catalogue, Indicator
from freqgen.design.model import (
    CANDLE_COLUMNS,
    RESERVED_COLUMNS,
    TIMEFRAMES,
    Design,
    IndicatorSpec,
    TrailingRatio,
)
from freqgen.design.model_errors import LISTED
from freqgen.design.parser import parse, parse_rule
from freqgen.design.protections import check_protections
from freqgen.design.ranges import known_ranges
from freqgen.design.reserved import taken_by_strategy
from freqgen.design.startup import MAX_STARTUP, offsets
from freqgen.exceptions import DesignError

MAX_TEXT = 10_000
"""Characters of all rules together; the strategy's code is some five times as long."""

RULE_LISTS = ("entry_long", "exit_long", "entry_short", "exit_short")

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDesign:
    """A design that can be computed and compiled.

    :param catalogue: Where its indicators came from.
    :param indicators: In the order in which they can be computed.
    :param rules: The parsed rules of each list.
    :param target: The parsed target of the risk, or ``None``.
    :param columns: Name in rules to column of the base candles.
    :param startup: ``startup_candle_count``, the same for every timeframe.
    :param warnings: What is allowed but probably not meant, a sentence each.
    """

    design: Design
    catalogue: Catalogue = field(repr=False, compare=False)
    indicators: tuple[BoundIndicator, ...]
    rules: Mapping[str, tuple[Expression, ...]]
    target: Expression | None
    columns: Mapping[str, str]
    startup: int
    warnings: tuple[str, ...]

    @property
    def markets(self) -> tuple[Market, ...]:
        """The candles needed besides the design's own, in order of first use."""
        found = dict.fromkeys(b.market for b in self.indicators if b.market is not None)
        return tuple(found)

    def expressions(self) -> tuple[Expression, ...]:
        """All rules and the target."""
        rules = tuple(rule for name in RULE_LISTS for rule in self.rules[name])
        return rules if self.target is None else (*rules, self.target)


def check_design(design: Design, catalogue: Catalogue) -> CheckedDesign:
    """Bind a design to the catalogue and parse its expressions.

    :raises DesignError: With the path of the field and, in an expression, the position.
    """
    bound: list[BoundIndicator] = []
    for number, spec in enumerate(design.indicators):
        bound.append(_bind(spec, number, design, catalogue, bound))
    for parameter_number, parameter in enumerate(design.parameters):
        taken = taken_by_strategy(parameter.name)
        if taken:
            raise DesignError(
                f'"{parameter.name}" {taken}',
                path=f"parameters[{parameter_number}].name",
                hint=f"call it my_{parameter.name}",
            )
    scope = Scope(
        outputs={b.spec.id: tuple(b.columns) for b in bound},
        parameters={p.name: (p.low, p.high) for p in design.parameters},
    )
    roots = _cumulative_names(bound)
    rules = _rules(design, scope, roots)
    ranges = known_ranges(bound)
    warnings: list[str] = []
    for rule_list, parsed in rules.items():
        for number, rule in enumerate(parsed):
            advice = never_true(rule.root) or nonsense(rule.root, ranges)
            warnings += [f"{rule_list}[{number}]: {warning}" for warning in advice]
        warnings += [f"{rule_list}: {warning}" for warning in contradictions(parsed)]
    target = _target(design, scope, roots)
    checked = CheckedDesign(
        design=design,
        catalogue=catalogue,
        indicators=tuple(bound),
        rules=rules,
        target=target,
        columns={
            **{name: name for name in CANDLE_COLUMNS},
            **{b.names[o]: b.base_column(o) for b in bound for o in b.columns},
        },
        startup=0,
        warnings=(),
    )
    if not design.worded:  # words may use what no rule does
        warnings += _unused(bound, rules, target)
        warnings += unused_parameters([p.name for p in design.parameters], checked.expressions())
    checked = replace(checked, warnings=tuple(warnings))
    _check_risk(checked)
    return replace(checked, startup=_startup(checked))


def _rules(
    design: Design, scope: Scope, roots: Mapping[str, str]
) -> dict[str, tuple[Expression, ...]]:
    """All rules parsed; the error of the first broken one names the others too."""
    texts = [text for name in RULE_LISTS for text in getattr(design, name)]
    if sum(map(len, texts)) > MAX_TEXT:
        raise DesignError(
            f"the rules have {sum(map(len, texts)):,} characters together; "
            f"at most {MAX_TEXT:,} are read",
            path=next(name for name in RULE_LISTS if getattr(design, name)),
            hint="keep the rules that matter, or make them shorter",
        )
    rules: dict[str, tuple[Expression, ...]] = {}
    broken: list[DesignError] = []
    for name in RULE_LISTS:
        parsed = []
        for number, text in enumerate(getattr(design, name)):
            path = f"{name}[{number}]"
            try:
                rule = parse_rule(text, scope, path=path)
                check_cumulative(rule, roots, path)
            except DesignError as exc:
                broken.append(exc)
            else:
                parsed.append(rule)
        rules[name] = tuple(parsed)
    if len(broken) > 1:
        first, *rest = broken
        also = "; ".join(str(error) for error in rest[: LISTED - 1])
        more = f"; and {len(rest) - LISTED + 1} more" if len(rest) >= LISTED else ""
        raise DesignError(
            first.reason,
            path=first.path,
            position=first.position,
            hint="; ".join(part for part in (first.hint, f"also wrong: {also}{more}") if part),
        )
    if broken:
        raise broken[0]
    return rules


def _bind(
    spec: IndicatorSpec,
    number: int,
    design: Design,
    catalogue: Catalogue,
    earlier: list[BoundIndicator],
) -> BoundIndicator:
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


def _cumulative_names(bound: list[BoundIndicator]) -> dict[str, str]:
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


def _target(design: Design, scope: Scope, roots: Mapping[str, str]) -> Expression | None:
    if design.risk.target is None:
        return None
    path = "risk.target"
    target = parse(design.risk.target, scope, path=path)
    if target.root.kind is not ExpressionKind.SERIES:
        raise DesignError(
            f'"{target.text}" is {target.root.kind.value}; a target is a price for every candle',
            path=path,
            position=0,
            hint="write a price, as in bb.middle; for a profit in per cent use take_profit",
        )
    check_cumulative(target, roots, path, price=True)
    return target


def _check_risk(checked: CheckedDesign) -> None:
    design = checked.design
    risk = design.risk
    check_protections(risk.protections)
    if risk.stoploss * risk.leverage <= -1:
        raise DesignError(
            f"with leverage {risk.leverage:g} a move of {risk.stoploss:.1%} loses the whole stake",
            path="risk.stoploss",
            hint=f"keep it above {-1 / risk.leverage:.1%}",
        )


def _startup(checked: CheckedDesign) -> int:
    """The largest count that any timeframe needs, each in its own candles."""
    design = checked.design
    base_minutes = TIMEFRAMES[design.timeframe]
    own = {name: (b.startup, b.market) for b in checked.indicators for o, name in b.names.items()}
    needed = max((b.startup for b in checked.indicators), default=0)
    for expression in checked.expressions():
        for column, offset in offsets(expression.root, 0):
            startup, market = own.get(column, (1, None))
            if market is not None:
                ratio = TIMEFRAMES[market.timeframe] // base_minutes
                needed = max(needed, startup + -(-offset // ratio), offset)
            else:
                needed = max(needed, startup + offset)
    for distance in (design.risk.stop_atr, design.risk.trailing):
        if distance is not None and not isinstance(distance, TrailingRatio):
            atr = checked.catalogue.get("ATR")
            needed = max(needed, atr.warmup(atr.resolve({"timeperiod": distance.period})))
    if needed > MAX_STARTUP:
        raise DesignError(
            f"the indicators need {needed:,} candles of history; "
            f"Freqtrade can load at most {MAX_STARTUP:,}",
            path="indicators",
            hint="use shorter periods, or a slower timeframe",
        )
    return max(needed, 1)


def _unused(
    bound: list[BoundIndicator],
    rules: Mapping[str, tuple[Expression, ...]],
    target: Expression | None,
) -> list[str]:
    """A sentence for each indicator that nothing reads."""
    used = {
        node.name
        for expressions in (*rules.values(), (target,) if target else ())
        for expression in expressions
        for node in walk(expression.root)
        if isinstance(node, Column)
    }
    warnings = []
    for b in bound:
        read_by_others = any(
            o.market == b.market and {*b.columns.values()} & {*o.sources} for o in bound
        )
        if not used & {*b.names.values()} and not read_by_others:
            warnings.append(f"indicators.{b.spec.id}: no rule uses it")
    return warnings
