from typing import ClassVar

import libcst as cst

from freqgen_structure.constants import Numbers, numbers
from freqgen_structure.lookahead import LookaheadRule, given, invocation
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad

_MOVING = frozenset({"shift", "diff", "pct_change"})
# Functions that move values by their second argument, and what they call it.
_FUNCTIONS = {"numpy.roll": "shift", "scipy.ndimage.shift": "shift"}


class NegativeShift(LookaheadRule):
    """FG201: a negative shift reads candles that have not happened yet.

    ``shift(-1)`` puts the next candle's value on this one. A backtest then knows the future
    and live trading does not. ``diff``, ``pct_change`` and ``numpy.roll`` do the same, and so
    does ``numpy.diff`` with something to append. Names are followed to what they are assigned,
    to the values that a loop takes, to attributes of the class and to what a function of the
    file is called with. Where the sign is in front of a name that is not known, the finding is
    a warning: the name may be negative itself.

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
        'n = 3\ndf["close"].shift(n)',
        "n = -3\ndf['close'].shift(-n)",
        "for n in (1, 2):\n    df['close'].shift(n)",
        "import numpy as np\nx = np.diff(y, prepend=np.nan)",
        "def set_freqai_targets(self, dataframe, metadata):\n"
        "    dataframe['&-s'] = dataframe['close'].shift(-self.label)\n",
    )
    INVALID: ClassVar = (
        Bad(code='df["close"].shift(-1)', line=1),
        Bad(code="x = 1\ndf.shift(periods=-2)", line=2),
        Bad(code='df["close"].pct_change(-1)', line=1),
        Bad(code='df["close"].diff(periods=-1)', line=1),
        Bad(code="import numpy as np\nx = np.roll(y, -1)", line=2),
        Bad(code="from numpy import roll as r\nx = r(y, shift=-1)", line=2),
        Bad(code="df.shift(-n)", line=1),
        Bad(code="N = -1\ndf.shift(N)", line=2),
        Bad(code="AHEAD = 3\ndf.shift(-AHEAD)", line=2),
        Bad(code="class S:\n    n = -1\n    def f(self, x):\n        x.shift(self.n)", line=4),
        Bad(code="for n in (-1, 1):\n    df.shift(n)", line=2),
        Bad(code="for n in range(-3, 0):\n    df.shift(n)", line=2),
        Bad(code="def f(x, n=-1):\n    return x.shift(n)\ny = f(x)", line=2),
        Bad(code="def f(x, n):\n    return x.shift(n)\ny = f(x, -2)", line=2),
        Bad(code='df["close"].shift(**{"periods": -1})', line=1),
        Bad(code='df["close"].transform("shift", periods=-1)', line=1),
        Bad(code="import pandas as pd\nx = pd.Series.shift(y, -1)", line=2),
        Bad(code='move = df["close"].shift\nx = move(-1)', line=2),
        Bad(code='df.shift(freq="-1h")', line=1),
        Bad(code="x = (\n    df['close']\n    .shift(-1)\n)", line=3),
        Bad(code="import numpy as np\nx = np.diff(y, append=np.nan)", line=2),
    )

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func) or ""
        if path in {"numpy.diff", "numpy.ediff1d"}:
            self._difference(node, path)
            return
        if path in _FUNCTIONS:
            name, periods = path.rpartition(".")[2], given(self.source, node, 1, _FUNCTIONS[path])
        else:
            called = invocation(self.source, node)
            if called is None or called.name not in _MOVING:
                return
            name, periods = called.name, called.argument(0, "periods")
            frequency = called.argument(1, "freq") if name == "shift" else None
            if frequency is not None and (text_of(frequency) or "").strip().startswith("-"):
                self.leak(
                    node, "shift by a negative frequency reads candles that have not happened"
                )
                return
        if periods is not None:
            self._periods(node, name, periods)

    def _periods(self, node: cst.Call, name: str, periods: cst.BaseExpression) -> None:
        if isinstance(periods, cst.List | cst.Tuple):
            found = Numbers(complete=True)
            for element in periods.elements:
                found |= numbers(self.source, element.value)
        else:
            found = numbers(self.source, periods)
        if found.negative:
            self.leak(
                node,
                f"{name} by {min(found.known):g} reads candles that have not happened yet",
                certain=found.complete and not self._sorted_anew(node),
            )
        elif not found.known and _negated(periods):
            self.leak(
                node,
                f"{name} by a negative number reads candles that have not happened yet",
                certain=False,
            )

    def _sorted_anew(self, node: cst.Call) -> bool:
        """Whether the rows were put into another order, in which the next may be an older one."""
        names = {name.value for name in self.source.below(node.func, cst.Name)}
        return any(
            attribute.attr.value in {"sort_values", "sort_index"}
            and any(name.value in names for name in self.source.below(attribute, cst.Name))
            for attribute in self.source.all(cst.Attribute)
        )

    def _difference(self, node: cst.Call, path: str) -> None:
        """``numpy.diff`` is one shorter: what is put at its end moves it to the candle before."""
        keyword = "append" if path == "numpy.diff" else "to_end"
        if given(self.source, node, 99, keyword) is not None:
            self.leak(
                node,
                f"{path.rpartition('.')[2]} with {keyword} is the change to the next candle",
                hint="use prepend: then it is the change from the candle before"
                if keyword == "append"
                else "use to_begin: then it is the change from the candle before",
            )


def _negated(node: cst.BaseExpression) -> bool:
    match node:
        case cst.UnaryOperation(operator=cst.Minus()):
            return True
        case cst.Call(func=cst.Name(value="int"), args=[cst.Arg(value=inner)]):
            return _negated(inner)
        case cst.BinaryOperation(operator=cst.Multiply(), left=left, right=right):
            return _negated(left) != _negated(right)
    return False
