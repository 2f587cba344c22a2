from typing import ClassVar

import libcst as cst

from freqgen_structure.nodes import argument, number_of
from freqgen_structure.rule import Bad, Rule

_MAKERS = frozenset("arange empty eye full identity linspace ones tri zeros".split())
_MOST = 10_000_000


class HugeArray(Rule):
    """FG402: an array of fixed, enormous size is made.

    Arrays of a strategy are as long as its candles: a year of minutes is half a million. One of
    more than ten million values costs memory that the bot needs.
    """

    HINT = "make arrays as long as the dataframe: np.zeros(len(dataframe))"
    VALID = (
        "import numpy as np\nx = np.zeros(len(dataframe))\ny = np.full(100_000, np.nan)\n",
        "import numpy as np\nx = np.zeros((1000, 1000))\ny = np.ones(n * 10**9)\n",
    )
    INVALID: ClassVar = (
        Bad(code="import numpy as np\nx = np.ones(6 << 27)\n", line=2),
        Bad(code="import numpy as np\nx = np.zeros((100_000, 100_000))\n", line=2),
        Bad(code="import numpy as np\nx = np.arange(10**9)\n", line=2),
        Bad(code="x = [0] * 10**9\n", line=1),
    )

    def visit_Call(self, node: cst.Call) -> None:
        module, _, name = (self.source.imported(node.func) or "").rpartition(".")
        size = argument(node, 2 if name == "linspace" else 0, "shape")
        if module == "numpy" and name in _MAKERS and size is not None:
            count = _product(size)
            if name in {"eye", "identity", "tri"}:
                count *= count
            if count > _MOST:
                self.report(node, f"np.{name} makes more than {_MOST:,} values")

    def visit_BinaryOperation(self, node: cst.BinaryOperation) -> None:
        repeated = isinstance(node.left, cst.List | cst.Tuple)
        if repeated and isinstance(node.operator, cst.Multiply) and constant(node.right) > _MOST:
            self.report(node, f"the list has more than {_MOST:,} values")


def _product(size: cst.BaseExpression) -> float:
    if not isinstance(size, cst.Tuple | cst.List):
        return constant(size)
    count = 1.0
    for element in size.elements:
        count *= constant(element.value)
    return count


def constant(node: cst.BaseExpression) -> float:
    """The value of an expression of number literals; 0 where it has anything else."""
    number = number_of(node)
    if number is not None:
        return number
    if not isinstance(node, cst.BinaryOperation):
        return 0.0
    left, right = constant(node.left), constant(node.right)
    try:
        match node.operator:
            case cst.Multiply():
                return left * right
            case cst.Add():
                return left + right
            case cst.Power():
                return float(left**right) if left and right else 0.0
            case cst.LeftShift():
                return float(left * 2.0**right) if left else 0.0
    except (OverflowError, TypeError):
        return float("inf")
    return 0.0
