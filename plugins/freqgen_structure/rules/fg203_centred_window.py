from typing import ClassVar

import libcst as cst

from freqgen_structure.lookahead import LookaheadRule
from freqgen_structure.nodes import argument
from freqgen_structure.rule import Bad


class CentredWindow(LookaheadRule):
    """FG203: a centred window covers candles that have not happened yet.

    ``rolling(n, center=True)`` gives a candle the statistics of the candles on both sides of
    it, half of which lie in its future. It is a warning, as with ``FG201``, where the values only
    go into a column that nothing in the file reads but ``plot_config``.
    """

    HINT = "leave out center=True: a window that ends at the candle knows the past only"
    VALID = ('df["close"].rolling(20).mean()', 'df["close"].rolling(20, center=False).mean()')
    INVALID: ClassVar = (
        Bad(code='df["close"].rolling(20, center=True).mean()', line=1),
        Bad(code='x = 1\ndf["close"].rolling(window=5, center=True).max()', line=2),
    )

    def visit_Call(self, node: cst.Call) -> None:
        if isinstance(node.func, cst.Attribute) and node.func.attr.value == "rolling":
            center = argument(node, 2, "center")
            if isinstance(center, cst.Name) and center.value == "True":
                self.leak(node)
