from typing import ClassVar

import libcst as cst

from freqgen import Severity
from freqgen_structure.kinds import kinds_of
from freqgen_structure.rule import Bad, Rule
from freqgen_structure.signatures import POPULATE
from freqgen_structure.vocabulary import Kind

_HEAD = (
    "from freqtrade.strategy import IStrategy\n\n\nclass S(IStrategy):\n"
    "    def populate_entry_trend(self, dataframe, metadata):\n"
)


class OneAnswer(Rule):
    """FG333: one answer for all candles decides about a signal.

    ``(dataframe["rsi"] < 30).any()`` is true as soon as any candle of the whole history fits,
    those to come included: the signal is then set on every candle, or on none.
    """

    SEVERITY = Severity.WARNING
    HINT = "leave .any() out to look at each candle, or use .rolling(n).max() for the last n"
    VALID = (
        _HEAD + "        if dataframe['volume'].isna().all():\n            return dataframe\n",
        _HEAD + "        dataframe.loc[dataframe['a'] < 3, 'enter_long'] = 1\n",
        _HEAD + "        x = (dataframe['a'] > 1).rolling(5).max()\n",
        "def custom_exit(self, pair, trade):\n    return (dataframe['a'] > 1).any()\n",
    )
    INVALID: ClassVar = (
        Bad(
            code=_HEAD + "        dataframe.loc[\n            (dataframe['a'] > 1)\n"
            "            & (dataframe['b'] < 2).any(), 'enter_long'] = 1\n",
            line=8,
        ),
        Bad(
            code=_HEAD + "        dataframe['x'] = (dataframe['a'] > 1).all()\n",
            line=6,
        ),
        Bad(
            code=_HEAD + "        if (dataframe['a'] > 1).any():\n"
            "            dataframe['enter_long'] = 1\n",
            line=6,
        ),
    )

    def visit_Call(self, node: cst.Call) -> None:
        if not isinstance(node.func, cst.Attribute) or node.func.attr.value not in {"any", "all"}:
            return
        function = self.source.function_of(node)
        if function is None or function.name.value not in POPULATE:
            return
        if kinds_of(self.source).of(node.func.value) is not Kind.BOOLS or node.args:
            return
        if self._decides(node):
            self.report(
                node, f".{node.func.attr.value}() gives one answer for all candles of the history"
            )

    def _decides(self, node: cst.CSTNode) -> bool:
        """Whether a value goes into a column, or chooses whether one is written."""
        child = node
        for outer in self.source.ancestors(node):
            match outer:
                case cst.Assign() | cst.AnnAssign() | cst.AugAssign():
                    targets = (
                        [t.target for t in outer.targets]
                        if isinstance(outer, cst.Assign)
                        else [outer.target]
                    )
                    return any(isinstance(t, cst.Subscript) for t in targets)
                case cst.If(test=test) if test is child:
                    return any(
                        isinstance(t.target, cst.Subscript)
                        for t in self.source.below(outer.body, cst.AssignTarget)
                    )
                case cst.BaseStatement():
                    return False
            child = outer
        return False
