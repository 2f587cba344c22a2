from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.kinds import kinds_of
from freqgen_structure.lookahead import given, narrow
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_WINDOWS = frozenset({"rolling", "expanding"})
_OWN = {
    "numpy.mean": "mean()",
    "numpy.nanmean": "mean()",
    "numpy.sum": "sum()",
    "numpy.nansum": "sum()",
    "numpy.max": "max()",
    "numpy.min": "min()",
    "numpy.median": "median()",
    "numpy.std": "std(ddof=0)",
    "numpy.var": "var(ddof=0)",
    "numpy.prod": "apply(numpy.prod, raw=True)",
}
_BUILTIN = {"max": "max()", "min": "min()", "sum": "sum()", "len": "count()"}
_METHODS = frozenset("mean sum max min median std var count skew kurt".split())


class FunctionPerWindow(Rule):
    """FG407: a Python function is called for every window.

    ``rolling(…).apply(f)`` makes a series for each candle and calls ``f`` with it. Windows have
    methods of their own for what is usual; for the rest, ``raw=True`` hands over plain arrays,
    which takes a fraction of the time.
    """

    SEVERITY = Severity.WARNING
    HINT = "use a method of the window, such as mean(), max() or quantile(), or say raw=True"
    VALID = (
        "x = dataframe['a'].rolling(5).mean()\n",
        "x = dataframe['a'].rolling(5).apply(f, raw=True)\n",
        "x = dataframe['a'].rolling(5).apply(f, engine='numba', raw=True)\n",
        "x = dataframe['a'].rolling(5).agg('mean')\n",
        "x = dataframe['a'].rolling(5).agg(['min', 'max'])\n",
        "x = dataframe['a'].apply('sum')\n",
    )
    INVALID: ClassVar = (
        Bad(code="x = dataframe['a'].rolling(5).apply(lambda w: w.max() - w.min())\n", line=1),
        Bad(code="x = (\n    dataframe.close.rolling(5)\n    .apply(f, raw=False)\n)\n", line=3),
        Bad(code="import numpy as np\nx = df['a'].rolling(5).apply(np.mean)\n", line=2),
        Bad(code="x = df['a'].expanding().agg(lambda w: w.iloc[0])\n", line=1),
        Bad(code="w = df['a'].rolling(window=9)\nx = w.apply(max)\n", line=2),
        Bad(code="x = df.groupby('a')['b'].rolling(5).apply(func=f)\n", line=1),
    )

    def check(self) -> None:
        kinds = kinds_of(self.source)
        for call in self.source.all(cst.Call):
            func = call.func
            if not isinstance(func, cst.Attribute) or func.attr.value not in {
                "apply",
                "agg",
                "aggregate",
            }:
                continue
            window = self._window(func.value) or kinds.of(func.value) is Kind.WINDOW
            function = given(self.source, call, 0, "func")
            if not window or function is None or self._named(function):
                continue
            raw = given(self.source, call, 1, "raw")
            engine = given(self.source, call, 2, "engine")
            if engine is not None or (raw is not None and self.text(raw) != "False"):
                continue
            own = self._own(function)
            hint = f"write .{own} instead of .{func.attr.value}(…)" if own else ""
            self.report(narrow(call), hint=hint)

    def _window(self, node: cst.BaseExpression, steps: int = 4) -> bool:
        if isinstance(node, cst.Name) and steps:
            values = self.source.values(node)
            return bool(values) and all(
                value is not None and self._window(value, steps - 1) for value in values
            )
        if isinstance(node, cst.Subscript):
            return self._window(node.value, steps)
        return (
            isinstance(node, cst.Call)
            and isinstance(node.func, cst.Attribute)
            and node.func.attr.value in _WINDOWS
        )

    def _named(self, function: cst.BaseExpression) -> bool:
        """Whether pandas has what is asked for by name, and calls no Python for it."""
        if isinstance(function, cst.List | cst.Tuple):
            return all(self._named(element.value) for element in function.elements)
        if isinstance(function, cst.Dict):
            return all(self._named(e.value) for e in function.elements)
        return self.source.strings(function) is not None

    def _own(self, function: cst.BaseExpression) -> str:
        """The window's own method that does the same, if there is one."""
        match function:
            case cst.Name(value=name) if name in _BUILTIN and self.source.is_builtin(function):
                return _BUILTIN[name]
            case cst.Lambda(
                params=cst.Parameters(params=[cst.Param(name=cst.Name(value=name))]),
                body=cst.Call(func=cst.Attribute(value=cst.Name(value=used), attr=attr), args=[]),
            ) if name == used and attr.value in _METHODS:
                return f"{attr.value}()"
        return _OWN.get(self.source.imported(function) or "", "")
