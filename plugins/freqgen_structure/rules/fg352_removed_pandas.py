from __future__ import annotations

from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.argument_edits import without_arguments
from freqgen_structure.editing import needed_module, needed_name
from freqgen_structure.imported import has, module
from freqgen_structure.nodes import argument, dotted
from freqgen_structure.outdated import PANDAS, PANDAS_ADVICE, PANDAS_MODULES, PANDAS_WINDOWS
from freqgen_structure.renaming import from_imports, named_import, taken_out, tried, uses_of
from freqgen_structure.rule import Bad, Rule

_ALL = {*PANDAS, *PANDAS_ADVICE, *PANDAS_WINDOWS}
_WARNING = "SettingWithCopyWarning"
_SETTINGS = frozenset("span com halflife min_periods adjust ignore_na".split())


class RemovedPandas(Rule):
    """FG352: a name of pandas that version 3 does not have.

    ``pd.rolling_mean``, ``pd.np``, ``pd.Panel`` and modules such as ``pandas.util.testing`` are
    gone: importing or reading them raises an error.
    """

    VALID = (
        "import pandas as pd\nx = pd.Series([1]).rolling(3).mean()\n",
        "from pandas import DataFrame, Series\n",
        "try:\n    from pandas import Panel\nexcept ImportError:\n    Panel = None\n",
        "pd = Helper()\nx = pd.rolling_mean(y, 3)\n",
        "import pandas as pd\nx = pd.errors.PerformanceWarning\n",
        "import pandas as pd\nx = pd.Panel if hasattr(pd, 'Panel') else None\n",
    )
    INVALID: ClassVar = (
        Bad(
            code="import pandas as pd\nx = pd.rolling_mean(dataframe['close'], 20)  # slow\n",
            line=2,
            fixed="import pandas as pd\nx = dataframe['close'].rolling(20).mean()  # slow\n",
        ),
        Bad(
            code="import pandas as pd\nx = pd.rolling_std(a + b, window=20, min_periods=5)\n",
            line=2,
            fixed="import pandas as pd\nx = (a + b).rolling(window=20, min_periods=5).std()\n",
        ),
        Bad(
            code="import pandas as pd\nx = pd.ewma(dataframe['close'], span=20)\n",
            line=2,
            fixed="import pandas as pd\nx = dataframe['close'].ewm(span=20).mean()\n",
        ),
        Bad(
            code="import pandas as pd\nx = pd.np.where(a, 1, 0)\n",
            line=2,
            fixed="import pandas as pd\nimport numpy as np\nx = np.where(a, 1, 0)\n",
        ),
        Bad(
            code="import pandas as pd\nx = pd.datetime.now()\n",
            line=2,
            fixed="import pandas as pd\nfrom datetime import datetime\nx = datetime.now()\n",
        ),
        Bad(
            code="import pandas as pd\nx = pd.Int64Index([1, 2])\n",
            line=2,
            fixed="import pandas as pd\nx = pd.Index([1, 2])\n",
        ),
        Bad(
            code="import pandas as pd\nx = pd.value_counts(dataframe['a'])\n",
            line=2,
            fixed="import pandas as pd\nx = pd.Series(dataframe['a']).value_counts()\n",
        ),
        Bad(code="from pandas import DataFrame, Panel\n", line=1),
        Bad(
            code="from pandas import datetime, Series\n\nx = datetime.now()\n",
            line=1,
            fixed="from pandas import Series\nfrom datetime import datetime\n\n"
            "x = datetime.now()\n",
        ),
        Bad(
            code="from pandas.util.testing import assert_frame_equal\n",
            line=1,
            fixed="from pandas.testing import assert_frame_equal\n",
        ),
        Bad(code="from pandas.stats.moments import rolling_mean\n", line=1),
        Bad(
            code="import warnings\n\nfrom pandas.errors import SettingWithCopyWarning\n\n"
            'warnings.simplefilter("ignore", category=SettingWithCopyWarning)\nx = 1\n',
            line=3,
            fixed="import warnings\n\n\nx = 1\n",
        ),
        Bad(
            code='import warnings\n\nimport pandas as pd\n\nwarnings.simplefilter("ignore", '
            "pd.errors.SettingWithCopyWarning)\nx = 1\n",
            line=5,
            fixed="import warnings\n\nimport pandas as pd\n\nx = 1\n",
        ),
    )

    def check(self) -> None:
        super().check()
        for owner, item in from_imports(self.source):
            if owner.partition(".")[0] == "pandas" and not tried(self.source, item):
                self._imported(owner, item)

    def visit_Import(self, node: cst.Import) -> None:
        for item in node.names:
            path = dotted(item.name) or ""
            if path in PANDAS_MODULES and module(path) is None and not tried(self.source, node):
                new = PANDAS_MODULES[path]
                edits = (self.replace(item.name, new),) if new and item.asname else ()
                self._gone(item.name, path, new, edits)

    def visit_Attribute(self, node: cst.Attribute) -> None:
        name, owners = node.attr.value, self.source.imports(node.value)
        if not owners or tried(self.source, node, "AttributeError"):
            return
        if name == _WARNING and owners[0].startswith("pandas."):
            if has(owners[0], name) is False:
                self._gone(node.attr, name, "", self._without_filter(node))
        elif set(owners) == {"pandas"} and name in _ALL and has("pandas", name) is False:
            self._gone(node.attr, f"pd.{name}", self._new(name), self._edits(node, name))

    def _gone(self, node: cst.CSTNode, name: str, new: str, edits: tuple[Edit, ...]) -> None:
        self.report(
            node,
            f"pandas 3 has no {name}",
            hint=f"write {new}" if new else "leave it out, or compute it from columns",
            edits=edits,
        )

    def _new(self, name: str) -> str:
        if name in PANDAS_WINDOWS:
            maker, method = PANDAS_WINDOWS[name]
            return f"series.{maker}(…).{method}()"
        return f"pd.{PANDAS[name]}" if name in PANDAS else PANDAS_ADVICE[name]

    # -- what is read from pandas ----------------------------------------------------------

    def _edits(self, node: cst.Attribute, name: str) -> tuple[Edit, ...]:
        if name in PANDAS:
            return (self.replace(node.attr, PANDAS[name]),)
        if name == "np":
            numpy, edits = needed_module(self.source, "numpy", "np")
            return (self.replace(node, numpy), *edits)
        if name == "datetime":
            new, edits = needed_name(self.source, "datetime", "datetime")
            bound = {n.value for n in self.source.all(cst.Name) if self.source.bindings(n)}
            return (self.replace(node, new), *edits) if "datetime" not in bound else ()
        parent = self.source.parent(node)
        if not isinstance(parent, cst.Call) or parent.func is not node:
            return ()
        if name == "value_counts" and parent.args and parent.args[0].keyword is None:
            return self._value_counts(parent, self.text(node.value))
        return self._window(parent, name) if name in PANDAS_WINDOWS else ()

    def _value_counts(self, call: cst.Call, pandas: str) -> tuple[Edit, ...]:
        first = call.args[0]
        if first.star:
            return ()
        rest = without_arguments(self.source, call, [first])
        if rest is None or "\n" in self.text(first):
            return ()
        text = f"{pandas}.Series({self.text(first)}).value_counts"
        return (self.replace(call.func, text), *rest)

    def _window(self, call: cst.Call, name: str) -> tuple[Edit, ...]:
        """``pd.rolling_mean(x, 20)`` as ``x.rolling(20).mean()``."""
        maker, method = PANDAS_WINDOWS[name]
        values = argument(call, 0, "arg")
        rest = [arg for arg in call.args if arg.value is not values]
        known = _SETTINGS if maker == "ewm" else {"window", "min_periods", "center"}
        given = {arg.keyword.value for arg in rest if arg.keyword is not None}
        places = [arg for arg in rest if arg.keyword is None]
        most = {"rolling": 2, "expanding": 1, "ewm": 0}[maker]
        if values is None or not given <= known or len(places) > most:
            return ()
        if any(arg.star for arg in rest) or "#" in self.text(call):
            return ()
        text = self.text(values)
        plain = isinstance(values, cst.Name | cst.Attribute | cst.Subscript | cst.Call)
        inside = ", ".join(self.text(arg) for arg in rest)
        text = text if plain or values.lpar else f"({text})"
        if values.lpar:
            text = f"({self.text(values)})"
        return (self.replace(call, f"{text}.{maker}({inside}).{method}()"),)

    # -- what is imported from it ----------------------------------------------------------

    def _imported(self, owner: str, item: cst.ImportAlias) -> None:
        name = item.name.value
        if not isinstance(name, str):
            return
        if owner in PANDAS_MODULES and module(owner) is None:
            new = PANDAS_MODULES[owner]
            statement = self.source.parent(item)
            fits = bool(new) and has(new, name) is True
            target = statement.module if isinstance(statement, cst.ImportFrom) else None
            edits: tuple[Edit, ...] = ()
            if fits and target is not None:
                edits = (self.replace(target, new),)
            self._gone(target or item.name, owner, new if fits else "", edits)
        elif name == _WARNING and has(owner, name) is False:
            self._gone(item.name, name, "", self._without_warning(item))
        elif owner == "pandas" and name in _ALL and has("pandas", name) is False:
            edits = named_import(self.source, item, PANDAS[name]) if name in PANDAS else ()
            if name == "datetime":
                edits = self._datetime(item)
            self._gone(item.name, f"pandas.{name}", self._new(name), edits)

    def _datetime(self, item: cst.ImportAlias) -> tuple[Edit, ...]:
        """Import ``datetime`` from where it is."""
        statement = self.source.parent(item)
        if not isinstance(statement, cst.ImportFrom) or isinstance(statement.names, cst.ImportStar):
            return ()
        if len(statement.names) == 1 and statement.module is not None:
            return (self.replace(statement.module, "datetime"),)
        gone = taken_out(self.source, item)
        _, needed = needed_name(self.source, "datetime", "datetime")
        return (*gone, *needed) if gone and needed and item.asname is None else ()

    def _without_warning(self, item: cst.ImportAlias) -> tuple[Edit, ...]:
        """Take out the import of a warning that there is not, and what silenced it."""
        gone = taken_out(self.source, item)
        uses = uses_of(self.source, item)
        if not gone or uses is None:
            return ()
        edits = list(gone)
        for use in uses:
            lines = self._without_filter(use)
            if not lines:
                return ()
            edits += lines
        return tuple(edits)

    def _without_filter(self, use: cst.BaseExpression) -> tuple[Edit, ...]:
        """Take out ``warnings.simplefilter("ignore", …)`` that stands on a line of its own."""
        from freqgen_structure.editing import without_statement

        arg = self.source.parent(use)
        call = self.source.parent(arg) if isinstance(arg, cst.Arg) else None
        if not isinstance(call, cst.Call):
            return ()
        path = self.source.imported(call.func) or ""
        if path not in {"warnings.simplefilter", "warnings.filterwarnings"}:
            return ()
        holder = self.source.parent(call)
        line = self.source.parent(holder) if isinstance(holder, cst.Expr) else None
        if not isinstance(line, cst.SimpleStatementLine) or len(line.body) > 1:
            return ()
        return (without_statement(self.source, line),)
