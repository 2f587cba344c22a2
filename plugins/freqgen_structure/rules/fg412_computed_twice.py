from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.columns import CANDLES
from freqgen_structure.kinds import Kinds, kinds_of
from freqgen_structure.lookahead import narrow
from freqgen_structure.nodes import dotted
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.vocabulary import Kind

_HEAD = "import talib.abstract as ta\n\n\ndef populate_indicators(self, dataframe, metadata):\n"
# What freqgen's compiler keeps for a stop is the stop's own, whatever the rules compute.
_OF_A_STOP = frozenset({"stop_atr", "trailing_atr"})
_LIBRARIES = ("talib.", "technical.", "pandas_ta.", "pandas_ta_classic.")


class ComputedTwice(Rule):
    """FG412: an indicator is computed twice with the same settings.

    The second time costs as much as the first and gives the same values. Keep the result in a
    column or a name: of an indicator with several outputs, all of them come with one call.
    """

    SEVERITY = Severity.WARNING
    HINT = "keep the first result in a name, or read the column that it went to"
    VALID = (
        _HEAD + "    dataframe['a'] = ta.RSI(dataframe, timeperiod=14)\n"
        "    dataframe['b'] = ta.RSI(dataframe, timeperiod=7)\n",
        _HEAD + "    bands = ta.BBANDS(dataframe)\n    dataframe['u'] = bands['upperband']\n"
        "    dataframe['l'] = bands['lowerband']\n",
        _HEAD + "    if self.x:\n        dataframe['a'] = ta.RSI(dataframe)\n    else:\n"
        "        dataframe['a'] = ta.RSI(dataframe).shift(1)\n",
        _HEAD + "    dataframe['a'] = ta.EMA(dataframe, price='b')\n"
        "    dataframe['b'] = dataframe['a'] + 1\n"
        "    dataframe['c'] = ta.EMA(dataframe, price='b')\n",
        _HEAD + "    dataframe['atr'] = ta.ATR(dataframe, timeperiod=14)\n"
        "    dataframe['stop_atr'] = ta.ATR(dataframe, timeperiod=14)\n",
        _HEAD + "    for n in (3, 5):\n        dataframe[f'a{n}'] = ta.RSI(dataframe, n)\n",
        _HEAD + "    dataframe['a'] = ta.RSI(dataframe)\n    dataframe = other(dataframe)\n"
        "    dataframe['b'] = ta.RSI(dataframe)\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "    dataframe['a'] = ta.RSI(dataframe, timeperiod=14)\n"
            "    dataframe['b'] = ta.RSI(dataframe, timeperiod=14).shift(1)\n",
            line=6,
        ),
        Bad(
            code=_HEAD + "    dataframe['u'] = ta.BBANDS(dataframe, timeperiod=20)['upperband']\n"
            "    dataframe['l'] = ta.BBANDS(\n        dataframe, timeperiod=20\n"
            "    )['lowerband']\n",
            line=6,
        ),
        Bad(
            code=_HEAD + "    dataframe['a'] = ta.EMA(dataframe['close'], 9)\n    if self.x:\n"
            "        dataframe['b'] = 2 * ta.EMA(dataframe['close'], 9)\n",
            line=7,
        ),
    )

    def check(self) -> None:
        kinds = kinds_of(self.source)
        seen: dict[tuple[cst.FunctionDef, str], list[cst.Call]] = {}
        for call in self.source.all(cst.Call):
            path = self.source.imported(call.func) or ""
            function = self.source.function_of(call)
            if function is None or not path.startswith(_LIBRARIES) or not call.args:
                continue
            plain = all(self._settled(kinds, arg.value) for arg in call.args)
            if not plain or not all(self._same(kinds, function, arg) for arg in call.args):
                continue
            earlier = seen.setdefault((function, self._key(call, path)), [])
            first = next((one for one in earlier if self._before(one, call)), None)
            if first is not None and not self._of_a_stop(kinds, call):
                line, _ = self.source.position(first)
                name = dotted(call.func) or path
                self.report(
                    narrow(call), f"{name} is computed with the same settings as in line {line}"
                )
            earlier.append(call)

    def _of_a_stop(self, kinds: Kinds, call: cst.Call) -> bool:
        assign = self.source.parent(call)
        return isinstance(assign, cst.Assign) and any(
            kinds.column_of(target.target) in _OF_A_STOP for target in assign.targets
        )

    def _key(self, call: cst.Call, path: str) -> str:
        """The call without its layout."""
        written = [
            f"{arg.keyword.value if arg.keyword else ''}={''.join(self.text(arg.value).split())}"
            for arg in call.args
        ]
        return f"{path}({','.join(written)})".replace("'", '"')

    def _settled(self, kinds: Kinds, node: cst.BaseExpression) -> bool:
        """Whether an argument is a number, a text, a frame or a column of one."""
        if kinds.of(node) is Kind.FRAME:
            return isinstance(node, cst.Name)
        match node:
            case cst.Integer() | cst.Float() | cst.SimpleString():
                return True
            case cst.UnaryOperation(expression=inner):
                return isinstance(inner, cst.Integer | cst.Float)
            case cst.Attribute(value=cst.Attribute(value=cst.Name(value="self"))):
                return node.attr.value == "value"  # of a parameter of hyperopt
        return kinds.column_of(node) is not None

    def _same(self, kinds: Kinds, function: cst.FunctionDef, arg: cst.Arg) -> bool:
        """Whether an argument has the same values in all of the function."""
        node = arg.value
        if isinstance(node, cst.Name):
            return not self._bound_again(function, node) and not self._written(function, CANDLES)
        if arg.keyword is not None and arg.keyword.value.startswith("price"):
            names = self.source.strings(node)
            return names is not None and not self._written(function, names)
        column = kinds.column_of(node)
        if column is None:
            return True
        base = node.value if isinstance(node, cst.Subscript | cst.Attribute) else None
        if not isinstance(base, cst.Name) or self._bound_again(function, base):
            return False
        return not self._written(function, frozenset({column}))

    def _bound_again(self, function: cst.FunctionDef, name: cst.Name) -> bool:
        bound = [
            target
            for target in self.source.below(function.body, cst.AssignTarget)
            for node in self.source.below(target.target, cst.Name)
            if node.value == name.value
            and not isinstance(target.target, cst.Subscript)
            and not isinstance(target.target, cst.Attribute)
        ]
        parameters = {p.name.value for p in self.source.below(function.params, cst.Param)}
        return len(bound) > (0 if name.value in parameters else 1)

    def _written(self, function: cst.FunctionDef, names: frozenset[str]) -> bool:
        """Whether a column may change between two reads."""
        return any(
            use.name in names and self.source.inside(use.node, function)
            for use in kinds_of(self.source).columns.writes
        )

    def _before(self, first: cst.Call, second: cst.Call) -> bool:
        """Whether the first one ran in every case in which the second one runs."""
        block = next(
            (a for a in self.source.ancestors(first) if isinstance(a, cst.BaseSuite)), None
        )
        branch = any(
            isinstance(a, cst.IfExp | cst.BooleanOperation | cst.Lambda | cst.BaseComp)
            for a in self.source.ancestors(first)
        )
        return block is not None and not branch and self.source.inside(second, block)
