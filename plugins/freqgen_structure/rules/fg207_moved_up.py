from typing import ClassVar

import libcst as cst

from freqgen_structure.constants import numbers
from freqgen_structure.lookahead import CandlesRule
from freqgen_structure.nodes import argument, number_of
from freqgen_structure.rule import Bad
from freqgen_structure.tracing import tracer_of
from freqgen_structure.vocabulary import DATA, Kind

_POPULATE = "def populate_indicators(self, dataframe, metadata):\n"
# Functions that put arrays one after the other.
_JOINING = frozenset("append concatenate hstack r_ concat pad insert".split())
_ARRAYS = frozenset({"values", "to_numpy", "tolist", "to_list", "array"})


class MovedUp(CandlesRule):
    """FG207: values without the first rows, put in place by position, are those of later candles.

    ``np.append(close[1:], np.nan)`` is ``shift(-1)`` in other words, and so is
    ``result[:-1] = close[1:]``. A slice of a pandas column keeps its index and goes back to
    where it was; an array, a list and ``reset_index(drop=True)`` do not.
    """

    HINT = "use shift(1), or put what is missing at the beginning: np.append(np.nan, values[:-1])"
    VALID = (
        _POPULATE + "    dataframe['a'] = dataframe['close'][1:]",
        "import numpy as np\n"
        + _POPULATE
        + "    c = dataframe['close'].values\n    dataframe['a'] = np.append(np.nan, c[:-1])",
        "import numpy as np\n"
        + _POPULATE
        + "    dataframe['a'] = np.append(np.nan, np.diff(dataframe['close']))",
        "import numpy as np\n" + _POPULATE + "    c = dataframe['close'].values\n"
        "    dataframe['a'] = np.append(np.nan, c[1:] / c[:-1])",
        _POPULATE + "    c = dataframe['close'].tolist()\n"
        "    dataframe['a'] = [None] + [b > a for a, b in zip(c, c[1:])]",
        "import numpy as np\n"
        + _POPULATE
        + "    c = dataframe['close'].values\n    out = np.zeros(len(c))\n"
        "    out[1:] = c[1:] - c[:-1]\n    dataframe['a'] = out",
    )
    INVALID: ClassVar = (
        Bad(
            code="import numpy as np\n"
            + _POPULATE
            + "    dataframe['a'] = np.append(dataframe['close'].values[1:], np.nan)",
            line=3,
        ),
        Bad(
            code="import numpy as np\n" + _POPULATE + "    c = dataframe['close'].to_numpy()\n"
            "    dataframe['a'] = np.concatenate([c[2:] > c[:-2], [False, False]])",
            line=4,
        ),
        Bad(
            code=_POPULATE + "    c = list(dataframe['close'])\n"
            "    dataframe['a'] = c[1:] + [None]",
            line=3,
        ),
        Bad(
            code="import numpy as np\n"
            + _POPULATE
            + "    c = dataframe['close'].values\n    out = np.zeros(len(c))\n"
            "    out[:-1] = c[1:]\n    dataframe['a'] = out",
            line=5,
        ),
        Bad(
            code="import numpy as np\n"
            + _POPULATE
            + "    dataframe['a'] = np.append(np.diff(dataframe['close']), 0)",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    c = dataframe['close'].values\n"
            "    dataframe.loc[dataframe.index[:-1], 'a'] = c[1:]",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    dataframe['a'] = dataframe['x'].iloc[1:].reset_index(drop=True)",
            line=2,
        ),
        Bad(
            code="import pandas as pd\n"
            + _POPULATE
            + "    dataframe['a'] = pd.Series(dataframe['close'].values[1:])",
            line=3,
        ),
        Bad(
            code=_POPULATE + "    c = dataframe['close'].tolist()\n"
            "    dataframe['a'] = [b > a for a, b in zip(c, c[1:])] + [False]",
            line=3,
        ),
    )

    def visit_Subscript(self, node: cst.Subscript) -> None:
        part = node.slice[0].slice
        if not isinstance(part, cst.Slice) or part.lower is None or part.upper is not None:
            return
        if part.step is not None and number_of(part.step) != 1:
            return
        base: cst.BaseExpression = node.value
        if isinstance(base, cst.Attribute) and base.attr.value in {"iloc", "loc"}:
            base = base.value
        known = numbers(self.source, part.lower).known
        if not known or min(known) < 1 or self.candles.kind(base) not in DATA:
            return
        if isinstance(self.source.parent(node), cst.AssignTarget) or not self.candles.fixed(part):
            return
        if self._moves_up(node, self._is_array(base)):
            self.spread(
                node,
                "values without the first rows are put in place by position: each candle gets "
                "that of a later one",
                where=node.slice[0],
            )

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func)
        before = {"numpy.diff": "prepend", "numpy.ediff1d": "to_begin"}.get(path or "")
        if before is None or not node.args or argument(node, 99, before) is not None:
            return
        if self.candles.has_candles(node.args[0].value) and self._moves_up(node, True):
            self.spread(
                node,
                "a difference lacks its first row: put in place by position, each candle gets the "
                "change to a later one",
            )

    def _is_array(self, base: cst.BaseExpression) -> bool:
        if self.candles.kind(base) is Kind.FRAME:
            return False
        for part in tracer_of(self.candles).made_of(base):
            match part:
                case cst.Attribute(attr=cst.Name(value=name)) if name in _ARRAYS:
                    return True
                case cst.Call(func=cst.Attribute(attr=cst.Name(value=name))) if name in _ARRAYS:
                    return True
                case cst.Call(func=cst.Name(value="list" | "tuple")):
                    return True
                case cst.Call() if (self.source.imported(part.func) or "").startswith("numpy."):
                    return True
        return False

    def _moves_up(self, node: cst.BaseExpression, array: bool, depth: int = 0) -> bool:
        """Whether what is made of a slice is put in place by position, from the first row on."""
        parent = self.source.parent(node)
        match parent:
            case cst.Arg():
                return self._given(parent, array, depth)
            case cst.Element():
                holder = self.source.parent(parent)
                if not isinstance(holder, cst.List | cst.Tuple):
                    return False
                return holder.elements[0] is parent and self._moves_up(holder, array, depth)
            case cst.BinaryOperation(operator=cst.Add(), left=left, right=right):
                if self._is_list(right) or self._is_list(left):
                    return left is node
                return self._moves_up(parent, array, depth)
            case cst.Attribute(value=value, attr=cst.Name(value=name)) if value is node:
                return self._moves_up(parent, array or name in _ARRAYS, depth)
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="reset_index"))):
                drop = argument(parent, 99, "drop")
                return drop is not None and numbers(self.source, drop).single == 1
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name() as name)]) if depth < 3:
                reads = self.reads(name)
                return any(self._moves_up(read, array, depth + 1) for read in reads)
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Subscript() as target), *_]):
                return array and self._ends_early(target)
            case cst.CompFor():
                comp = self._comprehension(parent)
                return comp is not None and self._moves_up(comp, True, depth)
            case cst.Index() | cst.SubscriptElement() | cst.ComparisonTarget():
                return self._through(parent, array, depth)
            case cst.BaseExpression() if not isinstance(parent, cst.Subscript):
                return self._moves_up(parent, array, depth)
        return False

    def _through(self, node: cst.CSTNode, array: bool, depth: int) -> bool:
        """``np.r_[values[1:], nan]``, and comparisons."""
        holder = self.source.parent(node)
        if isinstance(holder, cst.SubscriptElement):
            node, holder = holder, self.source.parent(holder)
        if isinstance(holder, cst.Subscript):
            joins = (self.source.imported(holder.value) or "") == "numpy.r_"
            return joins and holder.slice[0] is node
        return isinstance(holder, cst.Comparison) and self._moves_up(holder, array, depth)

    def _given(self, arg: cst.Arg, array: bool, depth: int) -> bool:
        call = self.source.parent(arg)
        if not isinstance(call, cst.Call):
            return False
        path = self.source.imported(call.func) or ""
        name = path.rpartition(".")[2]
        first = bool(call.args) and call.args[0] is arg
        if path.startswith("numpy.") and name in _JOINING:
            if name == "insert":
                place = argument(call, 1, "obj")
                return place is not None and numbers(self.source, place).single != 0
            if name == "pad":
                widths = argument(call, 1, "pad_width")
                left = widths.elements[0].value if isinstance(widths, cst.Tuple) else None
                return left is not None and numbers(self.source, left).single == 0
            return first
        if path == "pandas.Series":
            return array and first and argument(call, 1, "index") is None
        if isinstance(call.func, cst.Name) and call.func.value in {"zip", "list", "enumerate"}:
            return self._moves_up(call, True, depth)
        return path.startswith("numpy.") and self._moves_up(call, array, depth)

    def _is_list(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.BinaryOperation):
            return self._is_list(node.left)
        return isinstance(node, cst.List)

    def _ends_early(self, target: cst.Subscript) -> bool:
        """Whether rows are written from the first one on, but not the last ones."""
        part = target.slice[0].slice
        if isinstance(part, cst.Index) and isinstance(part.value, cst.Subscript):
            part = part.value.slice[0].slice  # as in frame.loc[frame.index[:-1], column]
        if not isinstance(part, cst.Slice) or part.upper is None or part.lower is not None:
            return False
        return numbers(self.source, part.upper).negative

    def _comprehension(self, node: cst.CompFor) -> cst.BaseExpression | None:
        outer = self.source.parent(node)
        return outer if isinstance(outer, cst.ListComp | cst.GeneratorExp) else None
