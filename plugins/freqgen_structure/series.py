"""Which expressions of a strategy hold a value for each candle, while columns are computed.

In ``populate_*``, ``@informative`` and ``feature_engineering_*`` methods, and in what they call,
a frame has all candles of a backtest: the last row and a statistic of a whole column are the
future there. In callbacks a frame ends at the candle of the call, so nothing is said of those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.bindings import Bound, Way
from freqgen_structure.calls import (
    Function,
    bound_arguments,
    by_row,
    functions_of,
    is_given_all_candles,
    returned,
)
from freqgen_structure.candle_kinds import library_kind, method_kind, mixed_kind
from freqgen_structure.columns import CANDLES, columns_of
from freqgen_structure.nodes import number_of
from freqgen_structure.signatures import POPULATE, dataframe_parameter
from freqgen_structure.vocabulary import (
    DATA,
    DATE_PARTS,
    LOCATORS,
    PROPERTIES,
    PROVIDERS,
    REDUCTIONS,
    Kind,
)

if TYPE_CHECKING:
    from freqgen_structure.source import Source

# Methods that call a function with what they are called on, or with its columns.
_HANDING = frozenset({"apply", "transform", "agg", "aggregate", "pipe"})
_MOST_BINDINGS = 40
_DEEPEST = 70
_MOST_STEPS = 60_000
_MOST_PASSES = 6


def candles_of(source: Source) -> Candles:
    """What the expressions of a file hold; worked out once for each file."""
    return source.once(Candles)


class Candles:
    """What the expressions of a file hold.

    :ivar functions: Those that compute columns: the methods that Freqtrade gives all candles to,
        and what these call.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.functions: set[Function] = set()
        self._parameters: dict[cst.Param, Kind] = {}
        self._memo: dict[cst.CSTNode, Kind | None] = {}
        self._open: set[cst.CSTNode] = set()
        self._cut = False
        self._steps = 0
        self._columns = CANDLES | {use.name for use in columns_of(source).writes}
        self._solve()

    # -- functions ---------------------------------------------------------

    def computes(self, node: cst.CSTNode) -> bool:
        """Whether ``node`` stands in a function that computes columns."""
        return any(outer in self.functions for outer in self.source.ancestors(node))

    def _solve(self) -> None:
        """Follow the frames into the functions that are called with them."""
        for function in self.source.all(cst.FunctionDef):
            if is_given_all_candles(self.source, function):
                self.functions.add(function)
                wanted = dataframe_parameter(function)
                for param in function.params.params:
                    if param.name.value in {"dataframe", "df", wanted}:
                        self._parameters[param] = Kind.FRAME
        for _ in range(_MOST_PASSES if self.functions else 0):
            before = len(self.functions), len(self._parameters)
            self._memo.clear()
            for call in self.source.all(cst.Call):
                if self.computes(call):
                    self._enter(call)
            if before == (len(self.functions), len(self._parameters)):
                return

    def _enter(self, call: cst.Call) -> None:
        for function in self.called(call):
            self.functions.add(function)
            for param, arg in bound_arguments(self.source, call, function):
                self._give(param, self.kind(arg.value))
        name = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
        if name not in _HANDING or not call.args:
            return
        handed = self._handed(call, name)
        for function in functions_of(self.source, call.args[0].value) if handed else ():
            self.functions.add(function)
            for param in function.params.params[:1]:
                self._give(param, handed)

    def _handed(self, call: cst.Call, name: str) -> Kind | None:
        """What a function gets that ``apply`` and the like are given, if all candles."""
        assert isinstance(call.func, cst.Attribute)  # noqa: S101
        receiver = self.kind(call.func.value)
        if receiver is Kind.GROUPS and name == "transform":
            return Kind.SERIES  # each group as a whole
        if receiver not in DATA or name == "pipe":
            return receiver if name == "pipe" else None
        if receiver is Kind.SERIES and name == "apply":
            return None  # one value at a time
        return None if by_row(call) else Kind.SERIES

    def _give(self, param: cst.Param, kind: Kind | None) -> None:
        if kind is not None and param not in self._parameters:
            self._parameters[param] = kind

    def called(self, call: cst.Call) -> list[Function]:
        """The functions of this file that a call may mean."""
        if isinstance(call.func, cst.Attribute) and self.kind(call.func.value) is not None:
            return []  # a method of pandas
        return functions_of(self.source, call.func)

    def callers(self, function: Function) -> list[cst.Call]:
        """The calls that may mean a function of this file, in the order of the text."""
        return self._callers.get(function, [])

    @cached_property
    def _callers(self) -> dict[Function, list[cst.Call]]:
        found: dict[Function, list[cst.Call]] = {}
        for call in self.source.all(cst.Call):
            for function in self.called(call):
                found.setdefault(function, []).append(call)
        return found

    def is_own(self, name: cst.Name) -> bool:
        """Whether a name is the parameter that has the candles of the strategy."""
        params = [one.parameter for one in self.source.bindings(name) if one.parameter]
        return any(
            param in self._parameters
            and is_given_all_candles(self.source, self.source.function_of(param) or param)
            for param in params
        )

    # -- kinds -------------------------------------------------------------

    def has_candles(self, node: cst.BaseExpression) -> bool:
        """Whether an expression has a value for each candle."""
        return self.kind(node) in DATA

    def kind(self, node: cst.BaseExpression) -> Kind | None:
        """What an expression holds; ``None`` for anything else, or where it cannot be told."""
        if node in self._memo:
            return self._memo[node]
        self._steps += 1
        if node in self._open or len(self._open) > _DEEPEST or self._steps > _MOST_STEPS:
            self._cut = True
            return None
        outermost = not self._open
        if outermost:
            self._cut, self._steps = False, 0
        self._open.add(node)
        try:
            found = self._kind(node)
        finally:
            self._open.discard(node)
        if found is not None or outermost or not self._cut:
            self._memo[node] = found
        return found

    def _kind(self, node: cst.BaseExpression) -> Kind | None:
        match node:
            case cst.Name():
                return self._name(node)
            case cst.Attribute():
                return self._attribute(node)
            case cst.Subscript():
                return self._subscript(node)
            case cst.Call():
                return self._call(node)
            case cst.BinaryOperation() | cst.BooleanOperation():
                return mixed_kind(self.kind(part) for part in _operands(node))
            case cst.Comparison():
                sides = (node.left, *(c.comparator for c in node.comparisons))
                return mixed_kind(self.kind(side) for side in sides)
            case cst.UnaryOperation():
                return self.kind(node.expression)
            case cst.IfExp():
                return self.kind(node.body) or self.kind(node.orelse)
            case cst.NamedExpr():
                return self.kind(node.value)
            case cst.ListComp() | cst.GeneratorExp():
                return Kind.SERIES if self._by_candle(node.for_in.iter) else None
        return None

    def _by_candle(self, node: cst.BaseExpression) -> bool:
        """Whether a loop over ``node`` takes one turn a candle."""
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Name):
            name = node.func.value
            if name in {"zip", "enumerate", "reversed", "list", "range", "len"}:
                return any(self._by_candle(arg.value) for arg in node.args)
        return self.kind(node) in {Kind.SERIES, Kind.INDEX}

    def _name(self, node: cst.Name) -> Kind | None:
        bindings = self.source.bindings(node)[:_MOST_BINDINGS]
        return _first(self._bound(one) for one in bindings)

    def _bound(self, one: Bound) -> Kind | None:
        if one.parameter is not None:
            return self._parameters.get(one.parameter)
        if one.way is Way.LOOP:
            if one.places or not isinstance(one.value, cst.List | cst.Tuple):
                return None
            return _first(self.kind(element.value) for element in one.value.elements)
        if one.given is not None:
            return self.kind(one.given)
        # A part of what a call gives, which is a tuple or a frame of columns.
        if one.way is not Way.ASSIGNED or one.value is None or one.place is None:
            return None
        return Kind.SERIES if self.kind(one.value) is Kind.RESULT else None

    def _attribute(self, node: cst.Attribute) -> Kind | None:
        base, name = self.kind(node.value), node.attr.value
        if base in {Kind.FRAME, Kind.SERIES, Kind.RESULT}:
            if name == "index":
                return Kind.INDEX
            if name in {"values", "T", "array", "dt", "str"} or name in DATE_PARTS:
                return Kind.SERIES
            if name in self._columns or (base is Kind.RESULT and name not in REDUCTIONS):
                return Kind.SERIES
            called = self.source.parent(node)
            method = isinstance(called, cst.Call) and called.func is node
            if base is Kind.FRAME and not method and name not in PROPERTIES:
                return Kind.SERIES  # a column whose name is put together somewhere
        elif base is Kind.INDEX:
            return Kind.SERIES if name in DATE_PARTS else Kind.INDEX if name == "values" else None
        elif base in {Kind.WINDOW, Kind.GROUPS, Kind.AGGREGATE} and name in self._columns:
            return base
        return None

    # -- subscripts --------------------------------------------------------

    def _subscript(self, node: cst.Subscript) -> Kind | None:
        if isinstance(node.value, cst.Attribute) and node.value.attr.value in LOCATORS:
            return self._located(node, node.value)
        base = self.kind(node.value)
        if base is None or base in {Kind.WINDOW, Kind.GROUPS, Kind.AGGREGATE}:
            return base
        first = node.slice[0].slice
        if isinstance(first, cst.Slice):
            return base if self.fixed(first) else None
        if len(node.slice) > 1:
            return Kind.SERIES if base is Kind.SERIES and self._rows(first) else None
        assert isinstance(first, cst.Index)  # noqa: S101
        mask = self._chooses(first.value)
        if base is Kind.FRAME:
            frame = mask or isinstance(first.value, cst.List | cst.ListComp)
            return Kind.FRAME if frame else Kind.SERIES
        if base is Kind.RESULT:
            number = number_of(first.value)
            return Kind.SERIES if number is None or number >= 0 else None
        return base if mask or self.source.strings(first.value) else None

    def _located(self, node: cst.Subscript, locator: cst.Attribute) -> Kind | None:
        base = self.kind(locator.value)
        if base not in DATA or locator.attr.value in {"at", "iat"}:
            return None
        if not self._rows(node.slice[0].slice):
            return None
        if len(node.slice) < 2:
            return base
        column = node.slice[1].slice
        several = not isinstance(column, cst.Index) or isinstance(column.value, cst.List)
        return base if several else Kind.SERIES

    def _rows(self, part: cst.BaseSlice) -> bool:
        """Whether a selection of rows takes those of many candles."""
        if isinstance(part, cst.Slice):
            return self.fixed(part)
        return isinstance(part, cst.Index) and self._chooses(part.value)

    def _chooses(self, key: cst.BaseExpression) -> bool:
        return isinstance(key, cst.Comparison) or self.kind(key) in {*DATA, Kind.INDEX}

    def fixed(self, part: cst.CSTNode) -> bool:
        """Whether what stands in ``part`` is the same for all candles, and no step of a loop."""
        for name in self.source.below(part, cst.Name):
            for one in self.source.bindings(name):
                if isinstance(one.target, cst.Name) and self._in_loop(one.target, name):
                    return False
                if one.parameter is not None and self._of_lambda(one.parameter):
                    return False
        return True

    def _in_loop(self, target: cst.Name, read: cst.Name) -> bool:
        """Whether a name is given its value by a loop that ``read`` stands in."""
        loops = (cst.For, cst.While, cst.ListComp, cst.GeneratorExp, cst.DictComp, cst.SetComp)
        around = [a for a in self.source.ancestors(read) if isinstance(a, loops)]
        return any(self.source.inside(target, loop) for loop in around)

    def _of_lambda(self, param: cst.Param) -> bool:
        parameters = self.source.parent(param)
        outer = self.source.parent(parameters) if parameters is not None else None
        return isinstance(outer, cst.Lambda)

    # -- calls -------------------------------------------------------------

    def _call(self, node: cst.Call) -> Kind | None:
        path = self.source.imported(node.func)
        if path is not None:
            return self._library(path, node)
        match node.func:
            case cst.Name(value="list" | "tuple" | "sorted" | "abs" | "reversed"):
                known = bool(node.args) and self.kind(node.args[0].value) in DATA
                return Kind.SERIES if known else None
            case cst.Attribute(value=receiver, attr=cst.Name(value=name)):
                return self._method_call(node, receiver, name)
        return self._returned(node)

    def _method_call(self, node: cst.Call, receiver: cst.BaseExpression, name: str) -> Kind | None:
        if name in PROVIDERS and self.computes(node):
            return Kind.RESULT if name == "get_analyzed_dataframe" else Kind.FRAME
        if isinstance(receiver, cst.Attribute) and receiver.attr.value == "ta":
            return Kind.RESULT if self.kind(receiver.value) is not None else None
        base = self.kind(receiver)
        if base is None:
            if name in POPULATE and self.computes(node):
                return Kind.FRAME  # super's: what it gives back is what it was given
            return self._returned(node)
        return method_kind(base, name, node)

    def _library(self, path: str, node: cst.Call) -> Kind | None:
        """What a function of a library makes of columns."""
        values = [arg.value for arg in node.args]
        lists = [v for v in values if isinstance(v, cst.List | cst.Tuple)]
        within = [e.value for v in lists for e in v.elements]
        kinds = {self.kind(value) for value in (*values, *within)}
        kinds |= {self.kind(e.value) for v in values if isinstance(v, cst.Dict) for e in v.elements}
        return library_kind(path, node, kinds, several=bool(lists))

    def _returned(self, node: cst.Call) -> Kind | None:
        """What a function of this file gives back."""
        for function in functions_of(self.source, node.func):
            if isinstance(function, cst.Lambda):
                found = self.kind(function.body)
                if found is not None:
                    return found
                continue
            for value in returned(self.source, function):
                if isinstance(value, cst.Tuple | cst.Dict):
                    if any(self.kind(part.value) is not None for part in value.elements):
                        return Kind.RESULT
                elif (kind := self.kind(value)) is not None:
                    return kind
        return None


def _first(kinds: Iterable[Kind | None]) -> Kind | None:
    """Of what something may be, the kind that says most."""
    found = set(kinds)
    return next((kind for kind in Kind if kind in found), None)


def _operands(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The parts of a chain of operators, which nests to the left as deep as it is long."""
    while isinstance(node, cst.BinaryOperation | cst.BooleanOperation):
        yield node.right
        node = node.left
    yield node
