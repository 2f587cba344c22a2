from typing import ClassVar

import libcst as cst

from freqgen_structure.constants import numbers
from freqgen_structure.lookahead import CandlesRule
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.rule import Bad
from freqgen_structure.tracing import tracer_of
from freqgen_structure.vocabulary import DATA

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"
_FLIPS = frozenset({"numpy.flip", "numpy.flipud"})
# Methods that go through the candles in their order, and those that forget the index.
_IN_ORDER = frozenset(
    "rolling expanding ewm shift diff pct_change cumsum cummax cummin cumprod ffill fillna "
    "interpolate values to_numpy tolist to_list reset_index transform apply agg".split()
)
_ARRAYS = frozenset({"values", "to_numpy", "tolist", "to_list"})


class Reversed(CandlesRule):
    """FG206: in a reversed column what comes before a candle is what happens after it.

    ``dataframe["close"][::-1].rolling(5).max()[::-1]`` is the maximum of the next five candles.
    The same holds for ``iloc[::-1]``, ``numpy.flip``, an index that is sorted downwards, and
    every indicator of it. Pandas puts a reversed column back into its order when it is
    assigned, so one that nothing is computed of is left alone; an array is not put back.
    """

    HINT = "leave the candles in their order: a window ends at its candle, and knows the past only"
    VALID = (
        _POPULATE + "    dataframe['a'] = dataframe['close'][::-1]",
        _POPULATE + "    dataframe['a'] = dataframe['close'].iloc[::2].ewm(3).mean()",
        _POPULATE + "    print(dataframe['close'].iloc[::-1].head())",
        _POPULATE + "    x = [1, 2][::-1]\n    dataframe['a'] = dataframe['close'] * x[0]",
        _POPULATE + "    dataframe = dataframe.sort_values('date')\n    return dataframe",
        _POPULATE + "    w = [1, 2, 3]\n"
        "    dataframe['a'] = dataframe['close'].rolling(3).apply(lambda x: (x[::-1] * w).sum())",
    )
    INVALID: ClassVar = (
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe['x'][::-1].cummax()[::-1]", line=2),
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe['x'].iloc[::-1].cumsum()", line=2),
        Bad(code=_POPULATE + "    dataframe['a'] = dataframe['x'].values[::-1]", line=2),
        Bad(
            code="import numpy as np\n"
            + _POPULATE
            + "    dataframe['a'] = np.maximum.accumulate(np.flip(dataframe['x'].values))",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    back = dataframe.sort_index(ascending=False)\n"
            "    dataframe['a'] = back['low'].rolling(3).min()",
            line=2,
        ),
        Bad(
            code="import talib.abstract as ta\n"
            + _POPULATE
            + "    dataframe['a'] = ta.EMA(\n        dataframe.iloc[::-1],\n        5)",
            line=4,
        ),
        Bad(
            code=_POPULATE + "    dataframe = dataframe.sort_values('date', ascending=False)\n"
            "    dataframe['a'] = dataframe['close'].shift(1)",
            line=2,
        ),
    )

    def visit_Subscript(self, node: cst.Subscript) -> None:
        part = node.slice[0].slice
        if not isinstance(part, cst.Slice) or part.step is None:
            return
        base: cst.BaseExpression = node.value
        if isinstance(base, cst.Attribute) and base.attr.value in {"iloc", "loc"}:
            base = base.value
        if numbers(self.source, part.step).negative and self.candles.kind(base) in DATA:
            self._reversal(node, base, node.slice[0])

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func) or ""
        if path in _FLIPS and node.args:
            if self.candles.has_candles(node.args[0].value):
                self._reversal(node, node.args[0].value, None, array=True)
        elif isinstance(node.func, cst.Attribute):
            down = self._downwards(node, node.func.attr.value)
            if down and self.candles.kind(node.func.value) in DATA:
                self._reversal(node, node.func.value, None)
        elif self._is_reversed(node) and self.candles.has_candles(node.args[0].value):
            self._reversal(node, node.args[0].value, None, array=True)

    def _is_reversed(self, node: cst.Call) -> bool:
        return isinstance(node.func, cst.Name) and node.func.value == "reversed" and bool(node.args)

    def _downwards(self, node: cst.Call, name: str) -> bool:
        ascending = argument(node, 99, "ascending")
        if (
            name not in {"sort_index", "sort_values"}
            or ascending is None
            or numbers(self.source, ascending).single != 0
        ):
            return False
        if name == "sort_index":
            return True
        by = argument(node, 0, "by")
        return by is not None and text_of(by) in {"date", "index"}

    def _reversal(
        self,
        node: cst.BaseExpression,
        base: cst.BaseExpression,
        where: cst.CSTNode | None,
        *,
        array: bool = False,
    ) -> None:
        tracer = tracer_of(self.candles)
        if any(part is not node and self._reverses(part) for part in tracer.made_of(base)):
            return  # the way back
        for part in tracer.made_of(base):
            array = array or self._is_array(part)
        if array or self._in_order(node):
            self.spread(
                node,
                "the candles are reversed: what is computed of them knows those that come later",
                where=where,
            )

    def _reverses(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.Subscript):
            part = node.slice[0].slice
            step = part.step if isinstance(part, cst.Slice) else None
            return step is not None and numbers(self.source, step).negative
        return isinstance(node, cst.Call) and (self.source.imported(node.func) or "") in _FLIPS

    def _is_array(self, node: cst.BaseExpression) -> bool:
        match node:
            case cst.Attribute(attr=cst.Name(value=name)):
                return name in _ARRAYS
            case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))):
                return name in _ARRAYS or (self.source.imported(node.func) or "").startswith(
                    "numpy"
                )
        return False

    def _in_order(self, node: cst.BaseExpression, depth: int = 0) -> bool:
        """Whether something is computed of a value in the order of its candles."""
        parent = self.source.parent(node)
        match parent:
            case cst.Attribute(value=value, attr=cst.Name(value=name)) if value is node:
                return name in _IN_ORDER or self._in_order(parent, depth)
            case cst.Call(func=func) if func is node:
                return self._in_order(parent, depth)
            case cst.Subscript(value=value) if value is node:
                return self._in_order(parent, depth)
            case cst.Arg():
                call = self.source.parent(parent)
                path = self.source.imported(call.func) if isinstance(call, cst.Call) else None
                return path is not None and not path.startswith("logging")
            case cst.AssignTarget() | cst.For() | cst.CompFor():
                return isinstance(parent, cst.For | cst.CompFor) and parent.iter is node
            case cst.Assign() if depth < 3:
                names = [t.target for t in parent.targets if isinstance(t.target, cst.Name)]
                return any(
                    self._in_order(read, depth + 1) for name in names for read in self.reads(name)
                )
        return False
