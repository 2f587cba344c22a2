from typing import ClassVar

import libcst as cst

from freqgen_structure.rule import Bad, Rule


class UnpackedTalib(Rule):
    """FG304: the outputs of a function of ``talib.abstract`` are unpacked.

    Given a dataframe, ``talib.abstract`` returns a dataframe, and unpacking that gives the
    names of its columns instead of their values: ``upper`` is then the text ``upperband``.
    The functions of plain ``talib`` do return a tuple.
    """

    VALID = (
        "import talib.abstract as ta\nbands = ta.BBANDS(dataframe)\nupper = bands['upperband']\n",
        "import talib\nmacd, signal, hist = talib.MACD(dataframe['close'])\n",
        "import talib.abstract as ta\na, b = ta.RSI(dataframe), ta.ADX(dataframe)\n",
        "import talib.abstract as ta\na, b, c = ta.BBANDS(dataframe['close'])\n",
        "import talib.abstract as ta\nclose = dataframe['close']\na, b, c = ta.BBANDS(close)\n",
    )
    INVALID: ClassVar = (
        Bad(code="import talib.abstract as ta\nu, m, l = ta.BBANDS(dataframe)\n", line=2),
        Bad(
            code="from talib import abstract\nx = 1\n"
            "dataframe['k'], dataframe['d'] = abstract.STOCH(dataframe, 5)\n",
            line=3,
        ),
        Bad(code="from talib.abstract import MACD\na, b, c = MACD(dataframe)\n", line=2),
    )

    def visit_Assign(self, node: cst.Assign) -> None:
        if not isinstance(node.value, cst.Call):
            return
        if not any(isinstance(t.target, cst.Tuple | cst.List) for t in node.targets):
            return
        path = self.source.imported(node.value.func) or ""
        first = node.value.args[0].value if node.value.args else None
        # With arrays or a column, talib.abstract gives a list of arrays, which may be unpacked.
        if (
            path.startswith("talib.abstract.")
            and isinstance(first, cst.Name)
            and first.value.startswith(("dataframe", "df", "inf"))
        ):
            function = path.rpartition(".")[2]
            self.report(
                node,
                f"unpacking {function} gives the names of its columns, not their values",
                hint=f"keep the result, as in result = ta.{function}(dataframe), and take its "
                'columns, as in result["…"]',
            )
