from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.constants import numbers
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import argument, dotted, text_of
from freqgen_structure.rule import Bad, Rule

_INTEGERS = frozenset({"int64", "int", "i8", "numpy.int64", "np.int64"})
_UNITS = frozenset({1e9, 1e6, 1e3})


class UnitOfTimes(Rule):
    """FG360: times are turned into numbers as if they counted nanoseconds.

    Since pandas 3 a column of times counts what it was made of, microseconds or milliseconds:
    ``dataframe["date"].astype("int64") // 10**9`` is no longer in seconds.
    """

    SEVERITY = Severity.WARNING
    HINT = 'write .dt.as_unit("ns") in front of .astype'
    VALID = (
        "x = dataframe['date'].dt.as_unit('ns').astype('int64') // 10**9\n",
        "x = dataframe['volume'].astype('int64') // 10**9\n",
        "x = dataframe['date'].astype('int64').diff()\n",
    )
    INVALID: ClassVar = (
        Bad(
            code="x = dataframe['date'].astype('int64') // 10**9  # seconds\n",
            line=1,
            fixed="x = dataframe['date'].dt.as_unit(\"ns\").astype('int64') // 10**9  # seconds\n",
        ),
        Bad(
            code="import numpy as np\nx = (\n    dataframe.date\n"
            "    .astype(np.int64)\n    / 1e9\n)\n",
            line=4,
            fixed='import numpy as np\nx = (\n    dataframe.date.dt.as_unit("ns")\n'
            "    .astype(np.int64)\n    / 1e9\n)\n",
        ),
        Bad(
            code="x = dataframe['date'].astype(int).floordiv(1_000_000)\n",
            line=1,
            fixed="x = dataframe['date'].dt.as_unit(\"ns\").astype(int).floordiv(1_000_000)\n",
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        match node.func:
            case cst.Attribute(value=column, attr=cst.Name(value="astype") as name):
                pass
            case _:
                return
        kind = argument(node, 0, "dtype")
        if kind is None or (text_of(kind) or dotted(kind)) not in _INTEGERS:
            return
        if kinds_of(self.source).column_of(column) != "date" or not self._divided(node):
            return
        self.report(
            name,
            "these times are not counted in nanoseconds since pandas 3",
            edits=[self.insert_after(column, '.dt.as_unit("ns")')],
        )

    def _divided(self, node: cst.Call) -> bool:
        """Whether it is divided by the nanoseconds of a longer unit."""
        by: cst.BaseExpression | None = None
        parent = self.source.parent(node)
        match parent:
            case cst.BinaryOperation(
                left=left, operator=cst.Divide() | cst.FloorDivide(), right=right
            ) if left is node:
                by = right
            case cst.Attribute(attr=cst.Name(value="div" | "floordiv" | "truediv" | "divide")):
                call = self.source.parent(parent)
                by = argument(call, 0, "other") if isinstance(call, cst.Call) else None
        if isinstance(by, cst.BinaryOperation) and isinstance(by.operator, cst.Power):
            base, power = (numbers(self.source, side).single for side in (by.left, by.right))
            return base == 10 and power in {3, 6, 9}
        return by is not None and numbers(self.source, by).single in _UNITS
