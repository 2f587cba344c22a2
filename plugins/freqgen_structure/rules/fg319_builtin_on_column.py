from typing import ClassVar

import libcst as cst

from freqgen import Edit, Severity
from freqgen_structure.editing import needed_module
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

# Functions of math, and those of numpy that do the same with every value of a column.
_NUMPY = {
    name: name
    for name in "ceil cos degrees exp fabs floor isfinite isinf isnan log log10 log1p log2 "
    "radians sin sqrt tan tanh trunc".split()
} | {"pow": "power", "atan": "arctan", "copysign": "copysign", "hypot": "hypot"}
_HEAD = "import math\nimport numpy as np\n"


class BuiltinOnColumn(Rule):
    """FG319: a function for single numbers is given a whole column.

    ``max(dataframe["a"], dataframe["b"])`` asks which of two columns is larger as a whole, and
    ``math.sqrt`` wants one number: both raise an error when the strategy runs. ``np.maximum`` and
    ``np.sqrt`` work on every candle. ``max(dataframe["a"])`` and ``sum(dataframe["a"])`` look at
    all candles, those to come included, and are a warning.
    """

    HINT = "use the function of numpy of the same name, which works on every candle"
    VALID = (
        _HEAD + "dataframe['x'] = np.maximum(dataframe['a'], dataframe['b'])\n",
        _HEAD + "x = max(dataframe['a'].iloc[-1], 3)\n",
        _HEAD + "x = math.sqrt(dataframe['a'].iloc[-1])\n",
        "dataframe['x'] = abs(dataframe['a'])\n",
        "x = sum([dataframe['a'], dataframe['b']])\n",
        "from builtins import max\nx = max(1, 2)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "dataframe['x'] = max(dataframe['a'], dataframe['b'])\n",
            line=3,
            fixed=_HEAD + "dataframe['x'] = np.maximum(dataframe['a'], dataframe['b'])\n",
        ),
        Bad(
            code="import math\ndataframe['x'] = 1 + math.sqrt(dataframe['a'])\n",
            line=2,
            fixed="import math\nimport numpy as np\ndataframe['x'] = 1 + np.sqrt(dataframe['a'])\n",
        ),
        Bad(
            code=_HEAD + "from math import log as ln\nx = ln(dataframe['close'].shift(1))\n",
            line=4,
            fixed=_HEAD + "from math import log as ln\nx = np.log(dataframe['close'].shift(1))\n",
        ),
        Bad(code=_HEAD + "x = min(dataframe['a'], dataframe['b'], 3)\n", line=3),
        Bad(
            code=_HEAD + "x = min(dataframe['a'], 3)\n",
            line=3,
            fixed=_HEAD + "x = np.minimum(dataframe['a'], 3)\n",
        ),
        Bad(code=_HEAD + "x = max(dataframe['a'])\n", line=3),
        Bad(
            code="x = any([dataframe['a'] > 1, dataframe['b'] > 1])\n",
            line=1,
            fixed="x = (dataframe['a'] > 1) | (dataframe['b'] > 1)\n",
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        self.kinds = kinds_of(self.source)
        if not node.args or any(arg.star or arg.keyword for arg in node.args):
            return
        path = self.source.imported(node.func) or ""
        given = [arg.value for arg in node.args]
        if path.startswith("math.") and any(self._many(value) for value in given):
            name = path.removeprefix("math.")
            same = _NUMPY.get(name, "")
            one = name != "log" or len(given) == 1
            self._say(node, f"math.{name}", same if one else "")
        elif isinstance(node.func, cst.Name) and self.source.is_builtin(node.func):
            self._builtin(node, node.func.value, given)

    def _builtin(self, node: cst.Call, name: str, given: list[cst.BaseExpression]) -> None:
        if name in {"max", "min"} and len(given) > 1:
            if any(self._many(value) for value in given):
                same = {"max": "maximum", "min": "minimum"}[name]
                self._say(node, name, same if len(given) == 2 else "")
        elif name in {"max", "min", "sum", "any", "all"} and len(given) == 1:
            if self._many(given[0]):
                self.report(
                    node,
                    f"{name}() looks at every candle at once, those to come included",
                    hint="use a window, as in .rolling(20).max()",
                    severity=Severity.WARNING,
                )
            elif name in {"any", "all"} and isinstance(given[0], cst.List | cst.Tuple):
                self._conditions(node, name, [element.value for element in given[0].elements])

    def _conditions(self, node: cst.Call, name: str, parts: list[cst.BaseExpression]) -> None:
        """``any([condition, condition])``."""
        if not any(self._many(part) for part in parts[:-1]):
            return
        edits: list[Edit] = []
        if all(self.kinds.of(part) is Kind.BOOLS for part in parts) and "#" not in self.text(node):
            text = (" | " if name == "any" else " & ").join(f"({self.text(p)})" for p in parts)
            inside = isinstance(
                self.source.parent(node), cst.BinaryOperation | cst.UnaryOperation | cst.Comparison
            )
            edits = [self.replace(node, f"({text})" if inside and not node.lpar else text)]
        self.report(
            node,
            f"{name}() cannot join conditions on columns",
            hint="join them with & or |, each in parentheses",
            edits=edits,
        )

    def _many(self, node: cst.BaseExpression) -> bool:
        kind = self.kinds.of(node)
        return kind is not None and kind.many

    def _say(self, node: cst.Call, name: str, same: str) -> None:
        edits: list[Edit] = []
        if same:
            module, needed = needed_module(self.source, "numpy", "np")
            edits = [self.replace(node.func, f"{module}.{same}"), *needed]
        self.report(
            node,
            f"{name}() takes single numbers, and this is a whole column",
            hint=f"write np.{same}(…), which works on every candle" if same else "",
            edits=edits,
        )
