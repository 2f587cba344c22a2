from typing import ClassVar

import libcst as cst

from freqgen_structure.attributes import refusal
from freqgen_structure.rule import Bad, Rule

_TAKES_NAMES = frozenset({"apply", "agg", "aggregate", "transform", "map", "applymap", "pipe"})


class NamedMethods(Rule):
    """FG509: pandas is told in quotes to call a method that must not be called.

    ``dataframe.apply("to_csv")`` calls ``to_csv``. Names of statistics such as ``"mean"`` are
    fine; a name that is put together first is not, because it cannot be checked.
    """

    HINT = 'name a statistic in quotes, as in .agg("mean"), or call the method itself'
    VALID = (
        "x = dataframe['close'].rolling(5).agg('mean')\n",
        "x = df.groupby(h)['close'].transform('median')\ny = df.agg(['min', 'max'])\n",
        "x = df['close'].apply(lambda v: v * 2)\ny = df.agg({'close': 'last'})\n",
    )
    INVALID: ClassVar = (
        Bad(code="dataframe.apply('to_csv', args=('x',))", line=1),
        Bad(code="x = 1\ndataframe.agg(['mean', 'to_pickle'])", line=2),
        Bad(code="dataframe.apply('to_' + 'csv')", line=1),
        Bad(code="dataframe.agg({'close': 'to_csv'})", line=1),
        Bad(code="dataframe.apply(f'to_{kind}')", line=1),
    )

    def visit_Call(self, node: cst.Call) -> None:
        if isinstance(node.func, cst.Attribute) and node.func.attr.value in _TAKES_NAMES:
            for number, arg in enumerate(node.args):
                named = arg.keyword is not None and arg.keyword.value in {"func", "arg"}
                if named or (number == 0 and arg.keyword is None):
                    self._value(arg.value)

    def _value(self, value: cst.BaseExpression) -> None:
        if isinstance(value, cst.List | cst.Tuple | cst.Set):
            for element in value.elements:
                self._value(element.value)
        elif isinstance(value, cst.Dict):
            for item in value.elements:
                self._value(item.value)
        elif isinstance(value, cst.FormattedString | cst.BinaryOperation):
            self.report(value, "the name of the method cannot be seen here")
        else:
            for name in self.source.strings(value) or ():
                if refusal(name):
                    self.report(value, f'"{name}" must not be called: {refusal(name)}')
