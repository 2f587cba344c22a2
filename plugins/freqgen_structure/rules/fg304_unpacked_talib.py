from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.kinds import kinds_of
from freqgen_structure.known_calls import frame_outputs, outputs_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind


class UnpackedTalib(Rule):
    """FG304: the outputs of a function of ``talib.abstract`` are unpacked.

    Given a dataframe, ``talib.abstract`` returns a dataframe, and unpacking that gives the
    names of its columns instead of their values: ``upper`` is then the text ``upperband``.
    The functions of plain ``talib`` do return a tuple; those of ``qtpylib`` a dataframe.
    """

    VALID = (
        "import talib.abstract as ta\nbands = ta.BBANDS(dataframe)\nupper = bands['upperband']\n",
        "import talib\nmacd, signal, hist = talib.MACD(dataframe['close'])\n",
        "import talib.abstract as ta\na, b = ta.RSI(dataframe), ta.ADX(dataframe)\n",
        "import talib.abstract as ta\na, b, c = ta.BBANDS(dataframe['close'])\n",
        "import talib.abstract as ta\nclose = dataframe['close']\na, b, c = ta.BBANDS(close)\n",
        "import talib.abstract as ta\na, b, c = ta.BBANDS(dataframe).T.to_numpy()\n",
    )
    INVALID: ClassVar = (
        Bad(
            code="import talib.abstract as ta\nu, m, l = ta.BBANDS(dataframe)  # bands\n",
            line=2,
            fixed="import talib.abstract as ta\nbbands = ta.BBANDS(dataframe)\n"
            'u, m, l = bbands["upperband"], bbands["middleband"], bbands["lowerband"]  # bands\n',
        ),
        Bad(
            code="from talib import abstract\nstoch = 1\nif stoch:\n    dataframe['k'], "
            "dataframe['d'] = abstract.STOCH(\n        dataframe, 5\n    )\n",
            line=4,
            fixed="from talib import abstract\nstoch = 1\nif stoch:\n    stoch_outputs = "
            "abstract.STOCH(\n        dataframe, 5\n    )\n    dataframe['k'], "
            'dataframe[\'d\'] = stoch_outputs["slowk"], stoch_outputs["slowd"]\n',
        ),
        Bad(code="from talib.abstract import MACD\na, b = MACD(dataframe)\n", line=2),
        Bad(
            code="from technical import qtpylib\n"
            "u, m, l = qtpylib.bollinger_bands(dataframe['close'], window=20)\n",
            line=2,
            fixed="from technical import qtpylib\n"
            "bollinger_bands = qtpylib.bollinger_bands(dataframe['close'], window=20)\n"
            'u, m, l = bollinger_bands["upper"], bollinger_bands["mid"], '
            'bollinger_bands["lower"]\n',
        ),
    )

    def visit_Assign(self, node: cst.Assign) -> None:
        call = node.value
        if not isinstance(call, cst.Call):
            return
        if not any(isinstance(t.target, cst.Tuple | cst.List) for t in node.targets):
            return
        path = self.source.imported(call.func) or ""
        function = path.rpartition(".")[2]
        outputs = frame_outputs(path)
        if path.startswith("talib.abstract.") and self._frame(call):
            outputs = outputs_of(function)
        if outputs is None or len(outputs) < 2:
            return
        self.report(
            node,
            f"unpacking {function} gives the names of its columns, not their values",
            hint=f"keep the result, as in result = {self.text(call.func)}(…), and take its "
            f'columns, as in result["{outputs[0]}"]',
            edits=self._kept(node, call, function, outputs),
        )

    def _frame(self, call: cst.Call) -> bool:
        """Whether a function is given a dataframe: of a column it gives a list of arrays."""
        first = call.args[0].value if call.args and not call.args[0].star else None
        if first is None:
            return False
        kind = kinds_of(self.source).of(first)
        named = isinstance(first, cst.Name) and first.value.startswith(("dataframe", "df", "inf"))
        return kind is Kind.FRAME or (kind is None and named)

    def _kept(
        self, node: cst.Assign, call: cst.Call, function: str, outputs: tuple[str, ...]
    ) -> list[Edit]:
        """The edits that keep the result first, and take its columns in a second statement."""
        line = self.source.parent(node)
        target = node.targets[0].target
        alone = isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
        if not alone or len(node.targets) > 1 or not isinstance(target, cst.Tuple | cst.List):
            return []
        if len(target.elements) != len(outputs):
            return []
        start, _ = self.source.span(node)
        begin = self.source.text.rfind("\n", 0, start) + 1
        indent = self.source.text[begin:start]
        names = {name.value for name in self.source.all(cst.Name)}
        plain = function.lower()
        taken = any(
            plain == name.value and not isinstance(self.source.parent(name), cst.Attribute)
            for name in self.source.all(cst.Name)
        )
        kept = f"{plain}_outputs" if taken else plain
        if indent.strip() or (taken and kept in names) or call.lpar:
            return []
        written = self.source.text[start : self.source.span(call)[0]]
        columns = ", ".join(f'{kept}["{output}"]' for output in outputs)
        return [
            Edit(start=start, end=start + len(written), text=f"{kept} = "),
            self.insert_after(call, f"\n{indent}{written}{columns}"),
        ]
