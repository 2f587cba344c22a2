"""The expression language of rules: its parts, their types and its functions.

:func:`freqgen.design.parser.parse` makes a tree of the small classes below, in which every name
is known and every operation has operands of the right type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from freqgen.design.model import CANDLE_COLUMNS

MAX_WINDOW = 5_000


class Kind(Enum):
    """Type of an expression."""

    SERIES = "a number for every candle"
    CONDITION = "true or false for every candle"
    SCALAR = "one number"
    FACT = "true or false, the same for every candle"


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression. ``start`` is its offset in the text, in characters."""

    start: int = field(compare=False)

    @property
    def kind(self) -> Kind:
        """The type of the part's value."""
        raise TypeError(f"{type(self).__name__} has no type")

    def children(self) -> tuple[Node, ...]:
        """The parts it is made of."""
        return ()


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A literal; whole numbers stay ``int`` so that they are written as they were read."""

    value: int | float

    @property
    def kind(self) -> Kind:
        """Always a scalar."""
        return Kind.SCALAR


@dataclass(frozen=True, slots=True)
class Column(Node):
    """A candle column, or an output of an indicator as in ``bb.lower``."""

    name: str

    @property
    def kind(self) -> Kind:
        """Always a series."""
        return Kind.SERIES


@dataclass(frozen=True, slots=True)
class Parameter(Node):
    """A hyperoptable number between ``low`` and ``high``, both included."""

    name: str
    low: float
    high: float

    @property
    def kind(self) -> Kind:
        """Always a scalar."""
        return Kind.SCALAR


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """``-operand``."""

    operand: Node

    @property
    def kind(self) -> Kind:
        """That of its operand."""
        return self.operand.kind

    def children(self) -> tuple[Node, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``left operator right``, the operator being one of ``+ - * /``."""

    operator: str
    left: Node
    right: Node

    @property
    def kind(self) -> Kind:
        """A scalar of two scalars, else a series."""
        both = {self.left.kind, self.right.kind}
        return Kind.SCALAR if both == {Kind.SCALAR} else Kind.SERIES

    def children(self) -> tuple[Node, ...]:
        """Both operands."""
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """``left operator right``, the operator being one of ``< <= > >= == !=``."""

    operator: str
    left: Node
    right: Node

    @property
    def kind(self) -> Kind:
        """A fact of two scalars, else a condition."""
        both = {self.left.kind, self.right.kind}
        return Kind.FACT if both == {Kind.SCALAR} else Kind.CONDITION

    def children(self) -> tuple[Node, ...]:
        """Both operands."""
        return (self.left, self.right)


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """``and`` or ``or`` of at least two conditions."""

    operator: str
    operands: tuple[Node, ...]

    @property
    def kind(self) -> Kind:
        """A fact of facts alone, else a condition."""
        kinds = {operand.kind for operand in self.operands}
        return Kind.FACT if kinds == {Kind.FACT} else Kind.CONDITION

    def children(self) -> tuple[Node, ...]:
        """All operands."""
        return self.operands


@dataclass(frozen=True, slots=True)
class Not(Node):
    """``not operand``, in three-valued logic."""

    operand: Node

    @property
    def kind(self) -> Kind:
        """That of its operand."""
        return self.operand.kind

    def children(self) -> tuple[Node, ...]:
        """The operand."""
        return (self.operand,)


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function of the language applied to operands.

    :param window: The trailing whole number of ``shift``, ``highest`` and their like; else 0.
    """

    function: str
    operands: tuple[Node, ...]
    window: int

    @property
    def kind(self) -> Kind:
        """What the function gives for these operands."""
        return FUNCTIONS[self.function].result(tuple(operand.kind for operand in self.operands))

    def children(self) -> tuple[Node, ...]:
        """The operands, without the window."""
        return self.operands


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function of the language.

    :param usage: How it is written.
    :param meaning: What it gives, for the reference page.
    :param operands: The kinds that each operand may have.
    :param window: Smallest window, or ``None`` where it takes none.
    :param many: Whether the last operand may be repeated.
    :param result: The kind of its value, from the kinds of its operands.
    """

    usage: str
    meaning: str
    operands: tuple[frozenset[Kind], ...] = ()
    window: int | None = None
    many: bool = False
    result: Callable[[tuple[Kind, ...]], Kind] = lambda _kinds: Kind.SERIES


_NUMBERS = frozenset({Kind.SERIES, Kind.SCALAR})
_SERIES = frozenset({Kind.SERIES})
_CONDITION = frozenset({Kind.CONDITION})


def _condition(_kinds: tuple[Kind, ...]) -> Kind:
    return Kind.CONDITION


def _same(kinds: tuple[Kind, ...]) -> Kind:
    return kinds[0]


def _wider(kinds: tuple[Kind, ...]) -> Kind:
    return Kind.SERIES if Kind.SERIES in kinds else Kind.SCALAR


FUNCTIONS: Mapping[str, Function] = {
    "crosses_above": Function(
        usage="crosses_above(a, b)",
        meaning="a is above b now and was not above it one candle earlier; "
        "neither true nor false unless all four values exist",
        operands=(_NUMBERS, _NUMBERS),
        result=_condition,
    ),
    "crosses_below": Function(
        usage="crosses_below(a, b)",
        meaning="a is below b now and was not below it one candle earlier; "
        "neither true nor false unless all four values exist",
        operands=(_NUMBERS, _NUMBERS),
        result=_condition,
    ),
    "shift": Function(
        usage="shift(x, n)",
        meaning="the value of x n candles earlier; x is a number or a condition, n is at least 0",
        operands=(_SERIES | _CONDITION,),
        window=0,
        result=_same,
    ),
    "highest": Function(
        usage="highest(x, n)",
        meaning="the highest of the last n values, the current one included",
        operands=(_SERIES,),
        window=1,
    ),
    "lowest": Function(
        usage="lowest(x, n)",
        meaning="the lowest of the last n values, the current one included",
        operands=(_SERIES,),
        window=1,
    ),
    "mean": Function(
        usage="mean(x, n)",
        meaning="the mean of the last n values, the current one included",
        operands=(_SERIES,),
        window=1,
    ),
    "std": Function(
        usage="std(x, n)",
        meaning="the standard deviation of the last n values, the current one included; "
        "the population's (divisor n), as in Bollinger bands",
        operands=(_SERIES,),
        window=1,
    ),
    "zscore": Function(
        usage="zscore(x, n)",
        meaning="(x - mean(x, n)) / std(x, n); missing where the deviation is 0",
        operands=(_SERIES,),
        window=2,
    ),
    "change": Function(
        usage="change(x, n)",
        meaning="x / shift(x, n) - 1, so that 0.02 is a rise of 2 %",
        operands=(_SERIES,),
        window=1,
    ),
    "rising": Function(
        usage="rising(x, n)",
        meaning="each of the last n steps went up; missing unless all n + 1 values exist",
        operands=(_SERIES,),
        window=1,
        result=_condition,
    ),
    "falling": Function(
        usage="falling(x, n)",
        meaning="each of the last n steps went down; missing unless all n + 1 values exist",
        operands=(_SERIES,),
        window=1,
        result=_condition,
    ),
    "bars_since": Function(
        usage="bars_since(condition)",
        meaning="candles since the condition was last true: 0 on that candle, "
        "missing before the first",
        operands=(_CONDITION,),
    ),
    "abs": Function(
        usage="abs(x)", meaning="x without its sign", operands=(_NUMBERS,), result=_same
    ),
    "min": Function(
        usage="min(a, b, ...)",
        meaning="the smallest; missing if one of them is",
        operands=(_NUMBERS, _NUMBERS),
        many=True,
        result=_wider,
    ),
    "max": Function(
        usage="max(a, b, ...)",
        meaning="the largest; missing if one of them is",
        operands=(_NUMBERS, _NUMBERS),
        many=True,
        result=_wider,
    ),
    "hour": Function(usage="hour()", meaning="the hour of the candle's opening time, UTC, 0 to 23"),
    "weekday": Function(
        usage="weekday()",
        meaning="the weekday of the candle's opening time, UTC; Monday is 0",
    ),
}
"""Every function of the language. All of them are causal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The names that an expression may use.

    :param outputs: Outputs of each indicator: ``("value",)`` where it has just one.
    :param parameters: Hyperoptable parameters with their lowest and highest value.
    """

    outputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def names(self) -> list[str]:
        """All names, as they are written in rules."""
        names = [*CANDLE_COLUMNS, *self.parameters]
        for indicator, outputs in self.outputs.items():
            names += [indicator] if len(outputs) == 1 else [f"{indicator}.{o}" for o in outputs]
        return names


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A parsed expression with the text it came from."""

    text: str
    root: Node


def walk(node: Node) -> Iterator[Node]:
    """Yield ``node`` and everything below it."""
    yield node
    for child in node.children():
        yield from walk(child)


def scalar_range(node: Node) -> tuple[float, float]:
    """Lowest and highest value that a scalar can take, over all values of its parameters."""
    match node:
        case Number(value=value):
            return float(value), float(value)
        case Parameter(low=low, high=high):
            return low, high
        case Negative(operand=operand):
            low, high = scalar_range(operand)
            return -high, -low
        case Arithmetic(operator=operator, left=left, right=right):
            a, b = scalar_range(left), scalar_range(right)
            if operator == "+":
                return a[0] + b[0], a[1] + b[1]
            if operator == "-":
                return a[0] - b[1], a[1] - b[0]
            if operator == "/":
                b = (1 / b[1], 1 / b[0])  # 0 lies outside, or it would have been refused
            corners = [x * y for x in a for y in b]
            return min(corners), max(corners)
        case Call(function="abs", operands=(operand,)):
            low, high = scalar_range(operand)
            inside = 0.0 if low <= 0 <= high else min(abs(low), abs(high))
            return inside, max(abs(low), abs(high))
        case Call(function=function, operands=operands):
            ranges = [scalar_range(operand) for operand in operands]
            pick = min if function == "min" else max
            return pick(r[0] for r in ranges), pick(r[1] for r in ranges)
    raise TypeError(f"{type(node).__name__} is not a scalar")
