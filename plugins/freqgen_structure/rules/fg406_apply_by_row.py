from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.constants import numbers
from freqgen_structure.lookahead import given, narrow
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule

_POSITION = {"apply": 1, "agg": 1, "aggregate": 1, "transform": 1}


class ApplyByRow(Rule):
    """FG406: a function is called for every row.

    ``apply`` with ``axis=1`` is a loop over rows in other words: for each candle it makes a
    series and calls Python. Columns can be compared and computed with as a whole.
    """

    SEVERITY = Severity.WARNING
    HINT = "compute with whole columns, or choose with numpy.where or numpy.select"
    VALID = (
        "x = dataframe.apply(f)\n",
        "x = dataframe.apply('max', axis=1)\n",
        "x = dataframe[['a', 'b']].max(axis=1)\n",
        "x = dataframe.agg(['min', 'max'])\n",
    )
    INVALID: ClassVar = (
        Bad(code="x = dataframe.apply(lambda row: row['a'] * 2, axis=1)\n", line=1),
        Bad(code="x = (\n    dataframe[['a', 'b']]\n    .apply(f, axis='columns')\n)\n", line=3),
        Bad(code="x = dataframe.apply(f, 1)\n", line=1),
        Bad(code="import numpy as np\nx = dataframe.apply(np.mean, axis=1)\n", line=2),
        Bad(code="x = dataframe.agg(lambda row: row.max(), axis=1)\n", line=1),
        Bad(code="axis = 1\nx = dataframe.apply(f, axis=axis)\n", line=2),
    )

    def visit_Call(self, node: cst.Call) -> None:
        func = node.func
        if not isinstance(func, cst.Attribute) or func.attr.value not in _POSITION:
            return
        function = given(self.source, node, 0, "func")
        axis = given(self.source, node, _POSITION[func.attr.value], "axis")
        if function is None or axis is None or self.source.strings(function) is not None:
            return
        if isinstance(function, cst.List | cst.Dict):
            return
        if text_of(axis) == "columns" or numbers(self.source, axis).single == 1:
            self.report(narrow(node), f"{func.attr.value}() with axis=1 calls Python for every row")
