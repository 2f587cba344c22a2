from __future__ import annotations

from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.columns import columns_of
from freqgen_structure.editing import needed_module
from freqgen_structure.imported import has
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import number_of, text_of
from freqgen_structure.outdated import METHOD_ADVICE, RENAMED_METHODS
from freqgen_structure.renaming import tried
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

# Of these only the call without arguments means the same.
_BARE = frozenset("as_matrix get_values convert_objects ravel bool sort".split())
_DATES = {"weekday_name": "day_name()", "week": "isocalendar().week",
          "weekofyear": "isocalendar().week"}  # fmt: skip
_CLASSES = {Kind.FRAME: "DataFrame", Kind.SERIES: "Series"}
# Nothing but pandas ever had these.
_PANDAS_ONLY = frozenset("iteritems applymap as_matrix clip_lower clip_upper".split())


class RemovedMethods(Rule):
    """FG354: a method of dataframes or columns that pandas 3 does not have.

    ``df.append``, ``df.applymap`` or ``series.iteritems`` raise ``AttributeError`` when the
    strategy reaches them. Most have a successor that means the same.
    """

    VALID = (
        "for name, values in df.items():\n    pass\n",
        "found = []\nfound.append(df)\n",
        'df["append"] = 1\nx = df.append\n',
        'x = df["date"].dt.isocalendar().week\n',
        "x = df.groupby('a').first()\n",
        "x = df.map(round)\ny = df['close'].to_numpy()\n",
        "import pandas as pd\nif hasattr(pd.DataFrame, 'map'):\n    m = df.map(abs)\n"
        "else:\n    m = df.applymap(abs)\n",
        "m = df.applymap(abs) if hasattr(df, 'applymap') else df.map(abs)\n",
        "try:\n    m = df.applymap(abs)\nexcept AttributeError:\n    m = df.map(abs)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code='x = (df["close"].head(1) > 3).bool()\n',
            line=1,
            fixed='x = (df["close"].head(1) > 3).item()\n',
        ),
        Bad(
            code='for n, v in df["close"].iteritems():  # all\n    pass\n',
            line=1,
            fixed='for n, v in df["close"].items():  # all\n    pass\n',
        ),
        Bad(
            code='x = (\n    df[["open", "close"]]\n    .applymap(round)\n)\n',
            line=3,
            fixed='x = (\n    df[["open", "close"]]\n    .map(round)\n)\n',
        ),
        Bad(
            code="import pandas as pd\nx = df.append(df.head(2), ignore_index=True)\n",
            line=2,
            fixed="import pandas as pd\nx = pd.concat([df, df.head(2)], ignore_index=True)\n",
        ),
        Bad(
            code='x = df["close"].append(df["open"])\n',
            line=1,
            fixed='import pandas as pd\nx = pd.concat([df["close"], df["open"]])\n',
        ),
        Bad(code="x = df.append(row)\n", line=1),
        Bad(
            code="import pandas as pd\nx = df.append({'a': 1}, ignore_index=True)\n",
            line=2,
            fixed="import pandas as pd\n"
            "x = pd.concat([df, pd.DataFrame([{'a': 1}])], ignore_index=True)\n",
        ),
        Bad(
            code='x = df["close"].mad()\n',
            line=1,
            fixed='x = (df["close"] - df["close"].mean()).abs().mean()\n',
        ),
        Bad(
            code='x = df.ix[df["rsi"] < 30, "close"]\n',
            line=1,
            fixed='x = df.loc[df["rsi"] < 30, "close"]\n',
        ),
        Bad(code="x = df.ix[-1]\n", line=1, fixed="x = df.iloc[-1]\n"),
        Bad(code="x = df.ix[3]\n", line=1),
        Bad(
            code='x = df["close"].is_monotonic\n',
            line=1,
            fixed='x = df["close"].is_monotonic_increasing\n',
        ),
        Bad(
            code='x = df["close"].clip_lower(0)\n',
            line=1,
            fixed='x = df["close"].clip(lower=0)\n',
        ),
        Bad(
            code='x = df["date"].view("int64")\n',
            line=1,
            fixed='x = df["date"].astype("int64")\n',
        ),
        Bad(
            code='x = df["close"].ravel()\n',
            line=1,
            fixed='x = df["close"].to_numpy()\n',
        ),
        Bad(
            code='x = df.get_value(3, "close")\n',
            line=1,
            fixed='x = df.at[3, "close"]\n',
        ),
        Bad(
            code='x = df["date"].dt.week\n',
            line=1,
            fixed='x = df["date"].dt.isocalendar().week\n',
        ),
        Bad(
            code='import pandas as pd\nx = df.append(df.head(2)).append(df.tail(2))["close"]\n',
            line=2,
            fixed="import pandas as pd\n"
            'x = pd.concat([pd.concat([df, df.head(2)]), df.tail(2)])["close"]\n',
        ),
        Bad(
            code="import pandas as pd\nx = pd.concat([df, df.head(2)]).append(row)\n",
            line=2,
        ),
        Bad(
            code='import pandas as pd\nx = df["a"].append(df["b"]).append(df["c"], '
            "ignore_index=True)\n",
            line=2,
            fixed='import pandas as pd\nx = pd.concat([pd.concat([df["a"], df["b"]]), df["c"]], '
            "ignore_index=True)\n",
        ),
        Bad(code='x = df.last("3D")\n', line=1),
        Bad(
            code="for name, column in df.iteritems():\n    df[name] = column\n",
            line=1,
            fixed="for name, column in df.items():\n    df[name] = column\n",
        ),
        Bad(code='x = df["close"].to_frame().swapaxes(0, 1)\n', line=1),
        Bad(
            code="if hasattr(self, 'size'):\n    x = df.applymap(abs)\n",
            line=2,
            fixed="if hasattr(self, 'size'):\n    x = df.map(abs)\n",
        ),
        Bad(
            code="def f(frame: pd.DataFrame):\n    x = frame.close\n    return x.pad()\n",
            line=3,
            fixed="def f(frame: pd.DataFrame):\n    x = frame.close\n    return x.ffill()\n",
        ),
    )

    def visit_Attribute(self, node: cst.Attribute) -> None:
        name = node.attr.value
        if name in _DATES and isinstance(node.value, cst.Attribute):
            self._date(node, node.value)
        if name not in RENAMED_METHODS and name not in METHOD_ADVICE:
            return
        owner = None if tried(self.source, node, "AttributeError") else self._class(node)
        if owner is None or has(f"pandas.{owner}", name) is not False:
            return
        new = RENAMED_METHODS.get(name)
        self.report(
            node.attr,
            f"pandas 3 has no {name} of a {'dataframe' if owner == 'DataFrame' else 'column'}",
            hint=f"write {new or METHOD_ADVICE[name]}",
            edits=self._edits(node, name),
        )

    def _class(self, node: cst.Attribute) -> str | None:
        """The class of pandas that has the attribute, or had it."""
        name = node.attr.value
        kind = kinds_of(self.source).of(node.value) or Kind.SCALAR
        if kind is Kind.BOOLS and name == "bool":
            kind = Kind.SERIES  # arrays never had it
        owner = _CLASSES.get(kind)
        columns = columns_of(self.source)
        parent = self.source.parent(node)
        called = isinstance(parent, cst.Call) and parent.func is node  # which a column never is
        if owner == "DataFrame" and (
            name in {use.name for use in columns.writes}
            or (not called and any(pattern.fullmatch(name) for pattern in columns.patterns))
        ):
            return None  # a column of this name
        if owner is None and name in _PANDAS_ONLY:
            own = self.source.method_of(node.value) is not None
            if not own and not self.source.imports(node.value):
                return "DataFrame"
        return owner

    def _date(self, node: cst.Attribute, accessor: cst.Attribute) -> None:
        kind = kinds_of(self.source).of(accessor.value)
        if accessor.attr.value != "dt" or kind is not Kind.SERIES:
            return
        if tried(self.source, node, "AttributeError"):
            return
        name = node.attr.value
        self.report(
            node.attr,
            f"pandas 3 has no dt.{name}",
            hint=f"write dt.{_DATES[name]}",
            edits=(self.replace(node.attr, _DATES[name]),),
        )

    def _edits(self, node: cst.Attribute, name: str) -> tuple[Edit, ...]:
        parent = self.source.parent(node)
        call = parent if isinstance(parent, cst.Call) and parent.func is node else None
        if name in RENAMED_METHODS:
            bare = call is not None and not call.args
            if name in _BARE and not bare and name != "sort":
                return ()
            if name == "sort" and (call is None or not call.args or len(call.args) > 1):
                return ()
            return (self.replace(node.attr, RENAMED_METHODS[name]),)
        if name == "ix" and isinstance(parent, cst.Subscript):
            locator = self._locator(parent)
            return (self.replace(node.attr, locator),) if locator else ()
        return self._call_edits(node, call, name) if call is not None else ()

    def _call_edits(self, node: cst.Attribute, call: cst.Call, name: str) -> tuple[Edit, ...]:
        plain = [arg for arg in call.args if arg.keyword is None and not arg.star]
        if name == "append":
            return self._concat(node, call)
        if name == "mad" and not call.args and self._repeatable(node.value):
            text = self.text(node.value)
            return (self.replace(call, f"({text} - {text}.mean()).abs().mean()"),)
        if len(plain) != len(call.args):
            return ()
        if name in {"clip_lower", "clip_upper"} and len(plain) == 1:
            side = name.removeprefix("clip_")
            return (self.replace(node.attr, "clip"), self.insert_before(plain[0], f"{side}="))
        if name == "view" and len(plain) == 1 and self._is_date(node.value):
            return (self.replace(node.attr, "astype"),)
        if name == "get_value" and len(plain) == 2:
            _, start = self.source.span(node.attr)
            first, last = self.source.span(plain[0])[0], self.source.span(plain[1])[1]
            _, end = self.source.span(call)
            if "#" in self.source.text[start:end]:
                return ()
            inside = self.source.text[first:last]
            begin, _ = self.source.span(node.attr)
            return (Edit(start=begin, end=end, text=f"at[{inside}]"),)
        return ()

    def _is_date(self, node: cst.BaseExpression) -> bool:
        """Whether this is the column of dates, of which a view and a conversion are the same."""
        return kinds_of(self.source).column_of(node) == "date"

    def _repeatable(self, node: cst.BaseExpression) -> bool:
        """Whether an expression may be written twice: it is short and computes nothing."""
        return not self.source.below(node, cst.Call) and "\n" not in self.text(node)

    def _concat(self, node: cst.Attribute, call: cst.Call) -> tuple[Edit, ...]:
        if not call.args or call.args[0].star or call.args[0].keyword is not None:
            return ()
        if any(a.keyword is None or a.keyword.value != "ignore_index" for a in call.args[1:]):
            return ()
        other = call.args[0].value
        kinds = kinds_of(self.source)
        frames = {Kind.FRAME, Kind.SERIES, Kind.BOOLS}
        pandas, imports = needed_module(self.source, "pandas", "pd")
        text = self.text(other)
        if isinstance(other, cst.Dict) and kinds.of(node.value) is Kind.FRAME:
            text = f"{pandas}.DataFrame([{text}])"
        elif isinstance(other, cst.List) and all(
            kinds.of(element.value) in frames for element in other.elements
        ):
            text = f"*{text}"
        elif kinds.of(other) is not kinds.of(node.value) or kinds.of(other) not in frames:
            return ()
        start, _ = self.source.span(call)
        _, behind = self.source.span(call.args[0])
        base = self.text(node.value)
        before = self.source.span(node.value)
        if "#" in self.source.text[before[1] : behind] or self.source.text[start] == "(":
            return ()
        return (
            Edit(start=start, end=behind, text=f"{pandas}.concat([{base}, {text}]"),
            *imports,
        )

    def _locator(self, node: cst.Subscript) -> str | None:
        """Whether ``ix`` was told labels or positions, where that is plain."""
        kinds = kinds_of(self.source)
        keys = [e.slice.value for e in node.slice if isinstance(e.slice, cst.Index)]
        labels = any(
            text_of(key) is not None
            or (isinstance(key, cst.List) and all(text_of(e.value) for e in key.elements))
            or kinds.of(key) is Kind.BOOLS
            for key in keys
        )
        if labels:
            return "loc"
        numbers = [number_of(key) for key in keys]
        return "iloc" if any(n is not None and n < 0 for n in numbers) else None
