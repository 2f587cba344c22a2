"""The reference signals of a design, computed with pandas.

What a rule means is decided here: every condition is kept as two series, where it is *true*
and where it is *false*; where it is neither, a value is missing. The compiled strategy and the
interpreter that the tests hold against both get there in other ways.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from freqgen.design.binding import Market
from freqgen.design.checked import RULE_LISTS, CheckedDesign
from freqgen.design.expressions import (
    Arithmetic,
    Call,
    Column,
    Comparison,
    Kind,
    Logic,
    Negative,
    Node,
    Not,
    Number,
    Parameter,
)
from freqgen.design.shape import TIMEFRAMES
from freqgen.exceptions import DataMissing, DesignError

if TYPE_CHECKING:
    from pandas import DataFrame, Series


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition in three-valued logic: where it is true, and where it is false."""

    true: Series[bool]
    false: Series[bool]


def reference_signals(
    checked: CheckedDesign,
    candles: DataFrame,
    *,
    informative: Mapping[Market, DataFrame] | None = None,
    parameters: Mapping[str, float] | None = None,
) -> DataFrame:
    """Compute what a design asks for, candle by candle.

    :param candles: Columns ``date`` (opening time, UTC), ``open``, ``high``, ``low``,
        ``close``, ``volume``; one row a candle, gaps filled, oldest first.
    :param informative: The same for every market in ``checked.markets``.
    :param parameters: Values of hyperoptable parameters; the rest have their defaults.
    :returns: The candles with a column for every indicator, ``exit_target`` where the design
        has a target, and boolean columns ``enter_long``, ``exit_long``, ``enter_short`` and
        ``exit_short``.
    :raises DataMissing: If a market's candles are not given.
    :raises DesignError: For a parameter that the design does not have, or a value that it cannot
        take.
    """
    values = _parameter_values(checked, parameters or {})
    frame = with_indicators(checked, candles, informative or {})
    evaluate = _Evaluator(frame, checked.columns, values)
    for field, column in zip(
        RULE_LISTS, ("enter_long", "exit_long", "enter_short", "exit_short"), strict=True
    ):
        rules = checked.rules[field]
        signal = pd.Series(bool(rules), index=frame.index)
        for rule in rules:
            signal &= evaluate.truth(rule.root).true
        frame[column] = signal
    if checked.target is not None:
        frame["exit_target"] = evaluate.series(checked.target.root)
    return frame


def _parameter_values(checked: CheckedDesign, chosen: Mapping[str, float]) -> Mapping[str, float]:
    """Values of all parameters, the defaults included."""
    specs = {spec.name: spec for spec in checked.design.parameters}
    for name, value in chosen.items():
        if name not in specs:
            raise DesignError(
                f'the design has no parameter "{name}"',
                path="parameters",
                hint=f"it has {', '.join(specs)}" if specs else "it has none",
            )
        spec = specs[name]
        if not spec.low <= value <= spec.high or (spec.kind == "int" and value != int(value)):
            whole = "a whole number " if spec.kind == "int" else ""
            raise DesignError(
                f"{name} must be {whole}between {spec.low:g} and {spec.high:g}, {value!r} is not",
                path="parameters",
                hint=f"the default is {spec.default:g}",
            )
    return {name: chosen.get(name, spec.default) for name, spec in specs.items()}


def with_indicators(
    checked: CheckedDesign, candles: DataFrame, informative: Mapping[Market, DataFrame]
) -> DataFrame:
    """A copy of the candles with a column for every output of every indicator."""
    frame = candles.copy()
    for bound in checked.indicators:
        if bound.market is None:
            for output, series in bound.indicator.compute(
                frame, bound.params, bound.sources
            ).items():
                frame[bound.columns[output]] = series
    for market in checked.markets:
        if market not in informative:
            wanted = market.pair or "the traded pair"
            raise DataMissing(f"candles of {wanted} in {market.timeframe} are needed")
        other = informative[market].copy()
        columns = []
        for bound in checked.indicators:
            if bound.market == market:
                for output, series in bound.indicator.compute(
                    other, bound.params, bound.sources
                ).items():
                    other[bound.columns[output]] = series
                    columns.append(bound.columns[output])
        base_minutes = TIMEFRAMES[checked.design.timeframe]
        joined = join_informative(
            frame["date"], other, base_minutes, TIMEFRAMES[market.timeframe], columns
        )
        for column in columns:
            frame[market.merged(column)] = joined[column].to_numpy()
    return frame


def join_informative(
    dates: Series[pd.Timestamp],
    other: DataFrame,
    base_minutes: int,
    other_minutes: int,
    columns: list[str],
) -> DataFrame:
    """Align slower candles with base candles.

    A slow candle is known from the moment it closes, so it belongs to the base candle that
    closes at that moment and to those after it, until the next one closes. This is what
    Freqtrade's ``merge_informative_pair`` does.

    :param dates: Opening times of the base candles.
    :param other: The slow candles with ``date`` and ``columns``.
    :returns: ``columns``, a row for each of ``dates``.
    """
    known = other[["date", *columns]].copy()
    delay = pd.Timedelta(minutes=other_minutes - base_minutes)
    known["known"] = known["date"] + delay
    left = pd.DataFrame({"known": dates.to_numpy()})
    left["known"] = left["known"].astype(known["known"].dtype)
    return pd.merge_asof(left, known.drop(columns="date"), on="known")[columns]


class _Evaluator:
    def __init__(
        self, frame: DataFrame, columns: Mapping[str, str], parameters: Mapping[str, float]
    ) -> None:
        self.frame = frame
        self.columns = columns
        self.parameters = parameters

    def series(self, node: Node) -> Series[float]:
        """The value of a number for every candle; missing is NaN, never infinite."""
        value = self.value(node)
        if not isinstance(value, pd.Series):
            value = pd.Series(float(value), index=self.frame.index)
        return value.astype(float)

    def value(self, node: Node) -> Series[float] | float:
        match node:
            case Number(value=value):
                return value
            case Parameter(name=name):
                return self.parameters[name]
            case Column(name=name):
                return self.frame[self.columns[name]].astype(float)
            case Negative(operand=operand):
                return _combine("*", -1.0, self.value(operand))
            case Arithmetic(operator="/", left=left, right=right):
                return _divide(self.value(left), self.value(right))
            case Arithmetic(operator=operator, left=left, right=right):
                return _combine(operator, self.value(left), self.value(right))
            case Call(function="min" | "max" as name, operands=operands):
                return self.extreme(name, operands)
            case Call(function="abs", operands=(operand,)):
                size = self.value(operand)
                return size.abs() if isinstance(size, pd.Series) else abs(size)
            case Call(function="hour"):
                return self.clock("hour")
            case Call(function="weekday"):
                return self.clock("day_of_week")
            case Call(function="bars_since", operands=(operand,)):
                return self.bars_since(self.truth(operand).true)
            case Call(function=name, operands=(operand,), window=n):
                return self.window(name, self.series(operand), n)
        raise TypeError(f"{type(node).__name__} is not a number")

    def extreme(self, name: str, operands: tuple[Node, ...]) -> Series[float] | float:
        values = [self.value(operand) for operand in operands]
        if not any(isinstance(value, pd.Series) for value in values):
            return (min if name == "min" else max)(cast("list[float]", values))
        table = pd.concat([self.series(operand) for operand in operands], axis=1)
        reduce = table.min if name == "min" else table.max
        return cast("Series[float]", reduce(axis=1, skipna=False))

    def window(self, name: str, x: Series[float], n: int) -> Series[float]:
        match name:
            case "shift":
                return x.shift(n)
            case "highest":
                return x.rolling(n).max()
            case "lowest":
                return x.rolling(n).min()
            case "mean":
                return _known(x.rolling(n).mean())
            case "std":
                return _deviation(x, n)
            case "zscore":
                distance = x - x.rolling(n).mean()
                return cast("Series[float]", _divide(distance, _deviation(x, n)))
            case "change":
                return cast("Series[float]", _divide(x, x.shift(n)) - 1)
        raise TypeError(f"{name} gives no number")

    def clock(self, part: str) -> Series[float]:
        """A part of the candles' opening times, as in ``hour``."""
        values: Series[float] = getattr(self.frame["date"].dt, part).astype(float)
        return values

    def bars_since(self, true: Series[bool]) -> Series[float]:
        position = pd.Series(np.arange(len(true), dtype=float), index=true.index)
        return position - position.where(true).ffill()

    def truth(self, node: Node) -> Truth:
        """Where a condition is true and where it is false."""
        match node:
            case Comparison(operator=operator, left=left, right=right):
                return _compare(operator, self.series(left), self.series(right))
            case Not(operand=operand):
                inner = self.truth(operand)
                return Truth(inner.false, inner.true)
            case Logic(operator=operator, operands=operands):
                first, *rest = (self.truth(operand) for operand in operands)
                for other in rest:
                    if operator == "and":
                        first = Truth(first.true & other.true, first.false | other.false)
                    else:
                        first = Truth(first.true | other.true, first.false & other.false)
                return first
            case Call(function="shift", operands=(operand,), window=n) if (
                operand.kind is Kind.CONDITION
            ):
                inner = self.truth(operand)
                return Truth(
                    inner.true.shift(n, fill_value=False), inner.false.shift(n, fill_value=False)
                )
            case Call(function="crosses_above" | "crosses_below" as name, operands=(a, b)):
                return self.crosses(name, self.series(a), self.series(b))
            case Call(function="rising" | "falling" as name, operands=(operand,), window=n):
                return self.steps(name, self.series(operand), n)
        raise TypeError(f"{type(node).__name__} is not a condition")

    def crosses(self, name: str, a: Series[float], b: Series[float]) -> Truth:
        before_a, before_b = a.shift(1), b.shift(1)
        present = a.notna() & b.notna() & before_a.notna() & before_b.notna()
        if name == "crosses_above":
            happened = (a > b) & (before_a <= before_b)
        else:
            happened = (a < b) & (before_a >= before_b)
        return Truth(happened & present, ~happened & present)

    def steps(self, name: str, x: Series[float], n: int) -> Truth:
        present = pd.Series(True, index=x.index)
        happened = pd.Series(True, index=x.index)
        for back in range(n):
            later, earlier = x.shift(back), x.shift(back + 1)
            present &= later.notna() & earlier.notna()
            happened &= (later > earlier) if name == "rising" else (later < earlier)
        return Truth(happened & present, ~happened & present)


def _compare(operator: str, a: Series[float], b: Series[float]) -> Truth:
    present = a.notna() & b.notna()
    match operator:
        case "<":
            holds = a < b
        case "<=":
            holds = a <= b
        case ">":
            holds = a > b
        case ">=":
            holds = a >= b
        case "==":
            holds = a == b
        case _:
            holds = a != b
    return Truth(holds & present, ~holds & present)


def _combine(
    operator: str, a: Series[float] | float, b: Series[float] | float
) -> Series[float] | float:
    combined: Series[float] | float
    if operator == "+":
        combined = a + b
    elif operator == "-":
        combined = a - b
    else:
        combined = a * b
    return _finite(combined)


def _finite(x: Series[float] | float) -> Series[float] | float:
    """What is too large for a float cannot be computed, so it is missing."""
    return x.where(np.isfinite(x)) if isinstance(x, pd.Series) else x


def _deviation(x: Series[float], n: int) -> Series[float]:
    """The population's standard deviation; exactly 0 in a window that does not move.

    pandas keeps a running sum of squares, in which large values leave a remainder.
    """
    window = x.rolling(n)
    return _known(window.std(ddof=0).where(window.max() != window.min(), 0.0))


def _known(x: Series[float]) -> Series[float]:
    return cast("Series[float]", _finite(x))


def _divide(a: Series[float] | float, b: Series[float] | float) -> Series[float] | float:
    if not isinstance(a, pd.Series) and not isinstance(b, pd.Series):
        return a / b  # the parser has refused divisors that can be 0
    return _finite(cast("Series[float]", a / b))
