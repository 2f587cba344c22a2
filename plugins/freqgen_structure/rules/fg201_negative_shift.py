from typing import ClassVar

import libcst as cst

from freqgen_structure.lookahead import LookaheadRule
from freqgen_structure.nodes import argument, number_of
from freqgen_structure.rule import Bad


class NegativeShift(LookaheadRule):
    """FG201: a negative shift reads candles that have not happened yet.

    ``shift(-1)`` puts the next candle's value on this one. A backtest then knows the future
    and live trading does not. ``diff``, ``pct_change`` and ``numpy.roll`` do the same. Where
    the sign is in front of a name, the finding is a warning: the name may be negative itself.

    It is a warning, too, where the values only go into a column that nothing in the file reads
    but ``plot_config``, as a Chikou span does. Where a column might be read under a name that
    the file does not spell out, it stays an error.
    """

    HINT = "use a positive number of candles: shift(1) is the candle before"
    VALID = (
        'df["close"].shift(1)',
        'df["close"].shift()',
        "df.shift(periods=2)",
        "np.roll(x, 1)",
        'df["close"].diff(3)',
        "def set_freqai_targets(self, dataframe, metadata):\n"
        "    dataframe['&-s'] = dataframe['close'].shift(-self.label)\n",
    )
    INVALID: ClassVar = (
        Bad(code='df["close"].shift(-1)', line=1),
        Bad(code="x = 1\ndf.shift(periods=-2)", line=2),
        Bad(code='df["close"].pct_change(-1)', line=1),
        Bad(code='df["close"].diff(periods=-1)', line=1),
        Bad(code="import numpy as np\nx = np.roll(y, -1)", line=2),
        Bad(code="df.shift(-n)", line=1),
    )

    def visit_Call(self, node: cst.Call) -> None:
        if not isinstance(node.func, cst.Attribute):
            return
        name = node.func.attr.value
        if name in {"shift", "diff", "pct_change"}:
            periods = argument(node, 0, "periods")
        elif name == "roll" and self.source.imported(node.func) == "numpy.roll":
            periods = argument(node, 1, "shift")
        else:
            return
        function = self.source.function_of(node)
        if function is not None and function.name.value == "set_freqai_targets":
            return  # what FreqAI is to learn to predict lies in the future
        number = None if periods is None else number_of(periods)
        if number is not None and number < 0:
            self.leak(node, f"{name} by {number:g} reads candles that have not happened yet")
        elif number is None and _negated(periods):
            self.leak(
                node,
                f"{name} by a negative number reads candles that have not happened yet",
                certain=False,
            )


def _negated(node: cst.BaseExpression | None) -> bool:
    return isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus)
