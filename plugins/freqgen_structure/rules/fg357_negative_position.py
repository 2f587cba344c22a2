from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.constants import numbers
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import argument, number_of, text_of
from freqgen_structure.passed import always_columns, of_columns
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind


class NegativePosition(Rule):
    """FG357: a column is read at a negative position, which pandas 3 takes for a label.

    ``dataframe["close"][-1]`` was the last value. Since pandas 3 a number in the brackets of a
    column is always a label of its index; there is no row called ``-1``, and ``KeyError`` is
    raised. ``iloc`` counts positions. The same holds in a function that ``rolling(n).apply``
    calls without ``raw=True``.
    """

    VALID = (
        'x = df["close"].iloc[-1]',
        'x = df["close"][-3:]',
        'x = df["close"][0]',
        'row = df.iloc[-1]\nx = row["close"]',
        'df.loc[-1, "close"] = 3',
        'x = df["close"].to_numpy()[-1]',
        'x = df["close"].values[-1]',
        'import talib\na, b, c = talib.MACD(df["close"].values)\nx = a[-1]',
        'import talib.abstract as ta\na, b, c = ta.MACD(df["close"])\nx = a[-1]',
        "pairs = [1, 2]\nx = pairs[-1]",
        "x = df.iloc[-1]",
        'x = df["close"].rolling(9).apply(lambda w: w[-1], raw=True)',
        'x = df["close"].rolling(9).apply(lambda w: w.iloc[-1])',
    )
    INVALID: ClassVar = (
        Bad(
            code='x = df["close"][-1]  # the last\n',
            line=1,
            fixed='x = df["close"].iloc[-1]  # the last\n',
        ),
        Bad(
            code="close = df.close\nx = close[-2] / close.iloc[-3]\n",
            line=2,
            fixed="close = df.close\nx = close.iloc[-2] / close.iloc[-3]\n",
        ),
        Bad(
            code='x = (\n    df["close"]\n    .rolling(5)\n    .mean()[-1]\n)\n',
            line=4,
            fixed='x = (\n    df["close"]\n    .rolling(5)\n    .mean().iloc[-1]\n)\n',
        ),
        Bad(
            code='LAST = -1\nx = df["close"][LAST]\n',
            line=2,
            fixed='LAST = -1\nx = df["close"].iloc[LAST]\n',
        ),
        Bad(
            code='x = df["close"].rolling(9).apply(lambda w: w[-1] / w[0])  # change\n',
            line=1,
            fixed='x = df["close"].rolling(9).apply(lambda w: w.iloc[-1] / w.iloc[0])  # change\n',
        ),
        Bad(
            code='x = df.loc[:, "close"][-1]\n',
            line=1,
            fixed='x = df.loc[:, "close"].iloc[-1]\n',
        ),
        Bad(
            code="def last(w):\n    return w[-1]\n\n\n"
            'x = df["close"].rolling(9).apply(last, raw=False)\n',
            line=2,
            fixed="def last(w):\n    return w.iloc[-1]\n\n\n"
            'x = df["close"].rolling(9).apply(last, raw=False)\n',
        ),
        Bad(  # with raw=True it is an array, which has no iloc
            code="def last(w):\n    return w[-1]\n\n\n"
            'x = df["close"].rolling(9).apply(last)\n'
            'y = df["close"].rolling(9).apply(last, raw=True)\n',
            line=2,
        ),
        Bad(
            code="def last(w):\n    return w[-1]\n\n\n"
            'x = df["close"].rolling(9).apply(last)\ny = last([1, 2])\n',
            line=2,
        ),
        Bad(
            code="import pandas as pd\n\n\ndef last(w: pd.Series):\n    x = w * 2\n"
            '    return x[-1]\n\n\ny = last(df["close"].to_numpy())\n',
            line=6,
        ),
        Bad(
            code="import pandas as pd\n\n\ndef last(w: pd.Series):\n    return w[-1]\n\n\n"
            'y = last(df["close"])\n',
            line=5,
            fixed="import pandas as pd\n\n\ndef last(w: pd.Series):\n    return w.iloc[-1]\n\n\n"
            'y = last(df["close"])\n',
        ),
        Bad(
            code='row = df.iloc[-1].squeeze()\nx = row["close"][-1] > 3  # last\n',
            line=2,
            fixed='row = df.iloc[-1].squeeze()\nx = row["close"] > 3  # last\n',
        ),
        Bad(
            code='x = df.loc[-1, "close"]\n',
            line=1,
            fixed='x = df["close"].iloc[-1]\n',
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        """``rolling(n).apply(function)``, which hands the function a column without ``raw``."""
        if not isinstance(node.func, cst.Attribute) or node.func.attr.value != "apply":
            return
        if kinds_of(self.source).of(node.func.value) is not Kind.WINDOW:
            return
        raw = argument(node, 1, "raw")
        function = argument(node, 0, "func")
        if raw is not None and not (isinstance(raw, cst.Name) and raw.value == "False"):
            return
        if isinstance(function, cst.Lambda) and function.params.params:
            self._window(function.body, function.params.params[0].name.value)
        elif isinstance(function, cst.Name):
            found = [f for f in self.source.all(cst.FunctionDef) if f.name.value == function.value]
            if len(found) == 1 and found[0].params.params:
                param = found[0].params.params[0]
                mend = always_columns(self.source, param)
                self._window(found[0].body, param.name.value, mend=mend)

    def _window(self, body: cst.CSTNode, name: str, *, mend: bool = True) -> None:
        """Numbers in the brackets of a function's parameter, which are labels of rows too."""
        bound = self.source.below(body, cst.AssignTarget)
        if any(isinstance(t.target, cst.Name) and t.target.value == name for t in bound):
            return
        for node in self.source.below(body, cst.Subscript):
            if not isinstance(node.value, cst.Name) or node.value.value != name:
                continue
            key = node.slice[0].slice if len(node.slice) == 1 else None
            if isinstance(key, cst.Index) and number_of(key.value) is not None:
                self._report(node, key.value, mend=mend)

    def visit_Subscript(self, node: cst.Subscript) -> None:
        self._single(node)
        if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
            return
        if kinds_of(self.source).of(node.value) is not Kind.SERIES:
            return
        key = node.slice[0].slice.value
        if numbers(self.source, key).always_negative:
            self._report(node, key, mend=of_columns(self.source, node.value))

    def _single(self, node: cst.Subscript) -> None:
        """``row["close"][-1]`` of one row, which is a number, and ``frame.loc[-1, "close"]``."""
        if not isinstance(node.slice[0].slice, cst.Index):
            return
        key, base = node.slice[0].slice.value, node.value
        if not numbers(self.source, key).always_negative:
            return
        kinds = kinds_of(self.source)
        if isinstance(base, cst.Subscript) and len(node.slice) == 1:
            if kinds.of(base.value) is not Kind.ROW:
                return
            index = base.slice[0].slice
            if isinstance(index, cst.Index) and text_of(index.value) is not None:
                start, end = self.source.span(base)[1], self.source.span(node)[1]
                self.report(
                    key,
                    "a value of one row is a single number, which has no position",
                    hint=f"leave [{self.text(key)}] out",
                    edits=[Edit(start=start, end=end, text="")],
                )
            return
        if not isinstance(base, cst.Attribute) or base.attr.value not in {"loc", "at"}:
            return
        if kinds.of(base.value) is not Kind.FRAME:
            return
        if isinstance(self.source.parent(node), cst.AssignTarget):
            return  # adds a row
        edits: list[Edit] = []
        part = node.slice[1].slice if len(node.slice) == 2 else None
        if isinstance(part, cst.Index) and text_of(part.value) is not None:
            frame, column = self.text(base.value), self.text(part.value)
            edits = [self.replace(node, f"{frame}[{column}].iloc[{self.text(key)}]")]
        self.report(
            key,
            "pandas takes the position for a label, and there is no such row",
            hint="count rows with .iloc",
            edits=edits,
        )

    def _report(self, node: cst.Subscript, key: cst.BaseExpression, *, mend: bool) -> None:
        self.report(
            key,
            "pandas 3 takes the position for a label, and there is no such row",
            hint=f"write .iloc[{self.text(key)}], or raw=True where a window is applied",
            edits=(self.insert_after(node.value, ".iloc"),) if mend and _closed(node) else (),
        )


def _closed(node: cst.Subscript) -> bool:
    """Whether ``.iloc`` may stand right behind what is in front of the brackets."""
    return isinstance(node.value, cst.Name | cst.Attribute | cst.Subscript | cst.Call) and not (
        node.value.lpar
    )
