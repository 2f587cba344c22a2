from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.nodes import text_of
from freqgen_structure.rule import Bad, Rule

_OBJECTS = frozenset({"numpy.object_", "numpy.dtypes.ObjectDType"})


class TypeOfTexts(Rule):
    """FG358: a column of texts is expected to be of the type ``object``.

    Since pandas 3 texts have a type of their own, ``str``: ``column.dtype == object`` is false
    for them, and what stands under it is not done any more.
    """

    SEVERITY = Severity.WARNING
    HINT = "write pd.api.types.is_string_dtype(column)"
    VALID = (
        "x = dataframe['a'].dtype == 'float64'",
        "import pandas as pd\nx = pd.api.types.is_string_dtype(dataframe['a'])\n",
        "x = kind == 'object'",
        "x = dataframe['a'].astype(object)",
        "x = dataframe['a'].dtype in (object, 'str')",
    )
    INVALID: ClassVar = (
        Bad(code="x = dataframe['a'].dtype == object\n", line=1),
        Bad(code="x = (\n    'O' !=\n    dataframe['a'].dtype\n)\n", line=3),
        Bad(code="import numpy as np\nx = dataframe.dtypes['a'] is np.object_\n", line=2),
        Bad(code="x = [c for c in cols if dataframe[c].dtype.name == 'object']\n", line=1),
        Bad(
            code="import pandas as pd\n"
            "x = [c for c in cols if pd.api.types.is_object_dtype(dataframe[c])]\n",
            line=2,
        ),
    )

    def visit_Comparison(self, node: cst.Comparison) -> None:
        if len(node.comparisons) != 1:
            return
        target = node.comparisons[0]
        if not isinstance(target.operator, cst.Equal | cst.NotEqual | cst.Is | cst.IsNot):
            return
        for one, other in ((node.left, target.comparator), (target.comparator, node.left)):
            if self._type(one) and self._object(other):
                self._say(one)

    def visit_Call(self, node: cst.Call) -> None:
        if (self.source.imported(node.func) or "").endswith("api.types.is_object_dtype"):
            self._say(node)

    def _say(self, node: cst.CSTNode) -> None:
        self.report(node, "since pandas 3 a column of texts is not of the type object")

    def _type(self, node: cst.BaseExpression) -> bool:
        match node:
            case cst.Attribute(attr=cst.Name(value="dtype")):
                return True
            case cst.Attribute(value=inner, attr=cst.Name(value="name" | "kind")):
                return self._type(inner)
            case cst.Subscript(value=cst.Attribute(attr=cst.Name(value="dtypes"))):
                return True
        return False

    def _object(self, node: cst.BaseExpression) -> bool:
        if text_of(node) in {"object", "O"}:
            return True
        if isinstance(node, cst.Name) and node.value == "object":
            return self.source.is_builtin(node)
        return self.source.imported(node) in _OBJECTS
