from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.editing import needed_name
from freqgen_structure.nodes import argument
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
    compare it with times that have one, as all of Freqtrade's have.
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
            fixed="from datetime import datetime, timezone\nx = datetime.now(timezone.utc)  # t\n",
        ),
        Bad(
            code="import datetime\nx = datetime.datetime.utcnow()\n",
            line=2,
            fixed="import datetime\nx = datetime.datetime.now(datetime.timezone.utc)\n",
        ),
        Bad(
            code="from datetime import datetime, UTC, timezone as tz\n"
            "x = datetime.utcfromtimestamp(5)\n",
            line=2,
            fixed="from datetime import datetime, UTC, timezone as tz\n"
            "x = datetime.fromtimestamp(5, tz.utc)\n",
        ),
        Bad(
            code="import pandas as pd\nx = pd.Timestamp.utcnow()\n",
            line=2,
            fixed='import pandas as pd\nx = pd.Timestamp.now("UTC")\n',
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
            edits=self._edits(node, node.func, path),
        )

    def _edits(self, node: cst.Call, func: cst.Attribute, path: str) -> tuple[Edit, ...]:
        moment = argument(node, 0, "t") if path.endswith("fromtimestamp") else None
        if len(node.args) != (1 if path.endswith("fromtimestamp") else 0):
            return ()
        if path.startswith("pandas."):
            zone = '"UTC"' if moment is None else 'tz="UTC"'
            imports: tuple[Edit, ...] = ()
        else:
            zone, imports = self._zone(func)
        rename = self.replace(func.attr, _CALLS[path])
        if moment is not None:
            return (rename, self.insert_after(moment, f", {zone}"), *imports)
        _, end = self.source.span(node)
        inside = Edit(start=end - 1, end=end - 1, text=zone)
        return (rename, inside, *imports)

    def _zone(self, func: cst.Attribute) -> tuple[str, tuple[Edit, ...]]:
        """The zone of the world's clock, by the names that the file has for it."""
        if isinstance(func.value, cst.Attribute):  # the class of the module
            return f"{self.text(func.value.value)}.timezone.utc", ()
        name, imports = needed_name(self.source, "datetime", "timezone")
        return f"{name}.utc", imports
