from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.given import given_kind
from freqgen_structure.interface import CALLBACKS
from freqgen_structure.rule import Bad, Rule

_CALLS = {
    "datetime.datetime.utcnow": "now",
    "datetime.datetime.utcfromtimestamp": "fromtimestamp",
    "pandas.Timestamp.utcnow": "now",
    "pandas.Timestamp.utcfromtimestamp": "fromtimestamp",
}
_LOCAL = frozenset({"datetime.datetime.now", "datetime.datetime.today", "pandas.Timestamp.now"})
_AWARE = frozenset(
    {"open_date_utc", "close_date_utc", "date_entry_fill_utc", "date_last_filled_utc"}
)
_HEAD = (
    "from datetime import datetime, timezone\nfrom freqtrade.strategy import IStrategy\n\n\n"
    "class S(IStrategy):\n    def custom_exit(self, pair, trade, current_time, **kwargs):\n"
)


class NaiveTime(Rule):
    """FG359: the time is asked for without its zone, by a function that is going away.

    ``datetime.utcnow()`` is deprecated. What it gives has no zone, and Python refuses to
    compare it with times that have one, as all of Freqtrade's have. It is not mended by itself:
    a time with a zone cannot be compared with one that was stripped of its zone elsewhere.
    """

    SEVERITY = Severity.WARNING
    VALID = (
        _HEAD + "        return datetime.now() - trade.open_date > self.delta\n",
        _HEAD + "        return datetime.now(timezone.utc) > current_time\n",
        "from datetime import datetime, timezone\nx = datetime.now(timezone.utc)\n",
        "x = current_time.timestamp()",
        "datetime = Clock()\nx = datetime.utcnow()\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "        return datetime.now() - trade.open_date_utc > x\n", line=7),
        Bad(code=_HEAD + "        x = 1\n        return current_time < datetime.now()\n", line=8),
        Bad(
            code="from datetime import datetime\nx = datetime.utcnow()  # t\n",
            line=2,
        ),
        Bad(
            code="import datetime\nx = datetime.datetime.utcnow()\n",
            line=2,
        ),
        Bad(
            code="from datetime import datetime, UTC, timezone as tz\n"
            "x = datetime.utcfromtimestamp(5)\n",
            line=2,
        ),
        Bad(
            code="import pandas as pd\nx = pd.Timestamp.utcnow()\n",
            line=2,
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func) or ""
        if path in _LOCAL and not node.args and self._beside_aware(node):
            self.report(
                node,
                "a time without its zone is compared with one that has one, which Python refuses",
                hint="write current_time, or datetime.now(timezone.utc)",
                severity=Severity.ERROR,
            )
            return
        if path not in _CALLS or not isinstance(node.func, cst.Attribute):
            return
        name = _CALLS[path]
        self.report(
            node.func.attr,
            f"{node.func.attr.value} gives a time without its zone, and is going away",
            hint=f"write datetime.{name}({'' if name == 'now' else '…, '}timezone.utc)",
        )

    def _beside_aware(self, node: cst.BaseExpression) -> bool:
        """Whether a time is compared with, or taken from, one of Freqtrade's with a zone."""
        parent = self.source.parent(node)
        match parent:
            case cst.BinaryOperation(operator=cst.Subtract(), left=left, right=right):
                return self._aware(right if left is node else left)
            case cst.Comparison(comparisons=[cst.ComparisonTarget(comparator=other)]):
                return self._aware(other)
            case cst.ComparisonTarget():
                outer = self.source.parent(parent)
                return isinstance(outer, cst.Comparison) and self._aware(outer.left)
        return False

    def _aware(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.Attribute):
            return node.attr.value in _AWARE and given_kind(self.source, node.value) == "trade"
        if not isinstance(node, cst.Name) or node.value != "current_time":
            return False
        function = self.source.function_of(node)
        values = self.source.values(node)
        given = function is not None and function.name.value in CALLBACKS and values == [None]
        return given and function in self.source.methods.values()
