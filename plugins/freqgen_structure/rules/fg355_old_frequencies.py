from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.frequencies import renewed
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.rule import Bad, Rule

# Where a span stands in methods and functions: position, keyword and kind.
_METHODS = {
    "resample": (0, "rule", "offset"),
    "asfreq": (0, "freq", "offset"),
    "floor": (0, "freq", "offset"),
    "ceil": (0, "freq", "offset"),
    "to_period": (0, "freq", "period"),
}
_FUNCTIONS = {
    "pandas.Grouper": (99, "freq", "offset"),
    "pandas.date_range": (3, "freq", "offset"),
    "pandas.bdate_range": (3, "freq", "offset"),
    "pandas.timedelta_range": (3, "freq", "offset"),
    "pandas.interval_range": (3, "freq", "offset"),
    "pandas.tseries.frequencies.to_offset": (0, "freq", "offset"),
    "pandas.to_timedelta": (0, "arg", "span"),
    "pandas.Timedelta": (0, "value", "span"),
}
_UNITS = frozenset({"pandas.to_timedelta", "pandas.Timedelta"})


class OldFrequencies(Rule):
    """FG355: a span of time has a name that pandas 3 does not take.

    ``resample("1H")`` and ``dt.floor("15T")`` raise ``ValueError``: hours are ``h`` now,
    minutes ``min``, seconds ``s`` and the ends of months ``ME``. ``15m``, which is a timeframe
    of Freqtrade, is no span of pandas either.
    """

    VALID = (
        'df.resample("1h", on="date").mean()',
        'df.resample("15min").mean()',
        'df.resample("1D").mean()\ndf.resample("W-MON").mean()',
        'df["date"].dt.floor("h")',
        'import pandas as pd\nx = pd.Timedelta("5m")\ny = pd.Timedelta(3, unit="h")\n',
        "import numpy as np\nx = np.floor(y)\nimport math\nz = math.floor(2.5)\n",
        'df["date"].dt.to_period("M")',
        "df.resample(rule).mean()",
    )
    INVALID: ClassVar = (
        Bad(
            code='x = df.resample("1H", on="date").mean()  # hours\n',
            line=1,
            fixed='x = df.resample("1h", on="date").mean()  # hours\n',
        ),
        Bad(
            code="x = df.set_index('date').resample(\n    rule='15T'\n)\n",
            line=2,
            fixed="x = df.set_index('date').resample(\n    rule='15min'\n)\n",
        ),
        Bad(
            code='x = df.resample("15m").mean()\n',
            line=1,
            fixed='x = df.resample("15min").mean()\n',
        ),
        Bad(
            code='x = df["date"].dt.floor("4H")\n',
            line=1,
            fixed='x = df["date"].dt.floor("4h")\n',
        ),
        Bad(
            code='import pandas as pd\nx = df.groupby(pd.Grouper(key="date", freq="M"))\n',
            line=2,
            fixed='import pandas as pd\nx = df.groupby(pd.Grouper(key="date", freq="ME"))\n',
        ),
        Bad(
            code='import pandas as pd\nx = pd.date_range("2024", periods=3, freq="2H30T")\n',
            line=2,
            fixed='import pandas as pd\nx = pd.date_range("2024", periods=3, freq="2h30min")\n',
        ),
        Bad(
            code='import pandas as pd\nx = pd.Timedelta(5, unit="T")\n',
            line=2,
            fixed='import pandas as pd\nx = pd.Timedelta(5, unit="min")\n',
        ),
        Bad(
            code='x = df.resample(f"{n}T").mean()\n',
            line=1,
            fixed='x = df.resample(f"{n}min").mean()\n',
        ),
        Bad(
            code='x = df.resample(str(n) + "T").mean()\n',
            line=1,
            fixed='x = df.resample(str(n) + "min").mean()\n',
        ),
        Bad(
            code='rule = "1H"\nx = df.resample(rule).mean()\n',
            line=1,
            fixed='rule = "1h"\nx = df.resample(rule).mean()\n',
        ),
        Bad(
            code='class S:\n    rule = "30T"\n    def f(self):\n'
            "        return df.resample(self.rule).mean()\n",
            line=4,
        ),
        Bad(code='x = df.resample("daily").mean()\n', line=1),
    )

    def visit_Call(self, node: cst.Call) -> None:
        paths = self.source.imports(node.func)
        if paths:
            self._function(node, paths[0])
        elif isinstance(node.func, cst.Attribute):
            name = node.func.attr.value
            place = _METHODS.get(name)
            if name == "round" and self._of_dates(node.func.value):
                place = (0, "freq", "offset")
            if place is not None and self.source.method_of(node.func.value) is None:
                self._look(argument(node, *place[:2]), place[2])

    def _function(self, node: cst.Call, path: str) -> None:
        place = _FUNCTIONS.get(path)
        if place is not None:
            self._look(argument(node, *place[:2]), place[2])
        if path in _UNITS:
            self._look(argument(node, 1, "unit"), "unit")

    def _of_dates(self, node: cst.BaseExpression) -> bool:
        return isinstance(node, cst.Attribute) and node.attr.value == "dt"

    def _look(self, value: cst.BaseExpression | None, kind: str) -> None:
        if value is None:
            return
        literal = self._literal(value)
        if literal is not None:
            self._text(literal, kind)
            return
        match value:
            case cst.FormattedString(parts=[*_, cst.FormattedStringText(value=end) as last]):
                # What stands in the braces is a number, and the unit is behind it.
                self._unit(last, end, kind)
            case cst.BinaryOperation(operator=cst.Add(), right=cst.SimpleString() as last):
                self._unit(last, text_of(last) or "", kind)
            case cst.Attribute() if self.source.method_of(value.value) is not None:
                constant = self.source.attributes.get(value.attr.value)
                owner = self.source.method_of(value.value)
                text = text_of(constant[1]) if constant else self._own(owner, value.attr.value)
                if text is not None and renewed(text, kind) is not None:
                    self._say(value, text, renewed(text, kind) or "", ())

    def _own(self, owner: cst.ClassDef | None, name: str) -> str | None:
        """The text that the body of a class gives a name."""
        texts = {
            text_of(assign.value)
            for assign in (self.source.below(owner.body, cst.Assign) if owner else ())
            for target in assign.targets
            if isinstance(target.target, cst.Name) and target.target.value == name
        }
        return texts.pop() if len(texts) == 1 else None

    def _literal(self, value: cst.BaseExpression) -> cst.BaseExpression | None:
        """The text itself, where a name stands for one that nothing else uses."""
        if text_of(value) is not None:
            return value
        if isinstance(value, cst.Name):
            found = self.source.value(value)
            if found is not None and text_of(found) is not None:
                return found
        return None

    def _text(self, literal: cst.BaseExpression, kind: str) -> None:
        text = text_of(literal) or ""
        new = renewed(text, kind)
        if new is None:
            return
        written = self.text(literal)
        edits: tuple[Edit, ...] = ()
        if new and written.count(text) == 1 and self._used_once(literal):
            edits = (self.replace(literal, written.replace(text, new)),)
        self._say(literal, text, new, edits)

    def _used_once(self, literal: cst.BaseExpression) -> bool:
        """Whether a text is written where it is used, or its name is used there only."""
        assign = self.source.parent(literal)
        if not isinstance(assign, cst.Assign):
            return True
        target = assign.targets[0].target
        if not isinstance(target, cst.Name) or len(assign.targets) > 1:
            return False
        uses = [n for n in self.source.all(cst.Name) if n.value == target.value]
        return len(uses) == 2

    def _unit(self, node: cst.CSTNode, text: str, kind: str) -> None:
        new = renewed(f"5{text}", kind) if text.isalpha() else None
        if new is None:
            return
        unit = new.removeprefix("5")
        written = self.text(node)
        edits = (self.replace(node, written.replace(text, unit)),) if unit else ()
        self._say(node, text, unit, edits)

    def _say(self, node: cst.CSTNode, text: str, new: str, edits: tuple[Edit, ...]) -> None:
        self.report(
            node,
            f'pandas 3 knows no span "{text}"',
            hint=f'write "{new}"' if new else 'write it like "15min", "4h", "1D" or "1ME"',
            edits=edits,
        )
