from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.constants import numbers
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_MOST = 100
"""Columns after whose insertion pandas warns that a frame is fragmented."""

_HEAD = "def populate_indicators(self, dataframe, metadata):\n"


class ManyColumns(Rule):
    """FG415: more than a hundred columns are added one by one.

    pandas keeps each inserted column apart, warns of a fragmented frame from the hundredth on,
    and every later operation is the slower for it. Columns that are collected in a dictionary
    and joined once are kept together.
    """

    SEVERITY = Severity.WARNING
    HINT = (
        "collect the columns in a dictionary, and join them once with "
        "pd.concat([dataframe, pd.DataFrame(columns)], axis=1)"
    )
    VALID = (
        _HEAD + "    for n in range(5, 50):\n        dataframe[f'ema_{n}'] = 1\n",
        _HEAD + "    for n in range(500):\n        columns[f'ema_{n}'] = 1\n",
        _HEAD + "    for n in range(500):\n        dataframe['sum'] = dataframe['sum'] + 1\n",
    )
    INVALID: ClassVar = (
        Bad(code=_HEAD + "    for n in range(2, 202):\n        dataframe[f'e{n}'] = 1\n", line=3),
        Bad(
            code=_HEAD + "    for n in range(150):\n        name = 'e' + str(n)\n"
            "        dataframe[name] = 1\n",
            line=4,
        ),
    )

    def check(self) -> None:
        kinds = kinds_of(self.source)
        for loop in self.source.all(cst.For):
            if self._rounds(loop.iter) <= _MOST:
                continue
            for target in self.source.below(loop.body, cst.AssignTarget):
                written = target.target
                if (
                    isinstance(written, cst.Subscript)
                    and kinds.of(written.value) is Kind.FRAME
                    and len(written.slice) == 1
                    and isinstance(written.slice[0].slice, cst.Index)
                    and self.source.strings(written.slice[0].slice.value) is None
                    and kinds.of(written.slice[0].slice.value) is not Kind.BOOLS
                ):
                    self.report(written)

    def _rounds(self, node: cst.BaseExpression) -> float:
        match node:
            case cst.Call(func=cst.Name(value="range"), args=args):
                given = [numbers(self.source, arg.value).single for arg in args]
                if None in given or not given:
                    return 0
                low, high = (0.0, given[0]) if len(given) == 1 else (given[0], given[1])
                step = given[2] if len(given) == 3 else 1.0
                return (high - low) / step if high is not None and low is not None and step else 0
        return 0
