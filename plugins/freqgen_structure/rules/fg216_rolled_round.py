from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.constants import numbers
from freqgen_structure.lookahead import CandlesRule, given
from freqgen_structure.nodes import number_of
from freqgen_structure.rule import Bad

_POPULATE = "import numpy as np\ndef populate_indicators(self, dataframe, metadata):\n"


class RolledRound(CandlesRule):
    """FG216: what numpy.roll pushes out at the end comes in at the beginning.

    ``np.roll(values, 1)`` puts the last value of a backtest on its first candle. Where the first
    rows are overwritten afterwards, nothing is reported; otherwise the finding is a warning, as
    the first candles often lie before the start of trading.
    """

    SEVERITY = Severity.WARNING
    HINT = "use shift(1) of pandas, which leaves the first rows empty"
    VALID = (
        _POPULATE + "    x = np.roll(dataframe['close'], 1)\n    x[0] = np.nan\n"
        "    dataframe['a'] = x",
        _POPULATE + "    dataframe['a'] = dataframe['close'].shift(1)",
        _POPULATE + "    dataframe['a'] = np.roll([1, 2, 3], 1).sum()",
    )
    INVALID: ClassVar = (
        Bad(code=_POPULATE + "    dataframe['a'] = np.roll(dataframe['close'], 1)", line=3),
        Bad(
            code=_POPULATE + "    x = np.roll(dataframe['close'].values, shift=3)\n"
            "    dataframe['a'] = x",
            line=3,
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        if self.source.imported(node.func) != "numpy.roll" or not node.args:
            return
        shift = given(self.source, node, 1, "shift")
        known = numbers(self.source, shift).known
        if not known or min(known) <= 0 or not self.candles.has_candles(node.args[0].value):
            return
        if not self._overwritten(node):
            self.spread(node, "the values of the last candles come in at the first ones")

    def _overwritten(self, node: cst.Call) -> bool:
        """Whether the first rows of the result are written afterwards."""
        holder = self.source.parent(node)
        if not isinstance(holder, cst.Assign):
            return False
        names = {t.target.value for t in holder.targets if isinstance(t.target, cst.Name)}
        function = self.source.function_of(node) or self.source.module
        for target in self.source.below(function, cst.AssignTarget):
            match target.target:
                case cst.Subscript(value=cst.Name(value=name), slice=[element, *_]):
                    if name in names and self._first(element.slice):
                        return True
        return False

    def _first(self, part: cst.BaseSlice) -> bool:
        if isinstance(part, cst.Slice):
            return part.lower is None or number_of(part.lower) == 0
        return isinstance(part, cst.Index) and number_of(part.value) == 0
