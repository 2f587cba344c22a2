"""What an expression is while a strategy runs: a frame, a column, a condition, a number.

It is told from the text alone, and only where it is sure: a rule that asks gets ``None`` where
it is not, and then says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from freqgen_structure.bindings import Bound, Way
from freqgen_structure.circles import Circles
from freqgen_structure.columns import CANDLES, columns_of
from freqgen_structure.definitions import Definition, definitions_of
from freqgen_structure.known_calls import (
    concat_kind,
    frame_outputs,
    library_kind,
    method_kind,
    outputs_of,
    same_kind,
)
from freqgen_structure.nodes import dotted, index_of, text_of
from freqgen_structure.signatures import POPULATE, dataframe_parameter, informative_calls
from freqgen_structure.vocabulary import LOCATORS, Kind

if TYPE_CHECKING:
    from freqgen_structure.source import Source


_DEEPEST = 40
_NARROWING = LOCATORS | {"squeeze", "item", "xs", "pop"}
_LOGIC = (cst.BitAnd, cst.BitOr, cst.BitXor)


def kinds_of(source: Source) -> Kinds:
    """The kinds of a file's expressions; one for each file."""
    return source.once(Kinds)


class Kinds:
    """Tells what the expressions of one file are."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._circles = Circles[Kind](_DEEPEST)
        self._definitions = definitions_of(source)
        self.columns = columns_of(source)

    def of(self, node: cst.CSTNode) -> Kind | None:
        """What ``node`` is; ``None`` where that is not sure."""
        return self._circles.answer(node, lambda: self._work_out(node))

    def _work_out(self, node: cst.CSTNode) -> Kind | None:
        match node:
            case cst.Name():
                return self._name(node)
            case cst.Integer() | cst.Float() | cst.SimpleString() | cst.FormattedString():
                return Kind.SCALAR
            case cst.Subscript():
                return self._subscript(node)
            case cst.Attribute():
                return self._attribute(node)
            case cst.Comparison():
                return self._comparison(node)
            case cst.BinaryOperation():
                return self._binary(node)
            case cst.UnaryOperation(operator=cst.Not()):
                return Kind.SCALAR
            case cst.UnaryOperation(expression=inner):
                return self.of(inner)
            case cst.Call():
                return self._call(node)
            case cst.IfExp(body=one, orelse=other):
                return same_kind([self.of(one), self.of(other)])
            case cst.NamedExpr(value=value):
                return self.of(value)
        return None

    # -- names -----------------------------------------------------------------------------

    def _name(self, name: cst.Name) -> Kind | None:
        if name.value in {"True", "False", "None"}:
            return Kind.SCALAR
        bindings = self.source.bindings(name)
        if not bindings:
            return Kind.FRAME if name.value in {"dataframe", "df"} else None
        key = (name.value, self.source.scope(name))
        return self._circles.answer(key, lambda: self._bound_to(name.value, bindings))

    def _bound_to(self, name: str, bindings: tuple[Bound, ...]) -> Kind | None:
        found = [self._bound(one, name) for one in bindings]
        # What a name is made of by itself, as in mask = mask & other, says nothing new.
        return same_kind([kind for kind, again in found if not (again and kind is None)])

    def _bound(self, one: Bound, name: str) -> tuple[Kind | None, bool]:
        """What one binding makes of a name, and whether the name stands in it."""
        if one.parameter is not None:
            return self._parameter(one.parameter), False
        if isinstance(one.holder, cst.AugAssign):
            return None, isinstance(one.holder.operator, cst.BitAndAssign | cst.BitOrAssign)
        if one.places:
            return self._unpacked(one), False
        if one.whole is not None:
            again = any(n.value == name for n in self.source.below(one.whole, cst.Name))
            again = again and not self._narrows(one.whole)
            return self.of(one.whole), again
        return None, False

    def _narrows(self, node: cst.BaseExpression) -> bool:
        """Whether less than a frame or a column may be left, as of ``row = row.squeeze()``."""
        return any(
            attribute.attr.value in _NARROWING
            for attribute in self.source.below(node, cst.Attribute)
        )

    def _parameter(self, param: cst.Param) -> Kind | None:
        function = next(
            (a for a in self.source.ancestors(param) if isinstance(a, cst.FunctionDef)), None
        )
        annotation = param.annotation.annotation if param.annotation else None
        typed = (dotted(annotation) or text_of(annotation) or "") if annotation else ""
        last = typed.rpartition(".")[2]
        if last in {"DataFrame", "Series"}:
            return Kind.FRAME if last == "DataFrame" else Kind.SERIES
        if function is None or annotation is not None:
            return None
        name = param.name.value
        populates = function.name.value in POPULATE or informative_calls(self.source, function)
        if populates and dataframe_parameter(function) == name:
            return Kind.FRAME
        return Kind.FRAME if name in {"dataframe", "df"} else None

    def _unpacked(self, one: Bound) -> Kind | None:
        """What a name of ``a, b = …`` is."""
        if one.way is not Way.ASSIGNED or one.value is None:
            return None
        if isinstance(one.value, cst.Tuple | cst.List):
            return self.of(one.given) if one.given is not None else None
        if (
            isinstance(one.value, cst.Call)
            and isinstance(one.value.func, cst.Attribute)
            and one.value.func.attr.value == "get_analyzed_dataframe"
        ):
            return Kind.FRAME if one.place == 0 else None
        return self._output(one.value) if one.place is not None else None

    def _output(self, value: cst.BaseExpression) -> Kind | None:
        """What one of several results of TA-Lib is, if ``value`` is those."""
        if self.of(value) is not Kind.OUTPUTS:
            return None
        if not isinstance(value, cst.Call) or not value.args:
            return None
        path = self.source.imported(value.func) or ""
        given = self.of(value.args[0].value)
        arrays = path.startswith("talib.abstract.") or given is Kind.ARRAY
        return Kind.ARRAY if arrays else Kind.SERIES

    # -- parts -----------------------------------------------------------------------------

    def _attribute(self, node: cst.Attribute) -> Kind | None:
        base, name = self.of(node.value), node.attr.value
        if base is Kind.FRAME:
            if name in CANDLES or name in self._definitions.names:
                return self.column_kind(node)
            return Kind.ARRAY if name == "values" else None
        if base in {Kind.SERIES, Kind.BOOLS}:
            array = Kind.ARRAY if base is Kind.SERIES else base
            return {"values": array, "array": array, "str": None, "dt": None}.get(name)
        if self._of_dates(node):
            return Kind.SERIES
        return None

    def _of_dates(self, node: cst.Attribute) -> bool:
        """Whether it is ``frame["date"].dt.hour`` or the like."""
        inner = node.value
        return (
            isinstance(inner, cst.Attribute)
            and inner.attr.value == "dt"
            and self.of(inner.value) is Kind.SERIES
            and node.attr.value in {"hour", "minute", "day", "dayofweek", "weekday", "month"}
        )

    def _subscript(self, node: cst.Subscript) -> Kind | None:
        base = node.value
        if isinstance(base, cst.Attribute) and base.attr.value in LOCATORS:
            return self._located(node, base)
        if (
            isinstance(base, cst.Call)
            and isinstance(base.func, cst.Attribute)
            and base.func.attr.value == "get_analyzed_dataframe"
        ):
            return Kind.FRAME
        of_base = self.of(base)
        index = index_of(node)
        if index is None:  # a slice
            return of_base if of_base in {Kind.FRAME, Kind.SERIES, Kind.BOOLS} else None
        if of_base is Kind.FRAME:
            return self._of_frame(node, index)
        if of_base in {Kind.SERIES, Kind.BOOLS, Kind.ARRAY}:
            return of_base if self.of(index) is Kind.BOOLS else None
        if of_base is Kind.ROW:
            return Kind.SCALAR if self.source.strings(index) is not None else None
        if of_base is Kind.OUTPUTS:
            return self._output(base) if isinstance(index, cst.Integer) else None
        return self._of_list(base)

    def _of_list(self, base: cst.BaseExpression) -> Kind | None:
        """What a list of literals holds, if all of that is the same."""
        match self.source.value(base) if isinstance(base, cst.Name) else None:
            case cst.List(elements=elements) | cst.Tuple(elements=elements) if elements:
                return same_kind([self.of(element.value) for element in elements])
        return None

    def _of_frame(self, node: cst.Subscript, index: cst.BaseExpression) -> Kind | None:
        if isinstance(index, cst.List) or self.of(index) is Kind.BOOLS:
            return Kind.FRAME
        if isinstance(index, cst.FormattedString) or self.source.strings(index) is not None:
            return self.column_kind(node)
        return None

    def _located(self, node: cst.Subscript, base: cst.Attribute) -> Kind | None:
        """What ``frame.loc[…]`` and the like are."""
        of_base, rows = self.of(base.value), node.slice[0].slice
        if base.attr.value in {"at", "iat"}:
            return Kind.SCALAR if of_base is not None else None
        whole = isinstance(rows, cst.Slice) or (
            isinstance(rows, cst.Index) and self.of(rows.value) is Kind.BOOLS
        )
        single = isinstance(rows, cst.Index) and isinstance(
            rows.value, cst.Integer | cst.UnaryOperation
        )
        if of_base in {Kind.SERIES, Kind.BOOLS}:
            return of_base if whole else Kind.SCALAR if single else None
        if of_base is not Kind.FRAME:
            return None
        if len(node.slice) == 1:
            return Kind.FRAME if whole else Kind.ROW if single else None
        column = index_of(node)
        if column is None or isinstance(column, cst.List):
            return Kind.FRAME if whole else None
        named = self.source.strings(column) is not None
        if base.attr.value == "iloc" or not named:
            return Kind.SERIES if whole and isinstance(column, cst.Integer) else None
        return self.column_kind(node) if whole else Kind.SCALAR if single else None

    def column_kind(self, node: cst.BaseExpression) -> Kind:
        """Whether a column, that ``node`` reads, holds truth values."""
        name = self.column_of(node)
        definitions = self._definitions.of(name) if name is not None else None
        if not definitions or any(d.value is None for d in definitions):
            return Kind.SERIES
        if any(not self._truth(d) for d in definitions):
            return Kind.SERIES
        values = [d.value for d in definitions if d.value]
        found = self._circles.answer(("column", name), lambda: self._column(values))
        return found or Kind.SERIES

    def _column(self, values: list[cst.BaseExpression]) -> Kind:
        truths = all(self.of(value) is Kind.BOOLS for value in values)
        return Kind.BOOLS if truths else Kind.SERIES

    def column_values(self, node: cst.BaseExpression) -> list[cst.BaseExpression]:
        """All that the column is assigned which ``node`` reads; empty where that is not known."""
        name = self.column_of(node)
        found = self._definitions.of(name) if name is not None else ()
        values = [one.value for one in found if one.value is not None]
        return values if len(values) == len(found) else []

    def _truth(self, definition: Definition) -> bool:
        return definition.whole and definition.base

    def library_call(self, node: cst.BaseExpression) -> cst.Call | None:
        """The call of a library whose several outputs ``node`` holds, by their names."""
        found = self.source.value(node) if isinstance(node, cst.Name) else node
        return found if isinstance(found, cst.Call) and self._gives_columns(found) else None

    def _gives_columns(self, call: cst.Call) -> bool:
        """Whether a function of a library gives a frame, or more, with columns of its own."""
        path = self.source.imported(call.func) or ""
        outputs = outputs_of(path.rpartition(".")[2]) if path.startswith("talib.") else ()
        return len(outputs or ()) > 1 or frame_outputs(path) is not None

    def _may_hold_outputs(self, node: cst.BaseExpression) -> bool:
        """Whether ``node`` is what a library's function gave, of several calls of any."""
        values = self.source.values(node) if isinstance(node, cst.Name) else [node]
        return any(isinstance(one, cst.Call) and self._gives_columns(one) for one in values)

    def column_of(self, node: cst.BaseExpression) -> str | None:
        """The column that ``frame["x"]``, ``frame.x`` or ``frame.loc[rows, "x"]`` names."""
        match node:
            case cst.Attribute(value=base, attr=attr):
                known = attr.value in CANDLES or attr.value in self._definitions.names
                return attr.value if known and self.of(base) is Kind.FRAME else None
            case cst.Subscript(value=base):
                if isinstance(base, cst.Attribute) and base.attr.value in {"loc", "at"}:
                    if len(node.slice) != 2:
                        return None
                    base = base.value
                elif len(node.slice) != 1:
                    return None
                index = index_of(node)
                names = self.source.strings(index) if index is not None else None
                if names is None or len(names) != 1 or self.of(base) is not Kind.FRAME:
                    return None
                if self._may_hold_outputs(base):
                    return None  # it has columns of its own
                return next(iter(names))
        return None

    # -- operations ------------------------------------------------------------------------

    def _comparison(self, node: cst.Comparison) -> Kind | None:
        if len(node.comparisons) != 1:
            return None
        target = node.comparisons[0]
        if isinstance(target.operator, cst.Is | cst.IsNot | cst.In | cst.NotIn):
            return Kind.SCALAR
        sides = {self.of(node.left), self.of(target.comparator)}
        if Kind.FRAME in sides:
            return Kind.FRAME
        if sides & {Kind.SERIES, Kind.BOOLS, Kind.ARRAY}:
            return Kind.BOOLS
        return Kind.SCALAR if sides == {Kind.SCALAR} else None

    def _binary(self, node: cst.BinaryOperation) -> Kind | None:
        left, right = self.of(node.left), self.of(node.right)
        if Kind.FRAME in (left, right):
            return Kind.FRAME
        if isinstance(node.operator, _LOGIC):
            if left is right is Kind.BOOLS:
                return Kind.BOOLS
            for one, other in ((left, right), (right, left)):
                if one is Kind.BOOLS:
                    # A condition with anything that pandas takes there is one again.
                    return Kind.SERIES if other is Kind.SERIES else Kind.BOOLS
        if Kind.SERIES in (left, right) or Kind.BOOLS in (left, right):
            return Kind.SERIES
        if Kind.ARRAY in (left, right):
            return Kind.ARRAY
        return Kind.SCALAR if left is right is Kind.SCALAR else None

    def _call(self, node: cst.Call) -> Kind | None:
        path = self.source.imported(node.func)
        if path == "functools.reduce" and self._joins(node):
            return Kind.BOOLS
        if path == "pandas.concat":
            return concat_kind(node, self.of)
        if path is not None:
            return library_kind(path, [self.of(arg.value) for arg in node.args])
        if isinstance(node.func, cst.Name):
            if node.func.value in {"len", "float", "int", "bool", "str", "any", "all"}:
                return Kind.SCALAR
            if node.func.value in {"abs", "round"} and node.args:
                return self.of(node.args[0].value)
            return self._returned(node.func.value)
        if not isinstance(node.func, cst.Attribute):
            return None
        base, name = self.of(node.func.value), node.func.attr.value
        if base is None:
            owner = dotted(node.func.value) or ""
            if owner == "self.dp" and name in {"get_pair_dataframe", "historic_ohlcv"}:
                return Kind.FRAME
            return self._returned(name) if owner in {"self", "cls"} else None
        if any(arg.keyword is not None and arg.keyword.value == "inplace" for arg in node.args):
            return None
        return method_kind(base, name)

    def _joins(self, node: cst.Call) -> bool:
        """Whether ``reduce`` joins conditions, by & or |."""
        how = node.args[0].value if len(node.args) == 2 else None
        if isinstance(how, cst.Lambda):
            body = how.body
            return isinstance(body, cst.BinaryOperation) and isinstance(body.operator, _LOGIC)
        path = self.source.imported(how) if how is not None else None
        return path in {"operator.and_", "operator.or_", "numpy.logical_and", "numpy.logical_or"}

    def _returned(self, name: str) -> Kind | None:
        """What a function of this file returns."""
        functions = [f for f in self.source.all(cst.FunctionDef) if f.name.value == name]
        if len(functions) != 1:
            return None
        if name in POPULATE:
            return Kind.FRAME
        values = [r.value for r in self.source.below(functions[0].body, cst.Return)]
        return self._circles.answer(
            ("returned", name),
            lambda: same_kind([self.of(value) if value is not None else None for value in values]),
        )
