from typing import ClassVar

import libcst as cst

from freqgen_structure.lookahead import LookaheadRule
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.rule import Bad


class BackwardFill(LookaheadRule):
    """FG202: a backward fill takes values from candles that have not happened yet.

    ``bfill`` replaces a missing value by the next one that exists, which lies in the future of
    the candle that gets it. It is a warning, as with ``FG201``, where the values only go into a
    column that nothing in the file reads but ``plot_config``.
    """

    HINT = "fill forward with ffill(), or leave the value missing: comparisons with it are false"
    VALID = ('df["rsi"].ffill()', 'df["rsi"].fillna(50)', 'df.interpolate(method="pad")')
    INVALID: ClassVar = (
        Bad(code='df["rsi"] = df["rsi"].bfill()', line=1),
        Bad(code='x = 1\ndf.fillna(method="bfill")', line=2),
        Bad(code="df.backfill()", line=1),
        Bad(code='df.reindex(x, method="backfill")', line=1),
    )

    def visit_Call(self, node: cst.Call) -> None:
        if not isinstance(node.func, cst.Attribute):
            return
        name = node.func.attr.value
        if name in {"bfill", "backfill"}:
            self.leak(node)
        elif name in {"fillna", "reindex", "reindex_like", "asfreq", "interpolate"}:
            method = argument(node, 99, "method")
            if method is not None and text_of(method) in {"bfill", "backfill"}:
                self.leak(node)
