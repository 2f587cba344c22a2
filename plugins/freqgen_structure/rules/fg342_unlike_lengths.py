from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.columns import SIGNALS
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import argument, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_LOW = "low = dataframe['a'] < 3\n"


class UnlikeLengths(Rule):
    """FG342: what belongs together is not of one length, or stands in the wrong order.

    ``np.select`` takes as many choices as conditions, and refuses others. In
    ``dataframe.loc[rows, columns]`` the rows come first.
    """

    VALID = (
        "import numpy as np\nx = np.select([a > 1, a < 1], ['up', 'down'], default='')\n",
        "import numpy as np\nx = np.select([a > 1, *more], ['up'])\n",
        _LOW + "dataframe.loc[low, 'enter_long'] = 1\n",
        "dataframe.loc['total', 'a'] = 1\n",
    )
    INVALID: ClassVar = (
        Bad(
            code="import numpy as np\nx = np.select(\n    [a > 1, a < 1, a == 1],\n"
            "    ['up', 'down'],\n)\n",
            line=4,
        ),
        Bad(
            code="import numpy as np\nconditions = [a > 1, a < 1]\nchoices = [1]\n"
            "x = np.select(condlist=conditions, choicelist=choices)\n",
            line=4,
        ),
        Bad(
            code=_LOW + "dataframe.loc['enter_long', low] = 1  # in\n",
            line=2,
            fixed=_LOW + "dataframe.loc[low, 'enter_long'] = 1  # in\n",
        ),
        Bad(
            code=_LOW + "dataframe.loc[['enter_long', 'enter_tag'], low & low] = (1, 'x')\n",
            line=2,
            fixed=_LOW + "dataframe.loc[low & low, ['enter_long', 'enter_tag']] = (1, 'x')\n",
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        if self.source.imported(node.func) != "numpy.select":
            return
        conditions, choices = argument(node, 0, "condlist"), argument(node, 1, "choicelist")
        if conditions is None or choices is None:
            return
        wanted, given = self._length(conditions), self._length(choices)
        if wanted is not None and given is not None and wanted != given:
            self.report(
                choices,
                f"np.select is given {wanted} conditions and {given} choices",
                hint="give a choice for every condition, and default= for what is left",
            )

    def _length(self, node: cst.BaseExpression) -> int | None:
        if isinstance(node, cst.Name):
            values = self.source.values(node)
            if len(values) != 1 or values[0] is None or self._changed(node):
                return None
            node = values[0]
        if not isinstance(node, cst.List | cst.Tuple):
            return None
        plain = all(isinstance(element, cst.Element) for element in node.elements)
        return len(node.elements) if plain else None

    def _changed(self, name: cst.Name) -> bool:
        """Whether a method of the list is called anywhere, such as ``append``."""
        return any(
            isinstance(a.value, cst.Name) and a.value.value == name.value
            for a in self.source.all(cst.Attribute)
        )

    def visit_Subscript(self, node: cst.Subscript) -> None:
        base = node.value
        if not isinstance(base, cst.Attribute) or base.attr.value != "loc":
            return
        if len(node.slice) != 2:
            return
        rows, columns = (part.slice for part in node.slice)
        if not isinstance(rows, cst.Index) or not isinstance(columns, cst.Index):
            return
        if not self._signals(rows.value):
            return
        if kinds_of(self.source).of(columns.value) is not Kind.BOOLS:
            return
        edits: list[Edit] = [
            self._swapped(rows.value, columns.value),
            self._swapped(columns.value, rows.value),
        ]
        self.report(
            rows.value,
            "the columns stand where the rows belong",
            hint="write dataframe.loc[condition, columns]",
            edits=edits,
        )

    def _swapped(self, here: cst.BaseExpression, other: cst.BaseExpression) -> Edit:
        text = self.text(other)
        plain = here.lpar or not other.lpar
        return self.replace(here, text if plain else f"({text})")

    def _signals(self, node: cst.BaseExpression) -> bool:
        if isinstance(node, cst.List | cst.Tuple):
            return bool(node.elements) and all(self._signals(e.value) for e in node.elements)
        return text_of(node) in SIGNALS
