from typing import ClassVar

import libcst as cst

from freqgen_structure.lookahead import LookaheadRule, invocation
from freqgen_structure.rule import Bad

_FORWARD = frozenset({"pad", "ffill"})
_BACKWARD = frozenset({"bfill", "backfill"})


class Interpolated(LookaheadRule):
    """FG218: interpolation draws a line to the next value, which has not happened yet.

    ``interpolate`` fills a gap with values between the one before it and the one after it. A
    candle in the gap would know where the price goes. It is a warning, as with ``FG201``, where
    the values only go into a column that nothing in the file reads but ``plot_config``.
    """

    HINT = "fill forward with ffill(): a candle in a gap knows the last value only"
    VALID = (
        'df["rsi"].ffill()',
        'df["rsi"].interpolate(method="pad")',
        'how = "ffill"\ndf["rsi"].interpolate(how)',
    )
    INVALID: ClassVar = (
        Bad(code='df["rsi"] = df["rsi"].interpolate()', line=1),
        Bad(code="x = 1\ndf = df.interpolate(method='time')", line=2),
        Bad(code="x = (\n    df['rsi']\n    .interpolate('linear')\n)", line=3),
    )

    def visit_Call(self, node: cst.Call) -> None:
        called = invocation(self.source, node)
        if called is None or called.name != "interpolate":
            return
        method = called.argument(0, "method")
        names = None if method is None else self.source.strings(method)
        direction = called.argument(99, "limit_direction")
        ways = frozenset() if direction is None else self.source.strings(direction) or frozenset()
        if names is not None and names <= _FORWARD | _BACKWARD:
            return  # a backward fill is FG202's
        if not ways & {"backward", "both"}:
            self.leak(node, "interpolate uses the next value, which has not happened yet")
