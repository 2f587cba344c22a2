from __future__ import annotations

from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.argument_edits import without_arguments
from freqgen_structure.imported import lenient
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.pandas_calls import LibraryCall, library_calls
from freqgen_structure.removed_arguments import (
    ADVICE,
    DROPPED,
    POSITIONS,
    REDUCTIONS,
    RENAMED,
    SERIES_POSITIONS,
    WITHOUT_AXIS,
)
from freqgen_structure.renaming import tried
from freqgen_structure.rule import Bad, Rule

_INCLUSIVE = {"True": '"both"', "False": '"neither"'}
_PAST = frozenset({"ffill", "pad"})


class RemovedArguments(Rule):
    """FG356: an argument that a function of pandas 3 or NumPy 2 does not take any more.

    ``df.drop("column", 1)``, ``rolling(20, axis=0)``, ``date_range(closed=…)`` or
    ``np.percentile(…, interpolation=…)`` raise ``TypeError``. Most arguments have a new name,
    or say what is the case anyway.
    """

    VALID = (
        'df.drop("rsi", axis=1)\ndf["close"].rolling(20).mean()',
        'df["close"].between(1, 2, inclusive="both")',
        'df["close"].pct_change(5)\ndf["close"].pct_change(fill_method=None)',
        'import pandas as pd\nx = pd.date_range("2024", periods=3, inclusive="left")\n',
        "import numpy as np\nx = np.percentile(y, 5, method='linear')\n",
        "df.sum(axis=1)\ndf.sum(1)\ndf.mean()",
        "df['close'].rolling(20).quantile(q=0.5)",
        'import pandas as pd\nif pd.__version__ < "2":\n    df = df.drop("rsi", 1)\n',
        "try:\n    x = df.drop('rsi', 1)\nexcept TypeError:\n    x = df.drop('rsi', axis=1)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code='x = df.drop("rsi", 1)  # gone\n',
            line=1,
            fixed='x = df.drop("rsi", axis=1)  # gone\n',
        ),
        Bad(
            code='x = df["close"].rolling(\n    window=20,\n    axis=0,\n).mean()\n',
            line=3,
            fixed='x = df["close"].rolling(\n    window=20,\n).mean()\n',
        ),
        Bad(
            code='x = df["close"].between(1, 2, inclusive=True)\n',
            line=1,
            fixed='x = df["close"].between(1, 2, inclusive="both")\n',
        ),
        Bad(
            code='x = df["close"].between(1, 2, False)\n',
            line=1,
            fixed='x = df["close"].between(1, 2, "neither")\n',
        ),
        Bad(
            code='x = df["close"].pct_change(1, "pad")\n',
            line=1,
            fixed='x = df["close"].ffill().pct_change(1)\n',
        ),
        Bad(
            code='x = df["close"].pct_change(5, fill_method="ffill")\n',
            line=1,
            fixed='x = df["close"].ffill().pct_change(5)\n',
        ),
        Bad(
            code='import pandas as pd\nx = pd.date_range("2024", "2025", closed="left")\n',
            line=2,
            fixed='import pandas as pd\nx = pd.date_range("2024", "2025", inclusive="left")\n',
        ),
        Bad(
            code='import pandas as pd\nx = pd.to_datetime(df["date"], '
            "infer_datetime_format=True, utc=True)\n",
            line=2,
            fixed='import pandas as pd\nx = pd.to_datetime(df["date"], utc=True)\n',
        ),
        Bad(
            code='x = df["close"].rolling(9).quantile(quantile=0.5)\n',
            line=1,
            fixed='x = df["close"].rolling(9).quantile(q=0.5)\n',
        ),
        Bad(
            code="import numpy as np\nx = np.percentile(y, 5, interpolation='lower')\n",
            line=2,
            fixed="import numpy as np\nx = np.percentile(y, 5, method='lower')\n",
        ),
        Bad(
            code='x = df.resample("1h", how="mean")\n',
            line=1,
            fixed='x = df.resample("1h").mean()\n',
        ),
        Bad(
            code='x = df.resample("4h", base=2).mean()\n',
            line=1,
        ),
        Bad(
            code="x = df.sum(level=0)\n",
            line=1,
            fixed="x = df.groupby(level=0).sum()\n",
        ),
        Bad(
            code='x = df.pivot("a", "b", "c")\n',
            line=1,
            fixed='x = df.pivot(index="a", columns="b", values="c")\n',
        ),
        Bad(
            code='x = df["a"].fillna(0, downcast=None)\n',
            line=1,
            fixed='x = df["a"].fillna(0)\n',
        ),
        Bad(code='import pandas as pd\nx = pd.to_numeric(y, errors="ignore")\n', line=2),
        Bad(
            code="import pandas as pd\nx = pd.concat([a, b], 1)\n",
            line=2,
            fixed="import pandas as pd\nx = pd.concat([a, b], axis=1)\n",
        ),
    )

    def check(self) -> None:
        for call in library_calls(self.source):
            if tried(self.source, call.node, "TypeError"):
                continue
            self._keywords(call)
            self._positions(call)
            self._values(call)

    def _keywords(self, call: LibraryCall) -> None:
        for arg in call.node.args:
            if arg.keyword is None or arg.keyword.value in call.signature.parameters:
                continue
            self._keyword(call, arg, arg.keyword.value)

    def _keyword(self, call: LibraryCall, arg: cst.Arg, keyword: str) -> None:
        method, value = call.name, arg.value
        where = arg.keyword or arg
        message = f"{method} does not take {keyword} any more"
        new = RENAMED.get((method, keyword))
        if new is not None:
            closed = keyword == "closed" and text_of(value) is None
            edits: tuple[Edit, ...] = () if closed else (self.replace(where, new),)
            self.report(where, message, hint=f"write {new}", edits=edits)
        elif (method, keyword) in DROPPED or (keyword == "axis" and method in WITHOUT_AXIS):
            written = self.text(value)
            plain = DROPPED.get((method, keyword), ("0", '"index"', "'index'"))
            certain = not plain or written in plain
            edits = (without_arguments(self.source, call.node, [arg]) or ()) if certain else ()
            hint = "leave it out" if certain else ADVICE.get((method, keyword), "leave it out")
            self.report(where, message, hint=hint, edits=edits)
        elif keyword == "level" and method in REDUCTIONS:
            hint = f"write groupby(level=…).{method}()"
            self.report(where, message, hint=hint, edits=self._by_level(call, arg))
        elif keyword == "how" and method == "resample":
            hint = f"write .{text_of(value) or 'mean'}() behind it"
            self.report(where, message, hint=hint, edits=self._how(call, arg))
        elif (method, keyword) in ADVICE:
            self.report(where, message, hint=ADVICE[method, keyword])

    def _by_level(self, call: LibraryCall, arg: cst.Arg) -> tuple[Edit, ...]:
        if len(call.node.args) != 1 or not isinstance(call.node.func, cst.Attribute):
            return ()
        level = self.text(arg.value)
        return (
            self.replace(call.node.func.attr, f"groupby(level={level}).{call.name}"),
            *(without_arguments(self.source, call.node, [arg]) or ()),
        )

    def _how(self, call: LibraryCall, arg: cst.Arg) -> tuple[Edit, ...]:
        how = text_of(arg.value)
        dropped = without_arguments(self.source, call.node, [arg])
        if how is None or not how.isidentifier() or dropped is None:
            return ()
        return (*dropped, self.insert_after(call.node, f".{how}()"))

    def _positions(self, call: LibraryCall) -> None:
        """Arguments by position that must have a keyword now."""
        names = POSITIONS.get(call.name) if call.path.startswith("pandas.") else None
        if call.owner == "pandas.Series":
            names = SERIES_POSITIONS.get(call.name, names)
        if names is None or any(arg.star for arg in call.node.args) or lenient(call.path):
            return
        taken = [
            p.name
            for p in call.signature.parameters.values()
            if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}
        ]
        room = len(taken) - (1 if call.owner else 0)
        places = [arg for arg in call.node.args if arg.keyword is None]
        extra = list(zip(places, names, strict=False))[room:]
        keywords = {arg.keyword.value for arg in call.node.args if arg.keyword is not None}
        edits: list[Edit] = []
        for arg, name in extra:
            if name not in call.signature.parameters or name in keywords:
                return
            edits.append(self.insert_before(arg, f"{name}="))
        if edits and len(places) <= len(names):
            first, name = extra[0]
            self.report(
                first,
                f"{call.name} takes {name} by keyword only",
                hint=f"write {name}=",
                edits=edits,
            )

    def _values(self, call: LibraryCall) -> None:
        if call.name == "between" and call.owner:
            inclusive = argument(call.node, 2, "inclusive")
            new = _INCLUSIVE.get(self.text(inclusive)) if inclusive is not None else None
            if inclusive is not None and new is not None:
                self.report(
                    inclusive,
                    "inclusive of between is a text in pandas 3",
                    hint=f"write {new}",
                    edits=(self.replace(inclusive, new),),
                )
        elif call.name == "pct_change" and call.owner:
            self._pct_change(call)
        elif call.path in {"pandas.to_numeric", "pandas.to_datetime", "pandas.to_timedelta"}:
            errors = argument(call.node, 1, "errors")
            if errors is not None and text_of(errors) == "ignore":
                self.report(
                    errors,
                    f'{call.name} of pandas 3 knows no errors="ignore"',
                    hint='write "coerce", which makes values that are none missing',
                )

    def _pct_change(self, call: LibraryCall) -> None:
        """``fill_method="ffill"``, which was the default once."""
        fill = argument(call.node, 1, "fill_method")
        args = [a for a in call.node.args if a.value is fill]
        if fill is None or text_of(fill) is None:
            return
        dropped = without_arguments(self.source, call.node, args)
        plain = text_of(fill) in _PAST and len(call.node.args) < 3 and dropped is not None
        func = call.node.func
        edits: tuple[Edit, ...] = ()
        if plain and isinstance(func, cst.Attribute) and dropped is not None:
            edits = (self.replace(func.attr, "ffill().pct_change"), *dropped)
        self.report(
            fill,
            "pct_change of pandas 3 does not fill missing values",
            hint="write .ffill().pct_change()",
            edits=edits,
        )
