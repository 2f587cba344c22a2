from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.editing import with_argument
from freqgen_structure.lookahead import given
from freqgen_structure.nodes import number_of, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.values import meant

_HEAD = "import numpy as np\nimport pandas as pd\n"
_NAN = frozenset(
    f"{module}.{name}" for module in ("numpy", "math") for name in ("nan", "NaN", "NAN")
)
_MOST_STEPS = 6


class TextAndNumbers(Rule):
    """FG351: ``np.where`` or ``np.select`` is to choose between texts and numbers.

    NumPy 2 has no type that is both, and raises ``DTypePromotionError``; NumPy 1 made texts of
    the numbers, ``"nan"`` too. ``None`` stands for a missing text.
    """

    HINT = "write None where there is no text"
    VALID = (
        _HEAD + "x = np.where(a > b, np.where(c > d, 'up', 'down'), None)\n",
        _HEAD + "x = np.where(a > b, 1, np.nan)\n",
        _HEAD + "x = np.where(a > b, 'up', names)\n",
        _HEAD + "x = np.select([a, b], ['up', 'down'], default='')\n",
        _HEAD + "x = np.select([a, b], [1, 2])\n",
        _HEAD + "x = np.where(a > b, pd.Series(['up']), np.nan)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "x = np.where(a > 0, np.where(b < c, 'down', 'up'), np.nan)  # none\n",
            line=3,
            fixed=_HEAD + "x = np.where(a > 0, np.where(b < c, 'down', 'up'), None)  # none\n",
        ),
        Bad(
            code=_HEAD + "x = np.where(\n    a > 0,\n    np.nan,\n    'up',\n)\n",
            line=5,
            fixed=_HEAD + "x = np.where(\n    a > 0,\n    None,\n    'up',\n)\n",
        ),
        Bad(code=_HEAD + "up = 'up'\nx = np.where(a > 0, up, 0)\n", line=4),
        Bad(
            code=_HEAD + "x = np.select([a, b], ['up', 'down'])\n",
            line=3,
            fixed=_HEAD + "x = np.select([a, b], ['up', 'down'], default=None)\n",
        ),
        Bad(
            code=_HEAD + "x = np.select([a, b], ['up', 'down'], default=np.nan)\n",
            line=3,
            fixed=_HEAD + "x = np.select([a, b], ['up', 'down'], default=None)\n",
        ),
        Bad(
            code="from numpy import nan, where\nx = where(a, 'up', nan)\n",
            line=2,
            fixed="from numpy import nan, where\nx = where(a, 'up', None)\n",
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        path = self.source.imported(node.func)
        if path == "numpy.where":
            self._where(node)
        elif path == "numpy.select":
            self._select(node)

    def _where(self, node: cst.Call) -> None:
        sides = [given(self.source, node, 1, "x"), given(self.source, node, 2, "y")]
        kinds = [self._kind(side) for side in sides]
        if set(kinds) == {"text", "number"}:
            number = sides[kinds.index("number")]
            assert number is not None  # noqa: S101  (its kind is known)
            self._mixed(number)

    def _select(self, node: cst.Call) -> None:
        choices = given(self.source, node, 1, "choicelist")
        default = given(self.source, node, 2, "default")
        if choices is not None:
            choices = meant(self.source, choices)
        if not isinstance(choices, cst.List | cst.Tuple):
            return
        kinds = {self._kind(element.value) for element in choices.elements}
        if kinds != {"text"}:
            return
        if default is not None:
            if self._kind(default) == "number":
                self._mixed(default)
        elif not any(arg.star for arg in node.args):
            self.report(
                node,
                "np.select gives 0 where nothing is chosen, which cannot stand beside texts",
                hint="add default=None",
                edits=with_argument(self.source, node, "default=None"),
            )

    def _mixed(self, number: cst.BaseExpression) -> None:
        edits: list[Edit] = []
        if set(self.source.imports(number)) & _NAN:
            edits = [self.replace(number, "None")]
        self.report(
            number, f"{self.text(number)} is a number and cannot stand beside texts", edits=edits
        )

    def _kind(self, node: cst.BaseExpression | None, steps: int = _MOST_STEPS) -> str | None:
        """``text`` or ``number`` where it is one of them for sure, and no column."""
        if node is None or steps == 0:
            return None
        if set(self.source.imports(node)) & _NAN:
            return "number"
        node = meant(self.source, node)
        if text_of(node) is not None or isinstance(node, cst.FormattedString):
            return "text"
        if number_of(node) is not None:
            return "number"
        if isinstance(node, cst.Call) and self.source.imported(node.func) == "numpy.where":
            kinds = {
                self._kind(given(self.source, node, place, name), steps - 1)
                for place, name in ((1, "x"), (2, "y"))
            }
            return kinds.pop() if len(kinds) == 1 else None
        return None
