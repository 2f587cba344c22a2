"""Signals of a design, worked out in plain Python, one candle after the other.

Every value is a Python number, a bool, or ``None`` where it is *missing*. Sums are exact
(:func:`math.fsum`), so this party is the most exact one numerically. Beside each number it keeps
how far a party that rounds differently may lie from it, and beside each condition the set of
truth values that such rounding could produce. A candle on which rounding alone decides is a
*knife edge* and is reported (:func:`evaluate_margin`, :func:`interpret_margin`), so that a test
can leave it out and assert that there are few of them.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from . import rounding
from .logic import SURELY, Condition, bars_since, both, compare, crossings, either, negate, runs

if TYPE_CHECKING:
    from freqgen.design.model import Design

    from .rounding import Number

Frame = Mapping[str, Sequence[Any]]
Values = Mapping[str, Sequence[float | None]]

_CANDLE_COLUMNS = ("open", "high", "low", "close", "volume")
_COMPARE: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: rounding.add,
    ast.Sub: rounding.subtract,
    ast.Mult: rounding.multiply,
    ast.Div: rounding.divide,
}


class NotAnExpressionError(ValueError):
    """The text is outside the expression language, or an operand has the wrong type."""


Kind = Literal["number", "condition"]


@dataclass(frozen=True, slots=True)
class Series:
    """One cell per candle; all of them numbers, or all of them conditions."""

    kind: Kind
    cells: list[Any]


class Interpreter:
    """Evaluates expressions over one frame.

    :param frame: Columns ``open high low close volume`` and, for ``hour()`` and ``weekday()``,
        ``date``: the opening times. A mapping of lists or a pandas dataframe.
    :param indicator_values: ``id``, or ``id.output``, to one value per candle; ``None`` or NaN
        where it does not exist.
    :param parameters: Names to numbers.
    """

    def __init__(
        self,
        frame: Frame,
        indicator_values: Values | None = None,
        parameters: Mapping[str, float] | None = None,
    ) -> None:
        self._dates = list(frame["date"]) if "date" in frame else []
        self._names: dict[str, Series] = {}
        columns = {name: frame[name] for name in _CANDLE_COLUMNS if name in frame}
        self.length = len(next(iter(columns.values())))
        for name, values in {**columns, **(indicator_values or {})}.items():
            if len(values) != self.length:
                raise ValueError(f"{name} has {len(values)} values for {self.length} candles")
            self._names[name] = Series("number", [rounding.given(value) for value in values])
        for name, number in (parameters or {}).items():
            self._names[name] = self._constant(number)
        self._known: dict[str, Series] = {}

    def series(self, expression: str) -> Series:
        """Evaluate one expression.

        :raises NotAnExpressionError: For anything outside the language.
        """
        try:
            tree = ast.parse(expression.strip(), mode="eval")
        except SyntaxError as exc:
            raise NotAnExpressionError(f"{expression}: {exc.msg}") from exc
        return self._node(tree.body)

    def _constant(self, number: float) -> Series:
        return Series("number", [rounding.given(number)] * self.length)

    def _node(self, node: ast.expr) -> Series:
        key = ast.unparse(node)
        if key not in self._known:
            self._known[key] = self._evaluate(node)
        return self._known[key]

    def _number(self, node: ast.expr) -> list[Number]:
        series = self._node(node)
        if series.kind != "number":
            raise NotAnExpressionError(f"{ast.unparse(node)} is a condition, not a number")
        return series.cells

    def _condition(self, node: ast.expr) -> list[Condition]:
        series = self._node(node)
        if series.kind != "condition":
            raise NotAnExpressionError(f"{ast.unparse(node)} is a number, not a condition")
        return series.cells

    def _evaluate(self, node: ast.expr) -> Series:
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return self._constant(number)
            case ast.Name(id=name) | ast.Attribute(value=ast.Name(), attr=name):
                return self._named(ast.unparse(node))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Series("number", [rounding.negative(x) for x in self._number(operand)])
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return Series("condition", [negate(x) for x in self._condition(operand)])
            case ast.BinOp(op=op, left=left, right=right) if type(op) in _ARITHMETIC:
                pairs = zip(self._number(left), self._number(right), strict=True)
                work = _ARITHMETIC[type(op)]
                return Series("number", [work(a, b) for a, b in pairs])
            case ast.BoolOp(op=op, values=values):
                join = both if isinstance(op, ast.And) else either
                cells = self._condition(values[0])
                for value in values[1:]:
                    pairs_ = zip(cells, self._condition(value), strict=True)
                    cells = [join(a, b) for a, b in pairs_]
                return Series("condition", cells)
            case ast.Compare():
                return self._comparison(node)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                return self._call(name, args)
        raise NotAnExpressionError(f"{ast.unparse(node)} is not part of the language")

    def _named(self, name: str) -> Series:
        if name not in self._names:
            raise NotAnExpressionError(f"{name} is unknown")
        return self._names[name]

    def _comparison(self, node: ast.Compare) -> Series:
        """``a < b < c`` is ``a < b and b < c``."""
        operands = [self._number(part) for part in (node.left, *node.comparators)]
        cells = [SURELY[True]] * self.length
        for position, op in enumerate(node.ops):
            if type(op) not in _COMPARE:
                raise NotAnExpressionError(f"{ast.unparse(node)} compares in an unknown way")
            test = _COMPARE[type(op)]
            links = zip(cells, operands[position], operands[position + 1], strict=True)
            cells = [both(cell, compare(test, a, b)) for cell, a, b in links]
        return Series("condition", cells)

    def _call(self, name: str, args: list[ast.expr]) -> Series:
        if name in ("hour", "weekday"):
            _expect(name, args, 0)
            if not self._dates:
                raise NotAnExpressionError(f"{name}() needs the dates of the candles")
            return Series("number", [rounding.given(_clock(name, day)) for day in self._dates])
        if name in ("crosses_above", "crosses_below"):
            _expect(name, args, 2)
            above = name == "crosses_above"
            return Series(
                "condition", crossings(self._number(args[0]), self._number(args[1]), above)
            )
        if name == "bars_since":
            _expect(name, args, 1)
            return Series("number", bars_since(self._condition(args[0])))
        if name == "abs":
            _expect(name, args, 1)
            return Series("number", [rounding.magnitude(x) for x in self._number(args[0])])
        if name in ("min", "max"):
            if len(args) < 2:
                raise NotAnExpressionError(f"{name} needs two operands or more")
            best = rounding.smallest if name == "min" else rounding.largest
            rows = zip(*(self._number(arg) for arg in args), strict=True)
            return Series("number", [best(list(row)) for row in rows])
        _expect(name, args, 2)
        return self._windowed(name, args[0], _count(name, args[1]))

    def _windowed(self, name: str, operand: ast.expr, n: int) -> Series:
        if name == "shift":
            series = self._node(operand)
            nothing = rounding.NOTHING if series.kind == "number" else SURELY[None]
            return Series(series.kind, earlier(series.cells, n, nothing))
        cells = self._number(operand)
        if name == "change":
            return Series("number", changes(cells, n))
        if n < 1:
            raise NotAnExpressionError(f"{name} needs at least one candle")
        if name in ("rising", "falling"):
            test = operator.gt if name == "rising" else operator.lt
            return Series("condition", runs(cells, n, test))
        if name in rounding.WINDOWS:
            return Series("number", rounding.WINDOWS[name](cells, n))
        raise NotAnExpressionError(f"{name} is not a function of the language")


def _expect(name: str, args: list[ast.expr], wanted: int) -> None:
    if len(args) != wanted:
        raise NotAnExpressionError(f"{name} takes {wanted} operands, not {len(args)}")


def _count(name: str, node: ast.expr) -> int:
    """The number of candles: a literal whole number that is not negative."""
    match node:
        case ast.Constant(value=int() as n) if not isinstance(n, bool) and n >= 0:
            return n
    raise NotAnExpressionError(f"{name} takes a literal number of candles")


def _clock(name: str, opening: datetime) -> float:
    """Hour, or weekday with Monday 0, of a candle's opening time in UTC; naive times are UTC."""
    moment = opening.astimezone(UTC) if opening.tzinfo else opening
    return float(moment.hour if name == "hour" else moment.weekday())


def earlier(cells: Sequence[Any], n: int, nothing: Any) -> list[Any]:
    """The cell ``n`` candles earlier."""
    return [cells[row - n] if row >= n else nothing for row in range(len(cells))]


def changes(cells: list[Number], n: int) -> list[Number]:
    """``x / shift(x, n) - 1``."""
    one = rounding.given(1.0)
    before = earlier(cells, n, rounding.NOTHING)
    return [
        rounding.subtract(rounding.divide(now, then), one)
        for now, then in zip(cells, before, strict=True)
    ]


def evaluate(
    expression: str,
    frame: Frame,
    indicator_values: Values | None = None,
    parameters: Mapping[str, float] | None = None,
) -> list[float | bool | None]:
    """The value of an expression on each candle; ``None`` where it is missing.

    :raises NotAnExpressionError: For anything outside the language.
    """
    cells = Interpreter(frame, indicator_values, parameters).series(expression).cells
    return [cell.value for cell in cells]


def evaluate_margin(
    expression: str,
    frame: Frame,
    indicator_values: Values | None = None,
    parameters: Mapping[str, float] | None = None,
) -> list[bool]:
    """Whether floating-point rounding alone decides if a condition is true, on each candle.

    Of a number, whether rounding alone decides that it exists at all or which whole number it is.
    """
    series = Interpreter(frame, indicator_values, parameters).series(expression)
    if series.kind == "condition":
        return [cell.on_edge for cell in series.cells]
    return [cell.doubtful for cell in series.cells]


SIGNALS: Mapping[str, str] = {
    "enter_long": "entry_long",
    "exit_long": "exit_long",
    "enter_short": "entry_short",
    "exit_short": "exit_short",
}
"""Columns of Freqtrade to the fields of a design that fill them."""


def _signals(
    design: Design, frame: Frame, indicator_values: Values, parameters: Mapping[str, float] | None
) -> dict[str, list[Condition]]:
    if parameters is None:
        parameters = {parameter.name: parameter.default for parameter in design.parameters}
    party = Interpreter(frame, indicator_values, parameters)
    result = {}
    for column, field in SIGNALS.items():
        rules: list[str] = getattr(design, field)
        cells = [SURELY[bool(rules)]] * party.length
        for rule in rules:
            series = party.series(rule)
            if series.kind != "condition":
                raise NotAnExpressionError(f"the rule {rule} is a number")
            cells = [both(a, b) for a, b in zip(cells, series.cells, strict=True)]
        result[column] = cells
    return result


def interpret(
    design: Design,
    frame: Frame,
    indicator_values: Values,
    parameters: Mapping[str, float] | None = None,
) -> dict[str, list[bool]]:
    """The four signals of a design, one bool per candle; they fire only where surely true.

    :param parameters: Defaults to the defaults of the design.
    """
    return interpret_both(design, frame, indicator_values, parameters)[0]


def interpret_margin(
    design: Design,
    frame: Frame,
    indicator_values: Values,
    parameters: Mapping[str, float] | None = None,
) -> dict[str, list[bool]]:
    """Where rounding alone decides a signal; the same shape as :func:`interpret`."""
    return interpret_both(design, frame, indicator_values, parameters)[1]


def interpret_both(
    design: Design,
    frame: Frame,
    indicator_values: Values,
    parameters: Mapping[str, float] | None = None,
) -> tuple[dict[str, list[bool]], dict[str, list[bool]]]:
    """Return :func:`interpret` and :func:`interpret_margin` for the price of one."""
    signals = _signals(design, frame, indicator_values, parameters)
    return (
        {name: [cell.value is True for cell in cells] for name, cells in signals.items()},
        {name: [cell.on_edge for cell in cells] for name, cells in signals.items()},
    )


def join_informative(
    base_dates: Sequence[datetime],
    base_minutes: int,
    inf_dates: Sequence[datetime],
    inf_minutes: int,
    values: Sequence[float | None],
) -> list[float | None]:
    """Values of slower candles as seen on the candles of the design's timeframe.

    A slower candle that opens at T and lasts L is known from T + L on, so it is seen on the first
    base candle that closes then or later, and on those after it until the next one is known.

    :raises ValueError: If the informative timeframe is faster than the base's.
    """
    if inf_minutes < base_minutes:
        raise ValueError("a faster timeframe cannot be joined to a slower one")
    closes = [day + timedelta(minutes=inf_minutes) for day in inf_dates]
    seen: list[float | None] = []
    known = 0
    for opening in base_dates:
        close = opening + timedelta(minutes=base_minutes)
        while known < len(closes) and closes[known] <= close:
            known += 1
        value = values[known - 1] if known else None
        seen.append(None if value is None or math.isnan(value) else value)
    return seen
