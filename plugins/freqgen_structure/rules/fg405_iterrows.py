from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.lookahead import narrow
from freqgen_structure.rows import ROW_BY_ROW, Rows
from freqgen_structure.rule import Bad, Rule


class Iterrows(Rule):
    """FG405: rows are taken out of a dataframe one by one.

    ``iterrows`` makes a series of every row, and ``itertuples`` a tuple: thousands of objects
    for what an operation on columns does in one step. What is written to a row of ``iterrows``
    is lost as well, since it is a copy.
    """

    SEVERITY = Severity.WARNING
    HINT = "compute with whole columns, such as dataframe['high'] - dataframe['low']"
    VALID = (
        "for name, column in dataframe.items():\n    f(column)\n",
        "for row in dataframe.tail(3).itertuples():\n    f(row)\n",
        "def f(df):\n    for i, row in df.iloc[-5:].iterrows():\n        g(row)\n",
    )
    INVALID: ClassVar = (
        Bad(code="for i, row in dataframe.iterrows():\n    f(row)\n", line=1),
        Bad(code="x = 1\nfor row in frame.itertuples(index=False):\n    f(row)\n", line=2),
        Bad(code="x = [\n    row['a']\n    for _, row in dataframe.iterrows()\n]\n", line=3),
        Bad(code="def f(df):\n    for i, r in enumerate(df.itertuples()):\n        g(r)\n", line=2),
        Bad(code="rows = list(dataframe[['a', 'b']].itertuples())\n", line=1),
    )

    def check(self) -> None:
        rows = Rows(self.source)
        for call in self.source.all(cst.Call):
            func = call.func
            if (
                isinstance(func, cst.Attribute)
                and func.attr.value in ROW_BY_ROW
                and not rows.few(func.value)
            ):
                self.report(narrow(call), f"{func.attr.value}() goes through all rows one by one")
