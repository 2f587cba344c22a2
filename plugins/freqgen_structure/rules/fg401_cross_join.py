from typing import ClassVar

import libcst as cst

from freqgen_structure.nodes import argument, text_of
from freqgen_structure.rule import Bad, Rule


class CrossJoin(Rule):
    """FG401: a cross join pairs every row with every other.

    Five thousand candles become 25 million rows and several gigabytes. To bring columns of
    another pair or timeframe to the candles, use ``merge_informative_pair``.
    """

    HINT = "merge by date with merge_informative_pair"
    VALID = ("x = a.merge(b, on='date', how='left')\n", "x = pd.merge(a, b, how=kind)\n")
    INVALID: ClassVar = (
        Bad(code="x = a.merge(b, how='cross')", line=1),
        Bad(code="x = 1\ny = pd.merge(a, b, how='cross')", line=2),
        Bad(code="x = a.join(b, how='cross')", line=1),
    )

    def visit_Call(self, node: cst.Call) -> None:
        if isinstance(node.func, cst.Attribute) and node.func.attr.value in {"merge", "join"}:
            how = argument(node, 99, "how")
            if how is not None and text_of(how) == "cross":
                self.report(node)
