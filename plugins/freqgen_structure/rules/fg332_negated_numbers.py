from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.constants import numbers
from freqgen_structure.kinds import kinds_of
from freqgen_structure.nodes import argument
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_LOW = "low = dataframe['a'] < 3\n"


class NegatedNumbers(Rule):
    """FG332: ``~`` stands before numbers, and turns their bits round.

    A condition that is shifted is no longer one of ``True`` and ``False``, since its first value
    is missing: ``~condition.shift(1)`` raises an error, and with ``.fillna(False)`` behind it
    gives -1 and -2, which are both true. ``~condition.astype(int)`` does the same.
    """

    HINT = "write ~condition.shift(1, fill_value=False), and negate before turning into numbers"
    VALID = (
        _LOW + "x = ~low\n",
        _LOW + "x = ~low.shift(1, fill_value=False)\n",
        _LOW + "x = ~low.shift(1).fillna(False).astype(bool)\n",
        "x = ~dataframe['flag']",
        "x = ~mask & 255",
    )
    INVALID: ClassVar = (
        Bad(
            code=_LOW + "x = (\n    low\n    & ~low.shift(1)\n)\n",
            line=4,
            fixed=_LOW + "x = (\n    low\n    & ~low.shift(1, fill_value=False)\n)\n",
        ),
        Bad(
            code=_LOW + "x = ~low.shift(2).fillna(False)\n",
            line=2,
            fixed=_LOW + "x = ~low.shift(2, fill_value=False)\n",
        ),
        Bad(
            code="x = ~(dataframe['a'] > 1).shift().fillna(value=0)\n",
            line=1,
            fixed="x = ~(dataframe['a'] > 1).shift(fill_value=False)\n",
        ),
        Bad(code=_LOW + "x = ~low.astype(int)\n", line=2),
        Bad(code="x = ~dataframe['close']\n", line=1),
        Bad(
            code="dataframe['up'] = (dataframe['a'] > 1).astype('int')\nx = ~dataframe['up']\n",
            line=2,
        ),
    )

    def visit_UnaryOperation(self, node: cst.UnaryOperation) -> None:
        if not isinstance(node.operator, cst.BitInvert):
            return
        self.kinds = kinds_of(self.source)
        inner = node.expression
        filled, shifted = inner, inner
        match inner:
            case cst.Call(func=cst.Attribute(value=cst.Call() as call, attr=attr)):
                if attr.value == "fillna" and self._is_false(inner):
                    shifted = call
        condition = self._shifted(shifted)
        if condition is not None:
            self.report(
                node,
                "a shifted condition is no longer one of True and False, so that ~ turns bits",
                edits=self._mended(filled, shifted),
            )
        elif self._is_number(inner):
            self.report(node, "~ turns the bits of numbers round, and negates conditions only")

    def _is_false(self, call: cst.Call) -> bool:
        value = argument(call, 0, "value")
        known = numbers(self.source, value) if value is not None else None
        return known is not None and known.complete and known.known == {0.0}

    def _shifted(self, node: cst.BaseExpression) -> cst.BaseExpression | None:
        """The condition of ``condition.shift(…)`` without a value to fill with."""
        if not isinstance(node, cst.Call) or not isinstance(node.func, cst.Attribute):
            return None
        if node.func.attr.value != "shift" or self.kinds.of(node.func.value) is not Kind.BOOLS:
            return None
        named = {arg.keyword.value for arg in node.args if arg.keyword is not None}
        if "fill_value" in named or len(node.args) > 2 or any(arg.star for arg in node.args):
            return None
        return node.func.value

    def _mended(self, filled: cst.BaseExpression, shifted: cst.BaseExpression) -> list[Edit]:
        if not isinstance(shifted, cst.Call):
            return []
        _, end = self.source.span(shifted)
        separator = ", " if shifted.args else ""
        if shifted.args and self.source.text[: end - 1].rstrip().endswith(","):
            return []
        edits = [Edit(start=end - 1, end=end - 1, text=f"{separator}fill_value=False")]
        if filled is not shifted:
            edits.append(Edit(start=end, end=self.source.span(filled)[1], text=""))
        return edits

    def _is_number(self, node: cst.BaseExpression) -> bool:
        """Whether an expression gives numbers for sure."""
        if self.kinds.column_of(node) in {"open", "high", "low", "close", "volume"}:
            return True
        definitions = self.kinds.column_values(node)
        if definitions:
            return all(self._counts(value) for value in definitions)
        return self._counts(node)

    def _counts(self, node: cst.BaseExpression) -> bool:
        match node:
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="astype")), args=[arg]):
                return self.text(arg.value).strip("'\"") in {"int", "float", "int64", "float64"}
        return False
