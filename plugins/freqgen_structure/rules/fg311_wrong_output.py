from typing import ClassVar

import libcst as cst

from freqgen import Edit
from freqgen_structure.kinds import kinds_of
from freqgen_structure.known_calls import frame_outputs, outputs_of
from freqgen_structure.nearest import nearest, plain
from freqgen_structure.nodes import number_of, text_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_HEAD = "import talib\nimport talib.abstract as ta\nfrom technical import qtpylib\n"
# What people call an output, and a part of the names that libraries give it.
_PARTS = {
    "upper": "upper", "up": "upper", "top": "upper", "high": "upper", "bbu": "upper",
    "lower": "lower", "low": "lower", "bottom": "lower", "dn": "lower", "bbl": "lower",
    "middle": "mid", "mid": "mid", "basis": "mid", "center": "mid", "bbm": "mid",
    "signal": "signal", "sig": "signal", "hist": "hist", "histogram": "hist",
    "k": "k", "d": "d",
}  # fmt: skip
# What the other libraries call their outputs.
_ELSEWHERE = frozenset(
    "upperband middleband lowerband macdsignal macdhist histogram slowk slowd fastk fastd "
    "slow_k slow_d".split()
)


class WrongOutput(Rule):
    """FG311: an output of an indicator is taken by a name or place that it does not have.

    ``talib.abstract`` gives a dataframe whose columns are called ``upperband`` or
    ``macdsignal``, ``qtpylib`` one with ``upper`` and ``signal``, and plain ``talib`` a tuple.
    Taking another name, or putting all outputs into one column, raises an error.
    """

    VALID = (
        _HEAD + "macd = ta.MACD(dataframe)\ndataframe['m'] = macd['macdsignal']\n",
        _HEAD + "b = qtpylib.bollinger_bands(dataframe['close'])\ndataframe['u'] = b['upper']\n",
        _HEAD + "x = talib.BBANDS(dataframe['close'])[0]\n",
        _HEAD + "b = ta.BBANDS(dataframe)\nb['width'] = b['upperband'] - b['lowerband']\n"
        "x = b['width']\n",
        _HEAD + "dataframe[['u', 'm', 'l']] = ta.BBANDS(dataframe)\n",
        _HEAD + "dataframe['rsi'] = ta.RSI(dataframe)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "macd = ta.MACD(dataframe)\ndataframe['s'] = macd['signal']\n",
            line=5,
            fixed=_HEAD + "macd = ta.MACD(dataframe)\ndataframe['s'] = macd['macdsignal']\n",
        ),
        Bad(
            code=_HEAD + "b = qtpylib.bollinger_bands(\n    dataframe['close'],\n)\n"
            "dataframe['u'] = b['upperband']\n",
            line=7,
            fixed=_HEAD + "b = qtpylib.bollinger_bands(\n    dataframe['close'],\n)\n"
            "dataframe['u'] = b['upper']\n",
        ),
        Bad(
            code=_HEAD + "x = talib.BBANDS(dataframe['close'])['lowerband']\n",
            line=4,
            fixed=_HEAD + "x = talib.BBANDS(dataframe['close'])[2]\n",
        ),
        Bad(
            code=_HEAD + "x = ta.STOCH(dataframe)[1]\n",
            line=4,
            fixed=_HEAD + "x = ta.STOCH(dataframe)['slowd']\n",
        ),
        Bad(
            code=_HEAD + "dataframe['bb_lower'] = ta.BBANDS(dataframe, 20)  # band\n",
            line=4,
            fixed=_HEAD + "dataframe['bb_lower'] = ta.BBANDS(dataframe, 20)['lowerband']  # band\n",
        ),
        Bad(
            code=_HEAD + "dataframe['macd'] = talib.MACD(dataframe['close'])\n",
            line=4,
            fixed=_HEAD + "dataframe['macd'] = talib.MACD(dataframe['close'])[0]\n",
        ),
        Bad(code=_HEAD + "dataframe['bands'] = ta.BBANDS(dataframe)\n", line=4),
        Bad(
            code=_HEAD + "dataframe['rsi'] = ta.RSI(dataframe)['rsi']\n",
            line=4,
            fixed=_HEAD + "dataframe['rsi'] = ta.RSI(dataframe)\n",
        ),
        Bad(code=_HEAD + "x = ta.MACD(dataframe) > 0\n", line=4),
        Bad(
            code=_HEAD + "macd = ta.MACD(dataframe)\nx = macd.signal\n",
            line=5,
            fixed=_HEAD + "macd = ta.MACD(dataframe)\nx = macd.macdsignal\n",
        ),
        Bad(code=_HEAD + "bands = ta.BBANDS(dataframe)\nx = bands['width']\n", line=5),
    )

    def check(self) -> None:
        self.kinds = kinds_of(self.source)
        for subscript in self.source.all(cst.Subscript):
            self._taken(subscript)
        for attribute in self.source.all(cst.Attribute):
            self._attribute(attribute)
        for assign in self.source.all(cst.Assign):
            for target in assign.targets:
                self._column(target.target, assign.value)
        for comparison in self.source.all(cst.Comparison):
            self._operands(
                [comparison.left, *(target.comparator for target in comparison.comparisons)]
            )
        for operation in self.source.all(cst.BinaryOperation):
            self._operands([operation.left, operation.right])

    def _outputs(self, node: cst.BaseExpression) -> tuple[str, ...] | None:
        """The names of the outputs that ``node`` holds, in their order."""
        call = self.kinds.library_call(node)
        if call is None:
            return None
        path = self.source.imported(call.func) or ""
        return frame_outputs(path) or outputs_of(path.rpartition(".")[2])

    # -- taking one of them ----------------------------------------------------------------

    def _taken(self, node: cst.Subscript) -> None:
        index = node.slice[0].slice if len(node.slice) == 1 else None
        if not isinstance(index, cst.Index):
            return
        name, place = text_of(index.value), number_of(index.value)
        outputs = self._outputs(node.value)
        kind = self.kinds.of(node.value)
        if outputs is None:
            if name is not None and self._single(node.value):
                self._say_single(node)
            return
        if kind is Kind.FRAME and name is not None and name not in outputs:
            if not self._written(node, name):
                meant = _meant(name, outputs)
                quoted = self.text(index.value).replace(name, meant or "")
                self._say(node, name, outputs, self._swap(index.value, quoted) if meant else [])
        elif kind is Kind.FRAME and place is not None and self._read(node):
            known = 0 <= place < len(outputs)
            fix = self._swap(index.value, f"'{outputs[int(place)]}'") if known else []
            self._say(node, f"{place:g}", outputs, fix)
        elif kind is Kind.OUTPUTS and name is not None:
            meant = name if name in outputs else _meant(name, outputs)
            fix = self._swap(index.value, str(outputs.index(meant))) if meant else []
            self.report(
                node,
                "this gives a tuple, whose parts have numbers and no names",
                hint="unpack it: " + ", ".join(outputs) + " = …",
                edits=fix,
            )

    def _say(
        self, node: cst.BaseExpression, name: str, outputs: tuple[str, ...], edits: list[Edit]
    ) -> None:
        # The call may have begun lines above.
        self.report(
            node.slice[0] if isinstance(node, cst.Subscript) else node,
            f'"{name}" is none of the outputs, which are {", ".join(outputs)}',
            hint="take one of them by its name",
            edits=edits,
        )

    def _swap(self, node: cst.BaseExpression, text: str) -> list[Edit]:
        return [self.replace(node, text)]

    def _single(self, node: cst.BaseExpression) -> bool:
        """Whether it is the call of a function of TA-Lib that gives a single column."""
        if not isinstance(node, cst.Call) or self.kinds.of(node) is not Kind.SERIES:
            return False
        path = self.source.imported(node.func) or ""
        return path.startswith("talib.") and outputs_of(path.rpartition(".")[2]) == ("real",)

    def _say_single(self, node: cst.Subscript) -> None:
        _, end = self.source.span(node.value)
        for _ in node.value.rpar:
            end = self.source.text.find(")", end) + 1
        self.report(
            node,
            "this gives a single column, which has no output to take",
            hint="leave the brackets out",
            edits=[Edit(start=end, end=self.source.span(node)[1], text="")],
        )

    def _read(self, node: cst.Subscript) -> bool:
        return not isinstance(self.source.parent(node), cst.AssignTarget)

    def _written(self, node: cst.Subscript, name: str) -> bool:
        """Whether the frame of outputs is given a column of that name."""
        base = self.text(node.value)
        for other in self.source.all(cst.AssignTarget):
            target = other.target
            if isinstance(target, cst.Subscript) and self.text(target.value) == base:
                index = target.slice[-1].slice
                if not isinstance(index, cst.Index) or text_of(index.value) in {name, None}:
                    return True
        return False

    def _attribute(self, node: cst.Attribute) -> None:
        outputs = self._outputs(node.value) if isinstance(node.value, cst.Name) else None
        if outputs is None or self.kinds.of(node.value) is not Kind.FRAME:
            return
        name = node.attr.value
        known = name in _PARTS or name in _ELSEWHERE
        meant = _meant(name, outputs) if known and name not in outputs else None
        if meant is not None:
            self._say(node, name, outputs, [self.replace(node.attr, meant)])

    # -- all of them -----------------------------------------------------------------------

    def _column(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        """``frame["x"] = ta.MACD(frame)``."""
        outputs = self._outputs(value)
        column = self.kinds.column_of(target)
        kind = self.kinds.of(value)
        if outputs is None or column is None or kind not in {Kind.FRAME, Kind.OUTPUTS}:
            return
        meant = column if column in outputs else _meant(column, outputs)
        edits: list[Edit] = []
        if meant is not None:
            key = f"'{meant}'" if kind is Kind.FRAME else str(outputs.index(meant))
            edits = [self.insert_after(value, f"[{key}]")]
        self.report(
            value,
            f"{len(outputs)} outputs cannot go into one column: {', '.join(outputs)}",
            hint=f"take one of them, as in [{outputs[0]!r}]",
            edits=edits,
        )

    def _operands(self, sides: list[cst.BaseExpression]) -> None:
        for side in sides:
            outputs = self._outputs(side)
            if outputs is not None and self.kinds.of(side) in {Kind.FRAME, Kind.OUTPUTS}:
                self.report(
                    side,
                    f"this holds {len(outputs)} outputs, which are {', '.join(outputs)}",
                    hint=f"take one of them, as in [{outputs[0]!r}]",
                )


def _meant(name: str, outputs: tuple[str, ...]) -> str | None:
    """The output that a name must mean; ``None`` where none or several may be."""
    same = [one for one in outputs if plain(one) == plain(name)]
    if len(same) == 1:
        return same[0]
    parts = {_PARTS[part] for part in _split(name) if part in _PARTS}
    if len(parts) == 1:
        part = next(iter(parts))
        found = [one for one in outputs if (one[-1] == part if len(part) == 1 else part in one)]
        if len(found) == 1:
            return found[0]
    return nearest(name, outputs)


def _split(name: str) -> list[str]:
    """The words in a name."""
    found = name.lower().split("_")
    for end in ("band", "line"):
        found += [word.removesuffix(end) for word in found if word.endswith(end)]
    for begin in ("macd", "slow", "fast", "bb"):
        found += [word.removeprefix(begin) for word in found if word.startswith(begin)]
    return found
