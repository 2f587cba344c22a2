from typing import ClassVar

import libcst as cst

from freqgen_structure.constants import numbers
from freqgen_structure.editing import without_argument
from freqgen_structure.lookahead import LookaheadRule, invocation
from freqgen_structure.rule import Bad


class CentredWindow(LookaheadRule):
    """FG203: a centred window covers candles that have not happened yet.

    ``rolling(n, center=True)`` gives a candle the statistics of the candles on both sides of
    it, half of which lie in its future. It is a warning, as with ``FG201``, where the values only
    go into a column that nothing in the file reads but ``plot_config``. What mends it leaves the
    argument out: the same window, ending at the candle, is all that can be known then.
    """

    HINT = "leave out center=True: a window that ends at the candle knows the past only"
    VALID = (
        'df["close"].rolling(5, center=True).apply(f, raw=True).shift(2)',
        'df["close"].rolling(20).mean()',
        'df["close"].rolling(20, center=False).mean()',
        'middle = False\ndf["close"].rolling(20, center=middle).mean()',
        "import pandas as pd\npd.api.indexers.VariableOffsetWindowIndexer(index=x, offset=y)",
    )
    INVALID: ClassVar = (
        Bad(
            code='df["close"].rolling(20, center=True).mean()',
            line=1,
            fixed='df["close"].rolling(20).mean()',
        ),
        Bad(
            code='x = 1\ndf["close"].rolling(center=True, window=5).max()',
            line=2,
            fixed='x = 1\ndf["close"].rolling(window=5).max()',
        ),
        Bad(code="df['close'].rolling(5, 1, True).max()", line=1),
        Bad(code="df['close'].rolling(5, center=1).max()", line=1),
        Bad(code="MIDDLE = True\ndf['close'].rolling(5, center=MIDDLE).max()", line=2),
        Bad(code="def f(x, c=True):\n    return x.rolling(5, center=c).max()", line=2),
        Bad(
            code="class S:\n    c = True\n    def f(self, x):\n        x.rolling(5, center=self.c)",
            line=4,
        ),
        Bad(code="how = {'window': 5, 'center': True}\ndf.rolling(**how).mean()", line=2),
        Bad(
            code="x = (\n    df['x']\n    .rolling(\n        5,\n        center=True,\n    )\n)",
            line=5,
            fixed="x = (\n    df['x']\n    .rolling(\n        5,\n    )\n)",
        ),
        Bad(
            code="import pandas as pd\n"
            "w = pd.api.indexers.FixedForwardWindowIndexer(window_size=5)\n"
            "x = df['close'].rolling(w).max()",
            line=2,
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func) or ""
        if path.rpartition(".")[2] == "FixedForwardWindowIndexer":
            self.leak(
                node,
                "a window that looks forward covers candles that have not happened yet",
                hint="give rolling the number of candles: such a window ends at the candle",
            )
            return
        called = invocation(self.source, node)
        if called is None or called.name != "rolling":
            return
        center = called.argument(2, "center")
        if center is None or not any(numbers(self.source, center).known):
            return
        if self._moved_back(node, called.argument(0, "window")):
            return
        # The argument may stand on a line of its own.
        place = next((arg for arg in node.args if arg.value is center), None)
        literal = isinstance(center, cst.Name) and center.value == "True" and not center.lpar
        edits = without_argument(self.source, node, place) if place and literal else ()
        self.leak(node, where=place, edits=edits)

    def _moved_back(self, node: cst.Call, window: cst.BaseExpression | None) -> bool:
        """Whether the result is shifted to where the whole window is known."""
        size = numbers(self.source, window).single if window is not None else None
        outer: cst.CSTNode = node
        for method in self.source.ancestors(node):
            if isinstance(method, cst.Call) and method.func is outer:
                called = invocation(self.source, method)
                by = called.argument(0, "periods") if called and called.name == "shift" else None
                moved = numbers(self.source, by).single if by is not None else None
                if size is not None and moved is not None and moved >= size // 2:
                    return True
            elif not isinstance(method, cst.Attribute):
                return False
            outer = method
        return False
