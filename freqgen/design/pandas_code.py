"""Expressions as the pandas code that a careful person would write.

Pandas knows two truth values, the language three. ``not`` is therefore pushed down to the
comparisons first (``not (a < b)`` becomes ``a >= b``), after which "true" is all that matters:
a comparison with a missing value is false in pandas, and nothing is ever negated again.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
    walk,
)
from freqgen.design.layout import Attached, Brackets, Doc, Infix, Parens, Text, joined
from freqgen.design.magnitudes import Size, may_overflow

_OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}

_ATOM, _UNARY, _PRODUCT, _SUM, _AND, _OR, _COMPARISON = range(7)

HELPERS: Mapping[str, str] = {
    "change": '''
def change(series: Series, candles: int) -> Series:
    """Relative change over some candles; 0.02 is a rise of 2 %."""
    return series / series.shift(candles).replace(0, np.nan) - 1
''',
    "deviation": '''
def deviation(series: Series, candles: int) -> Series:
    """Standard deviation (the population's) over some candles; exactly 0 where nothing moved."""
    window = series.rolling(candles)
    return window.std(ddof=0).where(window.max() != window.min(), 0.0)
''',
    "finite": '''
def finite(series: Series) -> Series:
    """The same with infinite values missing."""
    return series.replace([np.inf, -np.inf], np.nan)
''',
    "zscore": '''
def zscore(series: Series, candles: int) -> Series:
    """Distance from the rolling mean in rolling standard deviations."""
    distance = series - series.rolling(candles).mean()
    return distance / deviation(series, candles).replace([0, np.inf], np.nan)
''',
    "bars_since": '''
def bars_since(condition: Series) -> Series:
    """Candles since the condition was last true; missing before the first time."""
    position = Series(np.arange(len(condition), dtype=float), index=condition.index)
    return position - position.where(condition).ffill()
''',
}
"""Functions that a strategy defines for itself where its rules need them."""


class PandasWriter:
    """Writes expressions; remembers what they need to be defined or imported.

    :param columns: Name in rules to column of the dataframe.
    :param sizes: How large the values of names can become that are not of a usual size.
    """

    def __init__(
        self, columns: Mapping[str, str], sizes: Mapping[str, Size] = MappingProxyType({})
    ) -> None:
        self.columns = columns
        self.sizes = sizes
        self.helpers: set[str] = set()
        self.numpy = False
        self.qtpylib = False

    def number(self, node: Node) -> Doc:
        """A number, as a series or a scalar."""
        return self._number(node)[0]

    def condition(self, node: Node) -> Doc:
        """A condition as a boolean series; true where the rule fires."""
        return self._condition(node, wanted=True)[0]

    # -- numbers ------------------------------------------------------------------------------

    def _number(self, node: Node) -> tuple[Doc, int]:
        match node:
            case Number(value=value):
                return Text(repr(value)), _ATOM
            case Column(name=name):
                return Text(f'dataframe["{self.columns[name]}"]'), _ATOM
            case Parameter(name=name):
                return Text(f"self.{name}.value"), _ATOM
            case Negative(operand=operand):
                return Attached("-", self._tight(operand, _ATOM), ""), _UNARY
            case Arithmetic():
                return self._finite(node, self._arithmetic(node))
            case Call():
                return self._finite(node, self._call(node))
        raise TypeError(f"{type(node).__name__} is not a number")

    def _finite(self, node: Arithmetic | Call, written: tuple[Doc, int]) -> tuple[Doc, int]:
        """Infinite values replaced, where an operation may give some."""
        if not may_overflow(node, self.sizes):
            return written
        self._use("finite")
        return Brackets("finite(", (written[0],), ")"), _ATOM

    def _tight(self, node: Node, level: int) -> Doc:
        """A number, in parentheses unless it binds at least as tightly as ``level``."""
        doc, own = self._number(node)
        return doc if own <= level else Parens(doc)

    def _arithmetic(self, node: Arithmetic) -> tuple[Doc, int]:
        level = _PRODUCT if node.operator in "*/" else _SUM
        left = self._tight(node.left, level)
        right = self._tight(node.right, level - 1)
        if node.operator == "/" and node.right.kind is Kind.SERIES:
            self.numpy = True
            right = Attached("", self._tight(node.right, _ATOM), ".replace(0, np.nan)")
        return Infix(node.operator, (left, right)), level

    def _call(self, node: Call) -> tuple[Doc, int]:
        if node.function in {"min", "max"}:
            return self._extreme(node)
        if node.function == "hour":
            return Text('dataframe["date"].dt.hour'), _ATOM
        if node.function == "weekday":
            return Text('dataframe["date"].dt.day_of_week'), _ATOM
        operand = node.operands[0]
        if node.function == "bars_since":
            self._use("bars_since")
            return Brackets("bars_since(", (self.condition(operand),), ")"), _ATOM
        if node.function == "abs":
            return Brackets("abs(", (self.number(operand),), ")"), _ATOM
        if node.function in {"change", "std", "zscore"}:
            # pandas keeps a running sum of squares, which large values leave a remainder in:
            # a window that does not move has to be told apart by its extremes.
            name = "deviation" if node.function == "std" else node.function
            self._use(name)
            parts = (self.number(operand), Text(str(node.window)))
            return Brackets(f"{name}(", parts, ")"), _ATOM
        n = node.window
        if node.function == "shift" and n == 0:
            return self._number(operand)
        tail = {
            "shift": f".shift({n})",
            "highest": f".rolling({n}).max()",
            "lowest": f".rolling({n}).min()",
            "mean": f".rolling({n}).mean()",
        }[node.function]
        return Attached("", self._tight(operand, _ATOM), tail), _ATOM

    def _extreme(self, node: Call) -> tuple[Doc, int]:
        parts = tuple(self.number(operand) for operand in node.operands)
        if node.kind is Kind.SCALAR:
            return Brackets(f"{node.function}(", parts, ")"), _ATOM
        self.numpy = True
        head = "np.minimum(" if node.function == "min" else "np.maximum("
        doc, *rest = parts
        for part in rest:
            doc = Brackets(head, (doc, part), ")")
        return doc, _ATOM

    def _use(self, helper: str) -> None:
        self.helpers.add(helper)
        if helper == "zscore":
            self.helpers.add("deviation")
        self.numpy |= helper != "deviation"

    # -- conditions ---------------------------------------------------------------------------

    def _condition(self, node: Node, *, wanted: bool) -> tuple[Doc, int]:
        match node:
            case Not(operand=operand):
                return self._condition(operand, wanted=not wanted)
            case Comparison():
                return self._comparison(node, wanted=wanted)
            case Logic(operator=word, operands=operands):
                both = (word == "and") == wanted
                parts = tuple(
                    self._boxed(self._condition(operand, wanted=wanted), within=both)
                    for operand in operands
                )
                return joined("&" if both else "|", parts), _AND if both else _OR
            case Call(function="shift", operands=(operand,), window=n):
                inner, level = self._condition(operand, wanted=wanted)
                if n == 0:
                    return inner, level
                tail = f".shift({n}, fill_value=False)"
                if level == _ATOM:
                    return Attached("", inner, tail), _ATOM
                return Parens(inner, tail), _ATOM
            case Call(function="crosses_above" | "crosses_below"):
                return self._crosses(node, wanted=wanted)
            case Call(function="rising" | "falling"):
                return self._steps(node, wanted=wanted)
        raise TypeError(f"{type(node).__name__} is not a condition")

    @staticmethod
    def _boxed(piece: tuple[Doc, int], *, within: bool) -> Doc:
        doc, level = piece
        if level == _ATOM or (level == _AND and within):
            return doc
        return Parens(doc)

    def _comparison(self, node: Comparison, *, wanted: bool) -> tuple[Doc, int]:
        sign = node.operator if wanted else _OPPOSITE[node.operator]
        left, right = node.left, node.right
        if (left.kind is Kind.SCALAR and right.kind is Kind.SERIES) or _constant(left):
            left, right, sign = right, left, _MIRRORED[sign]
        if sign == "!=" and node.kind is Kind.CONDITION:
            # pandas calls a missing value different from everything; here it is neither.
            a, b = self._tight(left, _SUM), self._tight(right, _SUM)
            below, above = Parens(Infix("<", (a, b))), Parens(Infix(">", (a, b)))
            return Infix("|", (below, above)), _OR
        parts = (self._tight(left, _SUM), self._tight(right, _SUM))
        return Infix(sign, parts), _COMPARISON

    def _crosses(self, node: Call, *, wanted: bool) -> tuple[Doc, int]:
        self.qtpylib = True
        above = node.function == "crosses_above"
        left, right = node.operands
        if left.kind is Kind.SCALAR:
            left, right, above = right, left, not above
        name = "crossed_above" if above else "crossed_below"
        call = Brackets(f"qtpylib.{name}(", (self.number(left), self.number(right)), ")")
        if wanted:
            return call, _ATOM
        series = [side for side in (left, right) if side.kind is Kind.SERIES]
        present: list[Doc] = []
        for side in series:
            box = self._tight(side, _ATOM)
            present += [Attached("", box, ".notna()"), Attached("", box, ".shift(1).notna()")]
        return Infix("&", (Attached("~", call, ""), *present)), _AND

    def _steps(self, node: Call, *, wanted: bool) -> tuple[Doc, int]:
        n = node.window
        box = self._tight(node.operands[0], _ATOM)
        up = node.function == "rising"
        step = Attached("", box, ".diff()")
        if n == 1:
            sign = (">" if wanted else "<=") if up else ("<" if wanted else ">=")
            return Infix(sign, (step, Text("0"))), _COMPARISON
        steps = Parens(Infix(">" if up else "<", (step, Text("0"))), f".rolling({n}).sum()")
        if wanted:
            return Infix("==", (steps, Text(str(n)))), _COMPARISON
        fewer = Parens(Infix("<", (steps, Text(str(n)))))
        count = Attached("", box, f".notna().rolling({n + 1}).sum()")
        present = Parens(Infix("==", (count, Text(str(n + 1)))))
        return Infix("&", (fewer, present)), _AND


def _constant(node: Node) -> bool:
    """Whether a number is made of literals alone; the parser allows at most one such side."""
    return all(isinstance(part, Number | Negative | Arithmetic) for part in walk(node))
