"""Between which values a column can lie, as far as the text of a strategy shows it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.circles import Circles
from freqgen_structure.constants import numbers
from freqgen_structure.definitions import definitions_of
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.vocabulary import LOCATORS, Kind

if TYPE_CHECKING:
    from freqgen_structure.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What the values of an expression can be.

    :param low: None is less.
    :param high: None is more.
    :param exact: All of them, where they are few.
    :param unit: What they are: ``price``, ``volume``, ``percent`` for an oscillator of 0 to 100,
        ``truth``, or nothing where that is not known.
    :param origin: The function or column that they come from, for people.
    """

    low: float = -math.inf
    high: float = math.inf
    exact: frozenset[float] = frozenset()
    unit: str = ""
    origin: str = ""

    @property
    def bounded(self) -> bool:
        """Whether anything is known of their size."""
        return self.low > -math.inf or self.high < math.inf


_PERCENT = Values(low=0, high=100, unit="percent")
_SIGNED = Values(low=-100, high=100)
_UNIT = Values(low=-1, high=1)
_POSITIVE = Values(low=0)
_PRICE = Values(low=0, unit="price")
_PATTERN = Values(low=-200, high=200, exact=frozenset({-200.0, -100.0, 0.0, 100.0, 200.0}))
_TRUTH = Values(low=0, high=1, exact=frozenset({0.0, 1.0}), unit="truth")
# Freqtrade gives every candle a 0 before the strategy marks some.
_NO_MARK = Values(low=0, high=0, exact=frozenset({0.0}), unit="number")
_MARKS = frozenset("enter_long enter_short exit_long exit_short buy sell".split())

# Of all outputs of functions of TA-Lib, whatever their parameters and source.
_TALIB: Mapping[str, Values] = {
    **dict.fromkeys(
        "ADX ADXR AROON DX MFI MINUS_DI PLUS_DI RSI STOCH STOCHF STOCHRSI ULTOSC IMI".split(),
        _PERCENT,
    ),
    **dict.fromkeys(("AROONOSC", "CMO"), _SIGNED),
    **dict.fromkeys(("BOP", "CORREL", "HT_SINE"), _UNIT),
    **dict.fromkeys(("ATR", "NATR", "TRANGE", "STDDEV", "VAR"), _POSITIVE),
    "HT_TRENDMODE": Values(low=0, high=1, exact=frozenset({0.0, 1.0})),
    "WILLR": Values(low=-100, high=0),
    "LINEARREG_ANGLE": Values(low=-90, high=90),
}
# Averages: they never leave the range of what they are computed from.
_AVERAGES = frozenset(
    "EMA KAMA MA MAX MAVP MIDPOINT MIN RMA SMA TRIMA WMA rolling_max rolling_mean rolling_min "
    "sma wma rolling_weighted_mean".split()
)
# What follows the price, though it may leave the range of the candles for a while.
_FOLLOWING = frozenset(
    "ACCBANDS BBANDS DEMA HT_TRENDLINE LINEARREG MAMA MIDPRICE SAR SAREXT T3 TEMA TSF AVGPRICE "
    "MEDPRICE TYPPRICE WCLPRICE".split()
)
_QTPYLIB = {
    "rsi": _PERCENT,
    "typical_price": _PRICE,
    "mid_price": _PRICE,
    "vwap": _PRICE,
    "rolling_vwap": _PRICE,
}
_OF_CANDLES = dict.fromkeys(("open", "high", "low", "close"), _PRICE) | {
    "volume": Values(low=0, unit="volume")
}
_PARTS_OF_DATES = {
    "hour": Values(low=0, high=23),
    "minute": Values(low=0, high=59),
    "second": Values(low=0, high=59),
    "month": Values(low=1, high=12),
    "day": Values(low=1, high=31),
    "quarter": Values(low=1, high=4),
    **dict.fromkeys(("dayofweek", "day_of_week", "weekday"), Values(low=0, high=6)),
}
_KEEPING = frozenset(
    "shift ffill bfill copy head tail round astype rolling mean median max min quantile "
    "cummax cummin interpolate ewm expanding".split()
)
_DEEPEST = 25


def values_of(source: Source, node: cst.BaseExpression) -> Values | None:
    """What the values of ``node`` can be; ``None`` where nothing is known of them."""
    return source.once(_Tracer).of(node)


class _Tracer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.kinds = kinds_of(source)
        self.definitions = definitions_of(source)
        self._circles = Circles[Values](_DEEPEST)

    def of(self, node: cst.BaseExpression) -> Values | None:
        return self._circles.answer(node, lambda: self._work_out(node))

    def _work_out(self, node: cst.BaseExpression) -> Values | None:
        given = numbers(self.source, node)
        if given.complete and given.known and not any(map(math.isnan, given.known)):
            return Values(
                low=min(given.known), high=max(given.known), exact=given.known, unit="number"
            )
        column = self.kinds.column_of(node)
        if column is not None:
            return self._column(column)
        match node:
            case cst.Name():
                found = [self.of(v) if v is not None else None for v in self.source.values(node)]
                return _union(found)
            case cst.Subscript():
                return self._subscript(node)
            case cst.Call():
                return self._call(node)
            case cst.UnaryOperation(operator=cst.Minus(), expression=inner):
                known = self.of(inner)
                return None if known is None else Values(low=-known.high, high=-known.low)
            case cst.BinaryOperation():
                return self._binary(node)
            case cst.Attribute(value=inner, attr=cst.Name(value="values")):
                return self.of(inner)
            case cst.Attribute(value=cst.Attribute(attr=cst.Name(value="dt")), attr=attr):
                high = _PARTS_OF_DATES.get(attr.value)
                return None if high is None else replace(high, origin=f"dt.{attr.value}")
        return _TRUTH if self.kinds.of(node) is Kind.BOOLS else None

    # -- columns ---------------------------------------------------------------------------

    def _column(self, name: str) -> Values | None:
        found = self._circles.answer(("column", name), lambda: self._of_column(name))
        if found is None:
            return None
        return replace(found, origin=found.origin or name)

    def _of_column(self, name: str) -> Values | None:
        if any(pattern.fullmatch(name) for pattern in self.definitions.columns.patterns):
            return None
        written = self.definitions.of(name)
        if name in _OF_CANDLES:
            return None if written else _OF_CANDLES[name]
        if written and name in _MARKS:
            return _union([_NO_MARK, *(self.of(d.value) if d.value else None for d in written)])
        if written:
            return _union([self.of(d.value) if d.value is not None else None for d in written])
        if self.definitions.columns.opaque:
            return None
        matches = [p.fullmatch(name) for p in self.definitions.columns.informative]
        columns = {m.groupdict().get("column") for m in matches if m is not None}
        if len(columns) == 1 and (column := columns.pop()) is not None and column != name:
            return self._column(column)
        return None

    # -- expressions -----------------------------------------------------------------------

    def _subscript(self, node: cst.Subscript) -> Values | None:
        base = node.value
        if isinstance(base, cst.Attribute) and base.attr.value in LOCATORS:
            return self.of(base.value)
        kind = self.kinds.of(base)
        if kind in {Kind.SERIES, Kind.BOOLS}:
            return self.of(base)
        index = node.slice[0].slice
        if not isinstance(index, cst.Index):
            return None
        if kind is Kind.ROW:
            names = self.source.strings(index.value)
            return self._column(next(iter(names))) if names and len(names) == 1 else None
        call = self.kinds.library_call(base)
        return self._function(call) if call is not None else None

    def _call(self, node: cst.Call) -> Values | None:
        if self.source.imported(node.func) is not None:
            return self._function(node)
        if isinstance(node.func, cst.Name) and node.func.value in {"float", "round"} and node.args:
            return self.of(node.args[0].value)
        if not isinstance(node.func, cst.Attribute):
            return None
        name = node.func.attr.value
        if any(arg.keyword is not None and arg.keyword.value == "fill_value" for arg in node.args):
            return None
        if name in _KEEPING:
            inner = self.of(node.func.value)
            if inner is not None and inner.unit == "truth" and name not in {"copy", "head"}:
                return Values(low=0, high=1)
            if name == "astype" and inner is not None:
                return inner if inner.unit == "truth" else None
            return inner
        inner = self.of(node.func.value)
        if inner is None:
            return _TRUTH if self.kinds.of(node) is Kind.BOOLS else None
        if name == "fillna" and node.args:
            return _union([inner, self.of(node.args[0].value)])
        if name == "abs":
            low = max(inner.low, -inner.high, 0.0)
            return Values(low=low, high=max(abs(inner.low), abs(inner.high)), unit=inner.unit)
        if name == "std":
            return _POSITIVE
        return _TRUTH if self.kinds.of(node) is Kind.BOOLS else None

    def _function(self, node: cst.Call) -> Values | None:
        """What a function of a library gives."""
        path = self.source.imported(node.func) or ""
        name = path.rpartition(".")[2]
        known: Values | None = None
        if path.startswith("talib."):
            known = _PATTERN if name.startswith("CDL") else _TALIB.get(name)
        elif "qtpylib" in path:
            known = _QTPYLIB.get(name)
        elif path.startswith("pandas_ta") and name == "rsi":
            known = _PERCENT
        if known is not None:
            return replace(known, origin=name)
        if self.kinds.of(node) is Kind.BOOLS:
            return _TRUTH
        if "qtpylib" in path and name.endswith(("bollinger_bands", "keltner_channel")):
            return Values(unit="price")
        following = name in _FOLLOWING
        if (name in _AVERAGES or following) and path.startswith(("talib.", "technical.qtpylib")):
            inner = self._read_by(node)
            if inner is None:
                return None
            if following:
                return Values(unit=inner.unit) if inner.unit == "price" else None
            return replace(inner, exact=frozenset(), origin="")
        if path == "numpy.where" and len(node.args) == 3:
            return _union([self.of(node.args[1].value), self.of(node.args[2].value)])
        return None

    def _read_by(self, node: cst.Call) -> Values | None:
        """What a function is computed from."""
        if not node.args or any(arg.star for arg in node.args):
            return None
        first = node.args[0].value
        if self.kinds.of(first) is not Kind.FRAME:
            return self.of(first)
        price = argument(node, 99, "price") or argument(node, 99, "prices")
        if price is None:
            return _PRICE
        name = text_of(price)
        return self._column(name) if name is not None else None

    def _binary(self, node: cst.BinaryOperation) -> Values | None:
        if self.kinds.of(node) is Kind.BOOLS:
            return _TRUTH
        a, b = self.of(node.left), self.of(node.right)
        if a is None or b is None:
            return None
        unit = ""
        if "price" in (a.unit, b.unit) and {a.unit, b.unit} <= {"price", "number", ""}:
            same = a.unit == b.unit == "price"
            scaled = isinstance(node.operator, cst.Multiply) and "number" in (a.unit, b.unit)
            if scaled or (same and isinstance(node.operator, cst.Add)):
                unit = "price"
        match node.operator:
            case cst.Add():
                return Values(low=a.low + b.low, high=a.high + b.high, unit=unit)
            case cst.Subtract():
                return Values(low=a.low - b.high, high=a.high - b.low)
            case cst.Multiply() | cst.Divide():
                return _scaled(node.operator, a, b, unit)
        return None


def _scaled(operator: cst.BaseBinaryOp, a: Values, b: Values, unit: str) -> Values | None:
    """What a multiplication or division gives."""
    if isinstance(operator, cst.Divide):
        if b.low <= 0 <= b.high or not math.isfinite(b.low) or not math.isfinite(b.high):
            return None
        b = Values(low=1 / b.high, high=1 / b.low)
        unit = "price" if a.unit == "price" else ""
    if not all(map(math.isfinite, (b.low, b.high))) or b.low < 0:
        return Values(unit=unit) if unit else None
    corners = [_times(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    return Values(low=min(corners), high=max(corners), unit=unit)


def _times(a: float, b: float) -> float:
    return 0.0 if 0 in (a, b) else a * b


def _union(found: Iterable[Values | None]) -> Values | None:
    """What values of several sources can be."""
    known = list(found)
    if not known or any(one is None for one in known):
        return None
    values = [one for one in known if one is not None]
    units = {one.unit for one in values}
    exact = frozenset[float]().union(*(one.exact for one in values))
    return Values(
        low=min(one.low for one in values),
        high=max(one.high for one in values),
        exact=exact if all(one.exact for one in values) else frozenset(),
        unit=units.pop() if len(units) == 1 and units != {"number"} else "",
        origin=values[0].origin if len({one.origin for one in values}) == 1 else "",
    )
