from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.rows import Rows
from freqgen_structure.rule import Bad, Rule

_HEAD = "def populate_indicators(self, dataframe, metadata):\n"


class WhileOverRows(Rule):
    """FG409: a while loop counts through the candles.

    It is a loop over rows, about a thousand times as slow as an operation on the column, and
    one that never ends where the counter is forgotten once.
    """

    SEVERITY = Severity.WARNING
    HINT = "compute the whole column at once, with shift, rolling, numpy.where or conditions"
    VALID = (
        _HEAD + "    i = 0\n    while i < 5:\n        i += 1\n",
        _HEAD + "    while len(todo) > 0:\n        todo.pop()\n",
        _HEAD + "    while period < 10:\n        period *= 2\n",
        _HEAD + "    c = dataframe['close'].values\n    out = [0.0]\n    i = 1\n"
        "    while i < len(c):\n        last = last * 0.9 + c[i]\n        i += 1\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    i = 0\n    while i < len(dataframe):\n"
            "        dataframe.loc[i, 'x'] = 1\n        i += 1\n",
            line=3,
        ),
        Bad(
            code=_HEAD + "    i = dataframe.shape[0] - 1\n    while i >= 0:\n"
            "        dataframe.at[i, 'x'] = 1\n        i -= 1\n",
            line=3,
        ),
        Bad(
            code=_HEAD + "    n = len(dataframe)\n    i = 1\n    while True:\n        i += 1\n"
            "        if i >= n:\n            break\n        dataframe.iloc[i, 2] = 1\n",
            line=4,
        ),
        Bad(
            code=_HEAD + "    i = 0\n    while i != len(dataframe['close']):\n"
            "        f(dataframe['close'].iloc[i])\n        i = i + 1\n",
            line=3,
        ),
    )

    def check(self) -> None:
        rows = Rows(self.source)
        for loop in self.source.all(cst.While):
            tests = [loop.test]
            if not self.source.below(loop.test, cst.Comparison):
                tests += [node.test for node in loop.body.body if isinstance(node, cst.If)]
            if any(self._counts(rows, test) for test in tests) and not rows.carries(loop):
                self.report(loop)

    def _counts(self, rows: Rows, test: cst.BaseExpression) -> bool:
        """Whether a number that changes is compared with that of the candles, or began there."""
        for node in self.source.below(test, cst.Comparison):
            sides = [node.left, *(target.comparator for target in node.comparisons)]
            names = [side for side in sides if isinstance(side, cst.Name) and self._changes(side)]
            if names and any(rows.count(side) for side in sides):
                return True
        return False

    def _changes(self, name: cst.Name) -> bool:
        return len(self.source.bindings(name)) > 1
