from typing import ClassVar

import libcst as cst

from freqgen_structure.lookahead import Invocation, LookaheadRule, given, invocation
from freqgen_structure.rule import Bad

_BACKWARD = frozenset({"bfill", "backfill"})
# Methods with an argument that says how to fill.
_WITH_METHOD = frozenset("fillna reindex reindex_like asfreq interpolate align replace".split())


class BackwardFill(LookaheadRule):
    """FG202: a backward fill takes values from candles that have not happened yet.

    ``bfill`` replaces a missing value by the next one that exists, which lies in the future of
    the candle that gets it. ``interpolate`` does so with ``limit_direction="backward"`` or
    ``"both"``, and ``numpy.interp`` and ``merge_asof`` have rules of their own. It is a warning,
    as with ``FG201``, where the values only go into a column that nothing in the file reads but
    ``plot_config``.
    """

    HINT = "fill forward with ffill(), or leave the value missing: comparisons with it are false"
    VALID = (
        'df["rsi"].ffill()',
        'df["rsi"].fillna(50)',
        'df.interpolate(method="pad")',
        'df["rsi"].fillna(value=50)',
        'how = "ffill"\ndf.reindex(x, method=how)',
    )
    INVALID: ClassVar = (
        Bad(code='df["rsi"] = df["rsi"].bfill()', line=1),
        Bad(code='x = 1\ndf.fillna(method="bfill")', line=2),
        Bad(code="df.backfill()", line=1),
        Bad(code='df.reindex(x, method="backfill")', line=1),
        Bad(code='how = "bfill"\ndf.fillna(method=how)', line=2),
        Bad(code='df.fillna(None, "bfill")', line=1),
        Bad(code='df.interpolate(limit_direction="both")', line=1),
        Bad(code="x = (\n    df['rsi']\n    .bfill()\n)", line=3),
        Bad(code='df["rsi"].transform("bfill")', line=1),
        Bad(code="import pandas as pd\ndf['rsi'].pipe(pd.Series.bfill)", line=2),
        Bad(code='df.reindex(x, **{"method": "bfill"})', line=1),
        Bad(code="fill = df['rsi'].bfill\nx = fill()", line=2),
        Bad(code='df.reindex(x, method="nearest")', line=1),
    )

    def visit_Call(self, node: cst.Call) -> None:
        called = invocation(self.source, node)
        if called is None:
            return
        if called.name in _BACKWARD or (
            called.name in _WITH_METHOD and self._fills_backward(called)
        ):
            self.leak(node)

    def _fills_backward(self, called: Invocation) -> bool:
        values = [given(self.source, called.call, 99, "method")]
        ways = _BACKWARD | {"nearest"}
        if called.name == "interpolate":
            values.append(given(self.source, called.call, 99, "limit_direction"))
            ways = _BACKWARD | {"backward", "both"}
        if called.name == "fillna":
            values.append(called.argument(1, "method"))
        texts = [self.source.strings(value) or frozenset() for value in values if value is not None]
        return any(found & ways for found in texts)
