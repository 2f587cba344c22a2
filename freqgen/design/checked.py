"""A design whose names, expressions and indicators are known to fit together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from freqgen.design.advice import contradictions, never_true, nonsense, unused_parameters
from freqgen.design.binding import BoundIndicator, Market, bind, cumulative_names
from freqgen.design.cumulative import check_cumulative
from freqgen.design.expressions import (
    Column,
    Expression,
    Scope,
    walk,
)
from freqgen.design.expressions import Kind as ExpressionKind
from freqgen.design.indicators import Catalogue
from freqgen.design.model import CANDLE_COLUMNS, Design
from freqgen.design.model_errors import LISTED
from freqgen.design.parser import parse, parse_rule
from freqgen.design.protections import check_protections
from freqgen.design.ranges import known_ranges
from freqgen.design.reserved import taken_by_strategy
from freqgen.design.risk import TrailingRatio
from freqgen.design.shape import TIMEFRAMES
from freqgen.design.startup import MAX_STARTUP, offsets
from freqgen.exceptions import DesignError

MAX_TEXT = 10_000
"""Characters of all rules together; the strategy's code is some five times as long."""

RULE_LISTS = ("entry_long", "exit_long", "entry_short", "exit_short")


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
        bound.append(bind(spec, number, design, catalogue, bound))
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
    roots = cumulative_names(bound)
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
