from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.bindings import Way
from freqgen_structure.kinds import kinds_of
from freqgen_structure.lookahead import given, narrow
from freqgen_structure.rows import ROW_BY_ROW, Rows, called
from freqgen_structure.rule import Bad, Rule

_ANYWAY = frozenset({"numpy.vectorize", "numpy.frompyfunc", "numpy.apply_along_axis"})


class FunctionPerValue(Rule):
    """FG408: Python is called for every value of a column.

    ``apply`` and ``map`` with a function, and a comprehension over a column, are loops over the
    candles. Arithmetic and comparisons work on whole columns; ``numpy.where`` chooses between
    two values, ``numpy.select`` and ``map`` with a dictionary between several.
    """

    SEVERITY = Severity.WARNING
    HINT = "compute with the whole column, or choose with numpy.where or numpy.select"
    VALID = (
        "x = dataframe['a'].map({1: 'a', 2: 'b'})\n",
        "import numpy as np\nx = dataframe['a'].apply(np.log)\n",
        "x = dataframe['a'].agg('mean')\n",
        "x = [dataframe[name] for name in ('a', 'b')]\n",
        "x = [name for name in dataframe.columns if name.startswith('a')]\n",
        "x = [v * 2 for v in dataframe['a'].tail(5)]\n",
        "x = dataframe['a'].unique()\ny = [v for v in x]\n",
        "x = dataframe['date'].map(dataframe.set_index('date')['close'].shift(1))\n",
        "x = list(map(str, range(3)))\n",
    )
    INVALID: ClassVar = (
        Bad(code="x = dataframe['a'].apply(lambda v: v * 2)\n", line=1),
        Bad(code="def f(v):\n    return v\n\n\nx = dataframe['a'].map(f)\n", line=5),
        Bad(code="x = (\n    dataframe.close\n    .apply(lambda v: v + 1)\n)\n", line=3),
        Bad(code="x = [v * 2 for v in dataframe['a']]\n", line=1),
        Bad(code="x = [\n    a - b\n    for a, b in zip(df['a'], df['b'])\n]\n", line=1),
        Bad(code="x = [df['a'].iloc[i] for i in range(len(df))]\n", line=1),
        Bad(code="x = sum(v > 1 for v in df['a'])\n", line=1),
        Bad(code="x = list(map(lambda v: v * 2, df['a']))\n", line=1),
        Bad(code="import numpy as np\nx = np.vectorize(f)(df['a'])\n", line=2),
    )

    def check(self) -> None:
        self.rows = Rows(self.source)
        self.kinds = kinds_of(self.source)
        for call in self.source.all(cst.Call):
            self._call(call)
        for loop in self.source.all(cst.CompFor):
            if not isinstance(self.source.parent(loop), cst.CompFor):
                self._comprehension(loop)

    def _call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func) or ""
        if path in _ANYWAY:
            self.report(narrow(node), f"{path.replace('numpy', 'np')} calls Python for every value")
        elif isinstance(node.func, cst.Name) and node.func.value in {"map", "filter"}:
            if any(self.rows.all(arg.value) for arg in node.args[1:]):
                self.report(node.func)
        elif isinstance(node.func, cst.Attribute) and node.func.attr.value in {"apply", "map"}:
            kind = self.kinds.of(node.func.value)
            function = given(self.source, node, 0, "func") or given(self.source, node, 0, "arg")
            if kind is not None and kind.many and self._python(function):
                self.report(narrow(node))

    def _python(self, function: cst.BaseExpression | None) -> bool:
        """Whether it is a function of Python: written here, or a method of the class."""
        match function:
            case cst.Lambda():
                return True
            case cst.Name(value=name):
                bindings = self.source.bindings(function)
                if any(one.way is Way.FUNCTION for one in bindings):
                    return True
                return any(isinstance(one.whole, cst.Lambda) for one in bindings) or (
                    not bindings and name in {"float", "int", "str", "abs", "round", "bool"}
                )
            case cst.Attribute(value=cst.Name(value="self" | "cls"), attr=attr):
                return attr.value in self.source.methods
        return False

    def _comprehension(self, first: cst.CompFor) -> None:
        loop: cst.CompFor | None = first
        while loop is not None:
            calls = self.source.below(loop.iter, cst.Call)
            if any(called(call) in ROW_BY_ROW for call in calls):
                return  # FG405 says more
            if self.rows.all(loop.iter):
                whole = self.source.parent(first)
                self.report(whole, "a comprehension goes through the candles one by one")
                return
            loop = loop.inner_for_in
