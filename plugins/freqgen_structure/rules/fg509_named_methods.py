from typing import ClassVar

import libcst as cst

from freqgen_structure.attributes import refusal
from freqgen_structure.bindings import Way
from freqgen_structure.nodes import argument, dotted, text_of
from freqgen_structure.rule import Bad, Rule

_TAKES_NAMES = frozenset({"apply", "agg", "aggregate", "transform"})
_TAKES_FUNCTIONS = frozenset({"map", "applymap", "pipe"})
_NO_FUNCTION = frozenset(
    "args axis by_row convert_dtype engine engine_kwargs include_groups kwargs na_action raw "
    "result_type".split()
)
_DEPTH = 8
_PLAIN = frozenset({Way.BUILTIN, Way.CLASS, Way.FUNCTION, Way.IMPORTED})


class NamedMethods(Rule):
    """FG509: pandas is told to call a method that must not be called, or that is not shown.

    ``dataframe.apply("to_csv")`` calls ``to_csv``. Names of statistics such as ``"mean"`` and
    functions are fine; a name that is put together first, or that comes from somewhere else, is
    not, because it cannot be checked.
    """

    HINT = 'name a statistic in quotes, as in .agg("mean"), or hand over a function'
    VALID = (
        "x = dataframe['close'].rolling(5).agg('mean')\n",
        "x = df.groupby(h)['close'].transform('median')\ny = df.agg(['min', 'max'])\n",
        "x = df['close'].apply(lambda v: v * 2)\ny = df.agg({'close': 'last'})\n",
        "import numpy as np\nx = df.agg(np.mean)\ny = df['close'].apply(float)\nz = f.map(names)\n",
        "AGG = {'open': 'first'}\nx = df.resample('1h').agg(AGG)\n",
        "x = df.agg({c: 'sum' for c in columns})\ny = df.groupby(h).agg(low=('low', 'min'))\n",
        "def f(row): ...\n\n\nclass S:\n    def g(self, v): ...\n\n    def h(self, df):\n"
        "        return df.apply(f, axis=1).apply(self.g)\n",
        "def weights(n):\n    def inner(x):\n        return x * n\n    return inner\n\n\n"
        "x = df['close'].rolling(3).apply(weights(3), raw=True)\n",
        "from collections.abc import Callable\ndef f(s, how: Callable):\n    return s.apply(how)\n",
        "from sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()\n"
        "x = scaler.transform(df[columns])\n",
        "for how in ('min', 'max'):\n    x = df.agg(how)\n",
    )
    INVALID: ClassVar = (
        Bad(code="dataframe.apply('to_csv', args=('x',))", line=1),
        Bad(code="x = 1\ndataframe.agg(['mean', 'to_pickle'])", line=2),
        Bad(code="dataframe.apply('to_' + 'csv')", line=1),
        Bad(code="dataframe.agg({'close': 'to_csv'})", line=1),
        Bad(code="dataframe.apply(f'to_{kind}')", line=1),
        Bad(code="dataframe['close'].apply(''.join(['to_', 'pickle']), args=('x',))", line=1),
        Bad(code="names = ['to_pickle']\ndf.agg(names[0], 0, 'x')", line=2),
        Bad(code="df.agg(None, 0, 'x', a=('close', 'to_pickle'))", line=1),
        Bad(code="how = {'close': 'to_pickle'}\ndf.agg(how, 0, 'x')", line=1),
        Bad(code="def f(df, how):\n    return df.agg(how, 0, 'x')\n", line=2),
        Bad(code="def how():\n    return 'to_' + 'csv'\n\n\ndf.agg(how(), 0, 'x')\n", line=2),
        Bad(code="df.agg(**options)", line=1),
        Bad(code="df.transform(names[0], 0, 'x')", line=1),
        Bad(code="df.pivot_table(aggfunc=names[0])", line=1),
        Bad(code="df.pipe('to_csv')", line=1),
        Bad(code="model = model.apply('to_csv')\n", line=1),
    )

    def visit_Call(self, node: cst.Call) -> None:
        for arg in node.args:
            if arg.keyword is not None and arg.keyword.value == "aggfunc":
                self._value(arg.value)
        if not isinstance(node.func, cst.Attribute):
            return
        name = node.func.attr.value
        if name in _TAKES_FUNCTIONS:
            value = argument(node, 0, "arg" if name == "map" else "func")
            for text in (self.source.strings(value) or ()) if value is not None else ():
                self._text(value, text)
        elif name in _TAKES_NAMES and not self._foreign(node.func.value):
            self._call(node)

    def _call(self, node: cst.Call) -> None:
        given = argument(node, 0, "func")
        if given is not None:
            self._value(given)
        if given is not None and not _is_none(given):
            return
        for arg in node.args:
            if arg.star:
                self._unreadable(arg.value)
            elif arg.keyword is not None and arg.keyword.value not in {*_NO_FUNCTION, "func"}:
                value = arg.value  # a column of the result, as in low=("low", "min")
                if isinstance(value, cst.Tuple) and len(value.elements) == 2:
                    value = value.elements[1].value
                self._value(value)

    def _foreign(self, node: cst.BaseExpression, seen: set[str] | None = None) -> bool:
        """Whether a method is one of a model of scikit-learn, which is given data."""
        seen = set() if seen is None else seen
        named = dotted(node)
        if named in seen:
            return False  # it is made of itself
        if named is not None:
            seen.add(named)
        match node:
            case cst.Call(func=cst.Attribute(value=inner)):
                return self._foreign(inner, seen)
            case cst.Call(func=func):
                paths = self.source.imports(func)
                return bool(paths) and all(p.startswith("sklearn.") for p in paths)
            case cst.Name():
                bound = self.source.values(node)
                return bool(bound) and all(
                    isinstance(value, cst.Call) and self._foreign(value, seen) for value in bound
                )
            case cst.Attribute(attr=cst.Name(value=name)):
                bound = [
                    assign.value
                    for assign in self.source.all(cst.Assign)
                    for target in assign.targets
                    if isinstance(target.target, cst.Attribute) and target.target.attr.value == name
                ]
                return bool(bound) and all(
                    isinstance(value, cst.Call) and self._foreign(value, seen) for value in bound
                )
        return False

    def _value(self, value: cst.BaseExpression, depth: int = 0) -> None:
        """Look at a function, the name of one, or a collection of those."""
        text = text_of(value)
        if depth > _DEPTH:
            self._unreadable(value)
        elif text is not None:
            self._text(value, text)
        elif isinstance(value, cst.List | cst.Tuple | cst.Set | cst.Dict):
            for element in value.elements:
                self._value(element.value, depth + 1)
        elif isinstance(value, cst.ListComp | cst.SetComp | cst.GeneratorExp):
            self._value(value.elt, depth + 1)
        elif isinstance(value, cst.DictComp):
            self._value(value.value, depth + 1)
        elif isinstance(value, cst.IfExp):
            self._value(value.body, depth + 1)
            self._value(value.orelse, depth + 1)
        elif isinstance(value, cst.Name):
            self._name(value, depth)
        elif isinstance(value, cst.Call):
            self._made(value, depth)
        elif isinstance(value, cst.Attribute):
            owner = self.source.method_of(value.value) or self.source.local_class(value.value)
            method = owner is not None and value.attr.value in self._functions(owner)
            if not method and not self.source.imports(value):
                self._unreadable(value)
        elif not isinstance(value, cst.Lambda):
            self._unreadable(value)

    def _name(self, name: cst.Name, depth: int) -> None:
        texts = self.source.strings(name)
        if texts is not None:
            for text in sorted(texts):
                self._text(name, text)
            return
        bindings = self.source.bindings(name)
        for one in bindings:
            if one.whole is not None:
                self._value(one.whole, depth + 1)
            elif one.way not in _PLAIN and not self._callable(one.parameter):
                self._unreadable(name)
        if not bindings:
            self._unreadable(name)

    def _callable(self, parameter: cst.Param | None) -> bool:
        """Whether a parameter says that it is a function."""
        if parameter is None or parameter.annotation is None:
            return False
        names = self.source.below(parameter.annotation, cst.Name)
        return any(name.value == "Callable" for name in names)

    def _made(self, call: cst.Call, depth: int) -> None:
        """Look at what a function of the file returns; imported ones return no names."""
        paths = self.source.imports(call.func)
        if "pandas.NamedAgg" in paths:
            value = argument(call, 1, "aggfunc")
            self._value(value, depth + 1) if value is not None else self._unreadable(call)
            return
        if paths and all(path.rpartition(".")[2] in _MAKERS for path in paths):
            return
        match call.func:
            case cst.Name() as name:
                found = [one.target for one in self.source.bindings(name)]
                if found and all(isinstance(item, cst.FunctionDef) for item in found):
                    for function in found:
                        for result in self.source.below(function, cst.Return):  # type: ignore[arg-type]
                            if self.source.function_of(result) is function and result.value:
                                self._value(result.value, depth + 1)
                    return
        self._unreadable(call)

    def _functions(self, owner: cst.ClassDef) -> set[str]:
        return {
            function.name.value
            for function in self.source.below(owner.body, cst.FunctionDef)
            if self.source.class_of(function) is owner
        }

    def _text(self, node: cst.BaseExpression | None, text: str) -> None:
        if refusal(text) or text.startswith("_"):
            self.report(node, f'"{text}" must not be called: {refusal(text) or "it is private"}')

    def _unreadable(self, node: cst.CSTNode) -> None:
        self.report(node, "which method or function is called cannot be seen here")


_MAKERS = frozenset({"partial", "itemgetter", "vectorize"})


def _is_none(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"
