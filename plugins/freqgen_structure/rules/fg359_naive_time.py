from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.rule import Bad, Rule

_CALLS = {
    "datetime.datetime.utcnow": "now",
    "datetime.datetime.utcfromtimestamp": "fromtimestamp",
    "pandas.Timestamp.utcnow": "now",
    "pandas.Timestamp.utcfromtimestamp": "fromtimestamp",
}


class NaiveTime(Rule):
    """FG359: the time is asked for without its zone, by a function that is going away.

    ``datetime.utcnow()`` is deprecated. What it gives has no zone, and Python refuses to
    compare it with times that have one, as all of Freqtrade's have. It is not mended by itself:
    a time with a zone cannot be compared with one that was stripped of its zone elsewhere.
    """

    SEVERITY = Severity.WARNING
    VALID = (
        "from datetime import datetime, timezone\nx = datetime.now(timezone.utc)\n",
        "x = current_time.timestamp()",
        "datetime = Clock()\nx = datetime.utcnow()\n",
    )
    INVALID: ClassVar = (
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
        if path not in _CALLS or not isinstance(node.func, cst.Attribute):
            return
        name = _CALLS[path]
        self.report(
            node.func.attr,
            f"{node.func.attr.value} gives a time without its zone, and is going away",
            hint=f"write datetime.{name}({'' if name == 'now' else '…, '}timezone.utc)",
        )
